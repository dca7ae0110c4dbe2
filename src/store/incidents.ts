import type { Incident } from '../domain/incident.ts';
import type { IncidentCounts, IncidentRequest, IncidentStanding } from '../domain/incident-request.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import type { Sight } from '../domain/visibility.ts';
import type { Fact } from '../domain/work-order.ts';
import { announce, announceSurge } from './announce.ts';
import { recordFacts, writeFacts } from './facts.ts';
import { type RequestRow, requestsById } from './look.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const writeHead = writer(t.incidents, { key: ['id'], keep: ['number', 'leadOrderId'] });
const writeUpdates = writer(t.incidentUpdates, { key: ['incidentId', 'seq'] });
const writeOne = writer(t.incidentRequests, { key: ['requestId'] });
const writeMany = writer(t.incidentRequests);

const loading = `select row_to_json(i) as head,
  (select coalesce(json_agg(u order by u.seq), '[]') from incident_updates u where u.incident_id = i.id) as updates
  from incidents i`;
type Loaded = Readonly<{ head: Record<string, unknown>; updates: Record<string, unknown>[] }>;

function assemble({ head, updates }: Loaded): Incident {
  const { areas, polygon, openedAt: _o, updateDueAt: _u, ...incident } = fromJson(t.incidents, head);
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

/** Reads one and holds it until the transaction ends; with `skip` null also where somebody else holds it. */
export async function lockIncident(tx: Queryable, id: string, skip = false): Promise<Incident | null> {
  const { rowCount } = await tx.query({
    name: skip ? 'lock free incident' : 'lock incident',
    text: `select from incidents where id = $1 for no key update ${skip ? 'skip locked' : ''}`,
    values: [id],
  });
  return rowCount === 1 ? ((await loadIncidents(tx, [id]))[0] ?? null) : null;
}

/** A number nobody has. */
export async function nextIncidentNumber(tx: Queryable, at: Instant): Promise<string> {
  const { rows } = await tx.query<{ n: string }>("select nextval('incident_numbers') as n");
  return `TF${dateOf(at).replaceAll('-', '')}${String(rows[0]?.n).padStart(6, '0')}`;
}

/** Writes one with its facts; every process reads the open ones again. */
export async function saveIncident(tx: Queryable, incident: Incident, facts: readonly Fact[]): Promise<void> {
  const { reach, updates, ...head } = incident;
  const { id: incidentId, openedBy, nextUpdateAt } = incident;
  await writeHead(tx, [{ ...head, ...reach, openedAt: openedBy.at, updateDueAt: nextUpdateAt }]);
  await writeUpdates(
    tx,
    updates.map((update) => ({ incidentId, ...update })),
  );
  await recordFacts(tx, { subject: 'incident', subjectId: incidentId }, facts);
  await announceSurge(tx);
}

/** Requests that incidents have met while they were registered, each with its fact; nothing else is written for them. */
export async function writeMet(
  tx: Queryable,
  met: readonly IncidentRequest[],
  actors: readonly Fact['actor'][],
): Promise<void> {
  const rows = writeMany(tx, met);
  const facts = writeFacts(
    tx,
    met.map(({ requestId, incidentId, how, at }, i) => ({
      type: how === 'danger' ? 'incident_danger' : 'incident_joined',
      at,
      actor: actors[i] as Fact['actor'],
      // Whoever leads the incident hears of it once, not with every call.
      unit: null,
      body: { request: requestId },
      subject: 'incident',
      subjectId: incidentId,
    })),
  );
  await Promise.all([rows, facts, announce(tx, [], met.length > 0)]);
}

/** One request of an incident, held until the transaction ends; null where no incident has met it. */
export async function holdIncidentRequest(tx: Queryable, requestId: string): Promise<IncidentRequest | null> {
  const { rows } = await tx.query<{ one: Record<string, unknown> }>({
    name: 'hold incident request',
    text: 'select row_to_json(j) as one from incident_requests j where request_id = $1 for update',
    values: [requestId],
  });
  return rows[0] ? fromJson(t.incidentRequests, rows[0].one) : null;
}

/** Writes what became of one request of an incident. */
export const saveIncidentRequest = (tx: Queryable, one: IncidentRequest): Promise<void> => writeOne(tx, [one]);

/** The incident that has met a request, or null. */
export async function incidentOf(
  from: Queryable,
  requestId: string,
): Promise<Readonly<{ one: IncidentRequest; incident: Incident }> | null> {
  const { rows } = await from.query<Loaded & { one: Record<string, unknown> }>({
    name: 'incident of',
    text: `select row_to_json(j) as one, i.* from incident_requests j
           cross join lateral (${loading} where i.id = j.incident_id) i where j.request_id = $1`,
    values: [requestId],
  });
  return rows[0] ? { one: fromJson(t.incidentRequests, rows[0].one), incident: assemble(rows[0]) } : null;
}

const none: IncidentCounts = {
  joined: 0,
  danger: 0,
  withdrawn: 0,
  asked: 0,
  restored: 0,
  notRestored: 0,
  unanswered: 0,
};

/** How many each of these incidents has met, and what they answered. Counted, so that no create waits for a counter. */
export async function countsOf(from: Queryable, ids: readonly string[]): Promise<(id: string) => IncidentCounts> {
  const { rows } = await from.query<IncidentCounts & { id: string }>({
    name: 'incident counts',
    text: `select id, joined, danger, withdrawn, restored, not_restored as "notRestored",
             case when ended then asked else 0 end as asked,
             case when ended then asked - restored - not_restored else 0 end as unanswered
           from (
             select i.id, i.state = 'ended' as ended,
               count(*) filter (where j.how <> 'danger')::int as joined,
               count(*) filter (where j.how = 'danger')::int as danger,
               count(*) filter (where j.how <> 'danger' and r.withdrawn_at is not null)::int as withdrawn,
               count(*) filter (where j.how <> 'danger' and (j.restored is not null or r.withdrawn_at is null))::int as asked,
               count(*) filter (where j.restored)::int as restored,
               count(*) filter (where not j.restored)::int as not_restored
             from incidents i join incident_requests j on j.incident_id = i.id join requests r on r.id = j.request_id
             where i.id = any($1::uuid[]) and j.left_at is null group by i.id) n`,
    values: [ids],
  });
  const found = new Map(rows.map(({ id, ...counts }) => [id, counts]));
  return (id) => found.get(id) ?? none;
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

const standing = {
  joined: "j.how <> 'danger'",
  danger: "j.how = 'danger'",
  restored: 'j.restored',
  not_restored: 'not j.restored',
  unanswered: "j.restored is null and j.how <> 'danger' and r.withdrawn_at is null",
} as const satisfies Record<IncidentStanding, string>;

/** The requests an incident has met, in the order they came, those that were taken out left out. */
export async function requestsOfIncident(
  from: Queryable,
  id: string,
  filter: Readonly<{ standing?: IncidentStanding | undefined; cursor?: string | undefined; limit: number }>,
): Promise<readonly Readonly<{ one: IncidentRequest; request: RequestRow }>[]> {
  const { rows } = await from.query<{ one: Record<string, unknown> }>(
    `select row_to_json(j) as one from incident_requests j join requests r on r.id = j.request_id
     where j.incident_id = $1 and j.left_at is null and ($2::uuid is null or j.request_id > $2)
       and ${filter.standing === undefined ? 'true' : standing[filter.standing]}
     order by j.request_id limit $3`,
    [id, filter.cursor ?? null, filter.limit],
  );
  const ones = rows.map(({ one }) => fromJson(t.incidentRequests, one));
  const requests = await requestsById(
    from,
    ones.map((one) => one.requestId),
  );
  const found = new Map<string, RequestRow>(requests.map((request) => [request.id, request]));
  return ones.flatMap((one) => {
    const request = found.get(one.requestId);
    return request === undefined ? [] : [{ one, request }];
  });
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

/**
 * Puts a sample of those who joined among the requests the lead order carries, so that these are asked afterwards like
 * everybody else: up to `atMost` that can be reached, drawn by their ids.
 */
export const carrySample = (tx: Queryable, leadOrderId: string, atMost: number): Promise<unknown> =>
  tx.query({
    name: 'carry sample',
    text: `update requests set aside = false where id in (
             select r.id from incidents i join incident_requests j on j.incident_id = i.id
               join requests r on r.id = j.request_id and r.work_order_id = i.lead_order_id
             where i.lead_order_id = $1 and r.reachable and r.withdrawn_at is null
             order by r.aside, hashtext(r.id::text), r.id limit $2)
           and aside`,
    values: [leadOrderId, atMost],
  });
