/** A place on earth in WGS 84 degrees, longitude first. */
export type Position = readonly [lon: number, lat: number];
/** Closed: the last position repeats the first. Its direction means nothing. */
export type Ring = readonly Position[];
/** The outline first, then the holes. */
export type Polygon = readonly Ring[];
export type MultiPolygon = readonly Polygon[];
/** West, south, east, north, in degrees. */
export type Bbox = readonly [west: number, south: number, east: number, north: number];
export type Relation = 'inside' | 'boundary' | 'outside';

const radian = Math.PI / 180;
const earthRadiusM = 6_371_007.2; // of the sphere that has the area of WGS 84

/** So long is a degree of latitude. */
export const metresPerDegree = radian * earthRadiusM;

/**
 * Where `point` lies in `polygon`, without rounding: neighbours that share an edge agree about it, so a point between
 * them is inside exactly one, or on the boundary of both, and never in neither.
 */
export function relationTo(point: Position, polygon: Polygon): Relation {
  let inside = false;
  for (const ring of polygon) {
    for (let i = 1; i < ring.length; i++) {
      const met = meets(point, ring[i - 1]!, ring[i]!);
      if (met === 'on') return 'boundary';
      if (met === 'crosses') inside = !inside;
    }
  }
  return inside ? 'inside' : 'outside';
}

/** Where `point` lies in `shape`; inside one of its parts wins over the edge of another. */
export function relation(point: Position, shape: MultiPolygon): Relation {
  let found: Relation = 'outside';
  for (const polygon of shape) {
    const here = relationTo(point, polygon);
    if (here === 'inside') return here;
    if (here === 'boundary') found = here;
  }
  return found;
}

/** Whether `point` lies in `shape`; its edge belongs to it. */
export const contains = (point: Position, shape: MultiPolygon): boolean => relation(point, shape) !== 'outside';

/** Whether `point` lies exactly on an edge of `shape`: two shapes that share the edge say the same. */
export const onBoundary = (point: Position, shape: MultiPolygon): boolean => relation(point, shape) === 'boundary';

/** What a line from the point to the east does with the edge a-b. Half open: an edge owns its lower end only. */
function meets(point: Position, a: Position, b: Position): 'on' | 'crosses' | 'misses' {
  const [low, high] = a[1] < b[1] ? [a, b] : [b, a]; // the same sum from either side of a shared edge
  const [x, y] = point;
  if (y < low[1] || y > high[1]) return 'misses';
  const [west, east] = low[0] < high[0] ? [low[0], high[0]] : [high[0], low[0]];
  if (x > east) return 'misses';
  if (low[1] === high[1]) return x >= west ? 'on' : 'misses';
  if (x >= west) {
    const turn = side(low, high, point);
    if (turn === 0) return 'on';
    if (turn < 0) return 'misses';
  }
  return y < high[1] ? 'crosses' : 'misses';
}

/** 1 when `p` lies left of the way from `a` to `b`, -1 when right of it, 0 when exactly on the line. Never rounded. */
export function side(a: Position, b: Position, p: Position): -1 | 0 | 1 {
  const left = (b[0] - a[0]) * (p[1] - a[1]);
  const right = (b[1] - a[1]) * (p[0] - a[0]);
  const turn = left - right;
  if (Math.abs(turn) > 3.330_669_073_875_472e-16 * (Math.abs(left) + Math.abs(right))) return turn > 0 ? 1 : -1;
  const [ax, ay, bx, by, px, py] = [a[0], a[1], b[0], b[1], p[0], p[1]].map(whole) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const exact = (bx - ax) * (py - ay) - (by - ay) * (px - ax);
  return exact === 0n ? 0 : exact > 0n ? 1 : -1;
}

/** A coordinate as a whole number: a power of two loses nothing of a double, down to 2^-200 degrees. */
const whole = (degrees: number): bigint => BigInt(Math.round(degrees * 2 ** 200));

/** How many corners stand for a circle. */
const discCorners = 96;

/**
 * A circle on the ground around `centre`, as a polygon of exactly its area: its edge is nowhere off by more than 0.04 % of
 * the radius. Flat earth around the centre.
 */
export function disc([lon, lat]: Position, radiusM: number): Polygon {
  const step = (2 * Math.PI) / discCorners;
  const reach = (radiusM / metresPerDegree) * Math.sqrt(step / Math.sin(step));
  const corner = (i: number): Position => [
    lon + (reach * Math.cos((i % discCorners) * step)) / Math.cos(lat * radian),
    lat + reach * Math.sin((i % discCorners) * step),
  ];
  return [Array.from({ length: discCorners + 1 }, (_, i) => corner(i))];
}

/** The box around `polygons`, in degrees. Infinite when there is nothing in it. */
export function bbox(shape: MultiPolygon): Bbox {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [outline] of shape) {
    for (const [lon, lat] of outline ?? []) {
      if (lon < west) west = lon;
      if (lon > east) east = lon;
      if (lat < south) south = lat;
      if (lat > north) north = lat;
    }
  }
  return [west, south, east, north];
}

/** Whether two boxes have more than an edge in common. */
export const boxesOverlap = (a: Bbox, b: Bbox): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/** Square metres of `shape` on the sphere of equal area; within 0.5 % of the ellipsoid. */
export const areaM2 = (shape: MultiPolygon): number =>
  shape.reduce(
    (sum, [outline, ...holes]) =>
      sum + Math.abs(ringAreaM2(outline ?? [])) - holes.reduce((hole, ring) => hole + Math.abs(ringAreaM2(ring)), 0),
    0,
  );

/**
 * Square metres inside a closed ring, positive when it runs anticlockwise. The strip under an edge that is straight in
 * degrees is integrated exactly, so that cutting an edge in two, or a shape in two, changes no sum.
 */
export function ringAreaM2(ring: Ring): number {
  const first = ring[0];
  if (!first) return 0;
  const floor = Math.sin(first[1] * radian);
  let sum = 0;
  for (let i = 1; i < ring.length; i++) {
    const [lonA, latA] = ring[i - 1]!;
    const [lonB, latB] = ring[i]!;
    const half = ((latB - latA) * radian) / 2;
    const mean = Math.sin(((latA + latB) / 2) * radian) * (half === 0 ? 1 : Math.sin(half) / half);
    sum -= (lonB - lonA) * radian * (mean - floor);
  }
  return sum * earthRadiusM * earthRadiusM;
}

/** Metres from `point` to `shape`, 0 inside. Flat earth around the point: good to 1 % within 100 km. */
export function distanceM(point: Position, shape: MultiPolygon): number {
  if (contains(point, shape)) return 0;
  let least = Infinity;
  for (const polygon of shape) for (const ring of polygon) least = Math.min(least, lineDistanceM(point, ring));
  return least;
}

/** Metres from `point` to the nearest place of `line`, by the same flat earth. */
export function lineDistanceM(point: Position, line: readonly Position[]): number {
  const shrink = Math.cos(point[1] * radian);
  let least = Infinity;
  let [ax, ay] = [Infinity, Infinity];
  for (const [lon, lat] of line) {
    const [bx, by] = [(lon - point[0]) * shrink, lat - point[1]];
    const [dx, dy] = ax === Infinity ? [0, 0] : [ax - bx, ay - by];
    const length = dx * dx + dy * dy;
    const along = length === 0 ? 0 : Math.max(0, Math.min(1, -(bx * dx + by * dy) / length));
    least = Math.min(least, (bx + along * dx) ** 2 + (by + along * dy) ** 2);
    [ax, ay] = [bx, by];
  }
  return Math.sqrt(least) * metresPerDegree;
}
