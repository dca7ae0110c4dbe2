import type { City, Role } from './city.ts';
import { isUnder } from './city.ts';
import type { Party } from './lifecycle.ts';
import type { Actor, WorkOrder } from './work-order.ts';

const unitRoles: readonly Role[] = ['unit_clerk', 'unit_leader', 'street_centre', 'community_clerk'];
const commandRoles: readonly Role[] = ['unit_leader', 'street_centre', 'supervisor', 'centre_leader'];

/** What an actor is to an order, by role, unit and place. Nobody says of themselves what they are. */
export function partiesOf(actor: Actor, order: WorkOrder, city: City): ReadonlySet<Party> {
  const found = new Set<Party>();
  if (actor.system) return found.add('system');
  const has = (role: Role): boolean => actor.roles.includes(role);
  const path = order.placement.path.map((step) => step.code);
  const unit = actor.unit === null ? undefined : city.units.get(actor.unit);
  const servesPlace = unit?.area != null && path.includes(unit.area);

  for (const role of ['operator', 'dispatcher', 'shift_leader', 'inspector'] as const) if (has(role)) found.add(role);
  if (has('follow_up_agent') || has('survey_vendor')) found.add('follow_up');
  if (has('grid_worker') && covers(actor, order)) found.add('grid_worker');
  if (has('community_clerk') && servesPlace) found.add('community');
  if (has('street_centre') && servesPlace && actor.unit !== order.owner) found.add('street');
  if (actor.unit === order.owner && unit?.kind !== 'hotline_centre' && unitRoles.some(has)) {
    found.add('owner');
    if (has('unit_leader')) found.add('owner_leader');
    if (unit?.kind === 'district' || unit?.kind === 'street') found.add('district_or_street_owner');
  }
  if (actor.unit !== null && actor.unit === city.units.get(order.owner)?.parent && commandRoles.some(has))
    found.add('superior');
  if (isVerifier(actor, order, city)) found.add('verifier');
  if (actor.requests.some((id) => order.requests.some((r) => r.id === id))) found.add('requester');
  return found;
}

/** Whether a grid worker's areas contain the place of the order, or the order is the worker's own find. */
export const covers = (actor: Actor, order: WorkOrder): boolean =>
  actor.areas === null ||
  order.placement.path.some((step) => actor.areas?.includes(step.code)) ||
  (order.finder !== null && order.finder.actor === actor.name);

/** The named verifier, and never anyone under the owner, an assisting unit or an inner assignee. */
function isVerifier(actor: Actor, order: WorkOrder, city: City): boolean {
  const { verifier } = order;
  if (verifier === null) return false;
  const barred =
    (actor.unit !== null && isUnder(city, actor.unit, order.owner)) ||
    order.assists.some((a) => a.unit === actor.unit) ||
    order.innerAssignments.some((a) => a.to === actor.unit || a.to === actor.name);
  if (barred) return false;
  const has = (role: Role): boolean => actor.roles.includes(role);
  switch (verifier.party) {
    case 'finder':
      return has('grid_worker') && actor.name === verifier.actor;
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
