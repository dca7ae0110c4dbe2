import type { Area, AreaTree } from './area.ts';
import { type NameTable, type Reading, readAddress, readName } from './area-names.ts';
import { lineDistanceM, type Polygon, type Position, relationTo } from './geometry.ts';

/** How the place was found, most precise first; `by_hand` is a person's decision. */
export const placeMethods = ['by_hand', 'area_code', 'point', 'building', 'address', 'name', 'none'] as const;
export type PlaceMethod = (typeof placeMethods)[number];

export type PathStep = Readonly<{ level: string; code: string; name: string }>;
/** An area that may be meant. `distanceM` is null where no point was given. */
export type Hint = Readonly<{ code: string; name: string; level: string; distanceM: number | null }>;
/** Why a point between several areas went to this one. */
export type Edge = Readonly<{
  rule: 'boundary_road' | 'smallest_code';
  road: string | null;
  between: readonly string[];
}>;

/** Where a request belongs: the path from the city to the deepest area, or hints for the person who will place it. */
export type Placement = Readonly<{
  status: 'placed' | 'unplaced' | 'not_needed';
  method: PlaceMethod;
  /** 0 to 1: what the method is worth, not a measured probability. */
  confidence: number;
  path: readonly PathStep[];
  hints: readonly Hint[];
  edge: Edge | null;
  /** The version of the areas that was asked. */
  versionId: string | null;
}>;

/** A row of the agreed boundary-road table (路段责任表): within `toleranceM` of `line`, `areaCode` is responsible. */
export type BoundaryRoad = Readonly<{
  id: string;
  line: readonly Position[];
  toleranceM: number;
  areaCode: string;
  /** Only for points that would otherwise go to one of these areas or into one below; null: for every point. */
  between: readonly string[] | null;
}>;

/** One polygon of an area. */
export type Piece = Readonly<{ area: Area; polygon: Polygon }>;

/** One version of the areas, indexed. The functions may offer too much (boxes); what is exact is decided here. */
export type AreaIndex = Readonly<{
  versionId: string | null;
  tree: AreaTree;
  names: NameTable;
  candidatesAt: (lon: number, lat: number) => readonly Piece[];
  /** The `n` nearest of the deepest areas, nearest first. */
  nearest: (lon: number, lat: number, n: number) => readonly Hint[];
  roadsNear: (lon: number, lat: number) => readonly BoundaryRoad[];
}>;

/** What is known about a place, in WGS 84. Absent, null and blank all mean: not given. */
export type PlaceInput = Readonly<{
  areaCode?: string | null | undefined;
  point?: Position | null | undefined;
  /** Code of a building or of a known address, which is an area of its own. */
  buildingCode?: string | null | undefined;
  address?: string | null | undefined;
  /** Name of a street or community. */
  name?: string | null | undefined;
}>;

const hintCount = 5;
const confidences = { by_hand: 1, area_code: 1, point: 1, building: 0.95, address: 0.7, name: 0.6, none: 0 } as const;
const edgeConfidence = 0.9;

/**
 * Places by the most precise thing given. A code nobody knows counts as not given; a point outside every area is
 * unplaced even if an address follows, for then one of the two is wrong. Never guesses.
 */
export function place(input: PlaceInput, index: AreaIndex): Placement {
  const { tree, names } = index;
  const area = tree.byCode.get(input.areaCode ?? '');
  if (area) return placed('area_code', area, index);
  if (input.point) return placeByPoint(input.point, index);
  const building = tree.byCode.get(input.buildingCode ?? '');
  if (building) return placed('building', building, index);
  const address = read('address', readAddress(input.address ?? '', names), index);
  if (address.status === 'placed') return address;
  const name = read('name', readName(input.name ?? '', names), index);
  return name.status === 'placed' || address.hints.length === 0 ? name : address;
}

/**
 * Places a WGS 84 point. The boundary-road table decides first; then the deepest polygon wins, its edge belonging to
 * it, and among several of the same level the smallest code. Outside all of them: unplaced, with the nearest.
 */
