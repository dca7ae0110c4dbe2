import { isBelow } from '../domain/city.ts';
import { type Incident, usualDanger } from '../domain/incident.ts';
import { dangerIn, type Met, meet } from '../domain/incident-meeting.ts';
import { covering, type OutageNotice } from '../domain/outage.ts';
import type { Placement } from '../domain/placement.ts';
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

/** What a new request meets, and what of it tells of danger or life support. */
export type Meeting = Readonly<{
  met: (Met & Readonly<{ lead: WorkOrder }>) | null;
  notices: readonly OutageNotice[];
  danger: readonly string[];
  /** The notice it is answered with: where nothing is going on beside, and nobody above waits for an answer of their own. */
  answeredBy: OutageNotice | null;
}>;

const nothing: Meeting = { met: null, notices: [], danger: [], answeredBy: null };

/** Looks at what is going on, in memory; without `leads` at nothing. */
export function meeting(
  { surge }: Deps,
  intake: Intake,
  placement: Placement,
  receivedAt: Instant,
  leads: Leads | null,
): Meeting {
  if (leads === null) return nothing;
  const { incidents, outages } = surge();
  const where = { point: pointOf(intake.location), path: placement.path };
  const about = meet(incidents, intake, where, receivedAt);
  const lead = about && leads.get(about.incident.id);
  const met = about && lead ? { ...about, lead } : null;
  const notices = covering(outages, intake, where, receivedAt);
  if (met === null && notices.length === 0) return nothing;
  const danger = met?.danger ?? dangerIn(intake, usualDanger);
  const isOpen = met === null && danger.length === 0 && intake.externalDueAt === null && intake.replyTo == null;
  const answeredBy = isOpen
    ? notices.find((notice) => intake.noticeAccepted === true || answersItself(notice, intake))
    : null;
  return { met, notices, danger, answeredBy: answeredBy ?? null };
}

/** A complaint, and what somebody asked to hold, waits for a person. */
const answersItself = ({ answersAtOnce }: OutageNotice, { kind, disposition }: Intake): boolean =>
  answersAtOnce && disposition !== 'hold' && ['consult', 'help', 'report'].includes(kind);
