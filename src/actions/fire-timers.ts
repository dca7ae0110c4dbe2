import type pg from 'pg';
import { decide } from '../domain/decide.ts';
import { earlier, type Instant, later } from '../domain/time.ts';
import { whenDue } from '../domain/when-due.ts';
import { theSystem } from '../domain/work-order.ts';
import { type Due, dueArchives, dueClocks, hold, lastChange, oneByOne } from '../store/due.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';
import { changeIn } from './perform.ts';

/** `inOrder` is for drills, whose time jumps: each thing fires as of the moment it was due, strictly one after the other. */
export type Firing = Readonly<{ atMost?: number; inOrder?: boolean }>;

type Rest = Readonly<{ until: number; tries: number }>;
/** Orders that could not be fired, by pool, with the real time from which they are tried again. */
const resting = new WeakMap<pg.Pool, Map<string, Rest>>();

/**
 * Fires what is due, the earliest first, and answers how many did. Each fires once however many look, never before its
 * time. An order that fails is logged, rests a while, longer each time, and keeps no other from firing.
 */
export async function fireDue(deps: Deps, { atMost = 500, inOrder = false }: Firing = {}): Promise<number> {
  let fired = 0;
  const stale = new Set<string>();
  for (let progress = true; progress && fired < atMost; ) {
    progress = false;
    const room = Math.min(atMost - fired, inOrder ? 1 : 100);
    for (const due of await nextDue(deps, deps.now(), room)) {
      const outcome = await fireOne(deps, due, inOrder);
      if (outcome === 'fired') fired += 1;
      if (outcome === 'stale') restIfAgain(deps, due, stale);
      progress ||= outcome !== 'held';
    }
  }
  return fired;
}

/** What is due by `by`, the earliest first, leaving out what rests. */
export async function nextDue({ pool }: Pick<Deps, 'pool'>, by: Instant, atMost: number): Promise<readonly Due[]> {
  const except = [...restingNow(pool)];
  const clocks = await dueClocks(pool, by, atMost, except);
  const archives = await dueArchives(pool, by, atMost, except);
  return [...clocks, ...archives].toSorted((a, b) => a.dueAt - b.dueAt).slice(0, atMost);
}

/** 'stale' is what another has fired or moved meanwhile; 'held' is an order somebody else is changing now. */
async function fireOne(deps: Deps, due: Due, inOrder: boolean): Promise<'fired' | 'stale' | 'held' | 'failed'> {
  try {
    const outcome = await transaction(deps.pool, async (tx) => {
      if (inOrder) await oneByOne(tx);
      if (!(await hold(tx, due.orderId, inOrder))) return 'held';
      return effect(tx, deps, due, inOrder);
    });
    resting.get(deps.pool)?.delete(due.orderId);
    return outcome;
  } catch (error) {
    rest(deps.pool, due.orderId);
    const reason = error instanceof Error ? error.message : String(error);
    deps.log.error({ orderId: due.orderId, clock: due.clock?.kind ?? 'archive', reason }, 'what was due did not fire');
    return 'failed';
  }
}

async function effect(tx: Queryable, deps: Deps, due: Due, inOrder: boolean): Promise<'fired' | 'stale'> {
  const at = inOrder ? await momentOf(tx, deps, due) : deps.now();
  let fired = false;
  const outcome = await changeIn(tx, { ...deps, now: () => at }, due.orderId, theSystem, null, (order, setting) => {
    const decision =
      due.clock === null
        ? decide(order, { action: 'archive', said: {} }, setting)
        : whenDue(order, due.clock.seq, setting);
    fired = decision?.kind === 'decided';
    return decision?.kind === 'decided' ? decision : { kind: 'decided', order, facts: [] };
  });
  if (outcome.kind === 'refused') throw new Error(`order ${due.orderId} is due and refused: ${outcome.code}`);
  return fired ? 'fired' : 'stale';
}

/** When a service that ran all the time would have fired it; not before the last thing that happened to the order. */
async function momentOf(tx: Queryable, { now }: Deps, { orderId, dueAt }: Due): Promise<Instant> {
  return earlier(now(), later(dueAt, (await lastChange(tx, orderId)) ?? dueAt));
}

/** What is due in the database and not in the order would be looked at for ever. */
function restIfAgain({ pool, log }: Deps, { orderId, clock }: Due, stale: Set<string>): void {
  const key = `${orderId} ${clock?.seq} ${clock?.version}`;
  if (stale.has(key)) {
    rest(pool, orderId);
    log.error({ orderId, clock: clock?.kind ?? 'archive' }, 'what is due has no effect');
  }
  stale.add(key);
}

function rest(pool: pg.Pool, orderId: string): void {
  const all = resting.get(pool) ?? new Map<string, Rest>();
  const tries = (all.get(orderId)?.tries ?? 0) + 1;
  const seconds = Math.min(600, 5 * 2 ** (tries - 1));
  resting.set(pool, all.set(orderId, { until: performance.now() + seconds * 1000, tries }));
}

function restingNow(pool: pg.Pool): string[] {
  const now = performance.now();
  return [...(resting.get(pool) ?? [])].filter(([, { until }]) => until > now).map(([id]) => id);
}
