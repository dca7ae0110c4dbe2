import {
  askForOutcome,
  type Change,
  type CoordinationDecision,
  fact,
  letGo,
  released,
  summonAll,
} from './coordinate-call.ts';
import {
  attendance,
  type CalledUnit,
  type CoordinationKind,
  type CoordinationOrder,
  coordinationParties,
  isHeld,
  type PowerSetting,
  type Slot,
} from './coordination.ts';
import {
  type CoordinationAction,
  type CoordinationObstacle,
  type CoordinationSaid,
  coordinationLife,
  coordinationObstacles,
  type ListedWorkOrder,
  type Wanted,
} from './coordination-life.ts';
import { nameOf } from './decide.ts';
import { endClock } from './order-clocks.ts';
import { isHolder } from './powers.ts';
import { type Refusal, refuse } from './refusal.ts';
import { allowedIn, arrive, notAllowed, type TableRow } from './table.ts';
import { partId } from './work-order.ts';

/** One thing to do to a coordination order, with what was said. */
export type CoordinationCommand = {
  [A in CoordinationAction]: Readonly<{ action: A; said: CoordinationSaid[A] }>;
}[CoordinationAction];

/** What a draft is made of. */
export type CoordinationDraft = Readonly<{
  kind: CoordinationKind;
  street: string;
  workOrders: readonly ListedWorkOrder[];
  units: readonly Wanted[];
  demand: string;
  slot?: Slot | null | undefined;
  matter?: string | null | undefined;
}>;

/** Drafts an order for a street: by the street itself, or by a grid worker of its area (网格一呼). */
export function draftCoordination(
  { kind, street, ...said }: CoordinationDraft,
  names: Readonly<{ id: string; number: string }>,
  setting: PowerSetting,
): CoordinationDecision | Refusal {
  const { actor, city, now } = setting;
  if (!city.units.has(street)) return refuse('unit-unknown', { units: [street] });
  if (!isHolder(street, 'coordination', setting)) return refuse('no-power', { unit: street, power: 'coordination' });
  const { by } = coordinationLife.amend;
  const parties = coordinationParties(actor, { street, draftedBy: null }, setting);
  if (!by.some((party) => parties.has(party))) return refuse('not-yours', { action: 'draft', allowedFor: by });
  const bare: CoordinationOrder = {
    ...names,
    version: 1,
    kind,
    street,
    state: 'draft',
    workOrderIds: [],
    leftWorkOrderIds: [],
    demand: '',
    slot: null,
    matter: null,
    powerItem: null,
    lead: null,
    quorum: null,
    units: [],
    clocks: [],
    outcome: null,
    cancelReason: null,
    outcomeAskedAt: null,
    draftedBy: { actor: nameOf(actor), at: now },
    issuedBy: null,
    endedAt: null,
    seq: 0,
  };
  const stands = orderStands(coordinationLife.amend, bare, said, setting);
  if (stands) return stands;
  const order = { ...amended(bare, said), version: 1 };
  return { kind: 'decided', order, facts: [fact('coordination_draft', order, setting, { kind, to: 'draft' })] };
}

/** The grid worker's one-tap call: an emergency order is drafted at the street of the worker's own area. */
export const oneTapCall = (
  said: Omit<CoordinationDraft, 'kind'>,
  names: Readonly<{ id: string; number: string }>,
  setting: PowerSetting,
): CoordinationDecision | Refusal => draftCoordination({ ...said, kind: 'emergency' }, names, setting);

/** What happens if this reaches the order now. Pure, like `decide`. */
export function coordinate(
  order: CoordinationOrder,
  { action, said }: CoordinationCommand,
  setting: PowerSetting,
): CoordinationDecision | Refusal {
  const row: TableRow<CoordinationOrder['state'], string, CoordinationObstacle> = coordinationLife[action];
  const parties = coordinationParties(setting.actor, order, setting);
  const no = notAllowed(coordinationLife, action, order.state, parties) ?? orderStands(row, order, said, setting);
  if (no) return no;

  const effect = effects[action] as (order: CoordinationOrder, said: unknown, setting: PowerSetting) => Change;
  const change = effect({ ...order, version: order.version + 1 }, said, setting);
  const state = arrive(row, order.state, undefined);
  const clocks =
    row.stops === undefined ? change.order.clocks : change.order.clocks.map((c) => endClock(c, setting, action));
  const next = { ...change.order, clocks, state };
  const body = { ...change.body, from: order.state, to: state, version: next.version };
  return {
    kind: 'decided',
    order: next,
    facts: [
      fact(`coordination_${action}`, next, setting, body),
      ...(change.also ?? []),
      ...letGo(order, next, setting),
    ],
  };
}

