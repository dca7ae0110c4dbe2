import { isUnder } from '../domain/city.ts';
import { isHolder } from '../domain/powers.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';
import { type Deps, powerSettingOf } from './deps.ts';

/** Whoever counts for the whole city reads every figure; a unit its own and those below it. */
const unitsOwn = ['unit_clerk', 'unit_leader', 'street_centre', 'community_clerk', 'grid_worker'] as const;

/** The holders of the coordination power that a street or district stands for: itself, and those below it. */
export function streetsWithPower(
  deps: Deps,
  code: string,
  level: 'street' | 'district',
  actor: Actor,
): Readonly<{ kind: 'found'; streets: readonly string[] }> | Refusal {
  const setting = powerSettingOf(deps, actor);
  const { city } = setting;
  const isOnlyUnits = actor.roles.every((role) => (unitsOwn as readonly string[]).includes(role));
  const isIn = !isOnlyUnits || (actor.unit !== null && isUnder(city, code, actor.unit));
  if (city.units.get(code)?.kind !== level || !isIn) return refuse('not-found');
  const below = [...city.units.keys()].filter((unit) => isUnder(city, unit, code));
  return { kind: 'found', streets: below.filter((unit) => isHolder(unit, 'coordination', setting)) };
}
