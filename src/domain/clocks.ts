import { dueOf, runningMs } from './clock-due.ts';
import { type ClockKind, type ClockRule, startEvents } from './clock-rules.ts';
import { advance, countedMs, type Timetable } from './deadline.ts';
import type { Pause, PauseReason } from './pauses.ts';
import { earlier, type Instant, type Minutes, minutes } from './time.ts';

export { explainClock } from './clock-explain.ts';
export {
  type ClockKind,
  type ClockRule,
  type ClockRules,
  clockKinds,
  defaultClockRules,
  ruleFor,
  ruleUntil,
  tierOf,
  urgencyVariant,
} from './clock-rules.ts';
export type { Timetable } from './deadline.ts';
export { type Pause, type PauseReason, pauseFault, pausesClock } from './pauses.ts';

/** A later date that was granted (`at`), beside the rule's own; of several the latest holds. */
export type Grant = Readonly<{ dueAt: Instant; reason: string; approver: string; at: Instant }>;

/** What was before something changed that no pause and no grant can tell. */
export type ClockHistory =
  | Readonly<{
      what: 'rule_changed';
      at: Instant;
      reason: string;
      rule: ClockRule;
      grants: readonly Grant[];
      dueAt: Instant;
    }>
  | Readonly<{ what: 'recomputed'; at: Instant; reason: string; calendarVersion: string; dueAt: Instant }>
  | Readonly<{ what: 'stopped' | 'restored'; at: Instant; reason: string }>;

/**
 * A running deadline (时限), as plain data. `dueAt`, `warnAt` and `provisional` follow from the rest; while a clock is
 * paused they are those of the moment it was. `notBefore` is a floor under `dueAt`. `unit` null is the city's own clock.
 * `fired` names what the ladder has done for this `dueAt`; a later one empties it. `version` rises with every change.
 */
export type Clock = Readonly<{
  seq: number;
  kind: ClockKind;
  unit: string | null;
  rule: ClockRule;
  calendarVersion: string;
  startEvent: string;
  startedAt: Instant;
  notBefore: Instant | null;
  pauses: readonly Pause[];
  grants: readonly Grant[];
  history: readonly ClockHistory[];
  dueAt: Instant;
  warnAt: Instant;
  provisional: boolean;
  state: 'running' | 'paused' | 'stopped';
  stoppedAt: Instant | null;
  stopCause: string | null;
  fired: readonly string[];
  version: number;
}>;

export type Light = 'green' | 'yellow' | 'red';

/** What starts a clock; `notBefore` is for the contact clock, which is never due before the sign clock. */
export type ClockStart = Readonly<{
  seq: number;
  kind: ClockKind;
  unit: string | null;
  rule: ClockRule;
  at: Instant;
  notBefore?: Instant | null;
  startEvent?: string;
}>;

/** A new clock that runs from `at`. The timetable is the unit's, or the city's for a clock of no unit. */
export function startClock({ at, notBefore = null, startEvent, ...of }: ClockStart, timetable: Timetable): Clock {
  const course = { rule: of.rule, startedAt: at, pauses: [], grants: [], notBefore };
  const { end, provisional, warnAt } = dueOf(course, timetable);
  return {
    ...of,
    ...course,
    calendarVersion: timetable.calendar.version,
    startEvent: startEvent ?? startEvents[of.kind],
    history: [],
    dueAt: end.at,
    warnAt,
    provisional,
    state: 'running',
    stoppedAt: null,
    stopCause: null,
    fired: [],
    version: 1,
  };
}

/** The clock has done its work, or its owner has changed. A pause still open ends with it, and is given back. */
export function stopClock<C extends Clock>(
  clock: C,
  stop: Readonly<{ at: Instant; cause: string }>,
  timetable: Timetable,
): C {
  const { at, cause } = stop;
  if (clock.state === 'stopped') throw new Error(`clock ${clock.seq} (${clock.kind}) has stopped already`);
  const paused = clock.state === 'paused' ? resumeClock(clock, at, timetable) : clock;
  return { ...paused, state: 'stopped', stoppedAt: at, stopCause: cause, version: clock.version + 1 };
}

