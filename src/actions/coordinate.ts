import { uuidv7 } from 'uuidv7';
import {
  allowedOnCoordination,
  type CoordinationCommand,
  type CoordinationDraft,
  coordinate,
  draftCoordination,
  oneTapCall,
} from '../domain/coordinate.ts';
import {
  allowedOnCall,
  type CallCommand,
  type CoordinationDecision,
  coordinateUnit,
} from '../domain/coordinate-call.ts';
import { type CoordinationOrder, type PowerSetting, seesCoordination } from '../domain/coordination.ts';
import type { CallAction, CoordinationAction, ListedWorkOrder } from '../domain/coordination-life.ts';
import { type Load, loadOf, openCalls } from '../domain/coordination-load.ts';
import { nextRungAt } from '../domain/ladder.ts';
import { subjectOfCall } from '../domain/ladder-fire.ts';
import { holderAbove, holderAt } from '../domain/powers.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { canSee, sightOf } from '../domain/visibility.ts';
import { type Actor, isOpen, theSystem, type WorkOrder } from '../domain/work-order.ts';
import {
  type CoordinationFilter,
  coordinationsHolding,
  coordinationsOf,
  findCoordinations,
  holdWorkOrders,
  loadCoordinations,
  lockCoordination,
  saveCoordination,
} from '../store/coordination.ts';
import { nextNumbers } from '../store/intake.ts';
import { load, loadAll } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { maySeeQueue } from './claim.ts';
import { type Deps, powerSettingOf } from './deps.ts';
import { type Location, placementOf } from './location.ts';
import type { Expected } from './perform.ts';

export type { CoordinationFilter } from '../store/coordination.ts';

/** A coordination order as an actor sees it, with what they may do to it and to each call. */
export type SeenCoordination = Readonly<{
  order: CoordinationOrder;
  allowedActions: readonly CoordinationAction[];
  /** By the code of the unit. */
  allowedOnUnits: ReadonlyMap<string, readonly CallAction[]>;
}>;

/** Work orders as a client names them, instead of what a decision needs of them. */
type Named<T> = Omit<T, 'workOrders'> & Readonly<{ workOrderIds?: readonly string[] | undefined }>;

/** Drafts an order. Work orders have to be open and in the actor's sight. */
export const draftOrder = (
  deps: Deps,
  { workOrderIds = [], ...said }: Named<CoordinationDraft>,
  actor: Actor,
): Promise<SeenCoordination | Refusal> =>
  create(deps, actor, workOrderIds, (workOrders, names, setting) =>
    draftCoordination({ ...said, workOrders }, names, setting),
  );

/** What a grid worker says with one tap: what it is, and where, by a work order or a place. */
export type GridCall = Readonly<{ workOrderId: string | null; location: Location | null; text: string }>;

/** The one-tap call (网格一呼): an emergency order is drafted at the street of the place, else of the worker's own unit. */
export async function gridCall(
  deps: Deps,
  { workOrderId, location, text }: GridCall,
  actor: Actor,
): Promise<SeenCoordination | Refusal> {
  const setting = powerSettingOf(deps, actor);
  const order = workOrderId === null ? null : await load(deps.pool, workOrderId);
  if (workOrderId !== null && (order === null || !canSee(actor, order, setting.city))) return refuse('not-found');
  const { path } = order?.placement ?? placementOf(deps, location, deps.now());
  const codes = path.map((step) => step.code);
  const above = actor.unit === null ? undefined : holderAbove(actor.unit, 'coordination', setting);
  const street = holderAt(codes, 'coordination', setting)?.code ?? above;
  if (street === undefined) return refuse('area-unknown', { location: 'no street is at that place' });
  const isTheirs = actor.unit === null && (actor.areas === null || codes.some((code) => actor.areas?.includes(code)));
  const asWorker = isTheirs ? { ...actor, unit: street } : actor;
  return create(deps, actor, order === null ? [] : [order.id], (workOrders, names) =>
    oneTapCall({ street, workOrders, units: [], demand: text }, names, { ...setting, actor: asWorker }),
  );
}

async function create(
  deps: Deps,
  actor: Actor,
  workOrderIds: readonly string[],
  draft: (
    workOrders: readonly ListedWorkOrder[],
    names: Readonly<{ id: string; number: string }>,
    setting: PowerSetting,
  ) => CoordinationDecision | Refusal,
): Promise<SeenCoordination | Refusal> {
  const [number] = await nextNumbers(deps.pool, deps.now(), 1);
  const outcome = await transaction(deps.pool, async (tx) => {
    const workOrders = await listed(tx, deps, workOrderIds, actor);
    if (isRefusal(workOrders)) return workOrders;
    const made = draft(workOrders, { id: uuidv7(), number: `C${number}` }, powerSettingOf(deps, actor));
    if (made.kind === 'decided') await save(tx, deps, null, made);
    return made;
  });
  return outcome.kind === 'refused' ? outcome : seen(deps, outcome.order, actor);
}

/** The work orders somebody wants on the list, held so that none ends meanwhile; refused where one is out of sight. */
async function listed(
  tx: Queryable,
  { city }: Deps,
  ids: readonly string[],
  actor: Actor,
): Promise<readonly ListedWorkOrder[] | Refusal> {
  if (ids.length === 0) return [];
  await holdWorkOrders(tx, ids);
  const found = new Map((await loadAll(tx, ids)).map((order) => [order.id as string, order]));
  const unseen = ids.filter((id) => !isSeen(found.get(id), actor, city()));
  if (unseen.length > 0) return refuse('not-found', { workOrders: unseen });
  return [...found.values()].map(({ id, state }) => ({ id, open: isOpen(state) }));
}

