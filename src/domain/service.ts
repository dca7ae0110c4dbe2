import type { City } from './city.ts';
import { type Fault, when } from './configuration.ts';
import { levelOf } from './ranking.ts';
import { type Portion, portionOf } from './share.ts';

/** Where somebody gets a service: at a window, online, by post, or at their own door (上门办). */
export const serviceWays = ['window', 'online', 'post', 'door'] as const;
export type ServiceWay = (typeof serviceWays)[number];

/**
 * An entry of the service catalogue (服务事项): what a resident brings, how long it takes, and how often they have to come
 * (到现场次数). `limit` null is done while they wait; `article` is its standard answer in the knowledge base.
 */
export type Service = Readonly<{
  code: string;
  name: string;
  unit: string;
  category: string | null;
  materials: readonly string[];
  limit: Readonly<{ days: number; kind: 'working_day' | 'calendar_day' }> | null;
  visitsNeeded: number;
  ways: readonly ServiceWay[];
  article: string | null;
}>;

/** What keeps a service out of the catalogue: who and what it names is there, and nobody comes nowhere. */
export const serviceFaults = (
  { unit, category, article, visitsNeeded, ways }: Service,
  { units, categories }: Pick<City, 'units' | 'categories'>,
  hasArticle: (code: string) => boolean,
): readonly Fault[] => [
  ...when(!units.has(unit), '/unit', `no unit is called ${unit}`),
  ...when(category !== null && !categories.has(category), '/category', `no category is called ${category}`),
  ...when(article !== null && !hasArticle(article), '/article', `no article is called ${article}`),
  ...when(
    visitsNeeded === 0 && ways.every((way) => way === 'window'),
    '/visitsNeeded',
    'a window alone needs a visit at least',
  ),
  ...when(visitsNeeded > 0 && !ways.includes('window'), '/visitsNeeded', 'there is no window to come to'),
];

/** By what the catalogue is counted: the level that does it (市、县), its district, or the unit itself. */
export const serviceKeys = ['level', 'district', 'unit'] as const;
export type ServiceKey = (typeof serviceKeys)[number];

/** How much of a catalogue needs no visit at all (一次不跑), and how much one at most (最多跑一次). */
export type VisitShares = Readonly<{ noVisit: Portion; atMostOne: Portion }>;

/** The shares of a whole catalogue. */
export function visitShares(services: readonly Pick<Service, 'visitsNeeded'>[]): VisitShares {
  const upTo = (visits: number): Portion =>
    portionOf(services.filter(({ visitsNeeded }) => visitsNeeded <= visits).length, services.length);
  return { noVisit: upTo(0), atMostOne: upTo(1) };
}

/** The shares under each key, by key; null are the city's own where districts are asked for. */
export function visitSharesBy(
  services: readonly Service[],
  by: ServiceKey,
  city: City,
): ReadonlyMap<string | null, VisitShares> {
  const keyOf: Readonly<Record<ServiceKey, (unit: string) => string | null>> = {
    level: (unit) => levelOf(city, unit),
    district: (unit) => districtOf(city, unit),
    unit: (unit) => unit,
  };
  const groups = [...Map.groupBy(services, ({ unit }) => keyOf[by](unit))];
  return new Map(
    groups.toSorted(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1)).map(([key, of]) => [key, visitShares(of)]),
  );
}

/** The district a unit is, or is under; null of the city's own. */
function districtOf({ units }: City, code: string): string | null {
  for (let unit = units.get(code); unit !== undefined; unit = units.get(unit.parent ?? ''))
    if (unit.kind === 'district') return unit.code;
  return null;
}
