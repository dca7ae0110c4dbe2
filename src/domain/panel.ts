import { type City, holderOf, isUnder, type Post, type Role } from './city.ts';
import type { Instant } from './time.ts';
import type { Actor, WorkOrder } from './work-order.ts';

/** Numbers drawn by lot, each at least 0 and below 1. */
export type Lots = readonly number[];

/**
 * Somebody drawn to say something of an order, by post: `opinion` once it is given; `left` where the post fell silent, or
 * its holder is a party to the case. A post that has left has its place taken by another.
 */
export type Seat<O> = Readonly<{
  post: string;
  unit: string;
  drawnAt: Instant;
  left: 'silent' | 'recused' | null;
  opinion: O | null;
}>;

/** The numbers a seed stands for: eight of 32 bits each. Whoever knows the seed can repeat the draw. */
export const lotsOf = (seed: string): Lots => {
  if (!/^[0-9a-f]{64}$/.test(seed)) throw new RangeError('a seed is 64 hexadecimal digits');
  return Array.from({ length: 8 }, (_, n) => Number.parseInt(seed.slice(8 * n, 8 * n + 8), 16) / 0x1_0000_0000);
};

/** Draws up to `count` of them, none twice, each as likely as any other; every place drawn uses up one lot. */
export function draw<T>(from: readonly T[], count: number, lots: Lots): readonly T[] {
  const left = [...from];
  return Array.from({ length: Math.min(count, left.length) }, (_, n) => {
    const lot = lots[n];
    if (lot === undefined) throw new RangeError(`${count} are drawn with ${lots.length} lots`);
    return left.splice(Math.floor(lot * left.length), 1)[0] as T;
  });
}

/**
 * Whether a unit is on the side of those who did the work: whoever leads the order or led it before, helps with it, was
 * called about it or given a part of it, their line bureaus, and everybody under one of them. The hotline, which leads
 * every order until it is dispatched, is on no side.
 */
export function isOnSide(unit: string, order: WorkOrder, city: City): boolean {
  const worked = [
    order.owner,
    ...order.leads,
    ...order.assignments.map((a) => a.unit),
    ...order.assists.map((a) => a.unit),
    ...order.called,
    ...order.innerAssignments.map((a) => a.to),
  ].filter((code) => city.units.has(code) && city.units.get(code)?.kind !== 'hotline_centre');
  const lines = worked.flatMap((code) => city.units.get(code)?.line ?? []);
  return [...worked, ...lines].some((code) => isUnder(city, unit, code));
}

/** Whether somebody is marked as a party to the case, and so barred from it; a name counts within its unit. */
export const isPartyTo = (
  { name, unit }: Readonly<{ name: string; unit: string | null }>,
  order: Pick<WorkOrder, 'recusals'>,
): boolean => order.recusals.some((r) => r.name === name && (r.unit === null || unit === null || r.unit === unit));

/**
 * The posts of a role that may be drawn about an order, by code: of nobody's side, whose holder is no party, found nothing,
 * verified nothing, and holds no post that has been drawn: not this one, nor another.
 */
export function drawable(
  role: Role,
  order: WorkOrder,
  seats: readonly Readonly<{ post: string }>[],
  city: City,
): readonly Post[] {
  const known = new Set(seats.map((seat) => seat.post));
  const people = new Set(city.posts.filter(({ code }) => known.has(code)).flatMap(holdersOf));
  return city.posts
    .filter(
      (post) =>
        post.role === role &&
        !holdersOf(post).some((name) => people.has(name)) &&
        !isOnSide(post.unit, order, city) &&
        !isPartyTo({ name: holderOf(post), unit: post.unit }, order) &&
        ![order.finder, order.verifier].some((p) => p?.actor === holderOf(post) && p.unit === post.unit),
    )
    .toSorted((a, b) => (a.code < b.code ? -1 : 1));
}

const holdersOf = ({ holderA, holderB }: Post): string[] => (holderB === null ? [holderA] : [holderA, holderB]);

/** The posts an actor holds now with a role of its own. A key of no unit speaks for whoever it names. */
export const postsOf = (actor: Actor, city: City): readonly Post[] =>
  city.posts.filter(
    (post) =>
      actor.roles.includes(post.role) &&
      (actor.unit === null || actor.unit === post.unit) &&
      holderOf(post) === actor.name,
  );

/** Those who still have their place. */
export const seated = <O>(seats: readonly Seat<O>[]): readonly Seat<O>[] => seats.filter((seat) => seat.left === null);

/** Those who have their place and have said nothing yet. */
export const awaited = <O>(seats: readonly Seat<O>[]): readonly Seat<O>[] =>
  seated(seats).filter((seat) => seat.opinion === null);
