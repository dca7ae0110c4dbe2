import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Area } from '../../src/domain/area.ts';
import {
  type AreaIndex,
  type BoundaryRoad,
  notNeeded,
  type PlaceInput,
  place,
  placeByHand,
  placeByPoint,
} from '../../src/domain/placement.ts';
import { area, at, box, grids, plainIndex, slantedGrids } from '../support/drawn-city.ts';

const drawn = `
  ABE
  CD.
`;
const city: readonly Area[] = [
  area('city', { level: 'city', name: '成都市' }),
  area('S1', { level: 'street', name: '石羊街道', parent: 'city', shape: box(0, 0, 2, 2) }),
  area('S2', { level: 'street', name: '簇桥街道', parent: 'city', shape: box(2, 0, 2, 2) }),
  area('K1', { level: 'community', name: '锦城社区居委会', parent: 'S1', shape: box(0, 0, 2, 2) }),
  area('K2', { level: 'community', name: '锦城社区居委会', parent: 'S2', shape: box(2, 0, 1, 1) }),
  area('K3', { level: 'community', name: '新南路社区居委会', parent: 'S2' }),
  ...grids(drawn).map((grid) => ({ ...grid, parent: grid.code === 'E' ? 'K2' : 'K1' })),
  area('A-7', { level: 'building', name: '7栋', parent: 'A' }),
];
const index = plainIndex(city);
const deepest = (input: PlaceInput, on: AreaIndex = index) => place(input, on).path.at(-1)?.code ?? null;

describe('a point', () => {
  test.each([
    ['inside goes to its grid', 0.5, 0.5, 'A'],
    ['on the edge of two goes to the smallest code', 1, 0.5, 'A'],
    ['on the corner of four goes to the smallest code', 1, 1, 'A'],
    ['on an edge between streets goes to the smallest code', 2, 0.5, 'B'],
    ['on the rim belongs to the city', 0, 2, 'C'],
    ['where no grid is drawn goes to the deepest area there', 2.5, 1.5, 'S2'],
    ['outside every area is unplaced', 5, 0.5, null],
  ])('%s', (_, x, y, code) => expect(deepest({ point: at(x, y) })).toBe(code));

  test('is placed with its path from the city down, and the version that was asked', () => {
    expect(place({ point: at(0.5, 0.5) }, index)).toMatchObject({
      status: 'placed',
      method: 'point',
      confidence: 1,
      edge: null,
      versionId: 'v1',
    });
    expect(place({ point: at(0.5, 0.5) }, index).path.map(({ code }) => code)).toEqual(['city', 'S1', 'K1', 'A']);
  });

  test('on an edge says between which areas it was decided', () => {
    expect(place({ point: at(1, 1) }, index).edge).toEqual({
      rule: 'smallest_code',
      road: null,
      between: ['A', 'B', 'C', 'D'],
    });
  });

  test('outside every area comes with the nearest, and an address does not place it after all', () => {
    const outside = place({ point: at(5, 0.5), address: '石羊街道' }, index);
    expect(outside).toMatchObject({ status: 'unplaced', method: 'none', confidence: 0, path: [] });
    expect(outside.hints.map(({ code }) => code)).toEqual(['E', 'B', 'D', 'A', 'C']);
    expect(outside.hints[0]!.distanceM).toBeGreaterThan(1400);
  });

  test('of a city with slanted edges is in exactly one grid, the smallest of those it touches, in whatever order they are drawn', () => {
    const pushes = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(pushes, fc.nat(8), fc.nat(3), fc.constantFrom(0, 0.5, 0.3), (push, grid, edge, along) => {
        const areas = slantedGrids(3, push);
        const [a, b] = areas[grid]!.shape![0]![0]!.slice(edge, edge + 2);
        const point = [a![0] + (b![0] - a![0]) * along, a![1] + (b![1] - a![1]) * along] as const;
        const found = placeByPoint(point, plainIndex(areas));
        const turned = areas
          .toReversed()
          .map((on) => ({ ...on, shape: on.shape!.map((polygon) => polygon.map((r) => r.toReversed())) }));
        if (found.status === 'unplaced')
          expect(along).toBe(0.3); // beyond the rim by rounding
        else expect(found.path).toHaveLength(1);
        expect(placeByPoint(point, plainIndex(turned))).toEqual(found);
        const [owner] = found.edge?.between ?? [];
        if (owner) expect(found.path[0]?.code).toBe([...found.edge!.between].toSorted()[0]);
        const without = areas.filter(({ code }) => code === found.path[0]?.code || !found.edge?.between.includes(code));
        expect(placeByPoint(point, plainIndex(without)).path).toEqual(found.path);
      }),
      { numRuns: 150 },
    );
  });
});

