import { type Placement, place } from '../domain/placement.ts';
import type { Instant } from '../domain/time.ts';
import { type Coordinates, toWgs84 } from '../store/coordinates.ts';
import type { Deps } from './deps.ts';

/** Where it is, in whatever precision the caller has. */
export type Location = Readonly<{
  lon?: number | null | undefined;
  lat?: number | null | undefined;
  crs?: Coordinates['crs'];
  address?: string | null | undefined;
  areaCode?: string | null | undefined;
  buildingCode?: string | null | undefined;
}>;

/** Where a location is, by the areas that were valid then. A point that is no place on earth counts as not given. */
export function placementOf({ city }: Deps, location: Location | null, at: Instant): Placement {
  const { areaCode, buildingCode, address } = location ?? {};
  return place({ areaCode, buildingCode, point: pointOf(location), address }, city().areasAt(at));
}

/** The point of a location on WGS 84; null where none was given, or one that is no place on earth. */
export const pointOf = (location: Location | null) =>
  location?.lon == null || location.lat == null
    ? null
    : toWgs84({ lon: location.lon, lat: location.lat, crs: location.crs });
