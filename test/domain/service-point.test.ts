import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  areaM2,
  disc,
  distanceM,
  lineDistanceM,
  type MultiPolygon,
  metresPerDegree,
  type Position,
} from '../../src/domain/geometry.ts';
import { circlesAround, groundWithin, nearestPoints } from '../../src/domain/service-point.ts';
import { areaOverlay } from '../../src/store/area-overlap.ts';

const [lon, lat] = [104, 30] as const;
/** The place so many metres east and north of the middle. */
const at = (east: number, north: number): Position => [
  lon + east / metresPerDegree / Math.cos((lat * Math.PI) / 180),
  lat + north / metresPerDegree,
];
const point = (east: number, north: number) => ({ lon: at(east, north)[0], lat: at(east, north)[1] });
const square = (half: number): MultiPolygon => [
  [[at(-half, -half), at(half, -half), at(half, half), at(-half, half), at(-half, -half)]],
];
const overlay = areaOverlay([lon, lat]);
const within = (points: readonly ReturnType<typeof point>[], radiusM: number, shape = square(500)) =>
  groundWithin(shape, circlesAround(points, radiusM), overlay);

test('X14 three minutes at 80 m a minute around one point cover 18.1 % of a square kilometre', () => {
  const { numerator, denominator, share } = within([point(0, 0)], 240);
  // pi x 240 m x 240 m = 180,956 m²
  expect(numerator / 180_956).toBeCloseTo(1, 3);
  expect(denominator / 1_000_000).toBeCloseTo(1, 3);
  expect(share).toBeCloseTo(0.181, 3);
  // On the edge half of the circle lies outside; at a corner three quarters.
  expect(within([point(500, 0)], 240).numerator / 90_478).toBeCloseTo(1, 3);
  expect(within([point(500, 500)], 240).numerator / 45_239).toBeCloseTo(1, 3);
});

test('X14 a circle wider than the square is cut at its four sides: 600 m cover 950,909 m² of it', () => {
  // pi r² less four segments of r² acos(a / r) - a sqrt(r² - a²), with r = 600 and a = 500
  expect(within([point(0, 0)], 600).numerator / 950_909).toBeCloseTo(1, 3);
  expect(within([point(0, 0)], 720).share).toBe(1); // its corners are 707 m away
});

test('X14 what two points reach counts once, and what no point reaches not at all', () => {
  expect(within([point(0, 0), point(0, 0)], 240)).toEqual(within([point(0, 0)], 240));
  const apart = within([point(-250, 0), point(250, 0)], 240).numerator;
  expect(apart / (2 * 180_956)).toBeCloseTo(1, 3);
  expect(within([point(-120, 0), point(120, 0)], 240).numerator).toBeLessThan(apart);
  expect(within([], 240)).toMatchObject({ numerator: 0, share: 0 });
  expect(within([point(5000, 0)], 240)).toMatchObject({ numerator: 0, share: 0 });
});

test('X14 more minutes never cover less, nor do more points, and nothing covers more than there is', () => {
  const points = fc.array(
    fc.tuple(fc.integer({ min: -900, max: 900 }), fc.integer({ min: -900, max: 900 })).map(([x, y]) => point(x, y)),
    { minLength: 1, maxLength: 6 },
  );
  const radius = fc.integer({ min: 50, max: 900 });
  fc.assert(
    fc.property(points, radius, radius, (all, a, b) => {
      const [less, more] = [within(all, Math.min(a, b)), within(all, Math.max(a, b))];
      expect(less.numerator).toBeLessThanOrEqual(more.numerator + 1); // a square metre of rounding
      expect(within(all.slice(1), a).numerator).toBeLessThanOrEqual(within(all, a).numerator + 1);
      expect(more.numerator).toBeLessThanOrEqual(more.denominator);
    }),
    { numRuns: 200 },
  );
});

test('X14 a city of points that lie over one another is counted part by part, within ten square metres of four million', () => {
  const points = Array.from({ length: 400 }, (_, i) => point(((i * 617) % 2000) - 1000, ((i * 389) % 2000) - 1000));
  const atOnce = (all: typeof points, radiusM: number, shape: MultiPolygon) =>
    areaM2(shape) -
    overlay.uncoveredM2(
      shape,
      circlesAround(all, radiusM).map((circle) => circle.shape),
    );
  const ring: MultiPolygon = [[square(1000)[0]?.[0] ?? [], square(400)[0]?.[0]?.toReversed() ?? []]];
  for (const [all, radiusM] of [
    [points.slice(0, 60), 90],
    [points.slice(0, 60), 300],
    [points, 60],
    // Places that share an entrance.
    [Array.from({ length: 60 }, (_, i) => point(i / 10, 0)), 300],
  ] as const)
    for (const shape of [square(1000), ring])
      expect(Math.abs(within(all, radiusM, shape).numerator - atOnce(all, radiusM, shape))).toBeLessThan(10);
});

test('X14 four thousand points of a kilometre each are no more work than a moment', () => {
  const points = Array.from({ length: 4000 }, (_, i) =>
    point(((i * 6151) % 14_000) - 7000, ((i * 3889) % 14_000) - 7000),
  );
  let clipped = 0;
  const counting = {
    ...overlay,
    uncoveredM2: (...[shape, near]: Parameters<typeof overlay.uncoveredM2>) => {
      clipped += near.length;
      return overlay.uncoveredM2(shape, near);
    },
  };
  expect(groundWithin(square(7500), circlesAround(points, 1000), counting).share).toBeGreaterThan(0.99);
  expect(clipped).toBeLessThan(20_000);
});

test('a disc has the area of its circle, and its edge is off by less than 0.04 % of the radius', () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 5000 }), fc.double({ min: -60, max: 60, noNaN: true }), (radiusM, north) => {
      const centre: Position = [104, north];
      const shape = disc(centre, radiusM);
      expect(areaM2([shape]) / (Math.PI * radiusM * radiusM)).toBeCloseTo(1, 3);
      for (const corner of shape[0] ?? [])
        expect(Math.abs(lineDistanceM(centre, [corner]) / radiusM - 1)).toBeLessThan(0.0004);
      expect(distanceM(centre, [shape])).toBe(0);
    }),
  );
});

test('X14 the nearest points come first, equally near ones by code', () => {
  const named = [
    { ...point(300, 0), code: 'b' },
    { ...point(0, 300), code: 'a' },
    { ...point(100, 0), code: 'c' },
  ];
  expect(nearestPoints([lon, lat], named, 2).map(({ point: { code }, distanceM: m }) => [code, m])).toEqual([
    ['c', 100],
    ['a', 300],
  ]);
});
