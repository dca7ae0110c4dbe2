import type { City } from '../domain/city.ts';
import { type Service, type ServiceKey, type VisitShares, visitShares, visitSharesBy } from '../domain/service.ts';
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

/** Counts the catalogue as it stands now, or as it stood or will stand at another moment. */
export async function countVisits(
  deps: Deps,
  { by, at, wanted = () => true }: Readonly<{ by: ServiceKey; at: Instant | null; wanted?: (of: Service) => boolean }>,
): Promise<Catalogued> {
  const now = deps.now();
  const { city, services } = at === null || at === now ? deps.city() : (await readCity(deps.reading, at))(at);
  const counted = [...services.values()].filter(wanted);
  return { at: at ?? now, city, all: visitShares(counted), by: visitSharesBy(counted, by, city) };
}
