import type { Clock } from './clocks.ts';
import {
  advance,
  countedMs,
  type End,
  endOf,
  isProvisional,
  pushBack,
  type TimeKind,
  type Timetable,
} from './deadline.ts';
import { closedSpans } from './pauses.ts';
import type { Span } from './period.ts';
import { dayOf, type Instant } from './time.ts';

/** What decides when a clock is due; nothing else does. */
export type Course = Pick<Clock, 'rule' | 'startedAt' | 'pauses' | 'grants' | 'notBefore'>;

/** The share of its limit at which a clock warns. */
export const warnShare = 0.8;

/**
 * When a clock is due and when it warns.
 *
 * Paused time is given back in full: wall and working_hour go on where they stood; a calendar_day clock moves by the
 * paused wall time and then to 23:59:59 and over days off; a working_day clock moves by the paused working time and then
 * to closing time. A pause that begins when the clock is already late gives nothing back. A granted date holds where it
 * is later than the rule's own, and moves by what was paused after the grant.
 */
export function dueOf(
  course: Course,
  timetable: Timetable,
): Readonly<{ end: End; provisional: boolean; warnAt: Instant }> {
  const { rule, startedAt, pauses, grants, notBefore } = course;
  const spans = closedSpans(pauses, startedAt);
  let end = giveBack(endOf(rule, startedAt, timetable), spans, rule.kind, timetable);
  let provisional = isProvisional(rule.kind, startedAt, end, timetable);
  for (const grant of grants) {
    const granted: End = { at: grant.dueAt, lastDay: dayOf(grant.dueAt, timetable.calendar.zone) };
    const extended = giveBack(granted, closedSpans(pauses, grant.at), rule.kind, timetable);
    if (extended.at <= end.at) continue;
    provisional = extended !== granted && isProvisional(rule.kind, grant.dueAt, extended, timetable);
    end = extended;
  }
  if (notBefore !== null && notBefore > end.at) end = { at: notBefore, lastDay: end.lastDay };
  return { end, provisional, warnAt: shareOf(warnShare, startedAt, end.at, spans, rule.kind, timetable) };
}

/** The moment at which `share` (0 to 1) of the time this course counts until `dueAt` has passed; pauses stand still. */
export const atShare = (course: Course, dueAt: Instant, share: number, timetable: Timetable): Instant =>
  shareOf(share, course.startedAt, dueAt, closedSpans(course.pauses, course.startedAt), course.rule.kind, timetable);

/** The milliseconds of its own kind that a clock counts between two moments, pauses left out. */
export function runningMs(course: Course, from: Instant, to: Instant, timetable: Timetable): number {
  const { kind } = course.rule;
  const paused = closedSpans(course.pauses, from).reduce(
    (sum, span) => sum + countedMs(span.from, span.to < to ? span.to : to, kind, timetable),
    0,
  );
  return countedMs(from, to, kind, timetable) - paused;
}

/** Sums before it rounds, so that two halves of a pause give back what the whole does. */
function giveBack(end: End, spans: readonly Span[], kind: TimeKind, timetable: Timetable): End {
  let given = 0;
  let moved = end;
  for (const { from, to } of spans) {
    if (from >= moved.at) break;
    given += countedMs(from, to, kind, timetable);
    if (given > 0) moved = pushBack(end.at, given, kind, timetable);
  }
  return moved;
}

function shareOf(
  share: number,
  start: Instant,
  dueAt: Instant,
  spans: readonly Span[],
  kind: TimeKind,
  timetable: Timetable,
): Instant {
  let total = countedMs(start, dueAt, kind, timetable);
  for (const { from, to } of spans) total -= countedMs(from, to < dueAt ? to : dueAt, kind, timetable);
  let warnAt = advance(start, Math.round(total * share), kind, timetable);
  for (const { from, to } of spans) {
    if (from >= warnAt) break;
    const pausedMs = countedMs(from, to, kind, timetable);
    if (pausedMs > 0) warnAt = advance(warnAt, pausedMs, kind, timetable);
  }
  return warnAt;
}
