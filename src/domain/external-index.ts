import type { City } from './city.ts';
import type { Fault } from './configuration.ts';
import { periodNamed } from './evaluation-period.ts';
import { cuts } from './evaluation-scheme.ts';
import { monthOf, startOfMonth } from './period.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Instant } from './time.ts';
import type { Fact } from './work-order.ts';

/** How often an index is measured. */
export const indexCuts = ['month', ...cuts] as const;
export type IndexCut = (typeof indexCuts)[number];

/** In what it is told: points of a hundred (分), or a share of a hundred (%). */
export const indexMeasures = ['points', 'percent'] as const;

/**
 * An index that somebody else measures (公众安全感满意度测评 …). Its scale runs from 0 to 100; `source` says who measures it.
 * The city takes its values in and works none of them out.
 */
export type ExternalIndex = Readonly<{
  code: string;
  name: string;
  source: string;
  measure: (typeof indexMeasures)[number];
  cut: IndexCut;
}>;

/** A period of an index: from `starts` on, before `ends`. */
export type IndexPeriod = Readonly<{ cut: IndexCut; starts: Instant; ends: Instant }>;

/** Reads the name of a period: `2026-07`, `2026-Q3`, `2026-H2`, `2026`; null for any other. */
export function indexPeriod(name: string): IndexPeriod | null {
  const period = periodNamed(name);
  if (period !== null) return { cut: period.cut, starts: period.from, ends: period.to };
  const [, year, month] = /^(20\d\d)-(0[1-9]|1[0-2])$/.exec(name) ?? [];
  if (year === undefined) return null;
  const first = Number(year) * 12 + Number(month) - 1;
  return { cut: 'month', starts: startOfMonth(first), ends: startOfMonth(first + 1) };
}

const monthsOf: Readonly<Record<IndexCut, number>> = { month: 1, quarter: 3, half_year: 6, year: 12 };

/** The names of the period before this one and of the same one a year ago. */
export function comparedWith({ cut, starts }: IndexPeriod): Readonly<{ before: string; lastYear: string }> {
  const first = monthOf(starts);
  return { before: nameOfPeriod(cut, first - monthsOf[cut]), lastYear: nameOfPeriod(cut, first - 12) };
}

function nameOfPeriod(cut: IndexCut, month: number): string {
  const [year, first] = [String(Math.floor(month / 12)), month % 12];
  if (cut === 'year') return year;
  if (cut === 'month') return `${year}-${String(first + 1).padStart(2, '0')}`;
  return `${year}-${cut === 'quarter' ? 'Q' : 'H'}${first / monthsOf[cut] + 1}`;
}

/** By how much a value has moved, in thousandths exactly; null where there is nothing to compare it with. */
export const movedBy = (now: number, then: number | undefined): number | null =>
  then === undefined ? null : (Math.round(now * 1000) - Math.round(then * 1000)) / 1000;

/**
 * One value of an area or a unit as it was taken in, with three decimals at most. It never changes: a corrected one is
 * another `version`, and `reason` says why. `rank` is the place among so many others that the source tells.
 */
export type IndexValue = Readonly<{
  id: string;
  index: string;
  kind: 'area' | 'unit';
  code: string;
  period: string;
  starts: Instant;
  ends: Instant;
  version: number;
  value: number;
  sample: number | null;
  rank: Readonly<{ place: number; of: number }> | null;
  document: string;
  reason: string | null;
  importedBy: Fact['actor'];
  at: Instant;
}>;

/** Of whom and when a value is: the last one taken in for it holds. */
export type IndexKey = Pick<IndexValue, 'kind' | 'code' | 'period'>;
export const keyOfValue = ({ kind, code, period }: IndexKey): string => `${kind} ${code} ${period}`;

/** A value as it is sent in. */
export type IndexItem = IndexKey & Pick<IndexValue, 'value' | 'sample' | 'rank'>;

/** What became of each item sent in: added, there already word for word, or put in the place of another value. */
export type Imported = Readonly<{
  outcomes: readonly ('added' | 'unchanged' | 'corrected')[];
  written: readonly Omit<IndexValue, 'id'>[];
}>;

/** What an import is checked against: the city, who sends it and when, and the values that hold for what it names. */
export type Importing = Readonly<{
  units: City['units'];
  hasArea: (code: string) => boolean;
  known: ReadonlyMap<string, IndexValue>;
  by: Fact['actor'];
  now: Instant;
}>;

/**
 * Takes the values of one document in, or none of them: each names a period of the index's cut that has begun, and an area or
 * unit there is. What stands there already stays; another value in its place needs a reason.
 */
export function importValues(
  index: ExternalIndex,
  { items, document, reason }: Readonly<{ items: readonly IndexItem[]; document: string; reason: string | null }>,
  { units, hasArea, known, by, now }: Importing,
): Imported | Refusal {
  const first = new Map(items.toReversed().map((item) => [keyOfValue(item), item]));
  const errors = items.flatMap((item, i): readonly Fault[] => {
    const { kind, code, period } = item;
    const found = indexPeriod(period);
    const isThere = kind === 'area' ? hasArea(code) : units.has(code);
    const wrongs = [
      isThere ? null : ([kind, `no ${kind} is called ${code}`] as const),
      found?.cut === index.cut ? null : (['period', `is no ${index.cut} of the index`] as const),
      found !== null && found.starts > now ? (['period', 'has not begun'] as const) : null,
      first.get(keyOfValue(item)) === item ? null : (['period', 'stands twice'] as const),
    ];
    return wrongs.flatMap((wrong) =>
      wrong === null ? [] : [{ pointer: `/items/${i}/${wrong[0]}`, message: wrong[1] }],
    );
  });
  if (errors.length > 0) return refuse('index-values-wrong', { errors: errors.slice(0, 100) });
  const outcomes = items.map((item) => outcomeOf(item, known.get(keyOfValue(item))));
  const differing = outcomes.flatMap((outcome, i) => (outcome === 'corrected' ? [`/items/${i}/value`] : []));
  if (differing.length > 0 && reason === null)
    return refuse('index-value-differs', {
      errors: differing.slice(0, 100).map((pointer) => ({ pointer, message: 'another value stands there' })),
    });
  const written = items.flatMap((item, i) => {
    const [before, period] = [known.get(keyOfValue(item)), indexPeriod(item.period)];
    if (outcomes[i] === 'unchanged' || period === null) return [];
    const { starts, ends } = period;
    const version = (before?.version ?? 0) + 1;
    const why = before === undefined ? null : reason;
    return [{ ...item, index: index.code, starts, ends, version, document, reason: why, importedBy: by, at: now }];
  });
  return { outcomes, written };
}

function outcomeOf({ value, sample, rank }: IndexItem, before: IndexValue | undefined): Imported['outcomes'][number] {
  if (before === undefined) return 'added';
  const isSame =
    before.value === value &&
    before.sample === sample &&
    before.rank?.place === rank?.place &&
    before.rank?.of === rank?.of;
  return isSame ? 'unchanged' : 'corrected';
}
