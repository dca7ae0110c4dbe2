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

/** What is left of shapes, and what of one lies in a box. Rings of what was cut out tell outlines from holes by lying inside. */
export type GroundOverlay = Pick<AreaOverlay, 'uncoveredM2'> &
  Readonly<{ cut: (shape: MultiPolygon, box: Bbox) => MultiPolygon }>;

/** How much of an area lies in one of the circles, in whole square metres. */
export function groundWithin(shape: MultiPolygon, circles: readonly Circle[], overlay: GroundOverlay): Portion {
  const [whole, box] = [areaM2(shape), bbox(shape)];
  const isReached = circles.some((circle) => boxesOverlap(box, circle.box));
  const uncovered = isReached ? uncoveredM2(shape, circles, overlay) : whole;
  return portionOf(Math.round(Math.max(0, whole - uncovered)), Math.round(whole));
}

/** So many circles are clipped at once; with more, clipping takes far longer than in proportion. */
const mostAtOnce = 16;
/** A part so much narrower than the circles around it is not halved any more: what is left are rims close together. */
const narrow = 1 / 16;

/** What no circle reaches, in square metres: halved until few circles touch a part, or one holds it whole. */
function uncoveredM2(shape: MultiPolygon, circles: readonly Circle[], overlay: GroundOverlay): number {
  if (shape.length === 0) return 0;
  const box = bbox(shape);
  const near = circles.filter((circle) => boxesOverlap(box, circle.box));
  if (near.some(({ point, radiusM }) => farthestM(point, box) <= radiusM * 0.999)) return 0;
  const sizes = [box, ...near.map((circle) => circle.box)].map(([west, south, east, north]) =>
    Math.max(east - west, north - south),
  );
  const [size = 0, ...others] = sizes;
  if (near.length <= mostAtOnce || size <= Math.min(...others) * narrow)
    return overlay.uncoveredM2(
      shape,
      near.map((circle) => circle.shape),
    );
  return halvesOf(box).reduce((sum, half) => sum + uncoveredM2(overlay.cut(shape, half), near, overlay), 0);
}

/** A box cut across its longer side. */
function halvesOf([west, south, east, north]: Bbox): readonly Bbox[] {
  const [lon, lat] = [(west + east) / 2, (south + north) / 2];
  return east - west > north - south
    ? [
        [west, south, lon, north],
        [lon, south, east, north],
      ]
    : [
        [west, south, east, lat],
        [west, lat, east, north],
      ];
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
