import type pg from 'pg';
import { underLadder } from '../domain/ladder-change.ts';
import { defaultLadder } from '../domain/ladder-rows.ts';
import type { Instant } from '../domain/time.ts';
import { theSystem } from '../domain/work-order.ts';
import { appliedLadder, markApplied } from '../store/ladders.ts';
import { changeClocks } from './clocked.ts';
import { type Deps, settingOf } from './deps.ts';

/** The version every clock is known to climb by, by pool. */
const known = new WeakMap<pg.Pool, string>();

/** When the next ladder begins that is known to come by `by`. */
export const nextLadderAt = ({ now, city }: Pick<Deps, 'now' | 'city'>, by: Instant): Instant | null =>
  city().ladders.find(({ validFrom }) => validFrom > now() && validFrom <= by)?.validFrom ?? null;

/**
 * Where another ladder has come into force, works out the next moment of every clock anew, a batch at a time; rungs whose
 * moment was over by then never fire. Done again, as after a crash, it changes nothing more.
 */
export async function applyLadder(deps: Deps): Promise<void> {
  const { pool } = deps;
  const { ladder: to } = deps.city();
  if (known.get(pool) === to.version) return;
  const from = (await appliedLadder(pool)) ?? defaultLadder;
  if (from.version !== to.version) {
    await changeClocks(deps, theSystem, (of) => underLadder(of, { from, to }, settingOf(deps, theSystem)));
    await markApplied(pool, to);
    deps.log.info({ before: from.version, after: to.version }, 'clocks climb by another ladder');
  }
  known.set(pool, to.version);
}
