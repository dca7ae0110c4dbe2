import { type City, isUnder } from './city.ts';
import type { Setting } from './obstacles.ts';
import { unitRoles } from './parties.ts';
import { holderAbove, type PowerRow, wields } from './powers.ts';
import type { Instant } from './time.ts';
import type { Sight } from './visibility.ts';
import type { Actor, Evidence, Fact, OrderClock } from './work-order.ts';

/** Why a street calls units together. */
export const coordinationKinds = ['resident_request', 'joint_enforcement', 'emergency'] as const;
export type CoordinationKind = (typeof coordinationKinds)[number];

export const coordinationStates = ['draft', 'issued', 'closed', 'cancelled'] as const;
export type CoordinationState = (typeof coordinationStates)[number];

/** What a called unit has done so far; `named` in a draft, before anybody was called. */
export const callStates = ['named', 'called', 'acknowledged', 'reported_in', 'result', 'accepted', 'released'] as const;
export type CallState = (typeof callStates)[number];

/** When the units are wanted on the spot. */
export type Slot = Readonly<{ from: Instant; to: Instant }>;

/**
 * A matter of joint enforcement (联合执法事项): who has to come, how many at least, who leads, and the line of the power
 * list it stands on. A required bureau may come as the unit it has stationed at the street.
 */
export type JointMatter = Readonly<{
  code: string;
  name: string;
  category: string | null;
  requiredUnits: readonly string[];
  quorum: number;
  lead: string;
  powerItem: string;
}>;

/** A unit on a coordination order. Times of what has not happened are null. */
export type CalledUnit = Readonly<{
  seq: number;
  id: string;
  unit: string;
  task: string;
  state: CallState;
  calledAt: Instant | null;
  acknowledgedAt: Instant | null;
  reportedInAt: Instant | null;
  /** Whether it reported in within its clock; null before. */
  inTime: boolean | null;
  silent: boolean;
  result: Readonly<{ text: string; evidence: readonly Evidence[]; at: Instant; actor: string }> | null;
  refusals: readonly Readonly<{ at: Instant; actor: string; reason: string }>[];
  acceptedAt: Instant | null;
  releasedAt: Instant | null;
  releaseReason: string | null;
}>;

/** Who drafted or issued an order. */
export type Signature = Readonly<{ actor: Fact['actor']; at: Instant }>;

/**
 * A coordination order (吹哨单): one street, any number of work orders, any number of called units. It runs beside the
 * work orders: their owners and their clocks stay as they are. `matter`, `lead` and `quorum` are of joint enforcement.
 */
export type CoordinationOrder = Readonly<{
  id: string;
  number: string;
  version: number;
  kind: CoordinationKind;
  street: string;
  state: CoordinationState;
  workOrderIds: readonly string[];
  /** Those that were on it and have ended. */
  leftWorkOrderIds: readonly string[];
  demand: string;
  slot: Slot | null;
  matter: string | null;
  powerItem: string | null;
  lead: string | null;
  quorum: number | null;
  units: readonly CalledUnit[];
  clocks: readonly OrderClock[];
  outcome: string | null;
  cancelReason: string | null;
  /** Nobody is left to wait for: the street owes the outcome. */
  outcomeAskedAt: Instant | null;
  draftedBy: Signature;
  issuedBy: Signature | null;
  endedAt: Instant | null;
  /** The last number given to a part of this order. */
  seq: number;
}>;

/** Everything a decision about a coordination or a supervision order may look at beside the order. */
export type PowerSetting = Setting &
  Readonly<{ powers: readonly PowerRow[]; matters: ReadonlyMap<string, JointMatter> }>;

export type CoordinationParty = 'street' | 'caller' | 'system';
export type CallParty = 'street' | 'unit' | 'system';

