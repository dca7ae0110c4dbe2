import type pg from 'pg';
import { decide } from '../domain/decide.ts';
import type { Fired } from '../domain/ladder-fire.ts';
import { earlier, type Instant, later } from '../domain/time.ts';
import { whenDue } from '../domain/when-due.ts';
import { theSystem, type WorkOrder } from '../domain/work-order.ts';
import { dueAdmissions } from '../store/admissions.ts';
import { dueCoordinations } from '../store/coordination.ts';
import { type DueClock, dueArchives, dueClocks, hold, lastChange, oneByOne } from '../store/due.ts';
import { dueEvaluations } from '../store/evaluations.ts';
import { dueIncidents } from '../store/incidents.ts';
import { dueInspections, dueItems } from '../store/inspections.ts';
import { missedMeetings } from '../store/meetings.ts';
import { dueMoves } from '../store/moves.ts';
import { dueProblems, duePublications } from '../store/publications.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { dueSupervisions } from '../store/supervisions.ts';
import { dueUndertakings } from '../store/undertakings.ts';
import { fireAdmission } from './admit.ts';
import { fireMissed } from './agendas.ts';
import { type CityState, type Deps, powerSettingOf } from './deps.ts';
import { closeEvaluation } from './evaluate.ts';
import { fireIncident } from './incident-end.ts';
import { fireInspection, fireItem } from './inspect.ts';
import { applyLadder } from './ladder.ts';
import { fireMove } from './move-duty.ts';
import { changeIn } from './perform.ts';
import { fireProblem, firePublication } from './publish.ts';
import { fireCalls } from './silent-calls.ts';
import { fireSupervision, superviseFired } from './supervise.ts';
import { fireUndertaking } from './undertake.ts';

/** `inOrder` is for drills, whose time jumps: each thing fires as of the moment it was due, strictly one after the other. */
export type Firing = Readonly<{ atMost?: number; inOrder?: boolean }>;

type Outcome = 'fired' | 'stale' | 'held';

/** Something whose time has come: a clock of a work order, an ended order's way to the archive, an order of a power, an admission. */
export type Due = Readonly<{ kind: string; orderId: string; dueAt: Instant; clock: DueClock['clock'] | null }>;

/** What comes due beside work orders' own clocks, and how it fires on the one thing that is then held. */
type Beside = Readonly<{
  kind: string;
  due: (
    from: Queryable,
    by: Instant,
    atMost: number,
    except: readonly string[],
    city: CityState,
  ) => Promise<readonly Readonly<{ id: string; dueAt: Instant }>[]>;
  fire: (tx: Queryable, deps: Deps, id: string, wait: boolean) => Promise<Outcome>;
}>;
const besides: readonly Beside[] = [
  { kind: 'supervision', due: dueSupervisions, fire: fireSupervision },
  { kind: 'coordination', due: dueCoordinations, fire: fireCalls },
  { kind: 'undertaking', due: dueUndertakings, fire: fireUndertaking },
  {
    kind: 'problem',
    due: (from, by, atMost, except, { publication }) => dueProblems(from, by, atMost, except, publication),
    fire: fireProblem,
  },
  { kind: 'publication', due: duePublications, fire: firePublication },
  { kind: 'admission', due: dueAdmissions, fire: fireAdmission },
  { kind: 'duty move', due: dueMoves, fire: fireMove },
  { kind: 'incident', due: dueIncidents, fire: fireIncident },
  { kind: 'inspection', due: dueInspections, fire: fireInspection },
  { kind: 'inspection_item', due: dueItems, fire: fireItem },
  { kind: 'meeting', due: missedMeetings, fire: fireMissed },
  { kind: 'evaluation', due: dueEvaluations, fire: closeEvaluation },
];

type Rest = Readonly<{ until: number; tries: number }>;
/** Orders that could not be fired, by pool, with the real time from which they are tried again. */
const resting = new WeakMap<pg.Pool, Map<string, Rest>>();

/**
 * Fires what is due, the earliest first, and answers how many did. Each fires once however many look, never before its
 * time. An order that fails is logged, rests a while, longer each time, and keeps no other from firing.
 */
