import { type ApprovalKind, type ApprovalTerms, askable, type Decider, extensions } from './approval.ts';
import { type City, lowestCommonSuperior, type Role } from './city.ts';
import { isArbitersReturn } from './ladder-counts.ts';
import { unitOfLevel } from './routing.ts';
import type { Actor, WorkOrder } from './work-order.ts';

/** Whether this actor is the one who decides. A unit decides by its leading posts, the city by its shift and centre leaders. */
export function isDecider(actor: Actor, { role, unit }: Decider, city: City): boolean {
  if (role !== null) return actor.roles.includes(role);
  return unit !== null && actor.unit === unit && deciderRoles(unit, city).some((r) => actor.roles.includes(r));
}

/** The leading posts that decide for a unit. */
export const deciderRoles = (unit: string, city: City): readonly Role[] =>
  city.units.get(unit)?.kind === 'hotline_centre'
    ? ['shift_leader', 'centre_leader']
    : ['unit_leader', 'street_centre', 'supervisor'];

const byRole = (role: Role): Decider => ({ role, unit: null });
const byUnit = (unit: string): Decider => ({ role: null, unit });

/** Who decides first about what is asked on an order. */
export function firstDecider(
  order: WorkOrder,
  { kind, terms }: Readonly<{ kind: ApprovalKind; terms: ApprovalTerms }>,
  city: City,
): Decider {
  const parent = city.units.get(order.owner)?.parent ?? null;
  const decider = askable[kind].decider;
  if (kind === 'return') return isArbitersReturn(order, city) ? arbiter(order, terms, city) : byRole('dispatcher');
  if (decider === 'arbiter') {
    const first = arbiter(order, terms, city);
    return order.designated ? (levelAbove(first, city) ?? first) : first; // a designated unit appeals upward
  }
  if (decider === 'superior') return parent === null ? byRole('centre_leader') : byUnit(parent);
  if (decider === 'street') {
    const path = order.placement.path.map((step) => step.code);
    const street = unitOfLevel(city, 'street', path)?.code;
    return street === undefined || city.units.get(order.owner)?.kind === 'street'
      ? byRole('dispatcher')
      : byUnit(street);
  }
  if (kind === 'extension' && extensions(order) > 0) return byRole('centre_leader');
  return byRole(decider);
}

/** The lowest common superior of the units between which an order goes to and fro. */
function arbiter(order: WorkOrder, terms: ApprovalTerms, city: City): Decider {
  const other = terms.proposedUnit ?? order.leads.findLast((unit) => unit !== order.owner);
  const units = [order.owner, ...(other !== undefined && other !== order.owner ? [other] : [])];
  const common = lowestCommonSuperior(city, units);
  return common === null ? byRole('centre_leader') : byUnit(common);
}

const roleLadder: Readonly<Partial<Record<Role, Role>>> = {
  dispatcher: 'shift_leader',
  shift_leader: 'centre_leader',
  legal_office: 'government',
};

/** Who decides when that one is silent; null at the top. */
export function levelAbove({ role, unit }: Decider, city: City): Decider | null {
  if (role !== null) return roleLadder[role] === undefined ? null : byRole(roleLadder[role]);
  const parent = unit === null ? null : (city.units.get(unit)?.parent ?? null);
  return parent === null ? byRole('centre_leader') : byUnit(parent);
}
