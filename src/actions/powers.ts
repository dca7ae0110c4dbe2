import { isUnder, unitsUnder } from '../domain/city.ts';
import { type Span, spanFault } from '../domain/period.ts';
import { isHolder } from '../domain/powers.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';
import { type PowersByStreet, powersSummary } from '../reports/powers.ts';
import { type Deps, powerSettingOf } from './deps.ts';

/** Whoever counts for the whole city reads every figure; a unit its own and those below it. */
const unitsOwn = ['unit_clerk', 'unit_leader', 'street_centre', 'community_clerk', 'grid_worker'] as const;

/** What came in a span of the coordination power of a street, or of each street of a district. */
export async function lookAtPowers(
  deps: Deps,
  { code, level, ...span }: Span & Readonly<{ code: string; level: 'street' | 'district' }>,
  actor: Actor,
): Promise<PowersByStreet | Refusal> {
  const found = streetsWithPower(deps, code, level, actor);
  if (isRefusal(found)) return found;
  return spanFault(span) ?? powersSummary(deps.reading, found.streets, { ...span, now: deps.now() });
}

/** The holders of the coordination power that a street or district stands for: itself, and those below it. */
function streetsWithPower(
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
  return { kind: 'found', streets: unitsUnder(city, code).filter((unit) => isHolder(unit, 'coordination', setting)) };
}
