import { dueOf } from './clock-due.ts';
import type { ClockRule } from './clock-rules.ts';
import type { Clock, Grant } from './clocks.ts';
import { type SkippedDay, skippedDays, type Timetable } from './deadline.ts';
import { dateOf, earlier, type Instant } from './time.ts';

/**
 * A stretch of a clock's life. `event` is what began it, `rule` the limit then in force, `dueAt` when the clock was due
 * once this stretch was over. `to` is null while a pause lasts; a running clock's last stretch reaches to its due date.
 */
export type ExplainedSegment = Readonly<{
  from: Instant;
  to: Instant | null;
  state: 'running' | 'paused';
  event: string;
  reason: string | null;
  approver: string | null;
  rule: ClockRule;
  skippedDays: readonly SkippedDay[];
  dueAt: Instant;
}>;

type Mark = Readonly<{ at: Instant; event: string; reason: string | null; approver: string | null }>;

/** The clock with every stretch of it: what began it, running or paused, why and by whom, the days left out, what came of it. */
export function explainClock<C extends Clock>(
  clock: C,
  timetable: Timetable,
): C & Readonly<{ segments: readonly ExplainedSegment[] }> {
  const { zone } = timetable.calendar;
  const skipped = skippedDays(clock.rule.kind, clock.startedAt, dueOf(clock, timetable).end, timetable);
  const marks = marksOf(clock);
  const segments = marks.map(({ at, ...why }, index): ExplainedSegment => {
    const to = marks[index + 1]?.at ?? endOfLast(clock, at);
    const paused = isPausedAt(clock, at);
    const isMine = ({ date }: SkippedDay) =>
      !paused && (index === 0 || date > dateOf(at, zone)) && (to === null || date <= dateOf(to, zone));
    return {
      from: at,
      to,
      state: paused ? 'paused' : 'running',
      ...why,
      rule: ruleAt(clock, at).rule,
      skippedDays: skipped.filter(isMine),
      dueAt: dueThen(clock, at, to, timetable),
    };
  });
  return { ...clock, segments };
}

/** Everything that begins a new stretch, in its order. */
function marksOf(clock: Clock): readonly Mark[] {
  const start: Mark = { at: clock.startedAt, event: clock.startEvent, reason: null, approver: null };
  const pauses = clock.pauses.flatMap(({ from, to, until, reason, approver }): Mark[] => {
    const over = to === null ? null : overAt(to, until);
    const paused = { at: from, event: 'paused', reason, approver };
    return over === null ? [paused] : [paused, { at: over, event: 'resumed', reason, approver }];
  });
  const grants = [
    ...clock.history.flatMap((past) => (past.what === 'rule_changed' ? past.grants : [])),
    ...clock.grants,
  ];
  const extended = grants.map(({ at, reason, approver }): Mark => ({ at, event: 'extended', reason, approver }));
  const changed = clock.history
    .filter((past) => past.what === 'rule_changed')
    .map(({ what, at, reason }): Mark => ({ at, event: what, reason, approver: null }));
  return [start, ...[...pauses, ...extended, ...changed].toSorted((a, b) => a.at - b.at)];
}

function endOfLast(clock: Clock, from: Instant): Instant | null {
  if (clock.state === 'paused') return null;
  const to = clock.stoppedAt ?? clock.dueAt;
  return to > from ? to : from;
}

const isPausedAt = (clock: Clock, at: Instant): boolean =>
  clock.pauses.some(
    ({ from, to, until }) => from <= at && (to === null || (at < to && (until === null || at < until))),
  );

/** The rule in force at a moment, and the dates granted under it. */
function ruleAt(clock: Clock, at: Instant): Readonly<{ rule: ClockRule; grants: readonly Grant[] }> {
  const next = clock.history.find((past) => past.what === 'rule_changed' && past.at > at);
  return next?.what === 'rule_changed' ? next : clock;
}

/** When the clock was due at the end of a stretch: later pauses, grants and rules were not known yet. */
function dueThen(clock: Clock, from: Instant, to: Instant | null, timetable: Timetable): Instant {
  const { rule, grants } = ruleAt(clock, from);
  const pauses = clock.pauses.filter((each) => each.to !== null && to !== null && overAt(each.to, each.until) <= to);
  return dueOf({ ...clock, rule, pauses, grants: grants.filter((grant) => grant.at <= from) }, timetable).end.at;
}

/** When a pause was over: resumed, or at the end of what was granted. */
const overAt = (to: Instant, until: Instant | null): Instant => (until === null ? to : earlier(to, until));
