import type { City, UnitKind } from './city.ts';
import { superiors } from './city.ts';
import type { Signature } from './coordination.ts';
import { endOf, workingDays } from './deadline.ts';
import { timetableOf } from './order-clocks.ts';
import { unitRoles } from './parties.ts';
import { speaksFor } from './powers.ts';
import type { RefusalCode } from './refusal.ts';
import { speaksForHotline } from './supervision.ts';
import type { Table } from './table.ts';
import { addDays, atLocal, dateOf, dayOfDate, type Instant } from './time.ts';
import { worksOn } from './unit-hours.ts';
import type { Sight } from './visibility.ts';
import type { Actor } from './work-order.ts';

/** The levels that hold joint meetings (四级联席会议), by the unit that calls them. */
export const meetingLevels = {
  community: 'community',
  street: 'street',
  district: 'district',
  hotline_centre: 'city',
} as const satisfies Partial<Record<UnitKind, string>>;

export const meetingStates = ['drafted', 'held', 'closed', 'cancelled', 'missed'] as const;
export type MeetingState = (typeof meetingStates)[number];

/**
 * As what somebody takes part: the five of 五位一体 (government, property company, owners' committee, party and deliberation
 * body), units of the neighbourhood, liaison persons, and residents' representatives, who see a redacted list.
 */
export const memberRoles = [
  'government',
  'party_organisation',
  'property',
  'owners_committee',
  'deliberation_council',
  'unit',
  'liaison',
  'resident',
] as const;
export type MemberRole = (typeof memberRoles)[number];

/** Somebody invited. A body without a unit in the system has neither code nor name. `codeHash` is of residents alone. */
export type MeetingMember = Readonly<{
  seq: number;
  id: string;
  role: MemberRole;
  unit: string | null;
  name: string | null;
  codeHash: string | null;
}>;

/** Why an order is stuck. */
export const stuckReasons = [
  'problem_order',
  'overdue',
  'dispute_pending',
  'units_silent',
  'supervision_unanswered',
  'task_overdue',
  'unresolved_below',
] as const;
export type StuckReason = (typeof stuckReasons)[number];

/** Where an item comes from: found stuck, by hand, unresolved below, or left over from the meeting before. */
export const itemSources = ['stuck', 'by_hand', 'passed_up', 'rolled_over'] as const;

export const itemStates = ['open', 'tasked', 'resolved', 'unresolved', 'deferred', 'removed'] as const;
export type ItemState = (typeof itemStates)[number];

/** What the meeting decided on an item; a task is an undertaking of its own, with unit and date. */
export type ItemDecision = Readonly<{
  seq: number;
  at: Instant;
  actor: string;
  result: 'task' | 'resolved' | 'unresolved';
  text: string;
  unit: string | null;
  dueAt: Instant | null;
  undertakingId: string | null;
}>;

/** Something to talk about: a work order, or a subject in words. `root` is the first item of its trail through meetings. */
export type AgendaItem = Readonly<{
  seq: number;
  id: string;
  root: string;
  source: (typeof itemSources)[number];
  from: Readonly<{ unit: string; meetingId: string; itemId: string }> | null;
  workOrderId: string | null;
  subject: string | null;
  why: readonly StuckReason[];
  state: ItemState;
  decisions: readonly ItemDecision[];
  removedReason: string | null;
  addedAt: Instant;
}>;

/** A joint meeting (联席会议) of a unit's level. `everyWeeks` makes a series of it: the next one drafts itself. */
export type Meeting = Readonly<{
  id: string;
  number: string;
  version: number;
  unit: string;
  title: string;
  meetsAt: Instant;
  place: string | null;
  everyWeeks: number | null;
  previousId: string | null;
  state: MeetingState;
  members: readonly MeetingMember[];
  items: readonly AgendaItem[];
  minutes: string | null;
  heldAt: Instant | null;
  draftedBy: Signature;
  cancelReason: string | null;
  endedAt: Instant | null;
  /** The last number given to a part of it. */
  seq: number;
}>;

/** Somebody to be invited. */
export type Invited = Pick<MeetingMember, 'role' | 'unit' | 'name'>;

/** A stuck order with all the reasons why. */
export type StuckOrder = Readonly<{ id: string; why: readonly StuckReason[] }>;

/** What comes with each action. `stuck`, `ended` and ids of what is made are found by the caller. */
export type MeetingSaid = {
  amend: Readonly<
    Partial<{
      title: string | undefined;
      meetsAt: Instant | undefined;
      place: string | null | undefined;
      everyWeeks: number | null | undefined;
      members: readonly Invited[] | undefined;
    }>
  >;
  fill: { stuck: readonly StuckOrder[] };
  add: { workOrderId: string | null; subject: string | null; open: boolean };
  remove: { itemId: string; reason: string };
  receive: { items: readonly Omit<AgendaItem, 'seq'>[] };
  invite: { hashes: Readonly<Record<string, string>> };
  hold: object;
  decide: {
    itemId: string;
    result: ItemDecision['result'];
    text: string;
    unit?: string | undefined;
    dueAt?: Instant | undefined;
    undertakingId?: string | undefined;
  };
  minutes: { text: string };
  close: { ended: readonly string[] };
  cancel: { reason: string };
  miss: object;
};
export type MeetingAction = keyof MeetingSaid;
export type MeetingParty = 'host' | 'system';
export type MeetingObstacle = Extract<
  RefusalCode,
  | 'unit-unknown'
  | 'in-the-past'
  | 'work-order-ended'
  | 'item-listed'
  | 'item-unknown'
  | 'item-decided'
  | 'reason-missing'
  | 'text-missing'
  | 'not-a-member'
  | 'minutes-missing'
