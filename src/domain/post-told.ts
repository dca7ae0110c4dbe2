import type { City, Post } from './city.ts';
import { holderOf } from './city.ts';

/** Whom the ladder tells of what nobody has claimed (AB岗): the stand-in of the clerk's post, or who holds the head's. */
export const toldPosts = ['post_b', 'office_head'] as const;
export type ToldPost = (typeof toldPosts)[number];

/** Who is meant by these: a post's holder, the stand-in of the clerk's post, or who holds the head's. */
export type Told = ToldPost | 'clerk' | 'duty_leader';

/** The post of a unit that is told, and who holds it; null where the unit has no such post. */
export function postTold(
  unit: string,
  whom: Told,
  { posts }: City,
): Readonly<{ post: string | null; holder: string | null }> {
  const role: Post['role'] = whom === 'post_b' || whom === 'clerk' ? 'unit_clerk' : 'unit_leader';
  const post = posts.find((p) => p.unit === unit && p.role === role);
  if (post === undefined) return { post: null, holder: null };
  return { post: post.code, holder: whom === 'post_b' ? standInOf(post) : holderOf(post) };
}

/** The one of A and B who does not hold the post now; A where there is no B. */
const standInOf = ({ acting, holderA, holderB }: Post): string => (acting === 'A' ? (holderB ?? holderA) : holderA);
