import { uuidv7 } from 'uuidv7';
import { climbReply } from '../domain/ladder-climb.ts';
import type { Fired, Intent } from '../domain/ladder-fire.ts';
import { climbAll } from '../domain/ladder-notices.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import {
  allowedOnSupervision,
  decideSupervision,
  issueSupervision,
  type SupervisionCommand,
  type SupervisionDecision,
  superviseByRule,
} from '../domain/supervise.ts';
import {
  gatherKeyOf,
  type SupervisionCause,
  type SupervisionGrade,
  type SupervisionOrder,
  supervised,
} from '../domain/supervision.ts';
import { ladderTasks } from '../domain/tasks.ts';
import type { Instant } from '../domain/time.ts';
import { canSeeSupervision, sightOf, unseenFault } from '../domain/visibility.ts';
import { type Actor, theSystem, type WorkOrder } from '../domain/work-order.ts';
import { nextNumber } from '../store/numbers.ts';
import { loadAll } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import {
  findSupervisions,
  holdWorks,
  loadSupervisions,
  lockGathered,
  lockSupervision,
  refreshPressing,
  type SupervisionFilter,
  saveSupervision,
  supervisionsOn,
} from '../store/supervisions.ts';
import { dropTasks } from '../store/tasks.ts';
import { type Deps, powerSettingOf } from './deps.ts';

export type { SupervisionFilter } from '../store/supervisions.ts';

/** A supervision order with what the actor may do to it now. */
export type SeenSupervision = Readonly<{ order: SupervisionOrder; allowedActions: readonly string[] }>;

const seen = (deps: Deps, order: SupervisionOrder, actor: Actor): SeenSupervision => ({
  order,
  allowedActions: allowedOnSupervision(order, powerSettingOf(deps, actor)),
});

/** Writes what was decided, with whose orders stand on top of a queue now, and shows it to the actor. */
async function kept(
  tx: Queryable,
  deps: Deps,
  { order, facts }: SupervisionDecision,
  actor: Actor,
): Promise<SeenSupervision> {
  await saveSupervision(tx, order, facts, deps.city());
  await refreshPressing(tx, order.workOrderIds);
  return seen(deps, order, actor);
}

/** What somebody demands of a unit. */
export type Demanded = Readonly<{
  unit: string;
  workOrderIds: readonly string[];
  grade: SupervisionGrade;
  demand: string;
  replyBy?: Instant | undefined;
}>;

/** Somebody supervises a unit (督办): the orders stand on top of its queue until it has replied. */
export const supervise = (
  deps: Deps,
  { workOrderIds, ...demand }: Demanded,
  actor: Actor,
): Promise<SeenSupervision | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const ids = [...new Set(workOrderIds)];
    await holdWorks(tx, ids);
    const works = await loadAll(tx, ids);
    const unseen = unseenFault(actor, ids, works, deps.city().city);
    if (unseen !== null) return unseen;
    const setting = powerSettingOf(deps, actor);
    const orders = works.map((work) => supervised(work, setting.now, work.called));
    const names = { id: uuidv7(), number: await nextNumber(tx, 'supervision', setting.now) };
    const outcome = issueSupervision({ ...demand, orders }, names, setting);
    if (isRefusal(outcome)) return outcome;
    return kept(tx, deps, outcome, actor);
  });

/** One action of the unit, or of whoever supervises it. Out of sight it does not exist. */
export async function actOnSupervision(
  deps: Deps,
  id: string,
  command: SupervisionCommand,
  actor: Actor,
): Promise<SeenSupervision | Refusal> {
  for (;;) {
    const done = await tryToAct(deps, id, command, actor);
    if (done !== 'more works') return done;
  }
}

/** Work orders are held before what supervises them, as whoever fires a rung does. Those that came meanwhile: again. */
const tryToAct = (
  deps: Deps,
  id: string,
  command: SupervisionCommand,
  actor: Actor,
): Promise<SeenSupervision | Refusal | 'more works'> =>
  transaction(deps.pool, async (tx) => {
    const [before] = await loadSupervisions(tx, [id]);
    if (before === undefined || !canSeeSupervision(actor, before, deps.city().city)) return refuse('not-found');
    await holdWorks(tx, before.workOrderIds);
    const order = await lockSupervision(tx, id);
    if (order === null) throw new Error('a supervision order is never deleted');
    if (order.workOrderIds.some((work) => !before.workOrderIds.includes(work))) return 'more works';
    const outcome = decideSupervision(order, command, powerSettingOf(deps, actor));
    if (isRefusal(outcome)) return outcome;
    return kept(tx, deps, outcome, actor);
  });

