import type { Area } from '../domain/area.ts';
import { type AreaPosts, type Coverage, coverage } from '../domain/coverage.ts';
import { type Placement, place } from '../domain/placement.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import { type Coordinates, toWgs84 } from '../store/coordinates.ts';
import type { Deps } from './deps.ts';

/** An area with its path from the root to itself. */
export type AreaWithPath = Readonly<{ area: Area; path: readonly Area[]; versionId: string | null }>;

/** The areas that were valid at `at`, by code; only those of a level or directly below a parent where that is said. */
export function listAreas(
  { city }: Deps,
  at: Instant,
  { level, parent }: Readonly<{ level?: string | undefined; parent?: string | undefined }>,
): readonly Area[] | Refusal {
  const { tree } = city().areasAt(at);
  if (parent !== undefined && !tree.byCode.has(parent)) return refuse('area-unknown', { area: parent });
  const from = parent === undefined ? tree.areas : tree.children(parent);
  return from.filter((a) => level === undefined || a.level === level);
}

/** One area, by those valid at `at`. */
export function findArea({ city }: Deps, code: string, at: Instant): AreaWithPath | Refusal {
  const { tree, versionId } = city().areasAt(at);
  const area = tree.byCode.get(code);
  return area === undefined ? refuse('not-found') : { area, path: tree.path(code), versionId };
}

/** Where a point lies, by the areas valid at `at`. A point that is no place on earth is unplaced, without hints. */
export const locate = ({ city }: Deps, point: Coordinates, at: Instant): Placement =>
  place({ point: toWgs84(point) }, city().areasAt(at));

/** How far grid workers and their stand-ins cover the city as it is now (消除空白). */
export function cityCoverage({ city, now }: Deps): Coverage {
  const state = city();
  const posts = new Map<string, AreaPosts>();
  for (const { role, areas, holderA, holderB } of state.city.posts)
    if (role === 'grid_worker') for (const area of areas) posts.set(area, { worker: holderA, standIn: holderB });
  return coverage(state.areasAt(now()).tree, posts);
}
