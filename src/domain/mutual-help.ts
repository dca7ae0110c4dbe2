import { type City, isUnder, type Unit } from './city.ts';
import { isUrgent } from './request.ts';
import { isGuarded } from './routing.ts';
import type { Actor, WorkOrder } from './work-order.ts';

/**
 * Whether a street or community may be asked to assist whatever its duty list says (横向互联互动): lives are at stake or the
 * matter is urgent, the directory names it beside the lead, its own superior asks, or one street or community helps another.
 * Otherwise what a bureau, or the hotline for one, asks of it is a push like any other, and the admission guard (准入) holds.
 */
export function isMutualHelp(
  { urgency, category, routing, owner }: Pick<WorkOrder, 'urgency' | 'category' | 'routing' | 'owner'>,
  unit: Pick<Unit, 'code'>,
  { city, actor }: Readonly<{ city: City; actor: Actor }>,
): boolean {
  const matter = category === null ? undefined : city.categories.get(category);
  if (isUrgent(urgency) || matter?.safety === true) return true;
  if ([...routing.coHandlers, ...(matter?.coHandlers ?? [])].includes(unit.code)) return true;
  const asker = city.units.get(actor.unit ?? '');
  if (asker === undefined || asker.kind === 'hotline_centre') return isGuarded(city.units.get(owner));
  return isGuarded(asker) || (asker.kind === 'district' && isUnder(city, unit.code, asker.code));
}
