import type { AreaOverlay } from './area-import.ts';
import type { City } from './city.ts';
import { type Fault, when } from './configuration.ts';
import {
  areaM2,
  type Bbox,
  bbox,
  boxesOverlap,
  disc,
  lineDistanceM,
  type MultiPolygon,
  type Position,
} from './geometry.ts';
import { type Portion, portionOf } from './share.ts';
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

/** How fast people walk where nobody says otherwise, in metres a minute. */
export const walkingSpeed = 80;

type Place = Pick<ServicePoint, 'lon' | 'lat'>;

/** What lies within a radius of a point. */
export type Circle = Readonly<{ point: Place; radiusM: number; shape: MultiPolygon; box: Bbox }>;

/** The circles around points, straight on, since no network of streets is known; a wider one never covers less. */
export const circlesAround = (points: Iterable<Place>, radiusM: number): readonly Circle[] =>
  [...points].map((point) => {
    const shape = [disc([point.lon, point.lat], radiusM)];
    return { point, radiusM, shape, box: bbox(shape) };
  });

/** How much of an area lies in one of the circles, in whole square metres. */
export function groundWithin(
  shape: MultiPolygon,
  circles: readonly Circle[],
  overlay: Pick<AreaOverlay, 'uncoveredM2'>,
): Portion {
  const whole = areaM2(shape);
  const box = bbox(shape);
  const near = circles.filter((circle) => boxesOverlap(box, circle.box));
  const isInOne = near.some(({ point, radiusM }) => farthestM(point, box) <= radiusM * 0.999);
  const uncovered = isInOne
    ? 0
    : near.length === 0
      ? whole
      : overlay.uncoveredM2(
          shape,
          near.map((c) => c.shape),
        );
  return portionOf(Math.round(Math.max(0, whole - uncovered)), Math.round(whole));
}

/** To the corner of a box that is farthest away. */
const farthestM = ({ lon, lat }: Place, [west, south, east, north]: Bbox): number =>
  Math.max(...([west, east] as const).flatMap((x) => [south, north].map((y) => lineDistanceM([lon, lat], [[x, y]]))));

/** The points nearest to a place with their distance in whole metres, straight on. Equally near ones come by code. */
export function nearestPoints<P extends Place & Readonly<{ code: string }>>(
  place: Position,
  points: Iterable<P>,
  most: number,
): readonly Readonly<{ point: P; distanceM: number }>[] {
  return [...points]
    .map((point) => ({ point, distanceM: Math.round(lineDistanceM(place, [[point.lon, point.lat]])) }))
    .toSorted((a, b) => a.distanceM - b.distanceM || (a.point.code < b.point.code ? -1 : 1))
    .slice(0, most);
}
