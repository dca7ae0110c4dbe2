import type { AreaTree } from './area.ts';

/** The posts that serve an area, by id: the grid worker (holder A) and the stand-in (B). */
export type AreaPosts = Readonly<{ worker: string | null; standIn: string | null }>;

export const requirements = ['worker', 'stand_in', 'community', 'street'] as const;
export type Requirement = (typeof requirements)[number];

/** A grid that lacks something. */
export type Blank = Readonly<{ code: string; name: string; missing: readonly Requirement[] }>;

/** How far the city is covered: `grids` of which `covered` lack nothing; the others are listed (消除空白). */
export type Coverage = Readonly<{ grids: number; covered: number; blanks: readonly Blank[] }>;

/** What the levels that matter here are called in this city. */
export type CoverageLevels = Readonly<{ grid: string; community: string; street: string }>;

/** Checks that every grid has a worker, a stand-in who is somebody else, a community and a street. Blanks come by code. */
export function coverage(
  tree: AreaTree,
  posts: ReadonlyMap<string, AreaPosts>,
  levels: CoverageLevels = { grid: 'grid', community: 'community', street: 'street' },
): Coverage {
  const grids = tree.areas.filter(({ level }) => level === levels.grid);
  const blanks = grids
    .map(({ code, name }): Blank => {
      const { worker = null, standIn = null } = posts.get(code) ?? {};
      const above = new Set(tree.path(code).map(({ level }) => level));
      const has: Record<Requirement, boolean> = {
        worker: worker !== null,
        stand_in: standIn !== null && standIn !== worker,
        community: above.has(levels.community),
        street: above.has(levels.street),
      };
      return { code, name, missing: requirements.filter((what) => !has[what]) };
    })
    .filter(({ missing }) => missing.length > 0)
    .toSorted((a, b) => (a.code < b.code ? -1 : 1));
  return { grids: grids.length, covered: grids.length - blanks.length, blanks };
}
