import type { City, Role } from './city.ts';
import { isUnder } from './city.ts';
import type { Party } from './lifecycle.ts';
import { isPartyTo } from './panel.ts';
import { canSee, covers } from './visibility.ts';
import { type Actor, clientOf, type WorkOrder } from './work-order.ts';

/** Roles by which somebody works for a unit. */
export const unitRoles: readonly Role[] = ['unit_clerk', 'unit_leader', 'street_centre', 'community_clerk'];
/** Roles by which somebody speaks for a unit to those below it. */
export const commandRoles: readonly Role[] = ['unit_leader', 'street_centre', 'supervisor', 'centre_leader'];

/** What an actor is to an order, by role, unit and place. Nobody says of themselves what they are. */
export function partiesOf(actor: Actor, order: WorkOrder, city: City): ReadonlySet<Party> {
  const found = new Set<Party>();
  if (actor.system) return found.add('system');
  // Who is marked as a party to the case is nothing else to it (回避).
  if (isPartyTo(actor, order)) return found;
  const has = (role: Role): boolean => actor.roles.includes(role);
  const path = order.placement.path.map((step) => step.code);
  const unit = actor.unit === null ? undefined : city.units.get(actor.unit);
  const servesPlace = unit?.area != null && path.includes(unit.area);

  for (const role of ['operator', 'dispatcher', 'shift_leader', 'inspector'] as const) if (has(role)) found.add(role);
  if (has('grid_worker') && covers(actor, order)) found.add('grid_worker');
  if (has('community_clerk') && servesPlace) found.add('community');
  if (has('street_centre') && servesPlace && actor.unit !== order.owner) found.add('street');
  // The hotline itself reviews; a street only what neither it nor anybody above it has worked on.
  const isHotline = unit === undefined || unit.kind === 'hotline_centre';
  const mayReview = isHotline || !tookPart({ actor: actor.name, unit: actor.unit }, order, city);
  if (mayReview && (found.has('operator') || found.has('street'))) found.add('reviewer');
  if (actor.unit === order.owner && unit?.kind !== 'hotline_centre' && unitRoles.some(has)) {
    found.add('owner');
    if (has('unit_leader')) found.add('owner_leader');
    if (unit?.kind === 'district' || unit?.kind === 'street') found.add('district_or_street_owner');
  }
  if (actor.unit !== null && actor.unit === city.units.get(order.owner)?.parent && commandRoles.some(has)) {
    found.add('superior');
    if (order.problem) found.add('superior_of_problem');
  }
  // Of a confidential requester the unit knows nothing; the hotline talks for it and logs the contact.
  if (order.confidential && has('operator')) found.add('go_between');
  if (canSee(actor, order, city)) found.add('onlooker');
  if (isVerifier(actor, order, city)) found.add('verifier');
  if (actor.requests.some((id) => order.requests.some((r) => r.id === id))) found.add('requester');
  return found;
}

/** Whether somebody is of the owner's subtree, of an assisting unit, or was given the work to do. */
export const tookPart = (
  { actor, unit }: Readonly<{ actor: string | null; unit: string | null }>,
  order: WorkOrder,
  city: City,
): boolean =>
  (unit !== null && (isUnder(city, unit, order.owner) || order.assists.some((a) => a.unit === unit))) ||
  order.innerAssignments.some((a) => a.to === unit || a.to === actor);

/** Whether the actor belongs to those who did the work: nobody asks a resident about their own. */
export const handledBy = (order: WorkOrder, { actor, city }: Readonly<{ actor: Actor; city: City }>): boolean =>
  actor.unit !== null && (isUnder(city, actor.unit, order.owner) || order.assists.some((a) => a.unit === actor.unit));

/** The named verifier, and never anyone under the owner, an assisting unit or an inner assignee. */
function isVerifier(actor: Actor, order: WorkOrder, city: City): boolean {
  const { verifier } = order;
  if (verifier === null) return false;
  if (tookPart({ actor: actor.name, unit: actor.unit }, order, city)) return false;
  const has = (role: Role): boolean => actor.roles.includes(role);
  switch (verifier.party) {
    case 'finder':
      return (
        has('grid_worker') &&
        actor.name === verifier.actor &&
        actor.unit === verifier.unit &&
        (verifier.client ?? clientOf(actor)) === clientOf(actor)
      );
    case 'grid_worker':
      return has('grid_worker') && covers(actor, order);
    case 'street':
      return has('street_centre') && actor.unit === verifier.unit;
    case 'district':
      return actor.unit === verifier.unit && commandRoles.concat('unit_clerk').some(has);
    case 'inspector':
      return has('inspector');
  }
}
