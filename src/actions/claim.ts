import { uuidv7 } from 'uuidv7';
import { ask } from '../domain/approvals.ts';
import { isUnder } from '../domain/city.ts';
import { type Decision, decide, settle } from '../domain/decide.ts';
import { isRefusal, type Refusal, Refused, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import { sightOf } from '../domain/visibility.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import {
  type Claim,
  type Claiming,
  type ClaimKind,
  type Counted,
  claimOrders,
  countQueue,
  extendClaim as extend,
  finishClaim,
  type Held,
  holdClaim,
  kindOfClaim,
  releaseClaims,
} from '../store/claims.ts';
import { loadAll } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';
import { type Seen, seeAll } from './look.ts';
import { changeIn, type Deciding } from './perform.ts';
import type { QueueWaits } from './waits.ts';

export type { Claim } from '../store/claims.ts';

/** How much a clerk takes, how long it waits for it, and how long it may think; seconds of real time. */
export type Taking = Readonly<{ max: number; wait: number; lease: number; post?: string | undefined }>;

/** Where claims wait. */
export type WaitDeps = Deps & Readonly<{ waits: QueueWaits }>;

/** A leased order as its clerk sees it. */
export type ClaimedOrder = Readonly<{ claim: Claim; seen: Seen }>;

/**
 * Leases orders of the actor's own unit to one clerk (领单). With nothing there it waits, holding no connection. A caller
 * that went away meanwhile leaves nothing leased behind.
 */
export async function claim(
  deps: WaitDeps,
  unit: string,
  taking: Taking,
  actor: Actor,
  signal: AbortSignal,
): Promise<readonly ClaimedOrder[] | Refusal> {
  if (actor.unit !== unit || !deps.city().city.units.has(unit)) return refuse('not-found');
  const claims = await takeOrWait(deps, unit, taking, signal, () =>
    claimOrders(deps.pool, unit, claimingOf(taking, actor)),
  );
  if (isRefusal(claims)) return claims;
  if (signal.aborted) {
    await giveBack(deps, claims);
    return [];
  }
  if (claims.length === 0) return [];
  const ids = claims.map((c) => c.subject);
  // An order that was given to another unit in the meantime is not this clerk's to see.
  const orders = (await loadAll(deps.pool, ids)).filter((order) => order.owner === unit);
  const seen = new Map((await seeAll(deps, orders, actor)).map((each) => [each.order.id as string, each]));
  return claims.flatMap((each) => {
    const found = seen.get(each.subject);
    return found === undefined ? [] : [{ claim: each, seen: found }];
  });
}

/** One try at once, then, if there was nothing and the caller will wait, in line. */
export async function takeOrWait(
  { waits }: WaitDeps,
  queue: string,
  { wait }: Taking,
  signal: AbortSignal,
  take: () => Promise<readonly Claim[]>,
): Promise<readonly Claim[] | Refusal> {
  const now = await take();
  if (now.length > 0 || wait === 0) return now;
  const attempt = async (): Promise<readonly Claim[] | null> => {
    const got = await take();
    return got.length === 0 ? null : got;
  };
  return (await waits.wait({ queue, attempt, ms: wait * 1000, signal })) ?? [];
}

/** The claims a caller may be given: their ids, whose they are, for how long. */
export const claimingOf = ({ max, lease, post }: Taking, actor: Actor): Claiming => ({
  ids: Array.from({ length: max }, () => uuidv7()),
  leaseSeconds: lease,
  clerk: actor.name,
  client: actor.client,
  post: post ?? null,
});

/** Undoes claims nobody is there for any more. */
export const giveBack = ({ pool }: Deps, claims: readonly Claim[]): Promise<unknown> =>
  releaseClaims(
    pool,
    claims.map((c) => c.id),
  );

/** Longer thinking about an order, a resident to ask or a message: the lease counts from now. */
export const extendClaim = async (deps: Deps, id: string, token: number, lease: number, actor: Actor) =>
  holding(deps, await kindOfClaim(deps.pool, id), id, token, actor, async (tx, held) => ({
    ...held,
    leaseUntil: await extend(tx, held, lease),
  }));

