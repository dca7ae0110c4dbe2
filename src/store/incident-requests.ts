import type { Incident } from '../domain/incident.ts';
import type { IncidentCounts, IncidentRequest, IncidentStanding } from '../domain/incident-request.ts';
import type { Where } from '../domain/reach.ts';
import type { Sight } from '../domain/visibility.ts';
import type { Fact } from '../domain/work-order.ts';
import { announce } from './announce.ts';
import { writeFacts } from './facts.ts';
import { loadIncidents } from './incidents.ts';
import { type RequestRow, requestsById, within } from './look.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const writeOne = writer(t.incidentRequests, { key: ['requestId'] });

const writeMany = writer(t.incidentRequests);

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
  const { rows } = await from.query<{ one: Record<string, unknown> }>({
    name: 'incident of',
    text: 'select row_to_json(j) as one from incident_requests j where request_id = $1',
    values: [requestId],
  });
  if (rows[0] === undefined) return null;
  const one = fromJson(t.incidentRequests, rows[0].one);
  const [incident] = await loadIncidents(from, [one.incidentId]);
  if (incident === undefined) throw new Error(`request ${requestId} of no incident`);
  return { one, incident };
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

const standing = {
  joined: "j.how <> 'danger'",
  danger: "j.how = 'danger'",
  restored: 'j.restored',
  not_restored: 'not j.restored',
  unanswered: "j.restored is null and j.how <> 'danger' and r.withdrawn_at is null",
} as const satisfies Record<IncidentStanding, string>;

/** The requests an incident has met, in the order they came, those that were taken out left out; of orders within sight. */
export async function requestsOfIncident(
  from: Queryable,
  id: string,
  sight: Sight,
  filter: Readonly<{ standing?: IncidentStanding | undefined; cursor?: string | undefined; limit: number }>,
): Promise<readonly Readonly<{ one: IncidentRequest; request: RequestRow }>[]> {
  const values: unknown[] = [id, filter.cursor ?? null, filter.limit];
  const seen = within(sight, (value) => `$${values.push(value)}`);
  const { rows } = await from.query<{ one: Record<string, unknown> }>(
    `select row_to_json(j) as one from incident_requests j join requests r on r.id = j.request_id
       join work_orders w on w.id = r.work_order_id
     where j.incident_id = $1 and j.left_at is null and ($2::uuid is null or j.request_id > $2)
       and ${filter.standing === undefined ? 'true' : standing[filter.standing]} and ${seen}
     order by j.request_id limit $3`,
    values,
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

/** Requests of an attached order are on the lead order from now on, aside of it except those it has to carry. */
export const attachedTo = (
  tx: Queryable,
  leadOrderId: string,
  requests: readonly string[],
  carried: readonly string[],
): Promise<unknown> =>
  tx.query({
    name: 'attached to',
    text: `update requests set work_order_id = $1, aside = not (id = any($3::uuid[])) where id = any($2::uuid[])`,
    values: [leadOrderId, requests, carried],
  });

const pageOfCandidates = 200;

const earlierHours = 24;

/**
 * Open orders that may be about an incident, with where they are: of its category or below, not urgent, before any
 * follow-up, received from a day before its window on.
 */
export async function candidatesOf(
  from: Queryable,
  { category, since, until, leadOrderId }: Incident,
  after: string | undefined,
): Promise<Readonly<{ found: readonly (Where & Readonly<{ id: string }>)[]; next: string | null }>> {
  const { rows } = await from.query<{ id: string; path: string[]; point: { lon: number; lat: number } | null }>(
    `select w.id, w.area_path as path, (select r.point from requests r where r.work_order_id = w.id and not r.aside
       order by r.id limit 1) as point
     from work_orders w
     where w.state in ('registered', 'accepted', 'dispatched', 'signed', 'handling') and w.urgency = 'normal'
       and (w.category = $1 or starts_with(w.category, $1 || '/')) and w.id <> $2
       and w.received_at >= $3 and ($4::timestamptz is null or w.received_at < $4)
       and not exists (select from incidents i where i.lead_order_id = w.id)
       and ($5::uuid is null or w.id > $5) order by w.id limit $6`,
    [
      category,
      leadOrderId,
      new Date(since - earlierHours * 3_600_000).toISOString(),
      until === null ? null : new Date(until).toISOString(),
      after ?? null,
      pageOfCandidates,
    ],
  );
  return {
    found: rows.map(({ id, path, point }) => ({
      id,
      path: path.map((code) => ({ code })),
      point: point && [point.lon, point.lat],
    })),
    next: rows.length === pageOfCandidates ? (rows.at(-1)?.id ?? null) : null,
  };
}
