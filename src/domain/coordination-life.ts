import type {
  CallParty,
  CallState,
  CoordinationOrder,
  CoordinationParty,
  CoordinationState,
  Slot,
} from './coordination.ts';
import { type CalledUnit, isHeld, type PowerSetting, standsFor } from './coordination.ts';
import { outsideJurisdiction } from './powers.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import type { Table } from './table.ts';
import type { Evidence } from './work-order.ts';

/** A unit to be called, and what for. */
export type Wanted = Readonly<{ code: string; task: string }>;

/** A work order somebody wants on the list; the caller has seen to it that they may see it. */
export type ListedWorkOrder = Readonly<{ id: string; open: boolean }>;

/** What comes with each action on a coordination order. */
export type CoordinationSaid = {
  amend: {
    units?: readonly Wanted[] | undefined;
    workOrders?: readonly ListedWorkOrder[] | undefined;
    demand?: string | undefined;
    slot?: Slot | null | undefined;
    matter?: string | null | undefined;
  };
  issue: object;
  attach: { workOrders: readonly ListedWorkOrder[] };
  call: { units: readonly Wanted[] };
  leave: { workOrderId: string; state: string };
  close: { outcome: string };
  cancel: { reason: string };
};
export type CoordinationAction = keyof CoordinationSaid;

/** What comes with each action on a called unit. */
export type CallSaid = {
  summon: object;
  acknowledge: object;
  'report-in': object;
  result: { text: string; evidence?: readonly Evidence[] | undefined };
  accept: object;
  refuse: { reason: string };
  release: { reason?: string | undefined };
  silent: object;
};
export type CallAction = keyof CallSaid;

const named = ['units-missing', 'unit-unknown', 'called-already', 'outside-jurisdiction'] as const;

/** The whole life of a coordination order. */
// biome-ignore format: one row per line, read by column
export const coordinationLife = {
  amend:  { from: ['draft'],           by: ['street', 'caller'], to: 'unchanged', unless: ['unit-unknown', 'called-already', 'outside-jurisdiction', 'matter-unknown', 'work-order-ended', 'slot-backwards'] },
  issue:  { from: ['draft'],           by: ['street'],           to: 'issued',    starts: ['report_in', 'answer_call'], unless: ['work-orders-missing', ...named, 'matter-missing', 'matter-unknown', 'required-units-missing', 'quorum-missing'] },
  attach: { from: ['issued'],          by: ['street'],           to: 'unchanged', unless: ['work-order-ended'] },
  call:   { from: ['issued'],          by: ['street'],           to: 'unchanged', starts: ['report_in', 'answer_call'], unless: named },
  leave:  { from: ['draft', 'issued'], by: ['system'],           to: 'unchanged' },
  close:  { from: ['issued'],          by: ['street'],           to: 'closed',    unless: ['outcome-missing', 'units-not-released'] },
  cancel: { from: ['draft', 'issued'], by: ['street'],           to: 'cancelled', stops: ['report_in', 'answer_call'], unless: ['reason-missing'] },
} as const satisfies Table<CoordinationAction, CoordinationState, CoordinationParty, CoordinationObstacle>;

/** The whole life of a called unit. It leaves by being released, and only the street releases (销哨). */
// biome-ignore format: one row per line, read by column
export const callLife = {
  summon:      { from: ['named'],                  by: ['system'], to: 'called',       starts: ['report_in', 'answer_call'] },
  acknowledge: { from: ['called'],                 by: ['unit'],   to: 'acknowledged', stops: ['answer_call'] },
  'report-in': { from: ['called', 'acknowledged'], by: ['unit'],   to: 'reported_in',  stops: ['report_in', 'answer_call'] },
  result:      { from: ['reported_in'],            by: ['unit'],   to: 'result',       unless: ['result-missing'] },
  accept:      { from: ['result'],                 by: ['street'], to: 'accepted' },
  refuse:      { from: ['result'],                 by: ['street'], to: 'reported_in',  unless: ['reason-missing'] },
  release:     { from: ['called', 'acknowledged', 'reported_in', 'result', 'accepted'], by: ['street'], to: 'released', stops: ['report_in', 'answer_call'], unless: ['reason-missing'] },
  silent:      { from: ['called', 'acknowledged'], by: ['system'], to: 'unchanged' },
} as const satisfies Table<CallAction, CallState, CallParty, CallObstacle>;

