import type { City, Role } from './city.ts';
import { groundOf, isUnder, superiors } from './city.ts';
import type { GradedMeasure } from './graded-measure.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { SupervisionOrder } from './supervision.ts';
import { type Actor, clientOf, type WorkOrder } from './work-order.ts';

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

/**
 * Where an actor's sight ends, as data a query can use too. `all` sees everything. Whoever shares a unit's key says
 * their own name, so a name counts for nothing outside the unit.
 */
export type Sight = Readonly<{
  all: boolean;
  /** Orders led by these units, or about which a street has called them. */
  units: readonly string[];
  /** Orders this unit assists, watches, verifies, was given by the owner, or is asked to decide about. */
  unit: string | null;
  /** Orders in these areas. */
  areas: readonly string[];
  states: readonly WorkOrder['state'][];
  /** Orders this grid worker found. */
  finder: Readonly<{ name: string; unit: string | null; client: string }> | null;
  /** Orders this person of this unit watches, or was given by an owner at or above the unit. */
  person: Readonly<{ name: string; unit: string; givenBy: readonly string[] }> | null;
  /** Orders these requests are on. */
  requests: readonly string[];
}>;

/** What an actor sees: a department its own and what it assists, a street its subtree, a grid worker the own grids. */
export function sightOf(actor: Actor, city: City): Sight {
  const has = (role: Role): boolean => actor.roles.includes(role);
  const isUnit = actor.unit !== null && unitRoles.some(has);
  const unit = isUnit && actor.unit !== null ? city.units.get(actor.unit) : undefined;
  const ground = groundOf(unit);
  return {
    all: actor.system || everywhere.some(has) || (has('grid_worker') && actor.areas === null),
    units: unit
      ? [...city.units.keys()].filter(
          (code) => isUnder(city, code, unit.code) || city.units.get(code)?.line === unit.code,
        )
      : [],
    unit: unit?.code ?? null,
    areas: [...(ground === null ? [] : [ground]), ...(has('grid_worker') ? (actor.areas ?? []) : [])],
    states: has('follow_up_agent') ? ['following_up'] : [],
    finder: has('grid_worker') ? finderOf(actor) : null,
    person:
      actor.unit === null
        ? null
        : { name: actor.name, unit: actor.unit, givenBy: [actor.unit, ...superiors(city, actor.unit)] },
    requests: actor.requests,
  };
}

/** Whether somebody of the hotline or the city sees every order. */
export const seesEverything = ({ roles }: Pick<Actor, 'roles'>): boolean =>
  everywhere.some((role) => roles.includes(role));

/** Whether a grid worker's areas contain the place of the order, or the order is the worker's own find. */
export const covers = (actor: Actor, order: WorkOrder): boolean =>
  actor.areas === null ||
  order.placement.path.some((step) => actor.areas?.includes(step.code)) ||
  isFinder(finderOf(actor), order);

/** Whether an order is within an actor's sight; outside it does not exist for them. */
export const canSee = (actor: Actor, order: WorkOrder, city: City): boolean => isWithin(sightOf(actor, city), order);

/** The same for a sight at hand. The query of the store says it a second time, and a test that both say the same. */
const isWithin = (sight: Sight, order: WorkOrder): boolean =>
  sight.all ||
  sight.units.includes(order.owner) ||
  order.called.some((unit) => sight.units.includes(unit)) ||
  order.placement.path.some((step) => sight.areas.includes(step.code)) ||
  sight.states.includes(order.state) ||
  (sight.finder !== null && isFinder(sight.finder, order)) ||
  (sight.unit !== null && concernsUnit(sight.unit, order)) ||
  (sight.person !== null && concernsPerson(sight.person, order)) ||
  order.requests.some((r) => sight.requests.includes(r.id));

/** Named orders are within an actor's sight, each of them; those that are not are named back. */
export function unseenFault(
  actor: Actor,
  named: readonly string[],
  orders: readonly WorkOrder[],
  city: City,
): Refusal | null {
  const sight = sightOf(actor, city);
  const unseen = named.filter((id) => !orders.some((order) => order.id === id && isWithin(sight, order)));
  return unseen.length === 0 ? null : refuse('not-found', { workOrders: unseen });
}

const finderOf = (actor: Actor): NonNullable<Sight['finder']> => ({
  name: actor.name,
  unit: actor.unit,
  client: clientOf(actor),
});

/** The same name, of the same unit, through the same client. */
const isFinder = ({ name, unit, client }: NonNullable<Sight['finder']>, { finder }: WorkOrder): boolean =>
  finder !== null && finder.actor === name && finder.unit === unit && (finder.client ?? client) === client;

const concernsUnit = (unit: string, order: WorkOrder): boolean =>
  order.assists.some((a) => a.unit === unit) ||
  order.watchers.some((w) => w.unit === unit) ||
  order.verifier?.unit === unit ||
  order.approvals.some((a) => a.state === 'pending' && a.decider.unit === unit) ||
  givenInside(order).some((a) => a.to === unit);

const concernsPerson = ({ name, unit, givenBy }: NonNullable<Sight['person']>, order: WorkOrder): boolean =>
  order.watchers.some((w) => w.actor === name && w.unit === unit) ||
  (givenBy.includes(order.owner) && givenInside(order).some((a) => a.to === name));

/** What the present owner has given to somebody of its own; with a new owner that is over. */
const givenInside = ({ innerAssignments, dispatchedAt }: WorkOrder): WorkOrder['innerAssignments'] =>
  innerAssignments.filter((a) => dispatchedAt !== null && a.at >= dispatchedAt);

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

/** Whether an actor sees a supervision order: of the unit or above it, of whoever issued it or whose word it is now. */
export function canSeeSupervision(
  actor: Actor,
  { unit, by, issuedBy }: Pick<SupervisionOrder, 'unit' | 'by' | 'issuedBy'>,
  city: City,
): boolean {
  const sight = sightOf(actor, city);
  const own = sight.unit !== null && [by, issuedBy.actor.unit].includes(sight.unit);
  return sight.all || sight.units.includes(unit) || own;
}

/** Whether an actor sees a measure: of the unit or above it, or whose word it is. */
export const canSeeMeasure = (
  actor: Actor,
  { unit, by, raisedBy }: Pick<GradedMeasure, 'unit' | 'by' | 'raisedBy'>,
  city: City,
): boolean => {
  const sight = sightOf(actor, city);
  return sight.all || sight.units.includes(unit) || (sight.unit !== null && [by, raisedBy.unit].includes(sight.unit));
};
