import type { RecordCounts } from './field-record.ts';
import { monthOf, type Span, startOfMonth } from './period.ts';
import type { RateName } from './rates.ts';
import type { Rate } from './share.ts';
import { addDays, atLocal, dateOf, dayOf, type Instant, startOfDay, weekdayOfDay } from './time.ts';

/** The bulletins of a hotline (日报、周报、月报、季报). */
export const bulletinKinds = ['daily', 'weekly', 'monthly', 'quarterly'] as const;
export type BulletinKind = (typeof bulletinKinds)[number];

/** What a bulletin tells of, and what it is held against: the span before, and the same of last year. */
export const comparisons = ['now', 'before', 'lastYear'] as const;
export type Compared<T> = Readonly<Record<(typeof comparisons)[number], T>>;

/**
 * The spans of the bulletin of this kind in which `at` falls, by the city's days. A week runs from Monday; the same week
 * of last year is the one 52 weeks ago, so that weekdays stand against weekdays. The 29th of February has the 28th.
 */
export function bulletinSpans(kind: BulletinKind, at: Instant): Compared<Span> {
  const day = dayOf(at);
  const days = (from: number, length: number): Span => ({ from: startOfDay(from), to: startOfDay(from + length) });
  if (kind === 'daily') {
    const lastYear = dayOf(sameDateLastYear(at));
    return { now: days(day, 1), before: days(day - 1, 1), lastYear: days(lastYear, 1) };
  }
  if (kind === 'weekly') {
    const monday = day - ((weekdayOfDay(day) + 6) % 7);
    return { now: days(monday, 7), before: days(monday - 7, 7), lastYear: days(monday - 364, 7) };
  }
  const length = kind === 'monthly' ? 1 : 3;
  const first = monthOf(at) - (monthOf(at) % length);
  const months = (from: number): Span => ({ from: startOfMonth(from), to: startOfMonth(from + length) });
  return { now: months(first), before: months(first - length), lastYear: months(first - 12) };
}

function sameDateLastYear(at: Instant): Instant {
  const date = dateOf(at);
  const year = String(Number(date.slice(0, 4)) - 1).padStart(4, '0');
  const rest = date.slice(4) === '-02-29' ? '-02-28' : date.slice(4);
  return atLocal(`${year}${rest}`, '12:00');
}

/** The last bulletin of this kind that is complete at `now`. */
export const lastComplete = (kind: BulletinKind, now: Instant): Instant =>
  kind === 'daily' ? atLocal(addDays(dateOf(now), -1), '12:00') : ((bulletinSpans(kind, now).now.from - 1) as Instant);

type Named = Readonly<{ code: string | null; name: string }>;

/** A count under one key, in the three spans. */
export type CountedKey = Readonly<{ key: Named; counts: Compared<number> }>;

/** The rates a bulletin tells: of orders whose resident deadline falls in its span. */
export const bulletinRates = [
  'response',
  'resolution',
  'satisfaction',
  'submittedInTime',
  'rework',
] as const satisfies readonly RateName[];
export type BulletinRate = (typeof bulletinRates)[number];

/**
 * A bulletin, whole. `complete` says whether its span is over, `behind` how many facts its rates do not count yet; what is
 * overdue is so at `madeAt`.
 */
export type Bulletin = Readonly<{
  kind: BulletinKind;
  spans: Compared<Span>;
  madeAt: Instant;
  complete: boolean;
  behind: number;
  area: Named | null;
  intake: Readonly<{
    all: Compared<number>;
    byChannel: readonly CountedKey[];
    byKind: readonly CountedKey[];
    byCategory: readonly CountedKey[];
    leaves: readonly CountedKey[];
    byStreet: readonly CountedKey[];
  }>;
  ended: Compared<number>;
  rates: Readonly<Record<BulletinRate, Compared<Rate>>>;
  units: readonly Readonly<{ key: Named; assessed: number; rates: Readonly<Record<BulletinRate, Rate>> }>[];
  /** What was asked about most, by category and street; `hot` by the rule in force. */
  matters: readonly Readonly<{ category: string; street: Named; orders: number; people: number; hot: boolean }>[];
  /** What units did among residents: activities, things done for people, visits. */
  field: Compared<RecordCounts>;
  /** What others measured of the area, for periods that end in the span; changes are in points. */
  indices: readonly Readonly<{
    index: Named;
    of: Named;
    period: string;
    value: number;
    sample: number | null;
    rank: Readonly<{ place: number; of: number }> | null;
    onBefore: number | null;
    onLastYear: number | null;
  }>[];
  overdue: Readonly<{ all: number; byUnit: readonly Readonly<{ key: Named; count: number }>[] }>;
}>;

/** By how much of itself a count has changed; null where there was nothing before. */
export const changeOf = (now: number, before: number): number | null => (before === 0 ? null : (now - before) / before);