const text = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
type Words = Readonly<Record<string, unknown>>;
type Stands<T> = (order: T, said: Words, setting: PowerSetting) => Refusal['details'] | null;
const when = (stands: boolean, details: Refusal['details'] = {}): Refusal['details'] | null =>
  stands ? details : null;

const wanted = (order: CoordinationOrder, said: Words): readonly string[] =>
  said.units === undefined
    ? order.units.filter((call) => call.state === 'named').map((call) => call.unit)
    : (said.units as readonly Wanted[]).map(({ code }) => code);

/** What can stand in the way of a row of a coordination order, named as the refusal it leads to. Answers its details. */
export const coordinationObstacles = {
  'reason-missing': (_order, said) => when(!text(said.reason)),
  'outcome-missing': (_order, said) => when(!text(said.outcome)),
  'units-missing': (order, said) => when(wanted(order, said).length === 0),
  'unit-unknown': (order, said, { city }) => {
    const unknown = wanted(order, said).filter((code) => !city.units.has(code));
    return when(unknown.length > 0, { units: unknown });
  },
  'called-already': (order, said) => {
    const codes = wanted(order, said);
    const twice = codes.filter(
      (code, i) => codes.indexOf(code) !== i || order.units.some((call) => call.unit === code && isHeld(call)),
    );
    return when(twice.length > 0, { units: twice });
  },
  // A power without bounds would be a new way to push work around.
  'outside-jurisdiction': (order, said, { city }) => {
    const outside = wanted(order, said).flatMap((unit) => {
      const because = outsideJurisdiction(city, order.street, unit);
      return because === null ? [] : [{ unit, because }];
    });
    return when(outside.length > 0, { street: order.street, units: outside });
  },
  'matter-missing': (order) => when(order.kind === 'joint_enforcement' && order.matter === null),
  'matter-unknown': (order, said, { matters }) => {
    const matter = said.matter === undefined ? order.matter : (said.matter as string | null);
    return when(matter !== null && !matters.has(matter), { matter });
  },
  'work-orders-missing': (order) => when(order.kind === 'resident_request' && order.workOrderIds.length === 0),
  'work-order-ended': (_order, said) => {
    const ended = ((said.workOrders ?? []) as readonly ListedWorkOrder[]).filter(({ open }) => !open);
    return when(ended.length > 0, { workOrders: ended.map(({ id }) => id) });
  },
  'slot-backwards': (_order, said) => {
    const slot = said.slot as Slot | null | undefined;
    return when(slot != null && slot.to <= slot.from);
  },
  'required-units-missing': (order, said, { city, matters }) => {
    const matter = matters.get(order.matter ?? '');
    if (matter === undefined) return null;
    const units = wanted(order, said);
    const missing = [...new Set([...matter.requiredUnits, matter.lead])].filter(
      (required) => !units.some((unit) => standsFor(city, unit, required)),
    );
    return when(missing.length > 0, { matter: matter.code, missing });
  },
  'quorum-missing': (order, said, { matters }) => {
    const matter = matters.get(order.matter ?? '');
    const called = wanted(order, said).length;
    return when(matter !== undefined && called < matter.quorum, { quorum: matter?.quorum, called });
  },
  'units-not-released': (order) => {
    const held = order.units.filter((call) => isHeld(call) && call.state !== 'accepted').map((call) => call.unit);
    return when(held.length > 0, { units: held });
  },
} as const satisfies Partial<Record<RefusalCode, Stands<CoordinationOrder>>>;
export type CoordinationObstacle = keyof typeof coordinationObstacles;

/** The same for a called unit. Who was accepted may go without a word. */
export const callObstacles = {
  'reason-missing': (call, said) => when(call.state !== 'accepted' && !text(said.reason)),
  'result-missing': (_call, said) => when(!text(said.text)),
} as const satisfies Partial<Record<RefusalCode, Stands<CalledUnit>>>;
export type CallObstacle = keyof typeof callObstacles;