/** Supervision orders within the actor's sight, newest first. */
export async function listSupervisions(
  deps: Deps,
  filter: SupervisionFilter,
  actor: Actor,
): Promise<readonly SeenSupervision[]> {
  const sight = sightOf(actor, deps.city().city);
  const found = await findSupervisions(deps.reading, sight, sight.unit, filter);
  return found.map((order) => seen(deps, order, actor));
}

/** One, or a refusal that does not tell whether it exists. */
export async function lookAtSupervision(deps: Deps, id: string, actor: Actor): Promise<SeenSupervision | Refusal> {
  const [order] = await loadSupervisions(deps.pool, [id]);
  if (order === undefined || !canSeeSupervision(actor, order, deps.city().city)) return refuse('not-found');
  return seen(deps, order, actor);
}

/** Carries out what rungs say about supervising: into the order that gathers the unit's of this day, or a new one. */
export async function superviseFired(tx: Queryable, deps: Deps, fired: readonly Fired[]): Promise<void> {
  const setting = powerSettingOf(deps, theSystem);
  const wanted = fired.flatMap(({ rung, policy, intents }) =>
    intents.filter(isSupervise).map((intent) => ({ ...intent, cause: { rung, policy, about: intent.about } })),
  );
  const alike = Map.groupBy(wanted, ({ unit, by, grade, cause }) => JSON.stringify([unit, by, grade, cause]));
  // Everybody gathers for several units in one order, so that nobody waits for one another.
  for (const [, same] of [...alike].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const said = { ...(same[0] as Wanted), workOrderIds: [...new Set(same.flatMap((each) => each.workOrderIds))] };
    const gathered = await lockGathered(tx, gatherKeyOf(said.unit, setting.now));
    const names = gathered ?? { id: uuidv7(), number: await nextNumber(tx, 'supervision', setting.now) };
    const outcome = superviseByRule(said, gathered, { id: names.id, number: names.number }, setting);
    if (isRefusal(outcome)) throw new Error(`a rule cannot supervise ${said.unit}: ${outcome.code}`);
    if (outcome.order === gathered) continue;
    await saveSupervision(tx, outcome.order, outcome.facts, deps.city());
    await refreshPressing(tx, said.workOrderIds);
  }
}

type Supervise = Extract<Intent, { do: 'supervise' }>;
type Wanted = Supervise & Readonly<{ cause: SupervisionCause }>;
const isSupervise = (intent: Intent): intent is Supervise => intent.do === 'supervise';

/** A work order that has changed: one that ended leaves its supervision orders, one with a new owner its old queue. */
export async function followWork(tx: Queryable, deps: Deps, before: WorkOrder, after: WorkOrder): Promise<void> {
  const ended = before.endedAt === null && after.endedAt !== null;
  if (!ended && before.owner === after.owner) return;
  if (ended) {
    const setting = powerSettingOf(deps, theSystem);
    await dropTasks(tx, after.id, ladderTasks, setting.now);
    for (const id of await supervisionsOn(tx, after.id)) {
      const order = await lockSupervision(tx, id);
      if (order === null || order.endedAt !== null) continue;
      const said = { workOrderId: after.id, state: after.state };
      const outcome = decideSupervision(order, { action: 'leave', said }, setting);
      if (isRefusal(outcome)) throw new Error(`an ended order does not leave its supervision: ${outcome.code}`);
      await saveSupervision(tx, outcome.order, outcome.facts, deps.city());
    }
  }
  await refreshPressing(tx, [after.id]);
}

/** Fires what is due on a supervision order: without a reply in time, the next grade by the next level. */
export async function fireSupervision(
  tx: Queryable,
  deps: Deps,
  id: string,
  wait: boolean,
): Promise<'fired' | 'stale' | 'held'> {
  const order = await lockSupervision(tx, id, !wait);
  if (order === null) return 'held';
  const setting = powerSettingOf(deps, theSystem);
  const { ladder } = deps.city();
  const climbed = climbAll(order, (each, seq) => climbReply(each, seq, ladder, setting), setting);
  // Also where nothing fired: then the moment that was written down is not the right one.
  await saveSupervision(tx, climbed.order, climbed.facts, deps.city());
  await superviseFired(tx, deps, climbed.fired);
  return climbed.fired.length > 0 ? 'fired' : 'stale';
}
