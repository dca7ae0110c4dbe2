import type pg from 'pg';
import { decide } from '../domain/decide.ts';
import { earlier, type Instant, later } from '../domain/time.ts';
import { fireOrder } from '../domain/when-due.ts';
import { theSystem, type WorkOrder } from '../domain/work-order.ts';
import { dueAdmissions } from '../store/admissions.ts';
import { dueCoordinations } from '../store/coordination.ts';
import { dueDecrees } from '../store/decrees.ts';
import {
  clockMoments,
  dueArchives,
  dueClocks,
  type FoundDue,
  holdArchives,
  holdDue,
  lastChange,
  type Moment,
  oneByOne,
} from '../store/due.ts';
import { dueEvaluations } from '../store/evaluations.ts';
import { dueMeasures } from '../store/graded-measures.ts';
import { dueIncidents } from '../store/incidents.ts';
import { dueInspections, dueItems } from '../store/inspections.ts';
import { missedMeetings } from '../store/meetings.ts';
import { dueMoves } from '../store/moves.ts';
import { loadAll, lockFree } from '../store/orders.ts';
import { dueProblems, duePublications } from '../store/publications.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { dueSupervisions } from '../store/supervisions.ts';
import { dueUndertakings } from '../store/undertakings.ts';
import { fireAdmission } from './admit.ts';
import { fireMissed } from './agendas.ts';
import { fireDecree } from './decrees.ts';
import { type CityState, type Deps, powerSettingOf } from './deps.ts';
import { closeEvaluation } from './evaluate.ts';
import { fireIncident } from './incident-end.ts';
import { fireInspection, fireItem } from './inspect.ts';
import { applyLadder } from './ladder.ts';
import { fireMove } from './move-duty.ts';
import { type Decided, keep } from './perform.ts';
import { fireProblem, firePublication } from './publish.ts';
import { fireCalls } from './silent-calls.ts';
import { fireSupervision } from './supervise.ts';
import { fireMeasure } from './take-measures.ts';
import { fireUndertaking } from './undertake.ts';

/** `inOrder` is for drills, whose time jumps: each thing fires as of the moment it was due, strictly one after the other. */
export type Firing = Readonly<{ atMost?: number; inOrder?: boolean }>;

type Outcome = 'fired' | 'stale' | 'held';

/** Something whose time has come: a work order's clocks, an ended one's way to the archive, or anything beside them. */
export type Due = FoundDue & Readonly<{ kind: Kind }>;

/** What is due of a kind, and how it fires on one of it; `null` from the firing where another changes it now. */
const kinds = {
  clock: { due: dueClocks, fire: fireWork(clocksOf) },
  archive: { due: dueArchives, fire: fireWork(toArchive) },
  supervision: { due: dueSupervisions, fire: fireSupervision },
  coordination: { due: dueCoordinations, fire: fireCalls },
  undertaking: { due: dueUndertakings, fire: fireUndertaking },
  problem: {
    due: (from, by, atMost, except, { publication }) => dueProblems(from, by, atMost, except, publication),
    fire: fireProblem,
  },
  publication: { due: duePublications, fire: firePublication },
  admission: { due: dueAdmissions, fire: fireAdmission },
  'duty move': { due: dueMoves, fire: fireMove },
  incident: { due: dueIncidents, fire: fireIncident },
  decree: { due: dueDecrees, fire: fireDecree },
  meeting: { due: missedMeetings, fire: fireMissed },
  graded_measure: { due: dueMeasures, fire: fireMeasure },
  inspection: { due: dueInspections, fire: fireInspection },
  inspection_item: { due: dueItems, fire: fireItem },
  evaluation: { due: dueEvaluations, fire: closeEvaluation },
} satisfies Record<string, Firable>;
type Firable = Readonly<{
  due: (
    from: Queryable,
    by: Instant,
    atMost: number,
    except: readonly string[],
    city: CityState,
  ) => Promise<readonly FoundDue[]>;
  fire: (tx: Queryable, deps: Deps, id: string, wait: boolean) => Promise<Outcome>;
}>;
type Kind = keyof typeof kinds;
const everyKind = Object.keys(kinds) as Kind[];

/** Work orders are many, and fire together: how those that are due are held, and what becomes of each. */
const batches = [
  { kind: 'clock', hold: holdDue, change: clocksOf },
  { kind: 'archive', hold: holdArchives, change: toArchive },
] as const;
const besideWork = everyKind.filter((kind) => !batches.some((batch) => batch.kind === kind));
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
  if (inOrder) return fireEach(deps, everyKind, { atMost, inOrder });
  let fired = 0;
  for (const batch of batches) fired += await fireTogether(deps, batch, atMost);
  return fired + (await fireEach(deps, besideWork, { atMost, inOrder }));
}

/** What is due by `by`, the earliest first, leaving out what rests. */
export async function nextDue(
  { pool, city }: Pick<Deps, 'pool' | 'city'>,
  by: Instant,
  atMost: number,
  of: readonly Kind[] = everyKind,
): Promise<readonly Due[]> {
  const except = restingNow(pool);
  const found = await Promise.all(
    of.map(async (kind) => {
      const { due }: Firable = kinds[kind];
      return (await due(pool, by, atMost, except, city())).map((each): Due => ({ kind, ...each }));
    }),
  );
  return found
    .flat()
    .toSorted((a, b) => a.dueAt - b.dueAt)
    .slice(0, atMost);
}