>;

/** The whole life of a joint meeting. What it leaves open goes on: to the next one, and what it could not resolve one level up. */
// biome-ignore format: one row per line, read by column
export const meetingLife = {
  amend:   { from: ['drafted'],         by: ['host'],   to: 'unchanged', unless: ['unit-unknown', 'in-the-past'] },
  fill:    { from: ['drafted'],         by: ['host'],   to: 'unchanged' },
  add:     { from: ['drafted', 'held'], by: ['host'],   to: 'unchanged', unless: ['text-missing', 'work-order-ended', 'item-listed'] },
  remove:  { from: ['drafted'],         by: ['host'],   to: 'unchanged', unless: ['item-unknown', 'item-decided', 'reason-missing'] },
  receive: { from: ['drafted'],         by: ['system'], to: 'unchanged' },
  invite:  { from: ['drafted', 'held', 'closed'], by: ['host'], to: 'unchanged' },
  hold:    { from: ['drafted'],         by: ['host'],   to: 'held' },
  decide:  { from: ['held'],            by: ['host'],   to: 'unchanged', unless: ['item-unknown', 'item-decided', 'text-missing', 'unit-unknown', 'not-a-member', 'in-the-past'] },
  minutes: { from: ['held'],            by: ['host'],   to: 'unchanged', unless: ['text-missing'] },
  close:   { from: ['held'],            by: ['host'],   to: 'closed',    unless: ['minutes-missing'] },
  cancel:  { from: ['drafted'],         by: ['host'],   to: 'cancelled', unless: ['reason-missing'] },
  miss:    { from: ['drafted'],         by: ['system'], to: 'missed' },
} as const satisfies Table<MeetingAction, MeetingState, MeetingParty, MeetingObstacle>;

/** What an actor is to a meeting: of the unit that holds it, or nothing. */
export function meetingParties(actor: Actor, { unit }: Pick<Meeting, 'unit'>, city: City): ReadonlySet<MeetingParty> {
  const found = new Set<MeetingParty>();
  if (actor.system) return found.add('system');
  const works = actor.unit === unit && unitRoles.some((role) => actor.roles.includes(role));
  const isHotline = city.units.get(unit)?.kind === 'hotline_centre';
  if (isHotline ? speaksForHotline(actor, unit, city) : works || speaksFor(actor, unit)) found.add('host');
  return found;
}

/** Whether a meeting is within sight: of the unit that holds it, those above it, and the units invited. The query says it again. */
export const seesMeeting = (
  { all, units, unit: own }: Pick<Sight, 'all' | 'units' | 'unit'>,
  { unit, members }: Pick<Meeting, 'unit' | 'members'>,
): boolean => all || units.includes(unit) || (own !== null && members.some((member) => member.unit === own));

/** The unit one meeting level up, to which unresolved items pass; null at the top. */
export const levelAbove = (city: City, unit: string): string | null =>
  superiors(city, unit).find((code) => (city.units.get(code)?.kind ?? '') in meetingLevels) ?? null;

/** The five of 五位一体 for a unit, as far as the city knows them by name. */
export const fiveInOne = (city: City, unit: string): readonly Invited[] => {
  const of = city.units.get(unit);
  const areas = new Set([of?.area, city.units.get(of?.parent ?? '')?.area]);
  const companies = [...city.units.values()].filter((u) => u.kind === 'property_company' && areas.has(u.area));
  const body = (role: MemberRole): Invited => ({ role, unit: null, name: null });
  return [
    { role: 'government', unit: of?.parent ?? unit, name: null },
    body('party_organisation'),
    ...(companies.length === 0
      ? [body('property')]
      : companies.map(({ code }): Invited => ({ role: 'property', unit: code, name: null }))),
    body('owners_committee'),
    body('deliberation_council'),
  ];
};

/** When a meeting of a series that was not held counts as missed: three working days of its unit after its date. */
export const missedAt = ({ state, everyWeeks, meetsAt, unit }: Meeting, city: City): Instant | null =>
  state === 'drafted' && everyWeeks !== null ? endOf(workingDays(3), meetsAt, timetableOf(city, unit)).at : null;

/** When the next one of a series is: so many weeks later at the same time, still to come, and on a day the unit works. */
export function nextMeetsAt({ meetsAt, unit }: Meeting, everyWeeks: number, now: Instant, city: City): Instant {
  const time = meetsAt - atLocal(dateOf(meetsAt), '00:00');
  const { calendar, hours } = timetableOf(city, unit);
  let date = dateOf(meetsAt);
  do date = addDays(date, 7 * everyWeeks);
  while (atLocal(date, '00:00') + time <= now);
  for (let moved = 0; moved < 14 && !worksOn(dayOfDate(date), calendar, hours); moved++) date = addDays(date, 1);
  return (atLocal(date, '00:00') + time) as Instant;
}
