import { sightOf } from '../domain/visibility.ts';
import type { Actor } from '../domain/work-order.ts';
import type { Deps } from './deps.ts';

/** Whose refused pushes somebody reads: those of and at these units; null reads all, for whoever works for no unit. */
export function pushesSeenBy({ city }: Pick<Deps, 'city'>, actor: Actor): readonly string[] | null {
  const { all, unit, units } = sightOf(actor, city().city);
  return all || unit === null ? null : units;
}
