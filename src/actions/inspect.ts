import { uuidv7 } from 'uuidv7';
import { unitsUnder } from '../domain/city.ts';
import { decide, nameOf, settle } from '../domain/decide.ts';
import {
  type Inspection,
  type InspectionItem,
  type InspectionWanted,
  inspected,
  inspectionDue,
  inspectionFault,
  inspectorFor,
  isMoot,
  nextDraw,
  type Seen,
  sampleOf,
} from '../domain/inspection.ts';
import { lotsOf, postsOf } from '../domain/panel.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import { taskOf } from '../domain/tasks.ts';
import { after, days } from '../domain/time.ts';
import { type Actor, type Fact, theSystem } from '../domain/work-order.ts';
import { recordFacts } from '../store/facts.ts';
import {
  type CountedInspection,
  drawClosed,
  type FoundItem,
  findInspections,
  findItems,
  holdDraws,
  type ItemFilter,
  loadInspection,
  lockInspection,
  lockItem,
  saveInspection,
  saveItems,
} from '../store/inspections.ts';
import { load, loadAll } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { openTasks } from '../store/tasks.ts';
import { evidenceFault } from './attach.ts';
import { type Deps, seedFor, settingOf } from './deps.ts';
import { changeIn } from './perform.ts';
import { measureFaults } from './take-measures.ts';

export type { CountedInspection, FoundItem } from '../store/inspections.ts';

/** Makes an inspection: a random one draws at once, a scheduled one when it begins. */
export const inspect = (deps: Deps, wanted: InspectionWanted, actor: Actor): Promise<CountedInspection | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const setting = settingOf(deps, actor);
    const fault = inspectionFault(wanted, setting);
    if (fault !== null) return refuse(fault);
    const { area } = wanted.scope;
    if (area !== null && !deps.city().areasAt(setting.now).tree.byCode.has(area))
      return refuse('area-unknown', { area });
    const { startAt, ...rest } = wanted;
    const isScheduled = startAt !== null || wanted.everyDays !== null;
    const made: Inspection = {
      ...rest,
      id: uuidv7(),
      nextAt: isScheduled ? (startAt ?? setting.now) : null,
      draws: 0,
      madeBy: nameOf(actor),
      madeAt: setting.now,
      endedAt: null,
    };
    await saveInspection(tx, made);
    const isNow = made.nextAt === null || made.nextAt <= setting.now;
    if (isNow) await drawFor(tx, deps, { ...made, nextAt: nextDraw(made, setting.now) });
    return counted(tx, made.id);
  });

/** Draws once more, beside whatever the schedule says. */
export const drawAgain = (deps: Deps, id: string): Promise<CountedInspection | Refusal> =>
  onInspection(deps, id, (tx, inspection) => drawFor(tx, deps, inspection));

/** No more is drawn; what was drawn is still looked at. */
export const endInspection = (deps: Deps, id: string): Promise<CountedInspection | Refusal> =>
  onInspection(deps, id, (tx, inspection) => saveInspection(tx, { ...inspection, nextAt: null, endedAt: deps.now() }));

const onInspection = (
  deps: Deps,
  id: string,
  act: (tx: Queryable, inspection: Inspection) => Promise<void>,
): Promise<CountedInspection | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const inspection = await lockInspection(tx, id);
    if (inspection === null) return refuse('not-found');
    if (inspection.endedAt !== null) return refuse('inspection-over');
    await act(tx, inspection);
    return counted(tx, id);
  });

async function counted(from: Queryable, id: string): Promise<CountedInspection> {
  const found = await loadInspection(from, id);
  if (found === null) throw new Error('an inspection is never deleted');
  return found;
}

/** Inspections, newest first. */
export const listInspections = (deps: Deps, page: Readonly<{ cursor?: string | undefined; limit: number }>) =>
  findInspections(deps.reading, page);

/** One of them. */
export const lookAtInspection = async (deps: Deps, id: string): Promise<CountedInspection | Refusal> =>
  (await loadInspection(deps.pool, id)) ?? refuse('not-found');

/** Orders that were drawn; with `mine` those the actor is to look at. */
export const listItems = (
  deps: Deps,
  { mine, ...filter }: ItemFilter & Readonly<{ mine: boolean }>,
  actor: Actor,
): Promise<readonly FoundItem[]> =>
  findItems(deps.pool, mine ? { ...filter, posts: postsOf(actor, deps.city().city).map(({ code }) => code) } : filter);

