import type { AreaTree } from './area.ts';
import type { City } from './city.ts';
import { monthBefore } from './period.ts';
import { groupOf, type Rank, ranksOf } from './ranking.ts';
import { type Counted, countedInAll, type Figures, figuresOf, type RateKey } from './rates.ts';
import { unitOfLevel } from './routing.ts';
import { type Index, indexOf, type Thousandths } from './share.ts';

/** The rates a unit or a place is ranked by: the residents' own, the most first, and passing on, the least first. */
export const rankedRates = ['response', 'resolution', 'satisfaction', 'passedOn'] as const;
export type Ranks = Readonly<Record<(typeof rankedRates)[number], Rank>>;

/**
 * The figures under one key. `group` is whom it is ranked among, null where it is not; `index` is satisfaction in points,
 * against the span before, or of a month against the month before.
 */
export type Rated = Readonly<{
  key: string | null;
  group: string | null;
  figures: Figures;
  index: Index;
  ranks: Ranks | null;
}>;

/** The figures of all together and under each key. */
export type RatedBy = Readonly<{ all: Omit<Rated, 'key' | 'group' | 'ranks'>; items: readonly Rated[] }>;

/** Works out what was counted in a span, and in the one before: every key, all of them together, and who is ranked where. */
export function ratedBy(
  keys: ReadonlyMap<string | null, Counted>,
  before: ReadonlyMap<string | null, Counted>,
  groupOfKey: (key: string | null) => string | null,
  { by, w }: Readonly<{ by: RateKey; w: Thousandths }>,
): RatedBy {
  const of = (now: Counted, past: Counted = {}) => {
    const figures = figuresOf(now, w);
    return { figures, index: indexOf(figures.rates.satisfaction, figuresOf(past, w).rates.satisfaction) };
  };
  const items = [...keys]
    .toSorted(([a], [b]) => compare(a ?? '', b ?? ''))
    .map(([key, now]) => {
      const past = by === 'month' && key !== null ? keys.get(monthBefore(key)) : before.get(key);
      return { key, group: groupOfKey(key), ...of(now, past) };
    });
  const places = rankedRates.map((name) =>
    ranksOf(
      items.map(({ key, group, figures }) => ({ key: key ?? '', group, rate: figures.rates[name] })),
      name === 'passedOn',
    ),
  );
  return {
    all: of(countedInAll(keys), countedInAll(before)),
    items: items.map((item) => ({
      ...item,
      ranks: isRanked(by)
        ? (Object.fromEntries(rankedRates.map((name, i) => [name, places[i]?.get(item.key ?? '')])) as Ranks)
        : null,
    })),
  };
}

/** Kinds of matters, ways they come in and months do not compete. */
const isRanked = (by: RateKey): by is Exclude<RateKey, 'category' | 'channel' | 'month'> =>
  by !== 'category' && by !== 'channel' && by !== 'month';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A unit is ranked in its group; a place in that of the unit that serves it, else among places of its level. */
export function groupAmong(city: City, by: RateKey, key: string | null): string | null {
  if (key === null || !isRanked(by)) return null;
  if (by === 'grid') return by;
  const unit = by === 'unit' ? city.units.get(key) : unitOfLevel(city, by, [key]);
  return unit === undefined ? (by === 'unit' ? null : by) : groupOf(unit);
}

/** What a unit, a category, a channel or a place is called; its code where nothing is called so, as a month. */
export function nameOfKey(by: RateKey, code: string, { units, categories, channels }: City, tree: AreaTree): string {
  const named = { unit: units, category: categories, channel: channels } as const;
  const found = by === 'unit' || by === 'category' || by === 'channel' ? named[by].get(code) : tree.byCode.get(code);
  return found?.name ?? code;
}