/** What the actor may do to the order now, whatever then stands in the way of it. */
export const allowedOnCoordination = (order: CoordinationOrder, setting: PowerSetting): readonly CoordinationAction[] =>
  allowedIn(coordinationLife, order.state, coordinationParties(setting.actor, order, setting));

const effects: {
  [A in CoordinationAction]: (order: CoordinationOrder, said: CoordinationSaid[A], setting: PowerSetting) => Change;
} = {
  amend: (order, said) => ({ order: amended(order, said) }),
  issue: (order, _said, setting) => {
    const matter = setting.matters.get(order.matter ?? '');
    const terms = matter && { lead: matter.lead, quorum: matter.quorum, powerItem: matter.powerItem };
    const issuedBy = { actor: nameOf(setting.actor), at: setting.now };
    return summonAll({ ...order, ...terms, issuedBy, state: 'issued' }, setting);
  },
  attach: (order, { workOrders }) => ({
    order: { ...order, workOrderIds: joined(order.workOrderIds, workOrders), outcomeAskedAt: null },
    body: { workOrders: workOrders.map(({ id }) => id) },
  }),
  call: (order, { units }, setting) => summonAll(withUnits({ ...order, outcomeAskedAt: null }, units), setting),
  leave: (order, { workOrderId, state }, setting) => {
    if (!order.workOrderIds.includes(workOrderId))
      return { order, body: { workOrder: workOrderId, nothing: 'not-on-it' } };
    const workOrderIds = order.workOrderIds.filter((id) => id !== workOrderId);
    const left = { ...order, workOrderIds, leftWorkOrderIds: [...order.leftWorkOrderIds, workOrderId] };
    const change = workOrderIds.length === 0 ? askForOutcome(left, setting) : { order: left };
    return { ...change, body: { workOrder: workOrderId, ended: state, left: workOrderIds.length } };
  },
  close: (order, { outcome }, setting) => {
    const units = order.units.map((call) => (call.state === 'accepted' ? released(call, 'closed', setting) : call));
    const { called, present, quorum, met } = attendance(order);
    return {
      order: { ...order, units, outcome, endedAt: setting.now },
      body: { called, present, ...(quorum === null ? {} : { quorum, quorumMet: met }) },
    };
  },
  cancel: (order, { reason }, setting) => ({
    order: {
      ...order,
      units: order.units.map((call) => (isHeld(call) ? released(call, reason, setting) : call)),
      cancelReason: reason,
      endedAt: setting.now,
    },
  }),
};

function amended(order: CoordinationOrder, said: CoordinationSaid['amend']): CoordinationOrder {
  const { units, workOrders, demand, slot, matter } = said;
  const changed = {
    ...order,
    ...(workOrders === undefined ? {} : { workOrderIds: joined([], workOrders) }),
    ...(demand === undefined ? {} : { demand }),
    ...(slot === undefined ? {} : { slot }),
    ...(matter === undefined ? {} : { matter }),
  };
  return units === undefined ? changed : withUnits({ ...changed, units: [] }, units);
}

const joined = (ids: readonly string[], more: readonly ListedWorkOrder[]): readonly string[] => [
  ...new Set([...ids, ...more.map(({ id }) => id)]),
];

function withUnits(order: CoordinationOrder, wanted: readonly Wanted[]): CoordinationOrder {
  const units = wanted.map(
    ({ code, task }, i): CalledUnit => ({
      seq: order.seq + i + 1,
      id: partId(order.id, order.seq + i + 1),
      unit: code,
      task,
      state: 'named',
      calledAt: null,
      acknowledgedAt: null,
      reportedInAt: null,
      inTime: null,
      silent: false,
      result: null,
      refusals: [],
      acceptedAt: null,
      releasedAt: null,
      releaseReason: null,
    }),
  );
  return { ...order, seq: order.seq + units.length, units: [...order.units, ...units] };
}

function orderStands(
  { unless }: Readonly<{ unless?: readonly CoordinationObstacle[] }>,
  order: CoordinationOrder,
  said: object,
  setting: PowerSetting,
): Refusal | null {
  for (const code of unless ?? []) {
    const details = coordinationObstacles[code](order, said as Readonly<Record<string, unknown>>, setting);
    if (details) return refuse(code, details);
  }
  return null;
}
