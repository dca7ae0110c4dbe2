import type { CodeSchemeName } from './code-scheme.ts';
import type { MultiPolygon } from './geometry.ts';

/** A node of the one tree of the city (辖区): city, district, street, community, grid, building, or whatever its levels are. */
export type Area = Readonly<{
  code: string;
  name: string;
  /** One of the level names of its version. */
  level: string;
  parent: string | null;
  scheme: CodeSchemeName;
  shape: MultiPolygon | null;
}>;

/** The areas of one version, ready to be asked. */
export type AreaTree = Readonly<{
  /** Level names, highest first. They are data: another city has others. */
  levels: readonly string[];
  areas: readonly Area[];
  byCode: ReadonlyMap<string, Area>;
  /** Position of the area's level among the levels: greater is deeper. -1 for a level the version does not know. */
  depth: (area: Area) => number;
  /** The areas directly below `code`, by code; the roots for null. */
  children: (code: string | null) => readonly Area[];
  /** From the root to the area itself; empty for an unknown code. */
  path: (code: string) => readonly Area[];
  /** Whether `code` is `ancestor` or lies below it. False when either is unknown. */
  isWithin: (code: string, ancestor: string) => boolean;
}>;

/** The tree of `areas`. One whose parent is not among them is a root. Throws on a code used twice and on a circle. */
export function areaTree(levels: readonly string[], areas: readonly Area[]): AreaTree {
  const byCode = new Map(areas.map((area) => [area.code, area]));
  if (byCode.size < areas.length) throw new Error(`${areas.length - byCode.size} area codes are used more than once`);
  const below = Map.groupBy(
    areas.toSorted((a, b) => (a.code < b.code ? -1 : 1)),
    (area) => (area.parent !== null && byCode.has(area.parent) ? area.parent : null),
  );
  const depths = new Map(levels.map((level, i) => [level, i]));
  const spans = numbered(below);
  if (spans.size < areas.length) throw new Error(`${areas.length - spans.size} areas are their own ancestors`);
  const paths = new Map<string, readonly Area[]>();

  const path = (code: string): readonly Area[] => {
    const area = byCode.get(code);
    if (!area) return [];
    const known = paths.get(code);
    if (known) return known;
    const found = [...(area.parent === null ? [] : path(area.parent)), area];
    paths.set(code, found);
    return found;
  };
  return {
    levels,
    areas,
    byCode,
    depth: (area) => depths.get(area.level) ?? -1,
    children: (code) => below.get(code) ?? [],
    path,
    isWithin: (code, ancestor) => {
      const one = spans.get(code);
      const other = spans.get(ancestor);
      return one !== undefined && other !== undefined && other.first <= one.first && one.first <= other.last;
    },
  };
}

/** Numbers every area so that those below it have the numbers `first` to `last`. */
function numbered(below: ReadonlyMap<string | null, readonly Area[]>) {
  const spans = new Map<string, { first: number; last: number }>();
  const visit = (code: string | null): void => {
    for (const area of below.get(code) ?? []) {
      const span = { first: spans.size, last: 0 };
      spans.set(area.code, span);
      visit(area.code);
      span.last = spans.size - 1;
    }
  };
  visit(null);
  return spans;
}
