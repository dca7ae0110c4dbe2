import { expect, test } from 'vitest';
import { lineDistanceM } from '../../src/domain/geometry.ts';
import { type ReferenceSystem, toWgs84 } from '../../src/store/coordinates.ts';

const tower = [104.0431, 30.6412] as const;

test.each<[ReferenceSystem | undefined]>([[undefined], ['wgs84'], ['cgcs2000']])('%s stays as it is', (crs) => {
  expect(toWgs84({ lon: tower[0], lat: tower[1], crs })).toEqual(tower);
});

test('GCJ-02 is brought back to within a metre of the published pair', () => {
  const back = toWgs84({ lon: 116.404, lat: 39.915, crs: 'gcj02' })!;
  expect(lineDistanceM(back, [[116.397756, 39.913596]])).toBeLessThan(1);
});

test('BD-09 is brought back to where its published pair in GCJ-02 is', () => {
  const back = toWgs84({ lon: 116.404, lat: 39.915, crs: 'bd09' })!;
  const same = toWgs84({ lon: 116.397627, lat: 39.908657, crs: 'gcj02' })!;
  expect(lineDistanceM(back, [same])).toBeLessThan(1);
});

test('GCJ-02 differs from WGS 84 by hundreds of metres', () => {
  const fromGcj = toWgs84({ lon: tower[0], lat: tower[1], crs: 'gcj02' })!;
  expect(lineDistanceM(fromGcj, [tower])).toBeGreaterThan(200);
  expect(lineDistanceM(fromGcj, [tower])).toBeLessThan(800);
});

test('outside China GCJ-02 is WGS 84', () => {
  expect(toWgs84({ lon: -73.98, lat: 40.75, crs: 'gcj02' })).toEqual([-73.98, 40.75]);
});

test.each([
  [181, 0],
  [0, -90.1],
  [Number.NaN, 0],
  [0, Number.POSITIVE_INFINITY],
])('%s, %s is no place on earth', (lon, lat) => {
  for (const crs of ['wgs84', 'gcj02', 'bd09', 'cgcs2000'] as const) expect(toWgs84({ lon, lat, crs })).toBeNull();
});
