import type { HolidayNotice } from '../domain/calendar.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { dayOfDate } from '../domain/time.ts';
import type { Actor } from '../domain/work-order.ts';
import { type CityState, putThing, readCity } from '../store/city.ts';
import { recordChange } from '../store/versions.ts';
import { changing } from './configure.ts';
import type { Deps } from './deps.ts';
import { type Recomputed, recomputeAll } from './recompute.ts';

/** What came of a notice. */
export type CalendarImported = Recomputed & Readonly<{ kind: 'imported'; before: string; version: string }>;

/**
 * Takes a year's holidays in, in place of what was known of that year, and counts every open clock anew. None moves
 * earlier unless `acceptEarlier` says that the difference was shown. The same notice again finishes what was left undone.
 */
export async function importCalendar(
  deps: Deps,
  actor: Actor,
  notice: HolidayNotice,
  { acceptEarlier }: Readonly<{ acceptEarlier: boolean }>,
): Promise<CalendarImported | Refusal> {
  const errors = noticeFaults(notice);
  if (errors.length > 0) return refuse('configuration-invalid', { errors });
  const code = String(notice.year);
  const stored = await changing(deps, null, async (tx, { city }, at) => {
    await putThing(tx, 'notice', code, notice, { at, by: actor.name, now: at });
    const after = (await readCity(tx, at))(at);
    await recordChange(tx, actor, at, {
      type: 'configured',
      body: {
        kind: 'notice',
        code,
        days: notice.days.length,
        before: city.calendar.version,
        after: after.city.calendar.version,
      },
    });
    return { before: city.calendar.version, after };
  });
  if (isRefusal(stored)) return stored;
  const { areasAt } = deps.city();
  const state: CityState = { ...stored.after, areasAt };
  const counted = await recomputeAll({ ...deps, city: () => state }, actor, acceptEarlier);
  return { kind: 'imported', before: stored.before, version: state.city.calendar.version, ...counted };
}

/** What is wrong with a notice. It may name days of the year before: New Year's Day makes holidays of its last ones. */
function noticeFaults({ year, days }: HolidayNotice) {
  const seen = new Set<string>();
  return days.flatMap(({ date }, i) => {
    const pointer = `/days/${i}/date`;
    const fault = (message: string) => [{ pointer, message }];
    try {
      dayOfDate(date);
    } catch {
      return fault('there is no such day');
    }
    if (seen.has(date)) return fault('stands twice');
    seen.add(date);
    const named = Number(date.slice(0, 4));
    return named === year || named === year - 1 ? [] : fault(`is not a day of ${year}`);
  });
}

/** What the calendar says of a year: its days off and its make-up days, or null where no notice has come. */
export function yearOf({ city }: Deps, year: number) {
  const { calendar } = city().city;
  if (!calendar.publishedYears.includes(year)) return null;
  const days = [];
  for (let day = dayOfDate(`${year}-01-01`); day <= dayOfDate(`${year}-12-31`); day++) {
    const special = calendar.special(day);
    if (special) days.push(special);
  }
  return days;
}
