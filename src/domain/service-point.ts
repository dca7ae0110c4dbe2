import type { City } from './city.ts';
import { type Fault, when } from './configuration.ts';
import { lineDistanceM, type Position } from './geometry.ts';
import { hoursFault, type UnitHours } from './unit-hours.ts';

/**
 * Where residents are served near home (网格党群服务中心、便民服务站): a place in WGS 84, run by a unit. `kind` is the city's own
 * word; `hours` null are those of the unit.
 */
export type ServicePoint = Readonly<{
  code: string;
  name: string;
  kind: string;
  unit: string;
  lon: number;
  lat: number;
  address: string | null;
  hours: UnitHours | null;
}>;

/** What keeps a point from being one: its unit is there, and its hours can be read. */
export function servicePointFaults({ unit, hours }: ServicePoint, { units }: Pick<City, 'units'>): readonly Fault[] {
  const wrong = hours === null ? null : hoursFault(hours);
  return [
    ...when(!units.has(unit), '/unit', `no unit is called ${unit}`),
    ...when(wrong !== null, '/hours', wrong ?? ''),
  ];
}

/** How fast people walk, in metres a minute, where nobody says otherwise. */
export const walkingSpeed = 80;

/** How far somebody comes in so many minutes, in metres: straight on, since no network of streets is known. */
export const reachM = (minutes: number, metresPerMinute: number): number => minutes * metresPerMinute;

/** The points nearest to a place with their distance in whole metres, straight on. Equally near ones come by code. */
export function nearestPoints(
  place: Position,
  points: Iterable<ServicePoint>,
  most: number,
): readonly Readonly<{ point: ServicePoint; distanceM: number }>[] {
  return [...points]
    .map((point) => ({ point, distanceM: Math.round(lineDistanceM(place, [[point.lon, point.lat]])) }))
    .toSorted((a, b) => a.distanceM - b.distanceM || (a.point.code < b.point.code ? -1 : 1))
    .slice(0, most);
}