export function placeByPoint(point: Position, index: AreaIndex): Placement {
  const { tree } = index;
  const [lon, lat] = point;
  const here = deepestAt(point, index);
  const road = roadAt(point, here, index);
  const agreed = road && tree.byCode.get(road.areaCode);
  if (agreed) {
    const area = here.find(({ code }) => tree.isWithin(code, agreed.code)) ?? agreed;
    return {
      ...placed('point', area, index),
      edge: { rule: 'boundary_road', road: road.id, between: here.map(({ code }) => code) },
    };
  }
  const [smallest] = here;
  if (!smallest) return unplaced(index.nearest(lon, lat, hintCount), index);
  if (here.length === 1) return placed('point', smallest, index);
  const edge = { rule: 'smallest_code', road: null, between: here.map(({ code }) => code) } as const;
  return { ...placed('point', smallest, index), confidence: edgeConfidence, edge };
}

/** A person places what was unplaced: by an area's code or by a point. Null if the code is unknown, or no area is there. */
export function placeByHand(where: string | Position, index: AreaIndex): Placement | null {
  const found = typeof where === 'string' ? index.tree.byCode.get(where) : undefined;
  if (found) return placed('by_hand', found, index);
  if (typeof where === 'string') return null;
  const at = placeByPoint(where, index);
  return at.status === 'placed' ? { ...at, method: 'by_hand', confidence: confidences.by_hand } : null;
}

/** The placement of a request whose category needs no place. */
export const notNeeded = (versionId: string | null): Placement => ({
  status: 'not_needed',
  method: 'none',
  confidence: 1,
  path: [],
  hints: [],
  edge: null,
  versionId,
});

/** The areas at the point, of the deepest level that has one there, by code. */
function deepestAt(point: Position, { tree, candidatesAt }: AreaIndex): readonly Area[] {
  const pieces = candidatesAt(point[0], point[1]).toSorted((a, b) => tree.depth(b.area) - tree.depth(a.area));
  const found = new Set<Area>();
  let depth = -1;
  for (const { area, polygon } of pieces) {
    if (found.size > 0 && tree.depth(area) < depth) break;
    if (found.has(area) || relationTo(point, polygon) === 'outside') continue;
    depth = tree.depth(area);
    found.add(area);
  }
  return found.size < 2 ? [...found] : [...found].toSorted((a, b) => (a.code < b.code ? -1 : 1));
}

/** The nearest agreed road the point is on; the smaller area code of two equally near. */
function roadAt(point: Position, here: readonly Area[], { tree, roadsNear }: AreaIndex): BoundaryRoad | null {
  const [nearest] = roadsNear(point[0], point[1])
    .filter(
      ({ between }) => between === null || here.some(({ code }) => between.some((side) => tree.isWithin(code, side))),
    )
    .map((road) => ({ road, distance: lineDistanceM(point, road.line) }))
    .filter(({ road, distance }) => distance <= road.toleranceM)
    .toSorted((a, b) => a.distance - b.distance || (a.road.areaCode < b.road.areaCode ? -1 : 1));
  return nearest?.road ?? null;
}

function read(method: 'address' | 'name', reading: Reading, index: AreaIndex): Placement {
  if (reading.area) return placed(method, reading.area, index);
  return unplaced(
    reading.candidates.slice(0, hintCount).map(({ code, name, level }) => ({ code, name, level, distanceM: null })),
    index,
  );
}

const placed = (method: PlaceMethod, { code }: Area, { tree, versionId }: AreaIndex): Placement => ({
  status: 'placed',
  method,
  confidence: confidences[method],
  path: tree.path(code).map((step) => ({ level: step.level, code: step.code, name: step.name })),
  hints: [],
  edge: null,
  versionId,
});

const unplaced = (hints: readonly Hint[], { versionId }: AreaIndex): Placement => ({
  status: 'unplaced',
  method: 'none',
  confidence: confidences.none,
  path: [],
  hints,
  edge: null,
  versionId,
});