const isSeen = (order: WorkOrder | undefined, actor: Actor, { city }: ReturnType<Deps['city']>): boolean =>
  order !== undefined && canSee(actor, order, city);

/** What a client may do to an order as a whole. */
export type OrderCommand =
  | Exclude<CoordinationCommand, { action: 'amend' | 'attach' | 'leave' }>
  | Readonly<{ action: 'amend'; said: Named<Extract<CoordinationCommand, { action: 'amend' }>['said']> }>
  | Readonly<{ action: 'attach'; said: Readonly<{ workOrderIds: readonly string[] }> }>;

/** One action on an order within sight. `expected` is the version the client believes it changes; null does not care. */
export const onOrder = (
  deps: Deps,
  id: string,
  { action, said }: OrderCommand,
  actor: Actor,
  expected: Expected,
): Promise<SeenCoordination | Refusal> => {
  const { workOrderIds, ...rest } = said as { workOrderIds?: readonly string[] };
  return change(deps, id, actor, expected, workOrderIds ?? [], (order, setting, workOrders) => {
    const whole = workOrderIds === undefined ? rest : { ...rest, workOrders };
    return coordinate(order, { action, said: whole } as CoordinationCommand, setting);
  });
};

/** One action on the call of a unit, by the unit or by the street. */
export const onUnit = (
  deps: Deps,
  id: string,
  unit: string,
  command: CallCommand,
  actor: Actor,
  expected: Expected,
): Promise<SeenCoordination | Refusal> =>
  change(deps, id, actor, expected, [], (order, setting) => coordinateUnit(order, unit, command, setting));

async function change(
  deps: Deps,
  id: string,
  actor: Actor,
  expected: Expected,
  workOrderIds: readonly string[],
  deciding: (
    order: CoordinationOrder,
    setting: PowerSetting,
    workOrders: readonly ListedWorkOrder[],
  ) => CoordinationDecision | Refusal,
): Promise<SeenCoordination | Refusal> {
  const outcome = await transaction(deps.pool, async (tx) => {
    // Work orders before the order that lists them: whoever ends a work order holds them in this order too.
    const workOrders = await listed(tx, deps, workOrderIds, actor);
    const order = await lockCoordination(tx, id);
    if (order === null || !seesCoordination(actor, sightOf(actor, deps.city().city), order)) return refuse('not-found');
    if (isRefusal(workOrders)) return workOrders;
    if (expected !== null && expected !== order.version) return refuse('stale-version', { version: order.version });
    const decided = deciding(order, powerSettingOf(deps, actor), workOrders);
    if (decided.kind === 'decided') await save(tx, deps, order, decided);
    return decided;
  });
  return outcome.kind === 'refused' ? outcome : seen(deps, outcome.order, actor);
}

/** Writes what was decided, with the moment at which the ladder next looks at each call. */
export function save(
  tx: Queryable,
  deps: Pick<Deps, 'city'>,
  before: CoordinationOrder | null,
  { order, facts }: Pick<CoordinationDecision, 'order' | 'facts'>,
): Promise<void> {
  const { city, ladder } = deps.city();
  return saveCoordination(tx, before, order, facts, (clock) =>
    nextRungAt(subjectOfCall(order, clock, { city }), clock, city, ladder.rungs),
  );
}

/** A work order that has ended leaves what it is on; the street of an order left empty is asked for the outcome. */
export async function leaveCoordination(
  tx: Queryable,
  deps: Deps,
  { id, state }: Pick<WorkOrder, 'id' | 'state'>,
): Promise<void> {
  for (const each of await coordinationsOf(tx, id)) {
    const order = await lockCoordination(tx, each);
    if (order === null) continue;
    const command = { action: 'leave', said: { workOrderId: id, state } } as const;
    const decided = coordinate(order, command, powerSettingOf(deps, theSystem));
    if (decided.kind === 'decided') await save(tx, deps, order, decided);
  }
}

/** One order, or a refusal that does not tell whether it exists. */
export async function lookAtCoordination(deps: Deps, id: string, actor: Actor): Promise<SeenCoordination | Refusal> {
  const [order] = await loadCoordinations(deps.pool, [id]);
  const isIn = order !== undefined && seesCoordination(actor, sightOf(actor, deps.city().city), order);
  return isIn ? seen(deps, order, actor) : refuse('not-found');
}

/** Orders within sight, newest first. */
export async function listCoordinations(
  deps: Deps,
  filter: CoordinationFilter,
  actor: Actor,
): Promise<readonly SeenCoordination[]> {
  const found = await findCoordinations(deps.reading, sightOf(actor, deps.city().city), actor, filter);
  return found.map((order) => seen(deps, order, actor));
}

/** The calls that hold a unit, in turn, and how much they ask of it; for the unit, whoever is above it, and the hotline. */
export async function callsOf(deps: Deps, unit: string, actor: Actor): Promise<Load | Refusal> {
  const { city } = deps.city();
  if (!city.units.has(unit) || !maySeeQueue(deps, unit, actor)) return refuse('not-found');
  const orders = await coordinationsHolding(deps.reading, unit);
  return loadOf(unit, orders.filter((order) => order.state === 'issued').flatMap(openCalls));
}

function seen(deps: Deps, order: CoordinationOrder, actor: Actor): SeenCoordination {
  const setting = powerSettingOf(deps, actor);
  const allowed = order.units.map(({ unit }) => [unit, allowedOnCall(order, unit, setting)] as const);
  return { order, allowedActions: allowedOnCoordination(order, setting), allowedOnUnits: new Map(allowed) };
}