/** Draws by a seed that is on record: the sample, and who of nobody's side looks at each order of it. */
async function drawFor(tx: Queryable, deps: Deps, inspection: Inspection): Promise<void> {
  await holdDraws(tx);
  const { city } = deps.city();
  const now = deps.now();
  const { scope, size } = inspection;
  const seed = seedFor(deps)(`${inspection.id} ${inspection.draws}`);
  const from = after(now, days(-scope.closedWithinDays));
  const units = scope.unit === null ? null : unitsUnder(city, scope.unit);
  const closed = await drawClosed(tx, { ...scope, units, from, to: now }, seed);
  const ids = closed.ids.slice(0, sampleOf(closed.population, size));
  const orders = await loadAll(tx, ids);
  const items = orders.map((order): InspectionItem => {
    const id = uuidv7();
    return {
      id,
      inspectionId: inspection.id,
      orderId: order.id,
      round: order.reworks + 1,
      post: inspectorFor(order, [], lotsOf(seedFor(deps)(`${id} 0`)), city),
      formerPosts: [],
      drawnAt: now,
      dueAt: inspectionDue(now, city),
      state: 'open',
      finding: null,
      evidence: [],
      by: null,
      decidedAt: null,
    };
  });
  await saveItems(tx, items);
  await saveInspection(tx, { ...inspection, draws: inspection.draws + 1 });
  const body = { seed, from, to: now, population: closed.population, drawn: ids };
  const fact: Fact = { type: 'inspection_drawn', at: now, actor: nameOf(theSystem), unit: null, body };
  await recordFacts(tx, { subject: 'inspection', subjectId: inspection.id }, [fact]);
}

/** Records what a drawn inspector saw. What is found sends a closed order back at once. */
export const recordInspection = (deps: Deps, id: string, seen: Seen, actor: Actor): Promise<FoundItem | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const item = await lockItem(tx, id);
    const order = item === null ? null : await load(tx, item.orderId);
    if (item === null || order === null) return refuse('not-found');
    const setting = settingOf(deps, actor);
    const missing = await evidenceFault(deps.pool, [order.id], seen.evidence);
    const outcome = missing ?? inspected(item, order, seen, setting);
    if (outcome.kind === 'refused') return outcome;
    if (outcome.item.state === 'found' && order.state === 'closed') {
      const said = { reason: seen.finding };
      const back = await changeIn(tx, deps, order.id, actor, null, (closed, of) => {
        const reopened = decide(closed, { action: 'reopen', said }, of);
        return reopened.kind === 'decided' ? settle(reopened, of) : reopened;
      });
      if (back.kind === 'refused') return back;
    }
    await saveItems(tx, [outcome.item]);
    await recordFacts(tx, { subject: 'work_order', subjectId: order.id }, [outcome.fact]);
    if (outcome.item.state === 'found') await measureFaults(tx, deps, order.owner);
    return { item: outcome.item, number: order.number, title: order.title, owner: order.owner };
  });

/** A scheduled inspection draws when its time has come. */
export async function fireInspection(tx: Queryable, deps: Deps, id: string, wait: boolean) {
  const inspection = await lockInspection(tx, id, !wait);
  if (inspection === null) return 'held';
  const now = deps.now();
  if (inspection.nextAt === null || inspection.nextAt > now) return 'stale';
  await drawFor(tx, deps, { ...inspection, nextAt: nextDraw(inspection, now) });
  return 'fired';
}

/** Nobody has looked in time: another inspector is drawn, and a shift leader told. What was opened again is moot. */
export async function fireItem(tx: Queryable, deps: Deps, id: string, wait: boolean) {
  const item = await lockItem(tx, id, !wait);
  if (item === null) return 'held';
  const now = deps.now();
  const order = await load(tx, item.orderId);
  if (item.state !== 'open' || item.dueAt > now || order === null) return 'stale';
  if (isMoot(item, order)) {
    await saveItems(tx, [{ ...item, state: 'moot', decidedAt: now }]);
    return 'fired';
  }
  const { city } = deps.city();
  const formerPosts = item.post === null ? item.formerPosts : [...item.formerPosts, item.post];
  const lots = lotsOf(seedFor(deps)(`${id} ${formerPosts.length}`));
  const post = inspectorFor(order, formerPosts, lots, city);
  await saveItems(tx, [{ ...item, post, formerPosts, dueAt: inspectionDue(now, city) }]);
  const body = { item: id, inspection: item.inspectionId, before: item.post, after: post };
  const fact: Fact = { type: 'inspector_silent', at: now, actor: nameOf(theSystem), unit: null, body };
  await recordFacts(tx, { subject: 'work_order', subjectId: order.id }, [fact]);
  const task = taskOf(fact, city);
  if (task !== null) await openTasks(tx, order.id, now, [{ ...task, id: uuidv7() }]);
  return 'fired';
}
