import type { City, Tier } from './city.ts';
import { atShare } from './clock-due.ts';
import { type Clock, type ClockKind, dueAtFactor, type Timetable } from './clocks.ts';
import { endOf, isProvisional, wallHours, workingDays, workingHours } from './deadline.ts';
import { timetableOf } from './order-clocks.ts';
import type { ToldPost } from './post-told.ts';
import { isUrgent, type Urgency } from './request.ts';
import type { SupervisionGrade } from './supervision.ts';
import { after, earlier, type Instant, later, minutes } from './time.ts';

/**
 * Whom a rung speaks to, found from the order when it fires. `street` and `district` are those of the place, `superior` is
 * one level above the unit, `asker` whoever waits for what an undertaking owes.
 */
export const ladderAddressees = [
  'unit',
  'street',
  'district',
  'superior',
  'asker',
  'duty_office',
  'verifier',
  'shift_leader',
] as const;
export type Addressee = (typeof ladderAddressees)[number];

/** One thing a rung does. `urge` is a recorded notice without reply (催办). */
export type LadderAction =
  | Readonly<{ do: 'warn' }>
  | Readonly<{ do: 'urge' | 'tell'; whom: Addressee }>
  | Readonly<{ do: 'supervise'; grade: SupervisionGrade; by: 'street_of_place' | 'district' }>
  | Readonly<{ do: 'one_level_up'; levels: number }>
  | Readonly<{ do: 'tell_post'; whom: ToldPost }>
  | Readonly<{ do: 'ring'; whom: 'post_b' | 'duty_leader' }>
  | Readonly<{ do: 'human_acknowledgement' | 'sign_by_timeout' | 'unverified' | 'replace_judges' | 'next_grade' }>;

/**
 * When a rung's moment is: at a share of the limit (100 is the limit itself), working days after it, wall minutes or
 * working hours after the clock's start, or when the same rule with a multiple of its amount would be due.
 */
export type RungMoment =
  | Readonly<{ percent: number }>
  | Readonly<{ workingDaysAfter: number }>
  | Readonly<{ minutesFromStart: number }>
  | Readonly<{ workingHoursFromStart: number }>
  | Readonly<{ factor: number }>;

/**
 * A row of the ladder: on these clocks, of orders of these tiers and this urgency (null: all), at this moment, this is
 * done. A row keeps its `id` when it is edited, so that what has fired does not fire again.
 */
export type Rung = Readonly<{
  id: string;
  clocks: readonly ClockKind[];
  tiers: readonly Tier[] | null;
  urgency: 'normal' | 'urgent' | null;
  at: RungMoment;
  actions: readonly LadderAction[];
}>;

/** What is counted on a matter; `unsolved` is how often it went back to work by what residents said. */
export const countKinds = ['returns', 'leads', 'reworks', 'unsolved'] as const;
export type Counts = Readonly<Record<(typeof countKinds)[number], number>>;

/**
 * What happens when a count is reached. Arbitration is of returns: from that one on the arbiter decides. Rework is of what
 * is unsolved, from the first time on, and happens whether a row says so or not: residents are believed at once.
 */
export const countActions = ['arbitration', 'problem_order', 'rework', 'supervision'] as const;
export type CountRung = Readonly<{
  id: string;
  count: (typeof countKinds)[number];
  times: number;
  action: (typeof countActions)[number];
}>;

/** The counts of the ladder in force, with its version. */
export type CountRules = Readonly<{ version: string; rows: readonly CountRung[] }>;

/** So many people, or so many orders of one category at one place within `days`, make a high-frequency matter (高频共性问题). */
export type HotRule = Readonly<{ people: number; orders: number; days: number }>;

/** The whole ladder, in force from a moment until a later one is. */
export type LadderPolicy = Readonly<{
  version: string;
  validFrom: Instant;
  rungs: readonly Rung[];
  counts: readonly CountRung[];
  hot: HotRule;
}>;

/** The policy in force at a moment: of those that have begun the one that began last; undefined before the first. */
export const ladderAt = (policies: readonly LadderPolicy[], at: Instant): LadderPolicy | undefined =>
  policies
    .filter((p) => p.validFrom <= at)
    .toSorted((a, b) => a.validFrom - b.validFrom)
    .at(-1);

/** What of an order decides which rungs its clocks have. Powers' own orders have no tier. */
export type Climber = Readonly<{ tier: Tier | null; urgency: Urgency }>;

/** A rung of a clock with its moment. `provisional`: that was counted over days no notice has spoken of yet. */
export type RungDue = Readonly<{ rung: Rung; dueAt: Instant; provisional: boolean; fired: boolean }>;

