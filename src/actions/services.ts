import { type City, isBelow } from '../domain/city.ts';
import { type ServiceKey, type VisitShares, visitShares, visitSharesBy } from '../domain/service.ts';
import type { Instant } from '../domain/time.ts';
import { readCity } from '../store/city.ts';
import type { Deps } from './deps.ts';

/** How much of the catalogue needs no visit, or one at most, in all and by key, as it was at a moment. */
export type Catalogued = Readonly<{
  at: Instant;
  city: City;
  all: VisitShares;
  by: ReadonlyMap<string | null, VisitShares>;
}>;

/** Counts the catalogue, or a category and all below it, as it stands now or stood or will stand at another moment. */
export async function countVisits(
  deps: Deps,
  { by, at, category }: Readonly<{ by: ServiceKey; at?: Instant | undefined; category?: string | undefined }>,
): Promise<Catalogued> {
  const now = deps.now();
  const { city, services } = at === undefined || at === now ? deps.city() : (await readCity(deps.reading, at))(at);
  const counted = [...services.values()].filter((each) => category === undefined || isBelow(each.category, category));
  return { at: at ?? now, city, all: visitShares(counted), by: visitSharesBy(counted, by, city) };
}
