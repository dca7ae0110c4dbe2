import type pg from 'pg';
import { earlier, type Instant, later } from '../domain/time.ts';
import { clockMoments, type FoundDue, findDue, type Looking, lastChange, type Moment, oneByOne } from '../store/due.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';
import { type DueKind, type DueKindName, dueKinds, everyKind, type Outcome } from './due-kinds.ts';
import { fireHeld, type OrdersDue } from './fire-orders.ts';
import { applyLadder } from './ladder.ts';

/** `inOrder` is for drills, whose time jumps: each thing fires as of the moment it was due, strictly one after the other. */
export type Firing = Readonly<{ atMost?: number; inOrder?: boolean }>;

/** Something whose time has come: a work order's clocks, an ended one's way to the archive, or anything beside them. */
export type Due = FoundDue & Readonly<{ kind: DueKindName }>;

/** What a look looks for. */
const lookedFor = (name: string, kinds: readonly DueKindName[]): Looking<DueKindName> => ({
  name,
  kinds: kinds.map((kind) => [kind, dueKinds[kind].due]),
});
const everything = lookedFor('what is due', everyKind);
const isBesideWork = (kind: DueKindName): boolean => !('together' in dueKinds[kind]);
const besideWork = lookedFor('what is due beside work orders', everyKind.filter(isBesideWork));
const together = 100;

type Rest = Readonly<{ until: number; tries: number }>;
/** Orders that could not be fired, by pool, with the real time from which they are tried again. */
const resting = new WeakMap<pg.Pool, Map<string, Rest>>();

/**
 * Fires what is due, the earliest first, and answers on how many orders something did. Each thing fires once however many
 * look, never before its time, and on one order in the order in which it came due. An order that fails is logged, rests a
 * while, longer each time, and keeps no other from firing.
 */
export async function fireDue(deps: Deps, { atMost = 20_000, inOrder = false }: Firing = {}): Promise<number> {
  await applyLadder(deps);
  if (inOrder) return fireEach(deps, everything, { atMost, inOrder });
  // Mostly nothing is due, and one round trip tells so. What fires may make something else due.
  const waiting = (await look(deps, everything, deps.now(), 1)).map(({ kind }) => kind);
  let fired = 0;
  for (const kind of everyKind) {
    const { together: orders }: DueKind = dueKinds[kind];
    if (orders !== undefined && (fired > 0 || waiting.includes(kind)))
      fired += await fireTogether(deps, kind, orders, atMost);
  }
  if (fired > 0 || waiting.some(isBesideWork)) fired += await fireEach(deps, besideWork, { atMost, inOrder });
  return fired;
}

/** What is due by `by`, the earliest first, leaving out what rests. */
export const nextDue = (deps: Pick<Deps, 'pool' | 'city'>, by: Instant, atMost: number): Promise<readonly Due[]> =>
  look(deps, everything, by, atMost);

async function look(
  { pool, city }: Pick<Deps, 'pool' | 'city'>,
  at: Looking<DueKindName>,
  by: Instant,
  atMost: number,
): Promise<readonly Due[]> {
  const unpublished = city().publication.excludedCategories;
  return findDue(pool, at, { by, atMost, except: restingNow(pool), unpublished });
}

/** The moments from now to `by` at which anything comes due, and on how many orders. */
export async function momentsTo(deps: Deps, by: Instant): Promise<readonly Moment[]> {
  const now = deps.now();
  const [clocks, others] = await Promise.all([
    clockMoments(deps.pool, { after: now, by, atMost: mostMoments }),
    look(deps, besideWork, by, mostMoments),
  ]);
  return [...clocks, ...others.filter(({ dueAt }) => dueAt > now).map(({ dueAt }) => ({ at: dueAt, orders: 1 }))];
}
const mostMoments = 5000;

async function fireEach(deps: Deps, of: Looking<DueKindName>, { atMost, inOrder }: Required<Firing>): Promise<number> {
  let fired = 0;
  const seen = new Set<string>();
  for (let progress = true; progress && fired < atMost; ) {
    progress = false;
    const page = inOrder ? 1 : together;
    for (const due of (await look(deps, of, deps.now(), page)).slice(0, page)) {
      const outcome = await fireOne(deps, due, inOrder);
      if (outcome === 'fired') fired += 1;
      if (outcome === 'stale') restIfAgain(deps, due, seen);
      progress ||= outcome !== 'held';
    }
  }
  return fired;
}

/** Page by page, each in one transaction; where that fails, each order of the page by itself. */
async function fireTogether(deps: Deps, kind: DueKindName, orders: OrdersDue, atMost: number): Promise<number> {
  let fired = 0;
  const seen = new Set<string>();
  while (fired < atMost) {
    let held: readonly string[] = [];
    try {
      const stale = await transaction(deps.pool, async (tx) => {
        held = await orders.hold(tx, deps.now(), together, restingNow(deps.pool));
        return fireHeld(tx, deps, held, orders);
      });
      fired += held.length - stale.length;
      for (const id of stale) restIfAgain(deps, { kind, id }, seen);
    } catch (error) {
      if (held.length === 0) throw error;
      const outcomes = [];
      for (const id of held) outcomes.push(await fireOne(deps, { kind, id, dueAt: deps.now() }, false));
      fired += outcomes.filter((outcome) => outcome === 'fired').length;
    }
    if (held.length === 0) break;
  }
  return fired;
}

async function fireOne(deps: Deps, due: Due, inOrder: boolean): Promise<Outcome | 'failed'> {
  try {
    const outcome = await transaction(deps.pool, async (tx) => {
      if (inOrder) await oneByOne(tx);
      const at = inOrder ? await momentOf(tx, deps, due) : deps.now();
      return dueKinds[due.kind].fire(tx, { ...deps, now: () => at }, due.id, inOrder);
    });
    resting.get(deps.pool)?.delete(due.id);
    return outcome;
  } catch (error) {
    rest(deps.pool, due.id);
    const reason = error instanceof Error ? error.message : String(error);
    deps.log.error({ orderId: due.id, kind: due.kind, reason }, 'what was due did not fire');
    return 'failed';
  }
}

/** When a service that ran all the time would have fired it; not before the last thing that happened to the order. */
async function momentOf(tx: Queryable, { now }: Deps, { id, dueAt }: Due): Promise<Instant> {
  return earlier(now(), later(dueAt, (await lastChange(tx, id)) ?? dueAt));
}

/** What is due in the database and not in the order would be looked at for ever. */
function restIfAgain({ pool, log }: Deps, { id, kind }: Pick<Due, 'id' | 'kind'>, seen: Set<string>): void {
  if (seen.has(id)) {
    rest(pool, id);
    log.error({ orderId: id, kind }, 'what is due has no effect');
  }
  seen.add(id);
}

function rest(pool: pg.Pool, id: string): void {
  const all = resting.get(pool) ?? new Map<string, Rest>();
  const tries = (all.get(id)?.tries ?? 0) + 1;
  const seconds = Math.min(600, 5 * 2 ** (tries - 1));
  resting.set(pool, all.set(id, { until: performance.now() + seconds * 1000, tries }));
}

function restingNow(pool: pg.Pool): string[] {
  const now = performance.now();
  return [...(resting.get(pool) ?? [])].filter(([, { until }]) => until > now).map(([id]) => id);
}