/** Every rung of a clock, fired or not, in order of time. */
export function rungsOf(order: Climber, clock: Clock, city: City, rungs: readonly Rung[]): readonly RungDue[] {
  const timetable = timetableOf(city, clock.unit);
  return rungs
    .filter((rung) => holdsFor(rung, order, clock))
    .map((rung) => ({ rung, ...momentOf(rung, order, clock, timetable), fired: clock.fired.includes(rung.id) }))
    .toSorted((a, b) => a.dueAt - b.dueAt);
}

/**
 * The rungs whose time has come and that have not fired, in order of time. A clock that is paused or has stopped has
 * none, and a provisional date costs no unit anything: it may warn, and wake the hotline over its own clocks.
 */
export const rungsDue = (
  order: Climber,
  clock: Clock,
  now: Instant,
  city: City,
  rungs: readonly Rung[],
): readonly RungDue[] => waiting(order, clock, city, rungs).filter(({ dueAt }) => dueAt <= now);

/** When the next rung of a clock is due, in the past if it is late; null where none is to come. */
export const nextRungAt = (order: Climber, clock: Clock, city: City, rungs: readonly Rung[]): Instant | null =>
  waiting(order, clock, city, rungs)[0]?.dueAt ?? null;

/** The same for whatever has several clocks: the earliest of them. */
export const firstRungAt = (
  climber: Climber,
  clocks: readonly Clock[],
  city: City,
  rungs: readonly Rung[],
): Instant | null =>
  clocks
    .map((clock) => nextRungAt(climber, clock, city, rungs))
    .reduce<Instant | null>((first, at) => (first === null || at === null ? (first ?? at) : earlier(first, at)), null);

const waiting = (order: Climber, clock: Clock, city: City, rungs: readonly Rung[]): readonly RungDue[] =>
  clock.state === 'running'
    ? rungsOf(order, clock, city, rungs).filter(
        (each) => !each.fired && !(each.provisional && !onlyWarns(each.rung) && !isHotlines(clock)),
      )
    : [];

/** Clocks by which the hotline watches itself. */
const isHotlines = ({ kind, unit }: Clock): boolean =>
  unit === null && ['dispatching', 'review', 'follow_up', 'first_attempt', 'judgement'].includes(kind);

const onlyWarns = ({ actions }: Rung): boolean =>
  actions.every((action) => action.do === 'warn' || action.do === 'tell_post');

const holdsFor = ({ clocks, tiers, urgency }: Rung, order: Climber, { kind }: Clock): boolean =>
  clocks.includes(kind) &&
  (tiers === null || (order.tier !== null && tiers.includes(order.tier))) &&
  (urgency === null || (urgency === 'urgent') === isUrgent(order.urgency));

/** Urgent orders, and those whose whole limit is hours, climb in wall time: a working day is then 24 hours. */
const climbsByTheWall = ({ tier, urgency }: Climber): boolean =>
  isUrgent(urgency) || tier === 'emergency' || tier === 'utility';

function momentOf(
  { at }: Rung,
  order: Climber,
  clock: Clock,
  timetable: Timetable,
): Readonly<{ dueAt: Instant; provisional: boolean }> {
  const { dueAt, provisional } = clock;
  if ('percent' in at)
    return { dueAt: at.percent === 100 ? dueAt : atShare(clock, dueAt, at.percent / 100, timetable), provisional };
  if ('minutesFromStart' in at)
    return { dueAt: after(clock.startedAt, minutes(at.minutesFromStart)), provisional: false };
  if ('workingHoursFromStart' in at) {
    const end = endOf(workingHours(at.workingHoursFromStart), clock.startedAt, timetable);
    return { dueAt: end.at, provisional: isProvisional('working_hour', clock.startedAt, end, timetable) };
  }
  if ('factor' in at) {
    const then = dueAtFactor(clock, at.factor, timetable);
    return { dueAt: later(then.dueAt, dueAt), provisional: provisional || then.provisional };
  }
  const wait = climbsByTheWall(order) ? wallHours(24 * at.workingDaysAfter) : workingDays(at.workingDaysAfter);
  const end = endOf(wait, dueAt, timetable);
  return { dueAt: end.at, provisional: provisional || isProvisional(wait.kind, dueAt, end, timetable) };
}

/**
 * The rows that a change of the counts reaches. A problem order and a supervision come once, when the count is reached:
 * one that was beyond it when the row came into force is passed over. Arbitration and rework come each time from then on.
 */
export const countsReached = (before: Counts, now: Counts, rows: readonly CountRung[]): readonly CountRung[] =>
  rows.filter(
    ({ count, times, action }) =>
      now[count] > before[count] &&
      now[count] >= times &&
      (before[count] < times || action === 'arbitration' || action === 'rework'),
  );

/** Whether one problem of many: `people` asked about it, `orders` of its category and place began within the days. */
export const isHot = (seen: Readonly<{ people: number; orders: number }>, hot: HotRule): boolean =>
  seen.people >= hot.people || seen.orders >= hot.orders;