/** What an actor is to a coordination order: the street's, or who drafted it or may draft it for the street. */
export function coordinationParties(
  actor: Actor,
  order: Pick<CoordinationOrder, 'street'> & Readonly<{ draftedBy: Signature | null }>,
  setting: Pick<PowerSetting, 'city' | 'powers'>,
): ReadonlySet<CoordinationParty> {
  const found = new Set<CoordinationParty>();
  if (actor.system) return found.add('system');
  if (wields(actor, order.street, 'coordination', setting)) found.add('street');
  const mayDraft =
    (actor.roles.includes('grid_worker') &&
      actor.unit !== null &&
      holderAbove(actor.unit, 'coordination', setting) === order.street) ||
    (actor.roles.includes('unit_clerk') && actor.unit === order.street);
  const drafted = order.draftedBy === null || isOf(actor, order.draftedBy);
  if (mayDraft && drafted) found.add('caller');
  return found;
}

/** What an actor is to a called unit. */
export function callParties(
  actor: Actor,
  order: CoordinationOrder,
  { unit }: Pick<CalledUnit, 'unit'>,
  setting: Pick<PowerSetting, 'city' | 'powers'>,
): ReadonlySet<CallParty> {
  const found = new Set<CallParty>();
  if (actor.system) return found.add('system');
  if (wields(actor, order.street, 'coordination', setting)) found.add('street');
  if (actor.unit === unit && unitRoles.some((role) => actor.roles.includes(role))) found.add('unit');
  return found;
}

const isOf = (actor: Actor, { actor: { client, name } }: Signature): boolean =>
  actor.client === client && actor.name === name;

/**
 * Whether an order is within sight: everywhere, of the street and whoever is above it, of who drafted it, and of the
 * units it holds and those above them. The query of the store says it a second time.
 */
export function seesCoordination(actor: Actor, sight: Pick<Sight, 'all' | 'units'>, order: CoordinationOrder): boolean {
  const { all, units } = sight;
  return (
    all ||
    isOf(actor, order.draftedBy) ||
    units.includes(order.street) ||
    order.units.some((call) => isHeld(call) && units.includes(call.unit))
  );
}

/** The clock by which a called unit reports in; none before it is called. */
export const reportInOf = ({ clocks }: Pick<CoordinationOrder, 'clocks'>, call: CalledUnit): OrderClock | undefined =>
  clocks.findLast((clock) => clock.kind === 'report_in' && clock.about === call.id);

/**
 * The clock by which a called unit answers: a unit that the street does not command (联系执法) has one of its own where
 * it is due before it has to be there; otherwise reporting in is the answer. Null for a unit under command.
 */
export function answerOf(order: CoordinationOrder, call: CalledUnit, city: City): OrderClock | null {
  if (isUnder(city, call.unit, order.street)) return null;
  const own = order.clocks.findLast((clock) => clock.kind === 'answer_call' && clock.about === call.id);
  return own ?? reportInOf(order, call) ?? null;
}

/** The call of a unit that counts now: its last one. A released unit may be called again. */
export const callOf = (order: CoordinationOrder, unit: string): CalledUnit | undefined =>
  order.units.findLast((call) => call.unit === unit);

/** Whether a unit is still on the order: nobody leaves before being released (事不完人不撤). */
export const isHeld = (call: CalledUnit): boolean => call.state !== 'named' && call.state !== 'released';

/** Whether a bureau is met by a unit: by itself, or by what it has stationed at the street. */
export const standsFor = (city: City, unit: string, required: string): boolean =>
  unit === required || city.units.get(unit)?.line === required;

/** How many units of a joint enforcement came, and whether they are as many as the matter asks for. */
export function attendance({ units, quorum }: Pick<CoordinationOrder, 'units' | 'quorum'>): Readonly<{
  called: number;
  present: number;
  quorum: number | null;
  met: boolean;
}> {
  const calls = units.filter((call) => call.calledAt !== null);
  const present = new Set(calls.filter((call) => call.reportedInAt !== null).map((call) => call.unit)).size;
  return { called: new Set(calls.map((call) => call.unit)).size, present, quorum, met: present >= (quorum ?? 0) };
}