/** The moments from now to `by` at which anything comes due, and on how many orders. */
export async function momentsTo(deps: Deps, by: Instant): Promise<readonly Moment[]> {
  const now = deps.now();
  const [clocks, others] = await Promise.all([
    clockMoments(deps.pool, { after: now, by, atMost: mostMoments }),
    nextDue(deps, by, mostMoments, besideWork),
  ]);
  return [...clocks, ...others.filter(({ dueAt }) => dueAt > now).map(({ dueAt }) => ({ at: dueAt, orders: 1 }))];
}
const mostMoments = 5000;

async function fireEach(deps: Deps, of: readonly Kind[], { atMost, inOrder }: Required<Firing>): Promise<number> {
  let fired = 0;
  const seen = new Set<string>();
  for (let progress = true; progress && fired < atMost; ) {
    progress = false;
    for (const due of await nextDue(deps, deps.now(), inOrder ? 1 : together, of)) {
      const outcome = await fireOne(deps, due, inOrder);
      if (outcome === 'fired') fired += 1;
      if (outcome === 'stale') restIfAgain(deps, due, seen);
      progress ||= outcome !== 'held';
    }
  }
  return fired;
}

type Batch = (typeof batches)[number];

/** Page by page, each in one transaction; where that fails, each order of the page by itself. */
async function fireTogether(deps: Deps, batch: Batch, atMost: number): Promise<number> {
  let fired = 0;
  const seen = new Set<string>();
  while (fired < atMost) {
    let held: readonly string[] = [];
    try {
      const done = await transaction(deps.pool, async (tx) => {
        held = await batch.hold(tx, deps.now(), together, restingNow(deps.pool));
        const orders = new Map((await loadAll(tx, held)).map((order) => [order.id as string, order]));
        const inTurn = held.flatMap((id) => orders.get(id) ?? []);
        return fireHeld(tx, deps, inTurn, batch.change);
      });
      fired += held.length - done.stale.length;
      for (const id of done.stale) restIfAgain(deps, { kind: batch.kind, id }, seen);
    } catch (error) {
      if (held.length === 0) throw error;
      const outcomes = [];
      for (const id of held) outcomes.push(await fireOne(deps, { kind: batch.kind, id, dueAt: deps.now() }, false));
      fired += outcomes.filter((outcome) => outcome === 'fired').length;
    }
    if (held.length === 0) break;
  }
  return fired;
}

/** 'stale' is what another has fired or moved meanwhile; 'held' is an order somebody else is changing now. */
async function fireOne(deps: Deps, due: Due, inOrder: boolean): Promise<Outcome | 'failed'> {
  try {
    const outcome = await transaction(deps.pool, async (tx) => {
      if (inOrder) await oneByOne(tx);
      const at = inOrder ? await momentOf(tx, deps, due) : deps.now();
      return kinds[due.kind].fire(tx, { ...deps, now: () => at }, due.id, inOrder);
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

/** What becomes of a work order whose time has come; null where nothing was due. */
type Change = (order: WorkOrder, deps: Deps) => Decided | null;

function clocksOf(order: WorkOrder, deps: Deps): Decided | null {
  const done = fireOrder(order, deps.city().ladder, powerSettingOf(deps, theSystem));
  if (done === null) return null;
  return { before: order, decided: { kind: 'decided', order: done.order, facts: done.facts }, fired: done.fired };
}

function toArchive(order: WorkOrder, deps: Deps): Decided | null {
  const decided = decide(order, { action: 'archive', said: {} }, powerSettingOf(deps, theSystem));
  return decided.kind === 'decided' ? { before: order, decided } : null;
}

function fireWork(change: Change) {
  return async (tx: Queryable, deps: Deps, id: string, wait: boolean): Promise<Outcome> => {
    const order = await lockFree(tx, id, wait);
    if (order === null) return 'held';
    const { stale } = await fireHeld(tx, deps, [order], change);
    return stale.length === 0 ? 'fired' : 'stale';
  };
}

/** Fires on orders that are held, all as of one moment. Of what is not due after all the next moments are written anew. */
async function fireHeld(tx: Queryable, deps: Deps, orders: readonly WorkOrder[], change: Change) {
  const at = deps.now();
  const then = { ...deps, now: () => at };
  const stale: string[] = [];
  const changes = orders.map((order): Decided => {
    const changed = change(order, then);
    if (changed === null) stale.push(order.id);
    return changed ?? { before: order, decided: { kind: 'decided', order: writtenAnew(order), facts: [] } };
  });
  await keep(tx, then, changes);
  return { stale };
}

const writtenAnew = (order: WorkOrder): WorkOrder => ({
  ...order,
  clocks: order.clocks.map((clock) => (clock.state === 'stopped' ? clock : { ...clock })),
});

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
