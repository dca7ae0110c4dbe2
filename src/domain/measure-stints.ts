import { liftedMarks } from './late-mark.ts';
import type { Instant } from './time.ts';
import type { Assignment, OrderClock, Submission, WorkOrder } from './work-order.ts';

/** What one unit did while it led an order, counted; `signBy` and `submitBy` are limits that still run. */
export type Stints = Readonly<{
  /** How often it was made the lead. */
  leads: number;
  signedInTime: number;
  signedLate: number;
  signBy: Instant | null;
  submittedInTime: number;
  submittedLate: number;
  submitBy: Instant | null;
  /** Whether it handed anything in, and whether any of it came back (返工). */
  handedIn: number;
  reworked: number;
  returnsGranted: number;
  returnsRefused: number;
  extended: number;
  onAccount: number;
  /** How often it gave the order on without having done anything itself (二传手). */
  passedOn: number;
  /** How often a dispatcher chose it, and how often that was found wrong by a granted return. */
  dispatches: number;
  misdispatches: number;
}>;

type Verdict = 'in_time' | 'late' | null | Readonly<{ by: Instant }>;

/** By whom an order was ever led after it had left the hotline, self-handling aside. */
export const leadsOf = ({ assignments }: Pick<WorkOrder, 'assignments'>): readonly Assignment[] =>
  assignments.filter(({ cause }) => !['registered', 'revived', 'self_handled'].includes(cause));

/** What the unit did with the order. In time is judged by its own clocks; a late mark that was lifted counts as in time. */
export function stintsOf(order: WorkOrder, unit: string): Stints {
  const { approvals, clocks, submissions } = order;
  const stints = leadsOf(order).filter((a) => a.unit === unit);
  const own = approvals.filter((a) => a.askedByUnit === unit);
  const returns = own.filter((a) => a.kind === 'return');
  const granted = returns.filter((a) => a.state === 'granted');
  const has = (kind: 'extension' | 'on_account'): number =>
    own.some((a) => a.kind === kind && a.state === 'granted') ? 1 : 0;
  const chosen = stints.filter(({ cause }) => ['dispatched', 'redispatched', 'returned'].includes(cause));
  const signs = clocks.filter((c) => c.kind === 'sign' && c.unit === unit).map((c) => signed(c, order));
  const resolves = clocks.filter((c) => c.kind === 'resolve' && c.unit === unit).map((c) => submitted(c, order));
  return {
    leads: stints.length,
    signedInTime: signs.filter((v) => v === 'in_time').length,
    signedLate: signs.filter((v) => v === 'late').length,
    signBy: firstLimit(signs),
    submittedInTime: resolves.filter((v) => v === 'in_time').length,
    submittedLate: resolves.filter((v) => v === 'late').length,
    submitBy: firstLimit(resolves),
    handedIn: submissions.some((s) => s.unit === unit) ? 1 : 0,
    reworked: clocks.some((c) => c.kind === 'rework' && c.unit === unit) ? 1 : 0,
    returnsGranted: granted.length,
    returnsRefused: returns.filter((a) => a.state === 'refused').length,
    extended: has('extension'),
    onAccount: has('on_account'),
    passedOn: stints.filter((stint) => isPassedOn(stint, order)).length,
    dispatches: chosen.length,
    misdispatches: chosen.filter((stint) => granted.some(({ askedAt }) => isDuring(askedAt, stint))).length,
  };
}

/** The first thing that was really done: a talk with the resident or a try at it, a visit, making safe, a result. */
export function firstAction(order: WorkOrder, by: (unit: string | null) => boolean = () => true): Instant | null {
  const { contacts, notes, submissions } = order;
  const moments = [
    ...contacts.filter((c) => by(c.unit)).map((c) => c.loggedAt),
    ...notes.filter((n) => by(n.unit) && (n.mark === 'site_visit' || n.mark === 'make_safe')).map((n) => n.at),
    ...submissions.filter((s) => by(s.unit)).map((s) => s.at),
  ];
  return moments.length === 0 ? null : (Math.min(...moments) as Instant);
}

