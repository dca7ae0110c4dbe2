import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areaTree } from '../../src/domain/area.ts';
import { area, levels } from '../support/drawn-city.ts';

const tree = areaTree(levels, [
  area('G2', { parent: 'C' }),
  area('G1', { parent: 'C' }),
  area('C', { parent: 'S', level: 'community' }),
  area('S', { parent: 'elsewhere', level: 'street' }),
  area('T', { level: 'street' }),
]);

test('a path runs from the root to the area itself', () => {
  expect(tree.path('G1').map(({ code }) => code)).toEqual(['S', 'C', 'G1']);
  expect(tree.path('nowhere')).toEqual([]);
});

test('children come by code, and an area whose parent is not here is a root', () => {
  expect(tree.children('C').map(({ code }) => code)).toEqual(['G1', 'G2']);
  expect(tree.children(null).map(({ code }) => code)).toEqual(['S', 'T']);
});

test('an area is within itself and what its path names, and within nothing else', () => {
  const parents = fc.array(fc.nat(), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(parents, (given) => {
      const areas = given.map((n, i) =>
        area(`a${i}`, { parent: i === 0 || n % (i + 1) === i ? null : `a${n % (i + 1)}` }),
      );
      const any = areaTree(levels, areas);
      for (const one of areas)
        for (const other of areas) expect(any.isWithin(one.code, other.code)).toBe(any.path(one.code).includes(other));
    }),
    { numRuns: 50 },
  );
  expect([tree.isWithin('nowhere', 'S'), tree.isWithin('S', 'nowhere')]).toEqual([false, false]);
});

test('a code used twice and a circle are bugs of the caller, and said so', () => {
  expect(() => areaTree(levels, [area('A'), area('A')])).toThrow('more than once');
  expect(() => areaTree(levels, [area('A', { parent: 'B' }), area('B', { parent: 'A' })])).toThrow('own ancestors');
});
