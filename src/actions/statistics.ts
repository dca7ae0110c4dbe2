import type { Area } from '../domain/area.ts';
import { groundOf, isUnder, type Role, unitsUnder } from '../domain/city.ts';
import { type Span, spanBefore, spanFault } from '../domain/period.ts';
import { type Level, levelOf, levels } from '../domain/ranking.ts';
import { groupAmong, type RatedBy, ratedBy } from '../domain/rated.ts';
import type { RateKey } from '../domain/rates.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { type Rate, shareOf, type Thousandths } from '../domain/share.ts';
import type { Actor } from '../domain/work-order.ts';
import { countedBy, type Rows, type UpTo } from '../reports/rates.ts';
import type { Deps } from './deps.ts';
import { countedFirst, countFacts } from './measure.ts';

export type { UpTo } from '../reports/rates.ts';

/** Roles that count for the whole city; everybody else for the unit they work at and those below it. */
export const everywhere: readonly Role[] = [
  'operator',
  'dispatcher',
  'shift_leader',
  'centre_leader',
  'inspector',
  'government',
  'auditor',
  'publisher',
];

/** The levels by whose areas something is counted or drawn. */
export const placeLevels = ['street', 'community', 'grid'] as const;
export type PlaceLevel = (typeof placeLevels)[number];

/** What rates are asked for; `unit` and `area` with all below. */
export type Asked = Span &
  Readonly<{
    unit?: string | undefined;
    area?: string | undefined;
    category?: string | undefined;
    channel?: string | undefined;
  }>;

/** What was counted: the orders led by a unit and those below it, or those that lie in an area; null: of everybody, everywhere. */
export type Scope = Readonly<{ unit: string | null; area: string | null }>;

export type Rates = RatedBy & Readonly<{ kind: 'counted'; scope: Scope; upTo: UpTo }>;

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
  const { city } = deps.city();
  const rated = ratedBy(now.keys, before.keys, (key) => groupAmong(city, asked.by, key), asked);
  const scope = { unit: rows.units === null ? null : (asked.unit ?? actor.unit), area: rows.areas?.[0] ?? null };
  return { kind: 'counted', ...rated, scope, upTo: now.upTo };
}

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
 * The rows of a span an actor may count. Who counts for a unit sees what it and those below it answer for; asked by places, what
 * lies in its own area, whoever answers for it.
 */
export function rowsFor(
  deps: Deps,
  { unit, area, category, channel, ...span }: Asked,
  by: RateKey,
  actor: Actor,
): Rows | Refusal {
  const fault = spanFault(span);
  if (fault !== null) return fault;
  const { city, tree, isAll, home } = groundFor(deps, actor);
  const own = actor.unit === null ? undefined : city.units.get(actor.unit);
  if (!isAll && own === undefined) return refuse('forbidden', { allowedFor: everywhere });
  if (unit !== undefined && (!city.units.has(unit) || !(isAll || isUnder(city, unit, own?.code ?? ''))))
    return refuse('not-found');
  if (area !== undefined && (!tree.byCode.has(area) || !(isAll || (home !== null && tree.isWithin(area, home)))))
    return refuse('not-found');
  const ofUnit = unit ?? (isAll ? null : (own?.code ?? null));
  const isByPlace = placeLevels.some((level) => level === by);
  const places = area ?? (isByPlace && !isAll && unit === undefined ? home : null);
  return {
    units: ofUnit === null || (places !== null && unit === undefined) ? null : unitsUnder(city, ofUnit),
    areas: places === null ? null : [places],
    category,
    channel,
  };
}

/** The area of a span an actor may count in: any for whoever counts for the city, else within the one its unit stands for. */
export function scopeOf(
  deps: Deps,
  { area: code, ...span }: Span & Readonly<{ area: string | null }>,
  actor: Actor,
): Readonly<{ kind: 'scope'; area: Area | null }> | Refusal {
  const fault = spanFault(span);
  if (fault !== null) return fault;
  const { tree, isAll, home } = groundFor(deps, actor);
  if (!isAll && home === null) return refuse('forbidden', { allowedFor: everywhere });
  const wanted = code ?? (isAll ? null : home);
  if (wanted === null) return { kind: 'scope', area: null };
  const area = tree.byCode.get(wanted);
  const isIn = isAll || (home !== null && tree.isWithin(wanted, home));
  return area === undefined || !isIn ? refuse('not-found') : { kind: 'scope', area };
}

/** Whether an actor counts for the whole city, and else the area its unit stands for. */
function groundFor(deps: Deps, { roles, unit }: Actor) {
  const { city, areasAt } = deps.city();
  const isAll = roles.some((role) => everywhere.includes(role));
  return { city, tree: areasAt(deps.now()).tree, isAll, home: groundOf(city.units.get(unit ?? '')) };
}