export async function fireDue(deps: Deps, { atMost = 500, inOrder = false }: Firing = {}): Promise<number> {
  await applyLadder(deps);
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
export async function nextDue(
  { pool, city }: Pick<Deps, 'pool' | 'city'>,
  by: Instant,
  atMost: number,
): Promise<readonly Due[]> {
  const except = [...restingNow(pool)];
  const clocks = await dueClocks(pool, by, atMost, except);
  const archives = await dueArchives(pool, by, atMost, except);
  const others = await Promise.all(
    besides.map(async ({ kind, due }) =>
      (await due(pool, by, atMost, except, city())).map(({ id, dueAt }) => ({ kind, orderId: id, dueAt, clock: null })),
    ),
  );
  const all: Due[] = [
    ...clocks.map((due) => ({ kind: 'clock', ...due })),
    ...archives.map((due) => ({ kind: 'archive', ...due, clock: null })),
    ...others.flat(),
  ];
  return all.toSorted((a, b) => a.dueAt - b.dueAt).slice(0, atMost);
}

/** 'stale' is what another has fired or moved meanwhile; 'held' is an order somebody else is changing now. */
async function fireOne(deps: Deps, due: Due, inOrder: boolean): Promise<Outcome | 'failed'> {
  try {
    const outcome = await transaction(deps.pool, async (tx) => {
      if (inOrder) await oneByOne(tx);
      const at = inOrder ? await momentOf(tx, deps, due) : deps.now();
      const then = { ...deps, now: () => at };
      const beside = besides.find(({ kind }) => kind === due.kind);
      if (beside !== undefined) return beside.fire(tx, then, due.orderId, inOrder);
      if (!(await hold(tx, due.orderId, inOrder))) return 'held';
      return effect(tx, then, due);
    });
    resting.get(deps.pool)?.delete(due.orderId);
    return outcome;
  } catch (error) {
    rest(deps.pool, due.orderId);
    const reason = error instanceof Error ? error.message : String(error);
    deps.log.error({ orderId: due.orderId, clock: due.clock?.kind ?? due.kind, reason }, 'what was due did not fire');
    return 'failed';
  }
}

async function effect(tx: Queryable, deps: Deps, { orderId, clock }: Due): Promise<'fired' | 'stale'> {
  const { ladder } = deps.city();
  const setting = powerSettingOf(deps, theSystem);
  let fired = false;
  let rungs: readonly Fired[] = [];
  const outcome = await changeIn(tx, deps, orderId, theSystem, null, (order) => {
    if (clock === null) {
      const archived = decide(order, { action: 'archive', said: {} }, setting);
      fired = archived.kind === 'decided';
      return fired ? archived : { kind: 'decided', order, facts: [] };
    }
    const done = whenDue(order, clock.seq, ladder, setting);
    fired = done !== null;
    rungs = done?.fired ?? [];
    return { kind: 'decided', order: done?.order ?? writtenAnew(order, clock.seq), facts: done?.facts ?? [] };
  });
  if (outcome.kind === 'refused') throw new Error(`order ${orderId} is due and refused: ${outcome.code}`);
  await superviseFired(tx, deps, rungs);
  return fired ? 'fired' : 'stale';
}

/** A clock that is due in the database and not by the rules: its next moment is written down anew. */
const writtenAnew = (order: WorkOrder, seq: number): WorkOrder => ({
  ...order,
  clocks: order.clocks.map((clock) => (clock.seq === seq ? { ...clock } : clock)),
});

/** When a service that ran all the time would have fired it; not before the last thing that happened to the order. */
async function momentOf(tx: Queryable, { now }: Deps, { orderId, dueAt }: Due): Promise<Instant> {
  return earlier(now(), later(dueAt, (await lastChange(tx, orderId)) ?? dueAt));
}

/** What is due in the database and not in the order would be looked at for ever. */
function restIfAgain({ pool, log }: Deps, { orderId, clock, kind }: Due, stale: Set<string>): void {
  const key = `${orderId} ${clock?.seq} ${clock?.version}`;
  if (stale.has(key)) {
    rest(pool, orderId);
    log.error({ orderId, clock: clock?.kind ?? kind }, 'what is due has no effect');
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
