import { uuidv7 } from 'uuidv7';
import {
  allowedOnMeasure,
  decideMeasure,
  type GradedMeasure,
  type MeasureCommand,
  type MeasureDecision,
  type MeasureSetting,
  type MeasureWanted,
  measureByRule,
  referred,
  takeMeasure,
} from '../domain/graded-measure.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { after, days, later } from '../domain/time.ts';
import { canSeeMeasure, sightOf, unseenFault } from '../domain/visibility.ts';
import { type Actor, theSystem } from '../domain/work-order.ts';
import {
  faultsOf,
  findGradedMeasures,
  holdLastOf,
  loadGradedMeasure,
  lockGradedMeasure,
  type MeasureFilter,
  saveGradedMeasure,
} from '../store/graded-measures.ts';
import { nextNumber } from '../store/numbers.ts';
import { loadAll } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';

/** A measure with what the actor may do to it now. */
export type SeenMeasure = Readonly<{ measure: GradedMeasure; allowedActions: readonly string[] }>;

const measureSetting = (deps: Deps, actor: Actor): MeasureSetting => ({
  ...settingOf(deps, actor),
  judging: deps.city().judging,
});

const seen = (deps: Deps, measure: GradedMeasure, actor: Actor): SeenMeasure => ({
  measure,
  allowedActions: allowedOnMeasure(measure, settingOf(deps, actor)),
});

const namesOf = async (tx: Queryable, deps: Deps) => ({
  id: uuidv7(),
  number: await nextNumber(tx, 'graded_measure', deps.now()),
});

/** Somebody takes a measure against a unit; the orders it is about are within their sight. */
export const take = (deps: Deps, wanted: MeasureWanted, actor: Actor): Promise<SeenMeasure | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const works = await loadAll(tx, wanted.workOrderIds);
    const unseen = unseenFault(actor, wanted.workOrderIds, works, deps.city().city);
    if (unseen !== null) return unseen;
    const last = await holdLastOf(tx, wanted.unit);
    const outcome = takeMeasure(wanted, last, await namesOf(tx, deps), measureSetting(deps, actor));
    if (isRefusal(outcome)) return outcome;
    await saveGradedMeasure(tx, outcome.measure, outcome.facts);
    return seen(deps, outcome.measure, actor);
  });

/** One action of the unit, or of whoever took the measure. Out of sight it does not exist. */
export const actOnMeasure = (
  deps: Deps,
  id: string,
  command: MeasureCommand,
  actor: Actor,
): Promise<SeenMeasure | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const measure = await lockGradedMeasure(tx, id);
    if (measure === null || !canSeeMeasure(actor, measure, deps.city().city)) return refuse('not-found');
    const outcome = decideMeasure(measure, command, measureSetting(deps, actor));
    if (isRefusal(outcome)) return outcome;
    await saveGradedMeasure(tx, outcome.measure, outcome.facts);
    return seen(deps, outcome.measure, actor);
  });

/** Measures within the actor's sight, newest first. */
export async function listMeasures(deps: Deps, filter: MeasureFilter, actor: Actor): Promise<readonly SeenMeasure[]> {
  const found = await findGradedMeasures(deps.reading, sightOf(actor, deps.city().city), filter);
  return found.map((measure) => seen(deps, measure, actor));
}

/** One, or a refusal that does not tell whether it exists. */
export async function lookAtMeasure(deps: Deps, id: string, actor: Actor): Promise<SeenMeasure | Refusal> {
  const measure = await loadGradedMeasure(deps.pool, id);
  return measure !== null && canSeeMeasure(actor, measure, deps.city().city)
    ? seen(deps, measure, actor)
    : refuse('not-found');
}

/** A unit was found at fault again: where that is too often by the policy, the next measure is taken in the centre's name. */
export async function measureFaults(tx: Queryable, deps: Deps, unit: string): Promise<void> {
  const setting = measureSetting(deps, theSystem);
  const last = await holdLastOf(tx, unit);
  const window = after(setting.now, days(-setting.judging.faultDays));
  const workOrderIds = await faultsOf(tx, unit, last === null ? window : later(window, last.raisedAt));
  const of = { unit, faults: workOrderIds.length, workOrderIds: [...new Set(workOrderIds)] };
  if (of.faults < setting.judging.faults) return;
  const taken = measureByRule(of, last, await namesOf(tx, deps), setting);
  if (taken !== null) await saveGradedMeasure(tx, taken.measure, taken.facts);
}

/** What was to be put right by a date, and nobody has said that it was, is referred. */
export async function fireMeasure(tx: Queryable, deps: Deps, id: string, wait: boolean) {
  const measure = await lockGradedMeasure(tx, id, !wait);
  if (measure === null) return 'held';
  const setting = measureSetting(deps, theSystem);
  const lapsed: MeasureDecision | Refusal = decideMeasure(measure, { action: 'lapse', said: {} }, setting);
  if (isRefusal(lapsed)) return 'stale';
  await saveGradedMeasure(tx, lapsed.measure, lapsed.facts);
  const next = referred(lapsed.measure, await namesOf(tx, deps), setting);
  await saveGradedMeasure(tx, next.measure, next.facts);
  return 'fired';
}
