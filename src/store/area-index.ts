import Flatbush from 'flatbush';
import type { Area, AreaTree } from '../domain/area.ts';
import { nameTable } from '../domain/area-names.ts';
import { type Bbox, bbox, distanceM, type MultiPolygon } from '../domain/geometry.ts';
import type { AreaIndex, BoundaryRoad, Hint, Piece } from '../domain/placement.ts';

const metresPerDegree = 111_000; // rounded down, so that boxes come out too large rather than too small

/** One version of the areas with its boundary roads, ready for placing: immutable, to be swapped as a whole. */
export function buildAreaIndex(
  tree: AreaTree,
  roads: readonly BoundaryRoad[] = [],
  versionId: string | null = null,
): AreaIndex {
  const pieces = tree.areas.flatMap((area): Piece[] => (area.shape ?? []).map((polygon) => ({ area, polygon })));
  const boxes = pieces.map(({ polygon }) => bbox([polygon]));
  const at = flatbush(boxes);
  const roadAt = flatbush(roads.map(roadBox));
  return {
    versionId,
    tree,
    names: nameTable(tree),
    candidatesAt: (lon, lat) => at?.search(lon, lat, lon, lat).map((i) => pieces[i]!) ?? [],
    nearest: nearestLeaf(pieces, tree),
    roadsNear: (lon, lat) => roadAt?.search(lon, lat, lon, lat).map((i) => roads[i]!) ?? [],
  };
}

/** Asks for ever more boxes until no farther one can hold a nearer shape. */
function nearestLeaf(all: readonly Piece[], tree: AreaTree): AreaIndex['nearest'] {
  const hasShapeBelow = new Set(all.map(({ area }) => area.parent));
  const pieces = all.filter(({ area }) => !hasShapeBelow.has(area.code) && tree.byCode.has(area.code));
  const boxes = pieces.map(({ polygon }) => bbox([polygon]));
  const middle =
    boxes.length === 0 ? 0 : boxes.reduce((sum, [, south, , north]) => sum + (south + north) / 2, 0) / boxes.length;
  const shrink = Math.cos((middle * Math.PI) / 180); // degrees of longitude and latitude become equally long
  const index = flatbush(boxes.map(([west, south, east, north]) => [west * shrink, south, east * shrink, north]));

  return (lon, lat, wanted) => {
    if (!index || wanted < 1) return [];
    for (let take = 2 * wanted; ; take *= 2) {
      const found = index.neighbors(lon * shrink, lat, take);
      const away = new Map<Area, number>();
      for (const i of found) {
        const { area, polygon } = pieces[i]!;
        away.set(area, Math.min(away.get(area) ?? Infinity, distanceM([lon, lat], [polygon])));
      }
      const nearest = [...away].toSorted(([a, m], [b, n]) => m - n || (a.code < b.code ? -1 : 1)).slice(0, wanted);
      const reach = distanceM([lon, lat], outline(boxes[found.at(-1)!]!)) * 0.98; // the index measures a little differently
      if (found.length === pieces.length || (nearest.length === wanted && nearest.at(-1)![1] <= reach))
        return nearest.map(hint);
    }
  };
}

const hint = ([{ code, name, level }, away]: readonly [Area, number]): Hint => ({
  code,
  name,
  level,
  distanceM: Math.round(away),
});

const outline = ([west, south, east, north]: Bbox): MultiPolygon => [
  [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
];

function roadBox({ line, toleranceM }: BoundaryRoad): Bbox {
  const [west, south, east, north] = bbox([[line]]);
  const up = toleranceM / metresPerDegree;
  const aside = up / Math.max(0.01, Math.cos((Math.max(Math.abs(south), Math.abs(north)) * Math.PI) / 180));
  return [west - aside, south - up, east + aside, north + up];
}

/** Flatbush refuses to be empty. */
function flatbush(boxes: readonly Bbox[]): Flatbush | null {
  if (boxes.length === 0) return null;
  const index = new Flatbush(boxes.length);
  for (const [west, south, east, north] of boxes) index.add(west, south, east, north);
  index.finish();
  return index;
}