/** A stopped clock runs on as if it had never stopped: the submission did not pass, or an objection was granted. */
export function restoreClock<C extends Clock>(clock: C, { at, cause }: Readonly<{ at: Instant; cause: string }>): C {
  if (clock.state !== 'stopped' || clock.stoppedAt === null) throw new Error(`clock ${clock.seq} (${clock.kind}) runs`);
  const history: readonly ClockHistory[] = [
    ...clock.history,
    { what: 'stopped', at: clock.stoppedAt, reason: clock.stopCause ?? '' },
    { what: 'restored', at, reason: cause },
  ];
  return { ...clock, history, state: 'running', stoppedAt: null, stopCause: null, version: clock.version + 1 };
}

/** The clock stands still from `at`, at the latest until `until`. Who may grant that is decided before. */
export function pauseClock<C extends Clock>(
  clock: C,
  pause: Readonly<{ at: Instant; reason: PauseReason; approver: string; until?: Instant | null }>,
): C {
  if (clock.state !== 'running') throw new Error(`clock ${clock.seq} (${clock.kind}) is ${clock.state}`);
  const { at, reason, approver, until = null } = pause;
  const pauses: readonly Pause[] = [...clock.pauses, { from: at, to: null, reason, approver, until }];
  return { ...clock, pauses, state: 'paused', version: clock.version + 1 };
}

/** The clock goes on; what was paused is given back in full, as far as it was granted. */
export function resumeClock<C extends Clock>(clock: C, at: Instant, timetable: Timetable): C {
  if (clock.state !== 'paused') throw new Error(`clock ${clock.seq} (${clock.kind}) is ${clock.state}`);
  const pauses = clock.pauses.map((pause) => (pause.to === null ? { ...pause, to: at } : pause));
  return settle({ ...clock, pauses, state: 'running' }, timetable);
}

/** Time that shall not count afterwards: a granted return strikes the time since it was asked. Also on a stopped clock. */
export function strikeTime<C extends Clock>(
  clock: C,
  pause: Pause & Readonly<{ to: Instant }>,
  timetable: Timetable,
): C {
  return settle({ ...clock, pauses: [...clock.pauses, pause] }, timetable);
}

/** A later date is granted; an earlier one changes nothing but the record. */
export function extendClock<C extends Clock>(clock: C, grant: Grant, timetable: Timetable): C {
  return settle({ ...clock, grants: [...clock.grants, grant] }, timetable);
}

/**
 * The category changed, and with it the limit: the clock still runs from where it started, its pauses hold, and the old
 * rule with the dates granted under it goes into the history. The same limit again changes only the rule's version.
 */
export function changeRule<C extends Clock>(
  clock: C,
  { rule, at, reason }: Readonly<{ rule: ClockRule; at: Instant; reason: string }>,
  timetable: Timetable,
): C {
  const same = rule.kind === clock.rule.kind && rule.amount === clock.rule.amount;
  const grants = same ? clock.grants : [];
  const { rule: oldRule, grants: oldGrants, dueAt } = clock;
  const past: ClockHistory = { what: 'rule_changed', at, reason, rule: oldRule, grants: oldGrants, dueAt };
  return settle({ ...clock, rule, grants, history: [...clock.history, past] }, timetable);
}

/** How a new calendar moves a clock; `kept` where the new count would be earlier and the old date holds. */
export type Recomputed<C extends Clock> = Readonly<{ clock: C; before: Instant; counted: Instant; kept: boolean }>;

/**
 * The clock under a new calendar. No deadline moves earlier silently: where the new count is earlier the old date is
 * kept, as a grant that anybody can read, unless `acceptEarlier` says that the difference was shown and taken.
 */
export function recompute<C extends Clock>(
  clock: C,
  timetable: Timetable,
  { at, acceptEarlier = false }: Readonly<{ at: Instant; acceptEarlier?: boolean }>,
): Recomputed<C> {
  const grants = acceptEarlier ? clock.grants.filter(({ reason }) => reason !== keptDate) : clock.grants;
  const counted = settle({ ...clock, grants }, timetable);
  const answer = { before: clock.dueAt, counted: counted.dueAt };
  if (counted.dueAt === clock.dueAt) {
    const same = counted.calendarVersion === clock.calendarVersion && counted.provisional === clock.provisional;
    return { clock: same ? clock : counted, ...answer, kept: false };
  }
  const { calendarVersion, dueAt } = clock;
  const reason = timetable.calendar.version;
  const history: readonly ClockHistory[] = [
    ...clock.history,
    { what: 'recomputed', at, reason, calendarVersion, dueAt },
  ];
  if (counted.dueAt > dueAt || acceptEarlier) return { clock: { ...counted, history }, ...answer, kept: false };
  const old: Grant = { dueAt, reason: keptDate, approver: 'system', at };
  return { clock: settle({ ...clock, grants: [...grants, old], history }, timetable), ...answer, kept: true };
}