describe('the agreed boundary-road table', () => {
  const road: BoundaryRoad = { id: 'R1', line: [at(1, 0), at(1, 2)], toleranceM: 20, areaCode: 'B', between: null };
  const on = (...roads: BoundaryRoad[]) => plainIndex(city, roads);
  const beside = at(1.01, 0.5); // 7 m east of the line

  test('comes before the smallest code', () => {
    expect(placeByPoint(at(1, 0.5), on(road))).toMatchObject({
      edge: { rule: 'boundary_road', road: 'R1', between: ['A', 'B'] },
    });
    expect(placeByPoint(at(1, 0.5), on(road)).path.at(-1)?.code).toBe('B');
  });
  test('holds as far as its tolerance, and no farther', () => {
    const forA = { ...road, areaCode: 'A' };
    expect(placeByPoint(beside, on(forA)).path.at(-1)?.code).toBe('A');
    expect(placeByPoint(beside, on({ ...forA, toleranceM: 5 })).path.at(-1)?.code).toBe('B');
  });
  test('holds only between the areas it names', () => {
    expect(placeByPoint(beside, on({ ...road, areaCode: 'A', between: ['S1'] })).path.at(-1)?.code).toBe('A');
    expect(placeByPoint(beside, on({ ...road, areaCode: 'A', between: ['S2'] })).path.at(-1)?.code).toBe('B');
  });
  test('may name a street: then the grid of that street at the point, or no grid', () => {
    const between = { ...road, line: [at(2, 0), at(2, 2)] };
    expect(placeByPoint(at(2, 0.5), on({ ...between, areaCode: 'S2' })).path.at(-1)?.code).toBe('E');
    expect(placeByPoint(at(1.99, 0.5), on({ ...between, areaCode: 'S2' })).path.at(-1)?.code).toBe('S2');
  });
  test('decides by the nearest road, and a row with an unknown area not at all', () => {
    const farther = { ...road, id: 'R2', line: [at(1.02, 0), at(1.02, 2)], areaCode: 'A' };
    expect(placeByPoint(at(1.001, 0.5), on(farther, road)).edge?.road).toBe('R1');
    expect(placeByPoint(at(1, 0.5), on({ ...road, areaCode: 'gone' })).edge?.rule).toBe('smallest_code');
  });
});

describe('the most precise input decides', () => {
  const all = { areaCode: 'D', point: at(0.5, 0.5), buildingCode: 'A-7', address: '石羊街道锦城社区3号', name: '簇桥' };
  test.each<[string, PlaceInput, string, string | null]>([
    ['area code', all, 'area_code', 'D'],
    ['coordinates', { ...all, areaCode: null }, 'point', 'A'],
    ['coordinates, when the area code is unknown', { ...all, areaCode: 'nowhere' }, 'point', 'A'],
    ['building', { ...all, areaCode: '', point: null }, 'building', 'A-7'],
    ['address', { address: all.address, name: all.name }, 'address', 'K1'],
    ['name', { address: '幸福路3号', name: all.name }, 'name', 'S2'],
    ['nothing', {}, 'none', null],
  ])('%s', (_, input, method, code) => {
    expect(place(input, index).method).toBe(method);
    expect(deepest(input)).toBe(code);
  });

  test('and the less precise it is, the less it is trusted', () => {
    const trust = [all, { buildingCode: 'A-7' }, { address: all.address }, { name: '簇桥' }, {}].map(
      (input) => place(input, index).confidence,
    );
    expect(trust).toEqual(trust.toSorted((a, b) => b - a));
    expect(new Set(trust).size).toBe(trust.length);
  });
});

describe('an address', () => {
  test.each([
    ['names street and community', '成都市石羊街道锦城社区附近', 'K1'],
    ['names them without a suffix', '石羊锦城', 'K1'],
    ['names the committee', '簇桥街道锦城社区居民委员会楼下', 'K2'],
    ['names a street alone', '石羊街道办事处门口', 'S1'],
    ['names a community that two streets have', '锦城社区3栋', null],
    ['names two streets', '石羊街道与簇桥街道交界处', null],
    ['names a second one in a word we do not know', '石羊街道兼簇桥街道', null],
    ['has a known name inside an unknown one of the street', '石羊街道东锦城社区', 'S1'],
    ['contradicts itself', '石羊街道新南路社区', null],
    ['has the name only inside another word', '大石羊街道', null],
    ['names a road that a community is called after', '新南路12号', null],
    ['names such a road without a number', '新南路附近', null],
    ['uses a bare name as part of a longer one', '石羊场', null],
    ['names nothing known', '幸福路3号', null],
  ])('that %s', (_, address, code) => expect(deepest({ address })).toBe(code));

  test('that is ambiguous is unplaced, with those it may mean', () => {
    const found = place({ address: '锦城社区3栋' }, index);
    expect(found).toMatchObject({ status: 'unplaced', method: 'none' });
    expect(found.hints).toEqual(
      ['K1', 'K2'].map((code) => ({ code, name: '锦城社区居委会', level: 'community', distanceM: null })),
    );
  });

  test('never leads to a grid', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('石羊', '街道', '锦城', '社区', 'A', '7栋', '新南路', ' ', '号'), { maxLength: 8 }),
        (words) => {
          expect(['K1', 'K2', 'K3', 'S1', 'S2', null]).toContain(deepest({ address: words.join('') }));
        },
      ),
    );
  });
});

test('a person places by code or point, and not where there is nothing', () => {
  expect(placeByHand('K3', index)).toMatchObject({ method: 'by_hand', status: 'placed', confidence: 1 });
  expect(placeByHand(at(0.5, 0.5), index)).toMatchObject({ method: 'by_hand', path: [{}, {}, {}, { code: 'A' }] });
  expect([placeByHand('nowhere', index), placeByHand(at(9, 9), index)]).toEqual([null, null]);
});

test('what needs no place has none', () => {
  expect(notNeeded('v1')).toMatchObject({ status: 'not_needed', path: [], versionId: 'v1' });
});
