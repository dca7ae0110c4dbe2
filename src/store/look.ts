import type { Instant } from '../domain/time.ts';
import type { Sight } from '../domain/visibility.ts';
import type { Fact, WorkOrder } from '../domain/work-order.ts';
import { heldSql } from './coordination.ts';
import { loadAll } from './orders.ts';
import { fromJson, type Queryable } from './rows.ts';
import * as t from './tables.ts';

/** A request as it is kept, and who asked, where that is known. */
export type RequestRow = typeof t.requests.$inferSelect &
  Readonly<{ requester: typeof t.requesters.$inferSelect | null }>;

// One by one: a join would be planned for more requests than an order ever has.
const requestsBy = (condition: string): string => `
  select row_to_json(r) as request, (select row_to_json(q) from requesters q where q.request_id = r.id) as requester
  from requests r where ${condition} order by r.id`;

type Joined = { request: Record<string, unknown>; requester: Record<string, unknown> | null };
const joined = ({ request, requester }: Joined): RequestRow => ({
  ...fromJson(t.requests, request),
  requester: requester === null ? null : fromJson(t.requesters, requester),
});

/** The requests these orders carry now; those of an incident that stand aside are listed with that. */
export async function requestsOn(from: Queryable, orders: readonly string[]): Promise<readonly RequestRow[]> {
  const { rows } = await from.query<Joined>({
    name: 'requests on',
    text: requestsBy('r.work_order_id = any($1) and not r.aside'),
    values: [orders],
  });
  return rows.map(joined);
}

/** These requests, in the order of their ids. */
export async function requestsById(from: Queryable, ids: readonly string[]): Promise<readonly RequestRow[]> {
  const { rows } = await from.query<Joined>({
    name: 'requests by id',
    text: requestsBy('r.id = any($1)'),
    values: [ids],
  });
  return rows.map(joined);
}

/** A request by its number, which the resident knows. */
export async function requestByNumber(from: Queryable, number: string): Promise<RequestRow | null> {
  const { rows } = await from.query<Joined>({
    name: 'request by number',
    text: requestsBy('r.number = $1'),
    values: [number],
  });
  return rows[0] ? joined(rows[0]) : null;
}

/**
 * What a resident may read on a request: public notes on its orders, what was said about this request itself, and what
 * everybody was told of the incident it is about.
 */
export async function notesFor(
  from: Queryable,
  { id, workOrderId, originalOrderId }: Pick<RequestRow, 'id' | 'workOrderId' | 'originalOrderId'>,
): Promise<readonly Readonly<{ at: Instant; text: string; request: string | null }>[]> {
  const { rows } = await from.query<{ at: Date; text: string; request: string | null }>({
    name: 'notes for',
    text: `select at, text, request, seq from notes
      where (request = $1 and (public or (actor = 'resident' and unit is null))) or (order_id = any($2) and public and request is null)
      union all
      select u.at, u.text, null, u.seq from incident_requests j join incident_updates u on u.incident_id = j.incident_id
      where j.request_id = $1 and j.left_at is null
      order by at, seq`,
    values: [id, [workOrderId, originalOrderId]],
  });
  return rows.map(({ at, text, request }) => ({ at: at.getTime() as Instant, text, request }));
}

