import { type City, isUnder, type Role } from '../domain/city.ts';
import { type Span, spanBefore } from '../domain/period.ts';
import { groupOf, type Level, levelOf, levels, type Rank, ranksOf } from '../domain/ranking.ts';
import { type Counted, type Figures, figuresOf } from '../domain/rates.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { unitOfLevel } from '../domain/routing.ts';
import { type Index, indexOf, type Rate, shareOf, type Thousandths } from '../domain/share.ts';
import type { Actor } from '../domain/work-order.ts';
import { type CountedBy, countedBy, countedInAll, type RateKey, type Rows, type UpTo } from '../reports/rates.ts';
import type { Deps } from './deps.ts';
import { countFacts } from './measure.ts';

export { type RateKey, rateKeys, type UpTo } from '../reports/rates.ts';

/** Roles that count for the whole city; everybody else for the unit they work at and those below it. */
const everywhere: readonly Role[] = [
  'operator',
  'dispatcher',
  'shift_leader',
  'centre_leader',
  'inspector',
  'government',
  'auditor',
  'publisher',
];

/** What rates are asked for; `unit` and `area` with all below. */
export type Asked = Span &
  Readonly<{
    unit?: string | undefined;
    area?: string | undefined;
    category?: string | undefined;
    channel?: string | undefined;
  }>;

/** The three rates a unit or a place is ranked by. */
export const rankedRates = ['response', 'resolution', 'satisfaction'] as const;
type Ranks = Readonly<Record<(typeof rankedRates)[number], Rank>>;

/** The figures under one key; `index` is satisfaction in points against the span before. */
export type RatesOf = Readonly<{ key: string | null; figures: Figures; index: Index; ranks: Ranks | null }>;
export type Rates = Readonly<{
  kind: 'counted';
  all: Omit<RatesOf, 'key' | 'ranks'>;
  items: readonly RatesOf[];
  upTo: UpTo;
}>;

/** So many facts are counted before an answer is given; what is further behind the answer tells. */
const countedFirst = 1000;

/** Rates of a span by units, places, categories or channels, as far as the actor may see them. */
export async function rates(
  deps: Deps,
  asked: Asked & Readonly<{ by: RateKey; w: Thousandths }>,
  actor: Actor,
): Promise<Rates | Refusal> {
  const rows = rowsFor(deps, asked, asked.by, actor);
  if (isRefusal(rows)) return rows;
  await countFacts(deps, countedFirst);
  const asOf = deps.now();
  const [now, before] = await Promise.all([
    countedBy(deps.reading, asked.by, rows, { ...asked, asOf }),
    countedBy(deps.reading, asked.by, rows, { ...spanBefore(asked), asOf }),
  ]);
  return { kind: 'counted', ...ratesOf(now.keys, before.keys, asked, deps.city().city), upTo: now.upTo };
}

/** Works out what was counted: each key, all of them together, and who is ranked where. */
export function ratesOf(
  keys: CountedBy['keys'],
  before: CountedBy['keys'],
  { by, w }: Readonly<{ by: RateKey; w: Thousandths }>,
  city: City,
): Omit<Rates, 'kind' | 'upTo'> {
  const of = (now: Counted, past: Counted = {}) => {
    const figures = figuresOf(now, w);
    return { figures, index: indexOf(figures.rates.satisfaction, figuresOf(past, w).rates.satisfaction) };
  };
  const items = [...keys].map(([key, now]) => ({ key, ...of(now, before.get(key)) }));
  const places = rankedRates.map((name) =>
    ranksOf(
      items.map(({ key, figures }) => ({
        key: key ?? '',
        group: groupAmong(city, by, key),
        rate: figures.rates[name],
      })),
    ),
  );
  const ranksFor = (key: string | null): Ranks | null =>
    by === 'category' || by === 'channel'
      ? null
      : (Object.fromEntries(rankedRates.map((name, i) => [name, places[i]?.get(key ?? '')])) as Ranks);
  return {
    all: of(countedInAll(keys), countedInAll(before)),
    items: items.map((item) => ({ ...item, ranks: ranksFor(item.key) })),
  };
}

/** A unit is ranked in its group; a place in that of the unit that serves it, else among places of its level. */
function groupAmong(city: City, by: RateKey, key: string | null): string | null {
  if (key === null) return null;
  const unit = by === 'unit' ? city.units.get(key) : by === 'grid' ? undefined : servedBy(city, by, key);
  return unit === undefined ? (by === 'unit' ? null : by) : groupOf(unit);
}

const servedBy = (city: City, by: RateKey, area: string) =>
  by === 'street' || by === 'community' ? unitOfLevel(city, by, [area]) : undefined;

/** The share of what ended at each level, of everything that ended. */
export type Levels = Readonly<{
  kind: 'counted';
  items: readonly Readonly<{ level: Level; rate: Rate }>[];
  upTo: UpTo;
}>;

/** At which level matters ended (小问题不出社区、一般问题不出街道), of those whose resident deadline falls in the span. */
export async function endedAtLevels(deps: Deps, asked: Asked, actor: Actor): Promise<Levels | Refusal> {
  const rows = rowsFor(deps, asked, 'community', actor);
  if (isRefusal(rows)) return rows;
  await countFacts(deps, countedFirst);
  const { keys, upTo } = await countedBy(deps.reading, 'unit', rows, { ...asked, asOf: deps.now() });
  const { city } = deps.city();
  const ended = [...keys].map(([unit, counted]) => ({
    level: unit === null ? null : levelOf(city, unit),
    ended: Object.values(counted).reduce((sum, counts) => sum + counts.ended, 0),
  }));
  const total = ended.reduce((sum, each) => sum + each.ended, 0);
  const at = (level: Level): number => ended.filter((e) => e.level === level).reduce((sum, e) => sum + e.ended, 0);
  return { kind: 'counted', items: levels.map((level) => ({ level, rate: shareOf(at(level), total) })), upTo };
}

/**
 * The rows an actor may count. Who counts for a unit sees what it and those below it answer for; asked by places, what
 * lies in its own area, whoever answers for it.
 */
function rowsFor(deps: Deps, { unit, area, category, channel }: Asked, by: RateKey, actor: Actor): Rows | Refusal {
  const { city, areasAt } = deps.city();
  const { tree } = areasAt(deps.now());
  const isAll = actor.roles.some((role) => everywhere.includes(role));
  const own = actor.unit === null ? undefined : city.units.get(actor.unit);
  if (!isAll && own === undefined) return refuse('forbidden', { allowedFor: everywhere });
  if (unit !== undefined && (!city.units.has(unit) || !(isAll || isUnder(city, unit, own?.code ?? ''))))
    return refuse('not-found');
  const home = servesArea(own) ? (own?.area ?? null) : null;
  if (area !== undefined && (!tree.byCode.has(area) || !(isAll || (home !== null && tree.isWithin(area, home)))))
    return refuse('not-found');
  const ofUnit = unit ?? (isAll ? null : (own?.code ?? null));
  const isByPlace = by === 'street' || by === 'community' || by === 'grid';
  const places = area ?? (isByPlace && !isAll && unit === undefined ? home : null);
  const under = (code: string): readonly string[] => [...city.units.keys()].filter((each) => isUnder(city, each, code));
  return {
    units: ofUnit === null || (places !== null && unit === undefined) ? null : under(ofUnit),
    areas: places === null ? null : [places],
    category,
    channel,
  };
}

const servesArea = (unit: { kind: string } | undefined): boolean =>
  unit !== undefined && ['district', 'street', 'community'].includes(unit.kind);
