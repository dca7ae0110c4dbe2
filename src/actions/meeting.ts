import type { Incident } from '../domain/incident.ts';
import { type Met, meet } from '../domain/incident-meeting.ts';
import type { Placement } from '../domain/placement.ts';
import { isBelow } from '../domain/reach.ts';
import type { Instant } from '../domain/time.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import { loadAll } from '../store/orders.ts';
import type { Deps } from './deps.ts';
import type { Intake } from './intake.ts';
import { pointOf } from './location.ts';

/** Lead orders by incident, for a batch of new requests. */
export type Leads = ReadonlyMap<Incident['id'], WorkOrder>;

/** Reads the lead orders of the incidents that any of these may be about: none on an ordinary day, one in a power cut. */
export async function leadsFor({ pool, surge }: Deps, intakes: readonly Pick<Intake, 'category'>[]): Promise<Leads> {
  const asked = new Set(intakes.map(({ category }) => category));
  const near = surge().incidents.filter(({ incident }) =>
    [...asked].some((category) => isBelow(category, incident.category)),
  );
  if (near.length === 0) return new Map();
  const orders = await loadAll(
    pool,
    near.map(({ incident }) => incident.leadOrderId),
  );
  return new Map(
    near.flatMap(({ incident }) => {
      const order = orders.find(({ id }) => id === incident.leadOrderId);
      return order === undefined ? [] : [[incident.id, order] as const];
    }),
  );
}

/** The incident a new request is about, with its lead order; null on an ordinary day. */
export function meetIncident(
  { surge }: Deps,
  intake: Intake,
  placement: Placement,
  receivedAt: Instant,
  leads: Leads,
): (Met & Readonly<{ lead: WorkOrder }>) | null {
  if (leads.size === 0) return null;
  const met = meet(surge().incidents, intake, { point: pointOf(intake.location), path: placement.path }, receivedAt);
  const lead = met && leads.get(met.incident.id);
  return met && lead ? { ...met, lead } : null;
}
