import { expect, test } from 'vitest';
import { areaTree } from '../../src/domain/area.ts';
import { type AreaPosts, coverage } from '../../src/domain/coverage.ts';
import { area, levels } from '../support/drawn-city.ts';

const tree = areaTree(levels, [
  area('S', { level: 'street' }),
  area('C', { level: 'community', parent: 'S' }),
  area('G2', { parent: 'C' }),
  area('G1', { parent: 'C' }),
  area('G3', { parent: 'S' }),
]);
const full: AreaPosts = { worker: 'p1', standIn: 'p2' };
const blanks = (posts: Record<string, AreaPosts>) =>
  coverage(tree, new Map(Object.entries(posts))).blanks.map(({ code, missing }) => `${code}: ${missing.join()}`);

test('a grid with worker, stand-in, community and street is covered', () => {
  expect(coverage(tree, new Map([['G1', full]]))).toMatchObject({ grids: 3, covered: 1 });
});

test('every blank is listed with what is missing', () => {
  expect(blanks({ G1: full, G2: { worker: 'p1', standIn: null }, G3: full })).toEqual([
    'G2: stand_in',
    'G3: community',
  ]);
  expect(blanks({ G1: full, G3: { worker: null, standIn: 'p2' } })).toEqual([
    'G2: worker,stand_in',
    'G3: worker,community',
  ]);
});

test('nobody stands in for themselves', () => {
  expect(blanks({ G1: { worker: 'p1', standIn: 'p1' }, G2: full, G3: full })).toEqual([
    'G1: stand_in',
    'G3: community',
  ]);
});
test('a city without grids has no blanks', () => {
  expect(coverage(areaTree(levels, []), new Map())).toEqual({ grids: 0, covered: 0, blanks: [] });
});
