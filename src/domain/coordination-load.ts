import { type CalledUnit, type CoordinationOrder, isHeld, reportInOf, type Slot } from './coordination.ts';
import type { Instant } from './time.ts';

/** A call that holds a unit, as its queue shows it. */
export type OpenCall = Readonly<{
  order: string;
  number: string;
  kind: CoordinationOrder['kind'];
  street: string;
  unit: string;
  task: string;
  state: CalledUnit['state'];
  slot: Slot | null;
  reportInBy: Instant | null;
  calledAt: Instant;
}>;

/** The calls that hold units on an order. */
export const openCalls = (order: CoordinationOrder): readonly OpenCall[] =>
  order.units.filter(isHeld).map((call) => ({
    order: order.id,
    number: order.number,
    kind: order.kind,
    street: order.street,
    unit: call.unit,
    task: call.task,
    state: call.state,
    slot: order.slot,
    reportInBy: reportInOf(order, call)?.dueAt ?? null,
    calledAt: call.calledAt ?? order.draftedBy.at,
  }));

/** What a unit that several streets call has before it: its calls in turn, how many wait, and which want it at once. */
export type Load = Readonly<{
  unit: string;
  held: number;
  waiting: number;
  streets: number;
  queue: readonly OpenCall[];
  /** The most calls whose slots want the unit at the same moment. */
  atOnce: number;
  clashes: readonly (readonly [order: string, order: string])[];
}>;

/** The load of a unit. Emergencies come first, then the earlier slot or report-in, then the older call. */
export function loadOf(unit: string, calls: readonly OpenCall[]): Load {
  const queue = calls.filter((call) => call.unit === unit).toSorted(inTurn);
  const slotted = queue.flatMap(({ order, slot }) => (slot === null ? [] : [{ order, slot }]));
  const clashes = slotted.flatMap((a, i) =>
    slotted
      .slice(i + 1)
      .filter((b) => overlap(a.slot, b.slot))
      .map((b) => [a.order, b.order] as const),
  );
  const atOnce = slotted.map(
    ({ slot: { from } }) => slotted.filter(({ slot: s }) => s.from <= from && from < s.to).length,
  );
  return {
    unit,
    held: queue.length,
    waiting: queue.filter((call) => call.state === 'called' || call.state === 'acknowledged').length,
    streets: new Set(queue.map((call) => call.street)).size,
    queue,
    atOnce: Math.max(0, ...atOnce),
    clashes,
  };
}

const overlap = (a: Slot, b: Slot): boolean => a.from < b.to && b.from < a.to;

const inTurn = (a: OpenCall, b: OpenCall): number =>
  Number(b.kind === 'emergency') - Number(a.kind === 'emergency') ||
  wantedAt(a) - wantedAt(b) ||
  a.calledAt - b.calledAt ||
  (a.number < b.number ? -1 : 1);

const wantedAt = ({ slot, reportInBy, calledAt }: OpenCall): Instant => slot?.from ?? reportInBy ?? calledAt;
