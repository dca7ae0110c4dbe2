import { type Calendar, type HolidayNotice } from '../domain/calendar.ts';
import { type ClockKind, recompute } from '../domain/clocks.ts';
import type { Decision } from '../domain/decide.ts';
import type { Setting } from '../domain/obstacles.ts';
import { timetableOf } from '../domain/order-clocks.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { dayOfDate, type Instant } from '../domain/time.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import { type CityState, putThing, readCity } from '../store/city.ts';
import { ordersOnOtherCalendars } from '../store/look-city.ts';
import { transaction } from '../store/rows.ts';
import { recordChange } from '../store/versions.ts';
import { changing } from './configure.ts';
import type { Deps } from './deps.ts';
import { changeIn } from './perform.ts';

/** An open clock that a new calendar has moved, or would have moved earlier: then the old date was kept. */
export type Moved = Readonly<{
  workOrder: string;
  number: string;
  clock: ClockKind;
  before: Instant;
  after: Instant;
  counted: Instant;
  kept: boolean;
}>;

/** What came of a notice. `moved` lists the first 1000; `movedCount` and `keptCount` count all. */
export type CalendarImported = Readonly<{
  kind: 'imported';
  before: string;
  version: string;
  orders: number;
  moved: readonly Moved[];
  movedCount: number;
  keptCount: number;
}>;

const listed = 1000;
const together = 25;

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

/** A batch in one transaction, in the order of ids like everybody who locks several. */
async function recomputeAll(deps: Deps, actor: Actor, acceptEarlier: boolean) {
  const { version } = deps.city().city.calendar;
  const moved: Moved[] = [];
  let [orders, movedCount, keptCount] = [0, 0, 0];
  for (let after: string | null = null; ; ) {
    const ids = await ordersOnOtherCalendars(deps.pool, version, { kept: acceptEarlier, after, limit: together });
    if (ids.length === 0) break;
    after = ids.at(-1) ?? null;
    const found = await transaction(deps.pool, async (tx) => {
      const all: Moved[] = [];
      for (const id of ids)
        await changeIn(tx, deps, id, actor, null, (order, setting) => {
          const { decision, differences } = underNewCalendar(order, setting, acceptEarlier);
          all.push(...differences);
          return decision;
        });
      return all;
    });
    orders += ids.length;
    movedCount += found.filter((m) => !m.kept).length;
    keptCount += found.filter((m) => m.kept).length;
    moved.push(...found.slice(0, listed - moved.length));
  }
  return { orders, moved, movedCount, keptCount };
}

/** Every clock that has not stopped, counted anew; what became of each is in the record. */
function underNewCalendar(
  order: WorkOrder,
  { city, now, actor }: Setting,
  acceptEarlier: boolean,
): Readonly<{ decision: Decision; differences: readonly Moved[] }> {
  const differences: Moved[] = [];
  const clocks = order.clocks.map((clock) => {
    if (clock.state === 'stopped') return clock;
    const done = recompute(clock, timetableOf(city, clock.unit), { at: now, acceptEarlier });
    if (done.before !== done.clock.dueAt || done.kept)
      differences.push({
        workOrder: order.id,
        number: order.number,
        clock: clock.kind,
        before: done.before,
        after: done.clock.dueAt,
        counted: done.counted,
        kept: done.kept,
      });
    return done.clock;
  });
  const facts = differences.length === 0 ? [] : [factOf(order, differences, city.calendar, now, actor)];
  return { decision: { kind: 'decided', order: { ...order, clocks }, facts }, differences };
}

const factOf = (
  order: WorkOrder,
  differences: readonly Moved[],
  calendar: Calendar,
  at: Instant,
  { client, name, unit }: Actor,
) => ({
  type: 'clocks_recomputed',
  at,
  actor: { client, name, unit },
  unit: order.owner,
  body: {
    calendarVersion: calendar.version,
    clocks: differences.map(({ clock, before, after, counted, kept }) => ({ clock, before, after, counted, kept })),
  },
});

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