const keptDate = 'calendar_changed';

/** Green below 80 % of the limit, yellow from there, red past the whole of it. Stopped and paused clocks keep theirs. */
export function lightOf(clock: Clock, now: Instant): Light {
  const at = effectiveNow(clock, now);
  if (at > clock.dueAt) return 'red';
  return at < clock.warnAt ? 'green' : 'yellow';
}

/** Did it stop by its limit? False while it runs. */
export const stoppedInTime = (clock: Clock): boolean => clock.stoppedAt !== null && clock.stoppedAt <= clock.dueAt;

/** The minutes, of the kind the clock counts, until it is due; negative by as many as it is late. */
export function remainingMinutes(clock: Clock, now: Instant, timetable: Timetable): Minutes {
  const at = effectiveNow(clock, now);
  const late = countedMs(clock.dueAt, at, clock.rule.kind, timetable);
  return minutes((late > 0 ? -late : countedMs(at, clock.dueAt, clock.rule.kind, timetable)) / 60_000);
}

/** The minutes, of the kind the clock counts, it has run since it started, pauses left out. */
export const usedMinutes = (clock: Clock, now: Instant, timetable: Timetable): Minutes =>
  minutes(runningMs(clock, clock.startedAt, effectiveNow(clock, now), timetable) / 60_000);

/** The limit of an assist given `now`: 70 % of what the lead's clock has left, in the lead's kind of time. */
export function assistRule(lead: Clock, now: Instant, timetable: Timetable): ClockRule {
  const left = Math.max(0, remainingMinutes(lead, now, timetable));
  const kind = lead.rule.kind === 'wall' || lead.rule.kind === 'calendar_day' ? 'wall' : 'working_hour';
  return { kind, amount: Math.round(left * 0.7 * 60_000) / 60_000, version: lead.rule.version };
}

/** When an assist given `now` is due; never later than the lead. */
export function assistDue(lead: Clock, now: Instant, timetable: Timetable): Instant {
  const { kind, amount } = assistRule(lead, now, timetable);
  return amount === 0 ? now : advance(now, Math.round(amount * 60_000), kind, timetable);
}

/** The floor of a contact clock: the sign clock's date, unless somebody is on duty round the clock. */
export const contactFloor = (sign: Clock, roundTheClock: boolean): Instant | null =>
  roundTheClock ? null : sign.dueAt;

/** When the same rule with `factor` times the amount would be due ("twice the limit"); never before `dueAt`. */
export function dueAtFactor(
  clock: Clock,
  factor: number,
  timetable: Timetable,
): Readonly<{ dueAt: Instant; provisional: boolean }> {
  const rule = { ...clock.rule, amount: clock.rule.amount * factor };
  const { end, provisional } = dueOf({ ...clock, rule }, timetable);
  return { dueAt: end.at, provisional };
}

/** A clock that stopped looks at the moment it did, a paused one at the moment it was. */
function effectiveNow({ stoppedAt, pauses }: Clock, now: Instant): Instant {
  if (stoppedAt !== null) return stoppedAt;
  const open = pauses.find((pause) => pause.to === null);
  return open === undefined ? now : earlier(now, open.from);
}

/** What follows from the parts, worked out anew. */
function settle<C extends Clock>(clock: C, timetable: Timetable): C {
  const { end, provisional, warnAt } = dueOf(clock, timetable);
  return {
    ...clock,
    calendarVersion: timetable.calendar.version,
    dueAt: end.at,
    warnAt,
    provisional,
    fired: end.at > clock.dueAt ? [] : clock.fired,
    version: clock.version + 1,
  };
}