/** How often the lead changed hands before anything was done. */
export function hopsOf(order: WorkOrder): number {
  const first = firstAction(order);
  const before = leadsOf(order).filter(({ from }) => first === null || from <= first);
  return Math.max(0, before.length - 1);
}

/** Whether the unit's last contact clock was kept, by its own log. */
export function contactedByLog(order: WorkOrder, unit: string): boolean {
  const clock = order.clocks.findLast((c) => c.kind === 'contact' && c.unit === unit);
  if (clock === undefined) return false;
  return isLifted(clock, order) || (clock.stopCause === 'contact' && stoppedBy(clock) === 'in_time');
}

const isDuring = (at: Instant, { from, to }: Assignment): boolean => at >= from && (to === null || at <= to);

function isPassedOn(stint: Assignment, order: WorkOrder): boolean {
  const next = order.assignments.find((a) => a.seq > stint.seq);
  if (next === undefined || !['passed_down', 'handed_over'].includes(next.cause)) return false;
  const done = firstAction(order, (unit) => unit === stint.unit);
  return done === null || done > next.from;
}

const isLifted = ({ seq }: OrderClock, order: WorkOrder): boolean => liftedMarks(order).some((m) => m.clock === seq);

/** No consequence falls on a unit from a date that is only provisional. */
function stoppedBy({ stoppedAt, dueAt, provisional }: OrderClock): 'in_time' | 'late' | null {
  if (stoppedAt === null) return null;
  if (stoppedAt <= dueAt) return 'in_time';
  return provisional ? null : 'late';
}

const stillRuns = ({ state, dueAt, provisional }: OrderClock): Verdict =>
  state === 'running' && !provisional ? { by: dueAt } : null;

function signed(clock: OrderClock, order: WorkOrder): Verdict {
  if (isLifted(clock, order)) return 'in_time';
  if (clock.state !== 'stopped') return stillRuns(clock);
  if (clock.stopCause === 'sign') return stoppedBy(clock);
  if (clock.stopCause === 'sign_by_timeout') return 'late';
  return stoppedBy(clock) === 'late' ? 'late' : null; // taken away: late only where it was already
}

/** In time is the submission that passed, against the limit it was handed in under. */
function submitted(clock: OrderClock, order: WorkOrder): Verdict {
  const passed = passedSubmission(order);
  const isOfPassed =
    passed !== undefined &&
    passed.unit === clock.unit &&
    order.clocks.findLast((c) => c.kind === 'resolve' && c.unit === clock.unit && c.startedAt <= passed.at) === clock;
  if (isLifted(clock, order)) return 'in_time';
  if (isOfPassed) {
    if (passed.resolveDueAt === null || passed.at <= passed.resolveDueAt) return 'in_time';
    return clock.provisional ? null : 'late';
  }
  if (clock.state !== 'stopped') return stillRuns(clock);
  if (clock.stopCause === 'submit' && order.endedAt === null && clock.unit === order.owner) {
    // Handed in and being looked at, or looked at and sent back: then it is late once the limit has passed.
    if (order.state === 'submitted' || order.state === 'verifying' || clock.provisional) return null;
    return { by: clock.dueAt };
  }
  return stoppedBy(clock) === 'late' ? 'late' : null;
}

/** The submission by which the order first came to the residents. */
function passedSubmission({ clocks, submissions }: WorkOrder): Submission | undefined {
  const clock = clocks.findLast((c) => c.kind === 'resident');
  if (clock === undefined) return undefined;
  const passes = [
    ...clock.history.flatMap((h) => (h.what === 'stopped' && h.reason === passing ? [h.at] : [])),
    ...(clock.stoppedAt !== null && clock.stopCause === passing ? [clock.stoppedAt] : []),
  ];
  const first = Math.min(...passes);
  return submissions.findLast((s) => s.at <= first && passes.length > 0);
}
const passing = 'following_up';

function firstLimit(verdicts: readonly Verdict[]): Instant | null {
  const limits = verdicts.flatMap((v) => (v !== null && typeof v === 'object' ? [v.by] : []));
  return limits.length === 0 ? null : (Math.min(...limits) as Instant);
}
