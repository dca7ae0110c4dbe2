import { createHash } from 'node:crypto';
import type { Deps } from '../actions/deps.ts';
import { place } from '../domain/placement.ts';
import { instant } from '../domain/time.ts';
import { keepLives } from './city-year-keep.ts';
import { lots, type World } from './city-year-life.ts';
import { type Born, yearOfRequests } from './city-year-requests.ts';

/** The year that is lived, and when it is counted: long enough after it that everything is over that ever will be. */
export const year = 2026;
export const countedAt = instant('2027-06-01T09:00:00+08:00');
const atOnce = 400;

/** The requests of the year with their lives; the same seed draws the same. */
export function drawYear(deps: Pick<Deps, 'city' | 'now'>, seed: number): () => readonly Born[] {
  const { city, ladder, powers, areasAt } = deps.city();
  const index = areasAt(deps.now());
  const world: World = {
    city,
    ladder,
    powers,
    seedFor: (name) => createHash('sha256').update(`${seed} ${name}`).digest('hex'),
    placed: (areaCode) => place({ areaCode }, index),
  };
  const grids = index.tree.areas.filter(({ level }) => level === 'grid').map(({ code }) => code);
  return yearOfRequests(world, lots(seed), year, grids);
}

/** Lives and keeps so many orders. `progress` hears how many there are. */
export async function liveYear(
  deps: Deps,
  { orders, seed }: Readonly<{ orders: number; seed: number }>,
  progress: (orders: number) => void = () => {},
): Promise<number> {
  const next = drawYear(deps, seed);
  let kept = 0;
  while (kept < orders) {
    const born: Born[] = [];
    while (born.length < Math.min(atOnce, orders - kept)) born.push(...next());
    await keepLives(deps.pool, born, deps.city());
    kept += born.length;
    progress(kept);
  }
  return kept;
}
