import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AreaTree, areaTree } from '../../src/domain/area.ts';
import type { FeatureCollection, Mapping } from '../../src/domain/area-file.ts';
import { importAreas } from '../../src/domain/area-import.ts';
import { place, placeByPoint } from '../../src/domain/placement.ts';
import { buildAreaIndex } from '../../src/store/area-index.ts';
import { areaOverlay } from '../../src/store/area-overlap.ts';
import { area, at, box, levels, plainIndex, ring } from '../support/drawn-city.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const geojson = (path: string): FeatureCollection => JSON.parse(read(path));

describe('Wuhou', () => {
  const level = { of: 'level', rename: { microgrid: 'grid' } };
  const mappings: readonly Mapping[] = [
    { code: 'code', name: 'name', parent: 'parent', level, scheme: { const: 'db11-15' } },
  ];
  const { areas, report } = importAreas(
    geojson('src/dev/city/wuhou_4level.geojson'),
    { levels, mappings },
    areaOverlay([104, 30.6]),
  );
  const index = buildAreaIndex(areaTree(levels, areas));
  const plain = plainIndex(areas);
  const seeds: readonly Seed[] = read('src/dev/city/seed_requests_zh_cc0.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  type Seed = {
    lon: number | null;
    lat: number | null;
    address: string;
    expect_community: string;
    expect_street: string;
  };

  test('imports 1033 areas without a finding', () => {
    expect(report).toMatchObject({
      blocking: [],
      warnings: [],
      counts: { district: 1, street: 15, community: 113, grid: 904 },
    });
  });

  test('all 100 requests with a point are placed in a grid of the expected street and community', () => {
    const pointed = seeds.filter((seed) => seed.lon !== null);
    expect(pointed).toHaveLength(100);
    for (const { lon, lat, expect_street, expect_community } of pointed)
      expect(placeByPoint([lon!, lat!], index).path.map(({ code }) => code)).toEqual([
        '510107',
        expect_street,
        expect_community,
        expect.stringContaining(expect_community),
      ]);
  });

  test('the 20 without one are placed in the expected community by their address', () => {
    const unpointed = seeds.filter((seed) => seed.lon === null);
    expect(unpointed).toHaveLength(20);
    for (const { address, expect_community } of unpointed)
      expect(place({ address }, index).path.at(-1)?.code).toBe(expect_community);
  });

  test('the index answers as looking at everything does, in the city and around it', () => {
    const point = fc.tuple(
      fc.double({ min: 103.9, max: 104.15, noNaN: true }),
      fc.double({ min: 30.5, max: 30.75, noNaN: true }),
    );
    fc.assert(
      fc.property(point, (here) => {
        expect({ ...placeByPoint(here, index), versionId: null, hints: [] }).toEqual({
          ...placeByPoint(here, plain),
          versionId: null,
          hints: [],
        });
        expect(index.nearest(...here, 5).map(({ distanceM }) => distanceM)).toEqual(
          plain.nearest(...here, 5).map(({ distanceM }) => distanceM),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('every corner of the city is in exactly one grid', () => {
    const corners = areas.filter((area) => area.level === 'grid').flatMap(({ shape }) => shape!.flat(2));
    const wrong = corners.filter((corner) => placeByPoint(corner, index).path.length !== 4);
    expect(wrong).toEqual([]);
  });
});

test('a road is found as far as its tolerance reaches', () => {
  const road = { id: 'R', line: [at(0, 0), at(5, 0)], toleranceM: 100, areaCode: 'A', between: null };
  const index = buildAreaIndex(areaTree(levels, []), [road], 'v7');
  expect(index.roadsNear(...at(2, 0.11))).toEqual([road]); // 96 m
  expect(index.roadsNear(...at(-0.13, 0))).toEqual([road]); // 97 m
  expect(index.roadsNear(...at(2, 0.2))).toEqual([]);
});

test('the nearest area is not the one with the nearest box', () => {
  const corner = (code: string) => area(code, { shape: [[ring([0, 0], [10, 0], [0, 10])]] });
  const areas = [...['A', 'B', 'C', 'D'].map(corner), area('near', { shape: box(9.5, 9) })];
  expect(buildAreaIndex(areaTree(levels, areas)).nearest(...at(9, 9.5), 1)).toEqual([
    { code: 'near', name: 'near', level: 'grid', distanceM: 373 },
  ]);
});

test('a version without areas places nothing', () => {
  const index = buildAreaIndex(areaTree(levels, []));
  expect(placeByPoint(at(0, 0), index)).toMatchObject({ status: 'unplaced', hints: [] });
});

describe('New York, whose data is real and not tidy', () => {
  const folder = new URL('../shared/data/nyc/', root);
  const why = existsSync(folder) ? null : `no data to check against in ${fileURLToPath(folder)}`;
  let known: Readonly<{ tree: AreaTree; report: ReturnType<typeof importAreas>['report'] }> | null = null;

  const newYork = () => (known ??= load());
  function load() {
    const cityLevels = ['city', 'borough', 'district'];
    const files = ['boroughs', 'community_districts'].map((name) => geojson(`../shared/data/nyc/${name}.geojson`));
    const mappings: readonly Mapping[] = [
      { when: 'BoroCode', code: 'BoroCode', name: 'BoroName', level: { const: 'borough' }, parent: { const: 'NYC' } },
      { code: 'BoroCD', name: 'BoroCD', level: { const: 'district' }, parent: { of: 'BoroCD', first: 1 } },
    ];
    const also = [{ code: 'NYC', name: 'New York', level: 'city', parent: null, scheme: 'free', shape: null } as const];
    const features = files.flatMap((file) => file.features);
    const { areas, report } = importAreas(
      { type: 'FeatureCollection', features },
      { levels: cityLevels, mappings, also },
      areaOverlay([-74, 40.7]),
    );
    return { tree: areaTree(cityLevels, areas), report };
  }

  test('12 districts leave their borough: warnings, nothing that blocks', ({ skip }) => {
    if (why) skip(why);
    const { report } = newYork();
    const outside = report.warnings.filter(({ code }) => code === 'outside-parent');
    expect(report).toMatchObject({ blocking: [], counts: { city: 1, borough: 5, district: 71 } });
    expect(outside.map(({ area }) => area).sort()).toEqual([
      '207',
      '208',
      '210',
      '301',
      '302',
      '306',
      '315',
      '318',
      '401',
      '402',
      '410',
      '414',
    ]);
    const most = outside.toSorted((a, b) => b.m2! - a.m2!)[0]!;
    expect(most).toMatchObject({ area: '401', other: '4' });
    expect(most.m2! / 1e6).toBeCloseTo(1.66, 1);
  });

  test("all 81 requests with a point and a board are placed in the city's own district", ({ skip }) => {
    if (why) skip(why);
    const index = buildAreaIndex(newYork().tree);
    const boroughs = ['', 'MANHATTAN', 'BRONX', 'BROOKLYN', 'QUEENS', 'STATEN ISLAND'];
    const rows: readonly Record<string, string>[] = parse(read('../shared/data/nyc/requests-100.csv'), {
      columns: true,
    });
    const expected = rows.flatMap((row) => {
      const [, number, borough] = /^(\d\d) (.+)$/.exec(row['Community Board'] ?? '') ?? [];
      if (!number || !borough || !row.Longitude || !row.Latitude) return [];
      return [
        {
          point: [Number(row.Longitude), Number(row.Latitude)] as const,
          path: ['NYC', boroughs.indexOf(borough), `${boroughs.indexOf(borough)}${number}`],
        },
      ];
    });
    expect(expected).toHaveLength(81);
    for (const { point, path } of expected)
      expect(placeByPoint(point, index).path.map(({ code }) => code)).toEqual(path.map(String));
  });
});
