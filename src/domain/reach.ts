import type { Area, AreaTree } from './area.ts';
import { readShape } from './area-file.ts';
import type { Fault } from './configuration.ts';
import { bbox, contains, type MultiPolygon, type Position } from './geometry.ts';
import { type AreaIndex, type PathStep, placeByPoint } from './placement.ts';

/** Where something holds: in these areas with all below them, or within the polygon (WGS 84). At least one is given. */
export type Reach = Readonly<{ areas: readonly string[]; polygon: MultiPolygon | null }>;

/** Where a request is: its point on WGS 84 where it has one, and the areas it was placed in. */
export type Where = Readonly<{ point: Position | null; path: readonly Pick<PathStep, 'code'>[] }>;

/** Says of a place whether a reach holds there; the edge belongs to it. Made once and asked often: the box comes first. */
export function reaching({ areas, polygon }: Reach): (where: Where) => boolean {
  const codes = new Set(areas);
  const [west, south, east, north] = bbox(polygon ?? []);
  return ({ point, path }) => {
    if (path.some(({ code }) => codes.has(code))) return true;
    if (polygon === null || point === null) return false;
    const [lon, lat] = point;
    return lon >= west && lon <= east && lat >= south && lat <= north && contains(point, polygon);
  };
}

/** Whether a reach holds somewhere in an area. Two that only cross, no corner of one within the other, are not seen. */
export const touches = ({ areas, polygon }: Reach, { code, shape }: Area, tree: AreaTree): boolean =>
  areas.some((each) => tree.isWithin(each, code) || tree.isWithin(code, each)) ||
  (polygon !== null && shape !== null && (reachesInto(polygon, shape) || reachesInto(shape, polygon)));

const reachesInto = (one: MultiPolygon, other: MultiPolygon): boolean =>
  one.some(([outline]) => outline?.some((corner) => contains(corner, other)));

/** Most corners of a polygon somebody draws; the map of a whole district is named by its code. */
const mostCorners = 5000;

/** A GeoJSON polygon as somebody drew it, in one form, or what is wrong with it. Counted first: comparing edges is dear. */
export function readPolygon(geometry: unknown): MultiPolygon | Fault {
  if (cornersIn(geometry) > mostCorners)
    return { pointer: '/polygon', message: `it has more than ${mostCorners} corners` };
  const { shape, findings } = readShape(geometry, 'polygon');
  return shape ?? { pointer: '/polygon', message: findings[0]?.message ?? 'there is no geometry' };
}

const cornersIn = (geometry: unknown): number =>
  Array.isArray(geometry)
    ? geometry.length > 0 && geometry.every((each) => typeof each === 'number')
      ? 1
      : geometry.reduce((sum: number, each) => sum + cornersIn(each), 0)
    : typeof geometry === 'object' && geometry !== null && 'coordinates' in geometry
      ? cornersIn(geometry.coordinates)
      : 0;

/** What keeps a reach from being one: nothing named, or an area nobody knows. */
export const reachFaults = ({ areas, polygon }: Reach, hasArea: (code: string) => boolean): readonly Fault[] => [
  ...(areas.length === 0 && polygon === null ? [{ pointer: '/areas', message: 'name areas, or draw a polygon' }] : []),
  ...areas.flatMap((code, i) =>
    hasArea(code) ? [] : [{ pointer: `/areas/${i}`, message: `no area is called ${code}` }],
  ),
];

/** The smallest area that holds the whole of a reach, as far as it lies in the city; null where none of it does. */
export function commonArea({ areas, polygon }: Reach, index: AreaIndex): string | null {
  const corners = (polygon ?? []).flatMap(([outline]) => outline ?? []);
  const paths = [
    ...areas.map((code) => index.tree.path(code).map((area) => area.code)),
    ...corners.map((corner) => placeByPoint(corner, index).path.map((step) => step.code)),
  ].filter((path) => path.length > 0);
  const shared = paths[0]?.filter((code, depth) => paths.every((path) => path[depth] === code)) ?? [];
  return shared.at(-1) ?? null;
}