/** What a list of orders may be narrowed to. `cursor` is the last id of the page before. */
export type OrderFilter = Readonly<{
  state?: readonly string[] | undefined;
  unit?: string | undefined;
  area?: string | undefined;
  category?: string | undefined;
  light?: 'green' | 'yellow' | 'red' | undefined;
  overdue?: boolean | undefined;
  q?: string | undefined;
  /** When they were registered: from here on, and before there. */
  from?: Instant | undefined;
  to?: Instant | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

const lightSql = {
  red: "exists (select from clocks c where c.order_id = w.id and c.state = 'running' and c.due_at < $now)",
  yellow:
    "exists (select from clocks c where c.order_id = w.id and c.state = 'running' and c.warn_at <= $now) and not exists (select from clocks c where c.order_id = w.id and c.state = 'running' and c.due_at < $now)",
  green: "not exists (select from clocks c where c.order_id = w.id and c.state = 'running' and c.warn_at <= $now)",
} as const;

/** Orders within sight that pass the filter, newest first. */
export async function findOrders(
  from: Queryable,
  sight: Sight,
  filter: OrderFilter,
  now: Instant,
): Promise<readonly WorkOrder[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const at = bind(new Date(now).toISOString());
  const conditions = [within(sight, bind)];
  if (filter.state) conditions.push(`w.state = any(${bind(filter.state)})`);
  if (filter.unit !== undefined) conditions.push(`w.owner = ${bind(filter.unit)}`);
  if (filter.area !== undefined) conditions.push(`w.area_path @> array[${bind(filter.area)}]::text[]`);
  if (filter.category !== undefined) {
    const category = bind(filter.category);
    conditions.push(`(w.category = ${category} or starts_with(w.category, ${category} || '/'))`);
  }
  if (filter.light) conditions.push(lightSql[filter.light].replaceAll('$now', `${at}::timestamptz`));
  if (filter.overdue !== undefined)
    conditions.push(`${filter.overdue ? '' : 'not '}${lightSql.red.replaceAll('$now', `${at}::timestamptz`)}`);
  if (filter.q !== undefined) {
    const q = bind(filter.q);
    conditions.push(`(w.number = ${q} or strpos(w.title, ${q}) > 0)`);
  }
  if (filter.from !== undefined) conditions.push(`w.registered_at >= ${bind(new Date(filter.from).toISOString())}`);
  if (filter.to !== undefined) conditions.push(`w.registered_at < ${bind(new Date(filter.to).toISOString())}`);
  if (filter.cursor !== undefined) conditions.push(`w.id < ${bind(filter.cursor)}::uuid`);
  const { rows } = await from.query<{ id: string }>(
    `select w.id from work_orders w where ${at}::timestamptz is not null and ${conditions.join(' and ')} order by w.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return (
    await loadAll(
      from,
      rows.map((r) => r.id),
    )
  ).toReversed();
}

/** The condition that keeps a query of `work_orders w` within an actor's sight. */
export function within(sight: Sight, bind: (value: unknown) => string): string {
  if (sight.all) return 'true';
  const any: string[] = [];
  if (sight.units.length > 0) {
    const ours = bind(sight.units);
    any.push(
      `w.owner = any(${ours})`,
      `exists (select from coordination_works k join coordination_calls c on c.order_id = k.order_id
               where k.work_order_id = w.id and c.unit = any(${ours}) and ${heldSql('c')})`,
    );
  }
  if (sight.areas.length > 0) any.push(`w.area_path && ${bind(sight.areas)}::text[]`);
  if (sight.states.length > 0) any.push(`w.state = any(${bind(sight.states)})`);
  if (sight.finder !== null)
    any.push(
      `(w.finder->>'actor' = ${bind(sight.finder.name)} and w.finder->>'unit' is not distinct from ${bind(sight.finder.unit)}
        and coalesce(w.finder->>'client' = ${bind(sight.finder.client)}, true))`,
    );
  if (sight.unit !== null) {
    const unit = bind(sight.unit);
    any.push(
      among(`select order_id from assists where unit = ${unit}`),
      among(`select order_id from watchers where unit = ${unit}`),
      `w.verifier->>'unit' = ${unit}`,
      among(`select order_id from approvals where state = 'pending' and decider->>'unit' = ${unit}`),
      among(givenInside(unit)),
    );
  }
  if (sight.person !== null) {
    const [name, unit] = [bind(sight.person.name), bind(sight.person.unit)];
    any.push(
      among(`select order_id from watchers where actor = ${name} and unit = ${unit}`),
      among(`${givenInside(name)} and o.owner = any(${bind(sight.person.givenBy)})`),
    );
  }
  if (sight.requests.length > 0)
    any.push(among(`select work_order_id from requests where id = any(${bind(sight.requests)})`));
  return any.length === 0 ? 'false' : `(${any.join(' or ')})`;
}

// Gathered first: a condition on ids is served by an index beside the others; a look at each order's parts is not.
const among = (orders: string): string => `w.id = any(array(${orders}))`;

const givenInside = (to: string): string =>
  `select i.order_id from inner_assignments i join work_orders o on o.id = i.order_id
   where i.given_to = ${to} and i.at >= o.dispatched_at`;

/** Those of these orders that are within an actor's sight. */
export async function amongSight(from: Queryable, sight: Sight, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (sight.all || ids.length === 0) return new Set(ids);
  const values: unknown[] = [ids];
  const condition = within(sight, (value) => `$${values.push(value)}`);
  const { rows } = await from.query<{ id: string }>(
    `select w.id from work_orders w where w.id = any($1::uuid[]) and ${condition}`,
    values,
  );
  return new Set(rows.map((r) => r.id));
}

/** A fact with its place in the record. */
export type StoredFact = Fact & Readonly<{ id: number; subjectId: string }>;

/** What became true of an order, oldest first. */
export async function factsOf(
  from: Queryable,
  order: string,
  after: number,
  limit: number,
  without: readonly string[] = [],
): Promise<readonly StoredFact[]> {
  const { rows } = await from.query<{ fact: Record<string, unknown> }>({
    name: 'facts of',
    text: `select row_to_json(f) as fact from facts f
           where subject_id = $1 and id > $2 and type <> all($4::text[]) order by id limit $3`,
    values: [order, after, limit, without],
  });
  return rows.map(({ fact }) => fromJson(t.facts, fact));
}

/** The numbers of orders, by id. */
export async function orderNumbers(from: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await from.query<{ id: string; number: string }>({
    name: 'order numbers',
    text: 'select id, number from work_orders where id = any($1::uuid[])',
    values: [ids],
  });
  return new Map(rows.map(({ id, number }) => [id, number]));
}
