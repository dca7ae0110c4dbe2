import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  areaM2,
  contains,
  distanceM,
  lineDistanceM,
  onBoundary,
  type Position,
  relation,
  ringAreaM2,
  side,
} from '../../src/domain/geometry.ts';
import { ringFault } from '../../src/domain/ring.ts';
import { at, box, ring, slantedGrids } from '../support/drawn-city.ts';

const size = 4;
const pushes = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 50, maxLength: 50 });
const inside = fc.double({ min: 0.001, max: 0.999, noNaN: true });

describe('on slanted shared edges', () => {
  test('a point is inside one grid, or on the edge of two or more: never in none, never in two', () => {
    const nearEdge = fc.record({
      grid: fc.nat(size * size - 1),
      edge: fc.nat(3),
      along: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(pushes, fc.array(nearEdge, { minLength: 10, maxLength: 10 }), (push, points) => {
        const areas = slantedGrids(size, push);
        for (const { grid, edge, along } of points) {
          const outline = areas[grid]!.shape![0]![0]!;
          const [a, b] = [outline[edge]!, outline[edge + 1]!];
          const point: Position = [a[0] + (b[0] - a[0]) * along, a[1] + (b[1] - a[1]) * along];
          const where = areas.map(({ shape }) => relation(point, shape!));
          const isRim = [0, size].some((n) => point[0] === at(n, n)[0] || point[1] === at(n, n)[1]);
          const within = where.filter((w) => w === 'inside').length;
          const touching = where.filter((w) => w === 'boundary').length;
          if (!isRim) expect(within === 1 ? touching === 0 : within === 0 && touching >= 2, where.join()).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('any point of the city is in a grid', () => {
    fc.assert(
      fc.property(pushes, inside, inside, (push, x, y) => {
        const point = at(x * size, y * size);
        expect(slantedGrids(size, push).filter(({ shape }) => contains(point, shape!)).length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  test('half way along an edge and in its corners, both neighbours say: on the boundary', () => {
    fc.assert(
      fc.property(pushes, fc.nat(size * size - 1), fc.nat(3), (push, grid, edge) => {
        const areas = slantedGrids(size, push);
        const outline = areas[grid]!.shape![0]![0]!;
        const [a, b] = [outline[edge]!, outline[edge + 1]!];
        for (const point of [a, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] as const]) {
          const owners = areas.filter(({ shape }) => onBoundary(point, shape!));
          const isRim = [0, size].some((n) => point[0] === at(n, n)[0] || point[1] === at(n, n)[1]);
          expect(owners.length).toBeGreaterThanOrEqual(isRim ? 1 : 2);
          expect(areas.filter(({ shape }) => relation(point, shape!) === 'inside')).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });
});

test('the side of a line is exact: it is the same from every corner of the triangle, and turns with direction', () => {
  const near = fc.integer({ min: -3, max: 3 }).map((ulps) => ulps * 2 ** -46);
  const positions = fc.tuple(fc.double({ min: 0.1, max: 1, noNaN: true }), near, near, fc.integer({ min: 2, max: 30 }));
  fc.assert(
    fc.property(positions, ([slope, dx, dy, far]) => {
      const a: Position = [104, 30.5];
      const b: Position = [104 + 1, 30.5 + slope];
      const p: Position = [104 + 1 / far + dx, 30.5 + slope / far + dy];
      expect([side(b, p, a), side(p, a, b), side(b, a, p) || 0]).toEqual([
        side(a, b, p),
        side(a, b, p),
        -side(a, b, p) || 0,
      ]);
    }),
  );
  const steps = Array.from({ length: 20 }, (_, i) => 0.5 + i * 2 ** -53);
  const [first, second]: readonly [Position, Position] = [
    [8.8, 8.8],
    [12.1, 12.1],
  ];
  for (const x of steps) // where plain subtraction rounds to the wrong side
    for (const y of steps)
      expect([side(first, second, [x, y]), side(second, [x, y], first), side([x, y], first, second)]).toEqual(
        Array(3).fill(Math.sign(y - x)),
      );
  expect(side([0, 0], [3, 1], [1.5, 0.5])).toBe(0);
  expect(side([0, 0], [1, 1], [0.5, 0.5 + 2 ** -53])).toBe(1);
});

test('a hole is outside, its edge is boundary, and so is what lies in it', () => {
  const ringed = [[box(0, 0, 3, 3)[0]![0]!, box(1, 1)[0]![0]!]];
  expect(relation(at(1.5, 1.5), ringed)).toBe('outside');
  expect(relation(at(1, 1.5), ringed)).toBe('boundary');
  expect(relation(at(0.5, 1.5), ringed)).toBe('inside');
  expect(areaM2(ringed)).toBeCloseTo(areaM2(box(0, 0, 3, 3)) - areaM2(box(1, 1)), 3);
});

test('square metres are those of the sphere of equal area, and cutting a shape changes no sum', () => {
  const degree = [
    [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
        [0, 0],
      ],
    ],
  ] as const;
  expect(areaM2(degree) / 1e6).toBeCloseTo(12_364.2, 0);
  fc.assert(
    fc.property(inside, inside, (x, y) => {
      const [north, cut, south] = [at(x * 100, 0), at(y * 100, 50), at(10, 100)];
      const whole = ringAreaM2([north, [103, 30.7], south, [105, 30.6], north]);
      const west = ringAreaM2([north, [103, 30.7], south, cut, north]);
      const east = ringAreaM2([north, cut, south, [105, 30.6], north]);
      expect(west + east).toBeCloseTo(whole, 0);
    }),
    { numRuns: 50 },
  );
});

test('metres to a shape are 0 in it and on its edge, and those to the nearest edge outside', () => {
  expect(distanceM(at(0.5, 0.5), box(0, 0))).toBe(0);
  expect(distanceM(at(1, 0.5), box(0, 0))).toBe(0);
  expect(distanceM(at(0.5, 2), box(0, 0))).toBeCloseTo(868.7, 0);
  expect(lineDistanceM(at(5, 1), [at(0, 0), at(10, 0)])).toBeCloseTo(868.7, 0);
  expect(lineDistanceM(at(0, 1), [at(0, 0)])).toBeCloseTo(868.7, 0);
});

test.each([
  ['a square', ring([0, 0], [1, 0], [1, 1], [0, 1]), null],
  ['a position given twice in a row', ring([0, 0], [1, 0], [1, 0], [1, 1]), null],
  ['no list', 'ring', 'not-positions'],
  ['positions of one number', [[1], [2], [3], [1]], 'not-positions'],
  [
    'not a number',
    [
      [0, 0],
      [1, Number.NaN],
      [1, 1],
      [0, 0],
    ],
    'not-finite',
  ],
  [
    'off the earth',
    [
      [0, 0],
      [181, 0],
      [1, 1],
      [0, 0],
    ],
    'out-of-range',
  ],
  [
    'a line there and back',
    [
      [0, 0],
      [1, 0],
      [0, 0],
    ],
    'too-short',
  ],
  [
    'an open ring',
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ],
    'not-closed',
  ],
  [
    'no area',
    [
      [0, 0],
      [1, 1],
      [2, 2],
      [0, 0],
    ],
    'no-area',
  ],
  ['a bow tie', ring([0, 0], [2, 2], [2, 0], [0, 3]), 'crosses-itself'],
  ['a spike', ring([0, 0], [1, 0], [1, 1], [1, 3], [1, 1], [0, 1]), 'crosses-itself'],
  ['a spike along an edge', ring([0, 0], [4, 0], [2, 0], [2, 4]), 'crosses-itself'],
  ['a spike of several edges', ring([0, 0], [1, 0], [1, 1], [1, 3], [1, 2], [1, 1], [0, 1]), 'crosses-itself'],
  ['a corner on another edge', ring([0, 0], [4, 0], [4, 4], [2, 0], [0, 4]), 'crosses-itself'],
  ['running back along itself', ring([0, 0], [4, 0], [4, 4], [3, 4], [3, 0], [1, 0], [1, 4], [0, 4]), 'crosses-itself'],
  ['two loops that meet in a corner', ring([0, 0], [1, 1], [3, 1], [3, 3], [1, 1], [0, 2]), 'crosses-itself'],
])('a ring that is %s', (_, given, fault) => {
  expect(ringFault(given)?.fault ?? null).toBe(fault);
});

test('a long ring is judged in a moment', () => {
  const corners = Array.from({ length: 50_000 }, (_, i): readonly [number, number] => {
    const reach = 10 + (i % 2) * 0.001;
    return [Math.cos((i / 25_000) * Math.PI) * reach, Math.sin((i / 25_000) * Math.PI) * reach];
  });
  expect(ringFault(ring(...corners))).toBeNull();
});
