import type { ClockKind } from './clock-rules.ts';
import { calendarDays, endOf, type Timetable } from './deadline.ts';
import type { Span } from './period.ts';
import { earlier, type Instant, later } from './time.ts';

/**
 * A stretch in which a clock does not count. `to` is null while it lasts; `until` is the date it was granted to, past
 * which it gives nothing back. `approver` stands outside the unit.
 */
export type Pause = Readonly<{
  from: Instant;
  to: Instant | null;
  reason: PauseReason;
  approver: string;
  until: Instant | null;
}>;

/** Causes for which a clock may stand still, and the clocks that do: the resident's own goes on unless they are the one awaited. */
export const pauseReasons = {
  waiting_for_requester: ['resolve', 'rework', 'resident'],
  legal_process: ['resolve', 'rework'],
  force_majeure: ['resolve', 'rework'],
  season_or_engineering: ['resolve', 'rework'],
  incident_decree: ['resolve', 'rework', 'resident'],
  return_granted: ['dispatching', 'sign', 'contact', 'resolve', 'rework'],
} as const satisfies Record<string, readonly ClockKind[]>;
export type PauseReason = keyof typeof pauseReasons;

/** Does a pause for this cause hold this clock? */
export const pausesClock = (reason: PauseReason, kind: ClockKind): boolean =>
  (pauseReasons[reason] as readonly ClockKind[]).includes(kind);

/** The decree (by its number) that holds a clock now; null where it runs, has stopped, or stands still for another cause. */
export function heldBy({ state, pauses }: Readonly<{ state: string; pauses: readonly Pause[] }>): string | null {
  const open = state === 'paused' ? pauses.findLast((pause) => pause.to === null) : undefined;
  return open?.reason === 'incident_decree' ? open.approver : null;
}

/** How long a pause may be granted for, in days, and for which causes. */
export const pauseGrants = {
  suspended: {
    capDays: 30,
    reasons: ['waiting_for_requester', 'legal_process', 'force_majeure', 'season_or_engineering'],
  },
  on_account: { capDays: 90, reasons: ['legal_process', 'season_or_engineering'] },
} as const satisfies Record<string, Readonly<{ capDays: number; reasons: readonly PauseReason[] }>>;
export type PauseGrant = keyof typeof pauseGrants;

/** What forbids granting such a pause, or null. The cap is counted in calendar days from `from`. */
export function pauseFault(
  grant: PauseGrant,
  { reason, from, until }: Readonly<{ reason: string; from: Instant; until: Instant }>,
  timetable: Timetable,
): 'pause-cause-not-listed' | 'pause-too-long' | 'pause-already-over' | null {
  if (!(pauseGrants[grant].reasons as readonly string[]).includes(reason)) return 'pause-cause-not-listed';
  if (until <= from) return 'pause-already-over';
  return until > pauseCap(grant, from, timetable) ? 'pause-too-long' : null;
}

/** The last moment to which a pause granted at `from` may reach. */
export const pauseCap = (grant: PauseGrant, from: Instant, timetable: Timetable): Instant =>
  endOf(calendarDays(pauseGrants[grant].capDays), from, timetable).at;

/** The pauses that are over, cut to what lies after `since` and to what was granted; overlapping ones count once. */
export function closedSpans(pauses: readonly Pause[], since: Instant): readonly Span[] {
  if (pauses.length === 0) return [];
  const spans: { from: Instant; to: Instant }[] = [];
  for (const { from, to, until } of pauses.toSorted((a, b) => a.from - b.from)) {
    if (to === null) continue;
    const span = { from: later(from, since), to: until === null ? to : earlier(to, until) };
    const before = spans.at(-1);
    if (before !== undefined && span.from <= before.to) before.to = later(before.to, span.to);
    else if (span.from < span.to) spans.push(span);
  }
  return spans;
}
