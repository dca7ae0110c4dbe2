import type { Incident } from '../domain/incident.ts';
import type { Sight } from '../domain/visibility.ts';
import type { Fact } from '../domain/work-order.ts';
import { announceSurge } from './announce.ts';
import type { DueSql } from './due.ts';
import { recordFacts } from './facts.ts';
import { fromJson, locking, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const writeHead = writer(t.incidents, { key: ['id'], keep: ['number', 'leadOrderId'] });

const writeUpdates = writer(t.incidentUpdates, { key: ['incidentId', 'seq'] });

const loading = `select row_to_json(i) as head,
  (select coalesce(json_agg(u order by u.seq), '[]') from incident_updates u where u.incident_id = i.id) as updates
  from incidents i`;

type Loaded = Readonly<{ head: Record<string, unknown>; updates: Record<string, unknown>[] }>;

function assemble({ head, updates }: Loaded): Incident {
  const { areas, polygon, openedAt: _o, ...incident } = fromJson(t.incidents, head);
  return {
    ...incident,
    reach: { areas, polygon },
    updates: updates.map((update) => {
      const { incidentId: _i, ...rest } = fromJson(t.incidentUpdates, update);
      return rest;
    }),
  };
}

/** Incidents whole, newest first. Ids that are not there are left out. */
export async function loadIncidents(from: Queryable, ids: readonly string[]): Promise<readonly Incident[]> {
  const { rows } = await from.query<Loaded>({
    name: 'load incidents',
    text: `${loading} where i.id = any($1::uuid[]) order by i.id desc`,
    values: [ids],
  });
  return rows.map(assemble);
}

/** Reads one and holds it until the transaction ends; requests may join it meanwhile. */
export const lockIncident = locking(
  t.incidents,
  async (tx, id) => (await loadIncidents(tx, [id]))[0] ?? null,
  'no key update',
);

/** Writes one with its facts; every process reads the open ones again. */
export async function saveIncident(tx: Queryable, incident: Incident, facts: readonly Fact[]): Promise<void> {
  const { reach, updates, ...head } = incident;
  const { id: incidentId, openedBy } = incident;
  await writeHead(tx, [{ ...head, ...reach, openedAt: openedBy.at }]);
  await writeUpdates(
    tx,
    updates.map((update) => ({ incidentId, ...update })),
  );
  await recordFacts(tx, { subject: 'incident', subjectId: incidentId }, facts);
  await announceSurge(tx);
}

/** What a list may be narrowed to. `cursor` is the last id of the page before. */
export type IncidentFilter = Readonly<{
  state?: string | undefined;
  category?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

/** Incidents within sight that pass the filter, newest first: all of them, or those led by one's units. */
export async function findIncidents(
  from: Queryable,
  { all, units }: Pick<Sight, 'all' | 'units'>,
  filter: IncidentFilter,
): Promise<readonly Incident[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['true'];
  if (!all)
    conditions.push(
      `exists (select from work_orders w where w.id = i.lead_order_id and w.owner = any(${bind(units)}::text[]))`,
    );
  if (filter.state !== undefined) conditions.push(`i.state = ${bind(filter.state)}`);
  if (filter.category !== undefined) {
    const category = bind(filter.category);
    conditions.push(`(i.category = ${category} or starts_with(i.category, ${category} || '/'))`);
  }
  if (filter.cursor !== undefined) conditions.push(`i.id < ${bind(filter.cursor)}::uuid`);
  const { rows } = await from.query<Loaded>(
    `${loading} where ${conditions.join(' and ')} order by i.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return rows.map(assemble);
}

/** An incident as the order that leads it shows it. */
export type IncidentBrief = Readonly<{
  id: string;
  number: string;
  title: string;
  state: Incident['state'];
  joined: number;
}>;

/** The incidents these orders lead, by order. */
export async function incidentBriefs(
  from: Queryable,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, IncidentBrief>> {
  if (orderIds.length === 0) return new Map();
  const { rows } = await from.query<IncidentBrief & { order: string }>({
    name: 'incident briefs',
    text: `select i.lead_order_id as order, i.id, i.number, i.title, i.state,
             (select count(*)::int from incident_requests j
              where j.incident_id = i.id and j.how <> 'danger' and j.left_at is null) as joined
           from incidents i where i.lead_order_id = any($1::uuid[])`,
    values: [orderIds],
  });
  return new Map(rows.map(({ order, ...brief }) => [order, brief]));
}

/** The work order an incident leads has ended: null where the incident had ended before. */
export async function lockOpenIncidentOf(tx: Queryable, leadOrderId: string): Promise<Incident | null> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'open incident of',
    text: "select id from incidents where lead_order_id = $1 and state = 'open' for no key update",
    values: [leadOrderId],
  });
  return rows[0] === undefined ? null : ((await loadIncidents(tx, [rows[0].id]))[0] ?? null);
}

/** Incidents whose next update was promised by then. */
export const dueIncidents: DueSql = (atMost) => `
  select id, update_due_at as due_at from incidents
  where update_due_at <= $1 and not (id = any($2)) order by update_due_at, id limit ${atMost}`;
