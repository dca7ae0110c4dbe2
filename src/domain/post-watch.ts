import type { City, Post } from './city.ts';
import { deadline } from './deadline.ts';
import { holderOf } from './hand-over.ts';
import { clockOf, timetableOf } from './order-clocks.ts';
import { isUrgent } from './request.ts';
import type { Instant } from './time.ts';
import { type Fact, theSystem, type WorkOrder } from './work-order.ts';

/** Who is told that nobody has claimed an order: the stand-in after one working hour, the office head after two. */
export const postRungs = [
  { type: 'post_b_told', workingHours: 1 },
  { type: 'office_head_told', workingHours: 2 },
] as const;
export type PostRung = (typeof postRungs)[number]['type'];

/** Since when an order lies in the queue of its unit; null where it does not, and for urgent ones, which have a ladder of their own. */
export function unclaimedSince(order: WorkOrder): Instant | null {
  if (isUrgent(order.urgency)) return null;
  if (order.state === 'rework') return clockOf(order, 'rework')?.startedAt ?? null;
  const waits = order.state === 'dispatched' || (order.state === 'signed' && order.clerk === null);
  return waits ? order.dispatchedAt : null;
}

/** What is to be told about an order that nobody has claimed, each rung once. Hours are those the unit works. */
export function tellPosts(
  order: WorkOrder,
  told: ReadonlySet<PostRung>,
  { city, now }: Readonly<{ city: City; now: Instant }>,
): readonly Fact[] {
  const since = unclaimedSince(order);
  if (since === null) return [];
  return postRungs.flatMap(({ type, workingHours }) => {
    const amount = workingHours * 60;
    const due = deadline({ start: since, kind: 'working_hour', amount, ...timetableOf(city, order.owner) });
    if (told.has(type) || now < due.dueAt) return [];
    const post = postOf(order.owner, type === 'post_b_told' ? 'unit_clerk' : 'unit_leader', city);
    const holder = post === undefined ? null : type === 'post_b_told' ? standInOf(post) : holderOf(post);
    const { client, name, unit } = theSystem;
    const body = { post: post?.code ?? null, holder, since, workingHours };
    return [{ type, at: now, actor: { client, name, unit }, unit: order.owner, body }];
  });
}

const postOf = (unit: string, role: Post['role'], { posts }: City): Post | undefined =>
  posts.find((p) => p.unit === unit && p.role === role);

/** The one of A and B who does not hold the post now; A where there is no B. */
const standInOf = ({ acting, holderA, holderB }: Post): string => (acting === 'A' ? (holderB ?? holderA) : holderA);
