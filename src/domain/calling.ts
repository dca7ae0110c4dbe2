import type { FollowUp } from './follow-up.ts';
import type { RefusalCode } from './refusal.ts';
import { after, atLocal, type CityZone, dateOfDay, dayOf, hours, type Instant, later } from './time.ts';

/** The parts of the day in which residents are called, first to last; nobody is called outside them. */
export const dayParts = [
  { name: 'morning', from: '09:00', to: '12:00' },
  { name: 'afternoon', from: '12:00', to: '18:00' },
  { name: 'evening', from: '18:00', to: '20:00' },
] as const;
export type DayPart = (typeof dayParts)[number]['name'];

/** So many calls that nobody answers, each in another part of the day; then there are no more. */
export const mostFailedCalls = 3;
const betweenCalls = hours(4);

/** The part of the day a moment falls into; null where nobody may be called. */
export const dayPartOf = (at: Instant, zone: CityZone): DayPart | null =>
  dayParts.find((part) => span(dayOf(at, zone), part, zone)(at))?.name ?? null;

const span = (day: number, { from, to }: (typeof dayParts)[number], zone: CityZone) => {
  const date = dateOfDay(day);
  return (at: Instant): boolean => at >= atLocal(date, from, zone) && at < atLocal(date, to, zone);
};

/** Calls nobody answered. One who asked to be called later did answer. */
export const failedCalls = ({ attempts }: Pick<FollowUp, 'attempts'>): number =>
  attempts.filter(({ outcome }) => outcome === 'no_answer').length;

/** The moment the resident has asked to be called at, until that call is made: it stands above the parts of the day. */
export const agreedAt = ({ attempts }: Pick<FollowUp, 'attempts'>): Instant | null =>
  attempts.at(-1)?.callBackAt ?? null;

/** The parts of the day in which nobody has answered yet, and none has been tried in vain. */
export const partsLeft = ({ attempts }: Pick<FollowUp, 'attempts'>, zone: CityZone): readonly DayPart[] => {
  const tried = new Set(attempts.filter((a) => a.outcome === 'no_answer').map((a) => dayPartOf(a.at, zone)));
  return dayParts.map(({ name }) => name).filter((name) => !tried.has(name));
};

/** Whether the resident may still be called: nobody has answered, and no link has been sent instead. */
export const isCalled = ({ state, linkSentAt }: Pick<FollowUp, 'state' | 'linkSentAt'>): boolean =>
  state === 'open' && linkSentAt === null;

/** The earliest moment of the next call; null where there is none. */
export function nextCallAt(followUp: FollowUp, zone: CityZone): Instant | null {
  if (!isCalled(followUp)) return null;
  const agreed = agreedAt(followUp);
  if (agreed !== null) return agreed;
  const last = followUp.attempts.at(-1);
  const from = last === undefined ? followUp.openedAt : later(followUp.openedAt, after(last.at, betweenCalls));
  const left = partsLeft(followUp, zone);
  for (const day of [0, 1, 2].map((n) => dayOf(from, zone) + n))
    for (const part of dayParts.filter(({ name }) => left.includes(name))) {
      const begins = later(from, atLocal(dateOfDay(day), part.from, zone));
      if (span(day, part, zone)(begins)) return begins;
    }
  return null;
}

/**
 * From when, and in which parts of the day (null: at any hour), an asker may take it; null where there are no more calls.
 * Whom nobody has called yet may be taken at night: a vendor fetches its list before the day begins, and a resident who
 * rings of their own accord is asked at once.
 */
export function takenWhen(
  followUp: FollowUp,
  zone: CityZone,
): Readonly<{ from: Instant; parts: readonly DayPart[] | null; agreed: boolean }> | null {
  const next = nextCallAt(followUp, zone);
  if (next === null) return null;
  if (followUp.attempts.length === 0) return { from: followUp.openedAt, parts: null, agreed: false };
  const agreed = agreedAt(followUp) !== null;
  return { from: next, parts: agreed ? null : partsLeft(followUp, zone), agreed };
}

/** Why a call at this moment is not one of the three: the hour, the part of the day, or too soon after the last one. */
export function callFault(followUp: FollowUp, at: Instant, zone: CityZone): RefusalCode | null {
  const part = dayPartOf(at, zone);
  if (part === null) return 'outside-calling-hours';
  const agreed = agreedAt(followUp);
  if (agreed !== null) return at < agreed ? 'called-too-soon' : null;
  const last = followUp.attempts.at(-1);
  if (at < followUp.openedAt || (last !== undefined && at < after(last.at, betweenCalls))) return 'called-too-soon';
  return partsLeft(followUp, zone).includes(part) ? null : 'day-part-used';
}

/** Why the resident cannot be promised a call at this moment; it lies within the hours and before the calls are over. */
export function callBackFault(
  callBackAt: Instant | null,
  at: Instant,
  end: Instant,
  zone: CityZone,
): RefusalCode | null {
  if (callBackAt === null) return 'call-back-missing';
  if (callBackAt <= at) return 'in-the-past';
  if (dayPartOf(callBackAt, zone) === null) return 'outside-calling-hours';
  return callBackAt > end ? 'later-than-the-limit' : null;
}
