import type { City } from './city.ts';
import type { Fault } from './configuration.ts';
import { periodNamed } from './evaluation-period.ts';
import { cuts } from './evaluation-scheme.ts';
import { monthOf, type Span, startOfMonth } from './period.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Instant } from './time.ts';

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

/** What is measured: an area of the city, or a unit. */
export type Measured = Readonly<{ kind: 'area' | 'unit'; code: string }>;

/**
 * One value as it was taken in. It never changes: a corrected one is another `version`, and `reason` says why. `value` has
 * three decimals at most; `rank` is the place among so many others that the source tells.
 */
export type IndexValue = Readonly<{
  id: string;
  index: string;
  kind: Measured['kind'];
  code: string;
  period: string;
  version: number;
  value: number;
  sample: number | null;
  rank: Readonly<{ place: number; of: number }> | null;
  document: string;
  reason: string | null;
  importedBy: string;
  at: Instant;
}>;

const months: Readonly<Record<IndexCut, number>> = { month: 1, quarter: 3, half_year: 6, year: 12 };

/** The span of a period of this cut by its name: `2026-07`, `2026-Q3`, `2026-H2`, `2026`; null for any other name. */
export function indexPeriod(cut: IndexCut, name: string): Span | null {
  if (cut !== 'month') {
    const period = periodNamed(name);
    return period?.cut === cut ? { from: period.from, to: period.to } : null;
  }
  const [, year, month] = /^(20\d\d)-(0[1-9]|1[0-2])$/.exec(name) ?? [];
  if (year === undefined) return null;
  const first = Number(year) * 12 + Number(month) - 1;
  return { from: startOfMonth(first), to: startOfMonth(first + 1) };
}

/** The names of the period before this one and of the same one a year ago; the name is one of the cut. */
export function comparedWith(cut: IndexCut, name: string): Readonly<{ before: string; lastYear: string }> {
  const span = indexPeriod(cut, name);
  if (span === null) throw new Error(`${name} is no ${cut}`);
  const first = monthOf(span.from);
  return { before: nameOfPeriod(cut, first - months[cut]), lastYear: nameOfPeriod(cut, first - 12) };
}

function nameOfPeriod(cut: IndexCut, month: number): string {
  const [year, first] = [String(Math.floor(month / 12)), month % 12];
  if (cut === 'year') return year;
  if (cut === 'month') return `${year}-${String(first + 1).padStart(2, '0')}`;
  return `${year}-${cut === 'quarter' ? 'Q' : 'H'}${first / months[cut] + 1}`;
}

/** By how much a value has moved, exactly; null where there is nothing to compare it with. */
export const movedBy = (now: number, then: number | null): number | null =>
  then === null ? null : (Math.round(now * 1000) - Math.round(then * 1000)) / 1000;

/** A value as it is sent in, and what was known of the same area or unit in the same period. */
export type IndexItem = Measured & Pick<IndexValue, 'period' | 'value' | 'sample' | 'rank'>;

/** What became of each item sent in: added, there already word for word, or put in the place of another value. */
export type Imported = Readonly<{
  outcomes: readonly ('added' | 'unchanged' | 'corrected')[];
  written: readonly Omit<IndexValue, 'id'>[];
}>;

/** What two values of one thing in one period have in common; the last one taken in holds. */
export const keyOfValue = ({ kind, code, period }: Pick<IndexItem, 'kind' | 'code' | 'period'>): string =>
  `${kind} ${code} ${period}`;

/**
 * Takes the values of one document in, or none of them: each names a period of the index's cut that has begun, and an area or
 * unit there is. What stands there already stays; another value in its place needs a reason.
 */
export function importValues(
  index: ExternalIndex,
  { items, document, reason }: Readonly<{ items: readonly IndexItem[]; document: string; reason: string | null }>,
  known: ReadonlyMap<string, IndexValue>,
  {
    city,
    hasArea,
    by,
    now,
  }: Readonly<{ city: Pick<City, 'units'>; hasArea: (code: string) => boolean; by: string; now: Instant }>,
): Imported | Refusal {
  const first = new Map(items.toReversed().map((item) => [keyOfValue(item), item]));
  const errors = items.flatMap((item, i): Fault[] => {
    const { kind, code, period } = item;
    const span = indexPeriod(index.cut, period);
    const isThere = kind === 'area' ? hasArea(code) : city.units.has(code);
    return [
      ...(isThere ? [] : [{ pointer: `/items/${i}/${kind}`, message: `no ${kind} is called ${code}` }]),
      ...(span === null ? [{ pointer: `/items/${i}/period`, message: `is no ${index.cut} of this index` }] : []),
      ...(span !== null && span.from > now ? [{ pointer: `/items/${i}/period`, message: 'has not begun' }] : []),
      ...(first.get(keyOfValue(item)) === item ? [] : [{ pointer: `/items/${i}`, message: 'stands twice' }]),
    ];
  });
  if (errors.length > 0) return refuse('index-values-wrong', { errors });
  const outcomes = items.map((item) => outcomeOf(item, known.get(keyOfValue(item))));
  const differing = outcomes.flatMap((outcome, i) => (outcome === 'corrected' ? [i] : []));
  if (differing.length > 0 && reason === null)
    return refuse('index-value-differs', {
      errors: differing.slice(0, 100).map((i) => ({ pointer: `/items/${i}`, message: 'another value stands there' })),
    });
  const written = items.flatMap((item, i) => {
    if (outcomes[i] === 'unchanged') return [];
    const version = (known.get(keyOfValue(item))?.version ?? 0) + 1;
    const why = outcomes[i] === 'corrected' ? reason : null;
    return [{ ...item, index: index.code, version, document, reason: why, importedBy: by, at: now }];
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
