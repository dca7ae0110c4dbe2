import { type Span, spanFault } from '../domain/period.ts';
import type { Refusal } from '../domain/refusal.ts';
import { sightOf } from '../domain/visibility.ts';
import type { Actor } from '../domain/work-order.ts';
import { type RefusedPushes, refusedPushes } from '../reports/refused-pushes.ts';
import type { Deps } from './deps.ts';

/**
 * What was to be given to streets and communities in a span and was refused, to one unit or to any: all of it for whoever
 * works for no unit, else what units within sight pushed or were to be given.
 */
export async function listRefusedPushes(
  deps: Deps,
  { unit: pushedUnit = null, from, to }: Span & Readonly<{ unit?: string | null | undefined }>,
  actor: Actor,
): Promise<RefusedPushes | Refusal> {
  const { all, unit, units } = sightOf(actor, deps.city().city);
  return (
    spanFault({ from, to }) ??
    refusedPushes(deps.reading, { from, to, units: all || unit === null ? null : units, pushedUnit })
  );
}
