import type { Approval, ApprovalTerms } from './approval.ts';
import type { Role } from './city.ts';
import { type ClockKind, lightOf } from './clocks.ts';
import { deadline } from './deadline.ts';
import type { Setting } from './obstacles.ts';
import { timetableOf } from './order-clocks.ts';
import { unitRoles } from './parties.ts';
import type { RefusalCode } from './refusal.ts';
import type { Instant } from './time.ts';
import type { Actor, OrderClock, WorkOrder } from './work-order.ts';

/** What may stand against a unit as late (迟办): each is the clock that ran past its limit. */
export const lateMarks = ['sign', 'contact', 'resolve', 'assist'] as const satisfies readonly ClockKind[];
export type LateMark = (typeof lateMarks)[number];

/** Whether a clock stands as late: signed by timeout, stopped after its limit, or running past it now. */
export const isLate = (clock: OrderClock, now: Instant): boolean =>
  clock.stopCause === 'sign_by_timeout' || lightOf(clock, now) === 'red';

/** Whether somebody works for a unit that has, or had, a clock on this order which can be late; it may own it no more. */
export const isAnswerable = ({ roles, unit }: Actor, order: WorkOrder): boolean =>
  unit !== null &&
  unitRoles.some((role: Role) => roles.includes(role)) &&
  order.clocks.some((clock) => clock.unit === unit && isMarked(clock));

/**
 * The clock that is contested: the unit's last late one of that kind which it has not contested yet, else the last late
 * one; of assists the one that was named.
 */
export function contestedClock(
  order: WorkOrder,
  { mark, assist }: ApprovalTerms,
  { actor, now }: Setting,
): OrderClock | undefined {
  const late = order.clocks.filter(
    (c) => c.kind === mark && c.unit === actor.unit && isLate(c, now) && (assist === undefined || c.about === assist),
  );
  return late.findLast((c) => contestsOf(order, c).length === 0) ?? late.at(-1);
}

/**
 * What keeps a late mark from being contested. While the work runs late it may be at any time, afterwards for three
 * working days of the unit, and each mark once; whether the order has ended meanwhile is no matter.
 */
export function contestFault(order: WorkOrder, terms: ApprovalTerms, setting: Setting): RefusalCode | null {
  if (terms.evidence === undefined || terms.evidence.trim() === '') return 'evidence-missing';
  const clock = contestedClock(order, terms, setting);
  if (clock === undefined) return 'not-late';
  if (contestsOf(order, clock).length > 0) return 'contested-before';
  return clock.stoppedAt === null || setting.now <= lastMoment(clock, clock.stoppedAt, setting) ? null : 'contest-late';
}

const lastMoment = ({ unit }: OrderClock, start: Instant, { city }: Setting): Instant =>
  deadline({ start, kind: 'working_day', amount: 3, ...timetableOf(city, unit) }).dueAt;

const contestsOf = ({ approvals }: WorkOrder, { seq }: OrderClock): readonly Approval[] =>
  approvals.filter((a) => a.kind === 'late_mark' && a.terms.clock === seq && a.state !== 'withdrawn');

const isMarked = ({ kind }: OrderClock): boolean => (lateMarks as readonly ClockKind[]).includes(kind);

/** A late mark that was lifted: whose, of which clock of the order (its `seq`), why, and by which approval. */
export type LiftedMark = Readonly<{ mark: LateMark; unit: string; clock: number; reason: string; approval: string }>;

/** The late marks of an order that were lifted. Clocks say what was; whoever counts counts these as in time. */
export const liftedMarks = ({ approvals }: Pick<WorkOrder, 'approvals'>): readonly LiftedMark[] =>
  approvals.flatMap(({ kind, state, id, askedByUnit, decisionReason, terms: { mark, clock } }) =>
    kind === 'late_mark' && state === 'granted' && mark !== undefined && clock !== undefined && askedByUnit !== null
      ? [{ mark, unit: askedByUnit, clock, reason: decisionReason ?? '', approval: id }]
      : [],
  );
