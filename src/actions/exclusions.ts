import { sightOf } from '../domain/visibility.ts';
import type { Actor } from '../domain/work-order.ts';
import { type ExclusionFilter, type ExclusionRow, exclusionLedger } from '../reports/exclusions.ts';
import type { Deps } from './deps.ts';

/** What the ledger is asked for: of one unit, or of all within sight. */
export type ExclusionsAsked = Omit<ExclusionFilter, 'units'> & Readonly<{ unit?: string | undefined }>;

/** The ledger of exclusions (剔除台账) within sight, the last asked first. Who was drawn to decide is for overseers alone. */
export async function listExclusions(
  deps: Deps,
  { unit, ...filter }: ExclusionsAsked,
  actor: Actor,
): Promise<readonly ExclusionRow[]> {
  const sight = sightOf(actor, deps.city().city);
  const within = (code: string): boolean => sight.all || sight.units.includes(code);
  const mine = sight.all ? ('all' as const) : sight.units;
  const units = unit === undefined ? mine : [unit].filter(within);
  const found = await exclusionLedger(deps.reading, { ...filter, units });
  return sight.all ? found : found.map((row) => ({ ...row, seats: null }));
}
