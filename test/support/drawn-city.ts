import { type Area, type AreaTree, areaTree } from '../../src/domain/area.ts';
import { nameTable } from '../../src/domain/area-names.ts';
import { bbox, distanceM, type MultiPolygon, type Position, type Ring } from '../../src/domain/geometry.ts';
import type { AreaIndex, BoundaryRoad } from '../../src/domain/placement.ts';

export const levels = ['city', 'district', 'street', 'community', 'grid', 'building'];

/** The side of a drawn cell, in degrees: a power of two, so that its corners are exact. About 870 m to the north. */
export const cell = 2 ** -7;

/** The place `x` cells east and `y` cells south of the city's north-western corner (104, 31). */
export const at = (x: number, y: number): Position => [104 + x * cell, 31 - y * cell];

/** A closed ring through corners given in cells. */
export const ring = (...corners: readonly (readonly [x: number, y: number])[]): Ring =>
  [...corners, ...corners.slice(0, 1)].map(([x, y]) => at(x, y));

/** The outline of `width` by `height` cells with its north-western corner at x, y. */
export const box = (x: number, y: number, width = 1, height = 1): MultiPolygon => [
  [ring([x, y], [x + width, y], [x + width, y + height], [x, y + height])],
];

/** An area with what a test does not care about filled in. */
export const area = (code: string, given: Partial<Area> = {}): Area => ({
  code,
  name: code,
  level: 'grid',
  parent: null,
  scheme: 'free',
  shape: null,
  ...given,
});

/** Grids drawn in letters: every place a letter stands is a square cell of the grid of that name. */
export function grids(drawing: string, parent: string | null = null): readonly Area[] {
  const cells = drawing
    .trim()
    .split('\n')
    .flatMap((row, y) =>
      row
        .trim()
        .split('')
        .map((letter, x) => ({ letter, polygon: box(x, y)[0]! })),
    )
    .filter(({ letter }) => letter !== '.');
  return [...Map.groupBy(cells, ({ letter }) => letter)].map(([letter, found]) =>
    area(letter, { parent, shape: found.map(({ polygon }) => polygon) }),
  );
}

/** An index that looks at everything: what the real one must agree with. */
export function plainIndex(areas: readonly Area[], roads: readonly BoundaryRoad[] = []): AreaIndex {
  const tree: AreaTree = areaTree(levels, areas);
  const pieces = areas.flatMap((on) => (on.shape ?? []).map((polygon) => ({ area: on, polygon })));
  return {
    versionId: 'v1',
    tree,
    names: nameTable(tree),
    candidatesAt: (lon, lat) =>
      pieces.filter(({ polygon }) => {
        const [west, south, east, north] = bbox([polygon]);
        return lon >= west && lon <= east && lat >= south && lat <= north;
      }),
    nearest: (lon, lat, n) =>
      areas
        .filter(({ code, shape }) => shape && !tree.children(code).some((child) => child.shape))
        .map(({ code, name, level, shape }) => ({
          code,
          name,
          level,
          distanceM: Math.round(distanceM([lon, lat], shape!)),
        }))
        .toSorted((a, b) => a.distanceM - b.distanceM || (a.code < b.code ? -1 : 1))
        .slice(0, n),
    roadsNear: () => roads,
  };
}

/**
 * A city of `size` by `size` grids whose inner corners are pushed about by `pushes` (each -1 to 1), so that nearly every
 * edge is slanted and shared. Corners lie on a fine lattice; half way between two of them is exact.
 */
export function slantedGrids(size: number, pushes: readonly number[]): readonly Area[] {
  const push = (i: number): number => Math.round((pushes[i % pushes.length] ?? 0) * 0.3 * 1024) / 1024;
  const rim = (n: number): boolean => n === 0 || n === size;
  const corner = (x: number, y: number): readonly [number, number] => {
    const i = 2 * (y * (size + 1) + x);
    return [x + (rim(x) ? 0 : push(i)), y + (rim(y) ? 0 : push(i + 1))];
  };
  return Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [i % size, Math.floor(i / size)];
    const corners = [corner(x, y), corner(x + 1, y), corner(x + 1, y + 1), corner(x, y + 1)];
    const turned = [...corners.slice(i % 4), ...corners.slice(0, i % 4)];
    return area(String(i).padStart(3, '0'), { shape: [[ring(...(i % 3 === 0 ? turned.toReversed() : turned))]] });
  });
}