/** Back to its queue at once. */
export const releaseClaim = async (deps: Deps, id: string, token: number, actor: Actor): Promise<Held | Refusal> =>
  holding(deps, await kindOfClaim(deps.pool, id), id, token, actor, async (tx, held) => {
    await releaseClaims(tx, [held.id]);
    return held;
  });

/** Signs what was claimed (签收), or takes up a rework: the claim is final and the order has its clerk, in one transaction. */
export const signClaim = (deps: Deps, id: string, token: number, actor: Actor): Promise<WorkOrder | Refusal> =>
  holding(deps, 'work_order', id, token, actor, async (tx, held) => {
    const [outcome] = await Promise.all([
      changeIn(tx, deps, held.subject, actor, null, (order, setting) => {
        const command =
          order.state === 'rework'
            ? ({ action: 'take', said: {} } as const)
            : ({ action: 'sign', said: { clerk: actor.name } } as const);
        const outcome = decide(order, command, setting);
        return outcome.kind === 'decided' ? settle(outcome, setting) : outcome;
      }),
      finishClaim(tx, held.id),
    ]);
    return ordered(outcome);
  });

/** Asks to return the order (退单). Its clerk keeps the lease: the unit is responsible until another one is. */
export const returnClaim = (
  deps: Deps,
  id: string,
  { token, reason, ...terms }: Readonly<{ token: number; reason: string; basis: string; proposedUnit: string }>,
  actor: Actor,
): Promise<WorkOrder | Refusal> => {
  const asking: Deciding = (order, setting) => ask(order, { kind: 'return', reason, terms }, setting);
  return holding(deps, 'work_order', id, token, actor, async (tx, held) =>
    ordered(await changeIn(tx, deps, held.subject, actor, null, asking)),
  );
};

const ordered = (outcome: Decision | Refusal): WorkOrder | Refusal =>
  outcome.kind === 'decided' ? outcome.order : outcome;

/** Works on a claim whose lease holds, with what it is on locked. A refusal undoes everything the work did. */
async function holding<T>(
  { pool }: Deps,
  kind: ClaimKind | null,
  id: string,
  token: number,
  actor: Actor,
  work: (tx: Queryable, held: Held) => Promise<T | Refusal>,
): Promise<T | Refusal> {
  try {
    return await transaction(pool, async (tx) => {
      const held = kind === null ? null : await holdClaim(tx, kind, id, token);
      if (held === null || !isOwn(held, actor)) throw new Refused(refuse('not-found'));
      if (!held.holds) throw new Refused(refuse('lease-lost'));
      const result = await work(tx, held);
      if (isRefusal(result)) throw new Refused(result);
      return result;
    });
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

/** An order is claimed for its unit; a resident to ask and a message for the client alone that took it. */
const isOwn = ({ kind, unit, client }: Held, actor: Actor): boolean =>
  kind === 'work_order' ? unit === actor.unit : client === actor.client;

/** A unit's queue: how many stand where and how late, and the first of it. */
export type Queue = Omit<Counted, 'head'> & Readonly<{ head: readonly WorkOrder[]; at: Instant }>;

const headLength = 10;

/** Whether a unit's queue is within sight: one's own, that of a unit under it, or any for the hotline. */
export function maySeeQueue(deps: Deps, unit: string, actor: Actor): boolean {
  const { city } = deps.city();
  if (!city.units.has(unit)) return false;
  return sightOf(actor, city).all || (actor.unit !== null && isUnder(city, unit, actor.unit));
}

/** Shows a queue to the unit itself, to those above it, and to the hotline. */
export async function lookAtQueue(deps: Deps, unit: string, actor: Actor): Promise<Queue | Refusal> {
  if (!maySeeQueue(deps, unit, actor)) return refuse('not-found');
  const { now } = settingOf(deps, actor);
  const counted = await countQueue(deps.pool, unit, now, headLength);
  const orders = new Map((await loadAll(deps.pool, counted.head)).map((order) => [order.id as string, order]));
  return { ...counted, at: now, head: counted.head.flatMap((id) => orders.get(id) ?? []) };
}
