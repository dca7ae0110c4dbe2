import type { City, Role } from './city.ts';
import { isUnder } from './city.ts';
import type { Actor, WorkOrder } from './work-order.ts';

/** Roles of the hotline and of the city, which see every order. */
const everywhere: readonly Role[] = [
  'operator',
  'dispatcher',
  'shift_leader',
  'centre_leader',
  'inspector',
  'auditor',
  'legal_office',
  'government',
];

/** Roles that may see who asked: those who talk to residents for the city. */
export const contactRoles: readonly Role[] = ['operator', 'shift_leader', 'centre_leader', 'follow_up_agent'];

const unitRoles: readonly Role[] = ['unit_clerk', 'unit_leader', 'street_centre', 'community_clerk', 'supervisor'];

/** Where an actor's sight ends, as data a query can use too. `all` sees everything. */
export type Sight = Readonly<{
  all: boolean;
  /** Orders led by these units. */
  units: readonly string[];
  /** Orders this unit assists, watches, verifies or is asked to decide about. */
  unit: string | null;
  /** Orders in these areas. */
  areas: readonly string[];
  /** Orders this person found. */
  finder: string | null;
  states: readonly WorkOrder['state'][];
}>;

/** What an actor sees: a department its own and what it assists, a street its subtree, a grid worker the own grids. */
export function sightOf(actor: Actor, city: City): Sight {
  const has = (role: Role): boolean => actor.roles.includes(role);
  const isUnit = actor.unit !== null && unitRoles.some(has);
  const unit = isUnit && actor.unit !== null ? city.units.get(actor.unit) : undefined;
  const serves =
    unit && ['district', 'street', 'community'].includes(unit.kind) && unit.area !== null ? [unit.area] : [];
  return {
    all: actor.system || everywhere.some(has),
    units: unit
      ? [...city.units.keys()].filter(
          (code) => isUnder(city, code, unit.code) || city.units.get(code)?.line === unit.code,
        )
      : [],
    unit: unit?.code ?? null,
    areas: [...serves, ...(has('grid_worker') ? (actor.areas ?? []) : [])],
    finder: has('grid_worker') ? actor.name : null,
    states: has('follow_up_agent') ? ['following_up'] : [],
  };
}

/** Whether a grid worker's areas contain the place of the order, or the order is the worker's own find. */
export const covers = (actor: Actor, order: WorkOrder): boolean =>
  actor.areas === null ||
  order.placement.path.some((step) => actor.areas?.includes(step.code)) ||
  (order.finder !== null && order.finder.actor === actor.name);

/** Whether an order is within an actor's sight; outside it does not exist for them. */
export function canSee(actor: Actor, order: WorkOrder, city: City): boolean {
  const sight = sightOf(actor, city);
  return (
    sight.all ||
    sight.units.includes(order.owner) ||
    order.placement.path.some((step) => sight.areas.includes(step.code)) ||
    sight.states.includes(order.state) ||
    (sight.finder !== null && (order.finder?.actor === sight.finder || covers(actor, order))) ||
    (sight.unit !== null &&
      (order.assists.some((a) => a.unit === sight.unit) ||
        order.watchers.some((w) => w.unit === sight.unit) ||
        order.verifier?.unit === sight.unit ||
        order.approvals.some((a) => a.state === 'pending' && a.decider.unit === sight.unit))) ||
    actor.requests.some((id) => order.requests.some((r) => r.id === id))
  );
}

/** Whether an actor may see the contact of a requester. Of a confidential one only the hotline may. */
export function canSeeContact(actor: Actor, order: Pick<WorkOrder, 'owner'>, confidential: boolean): boolean {
  if (contactRoles.some((role) => actor.roles.includes(role))) return true;
  return (
    !confidential &&
    actor.unit !== null &&
    actor.unit === order.owner &&
    actor.roles.some((role) => unitRoles.includes(role))
  );
}
