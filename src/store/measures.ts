import type { Measure, Origin } from '../domain/measure.ts';
import type { Instant } from '../domain/time.ts';
import { beginning, type Position } from './feed.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

/** How far facts have been counted. `at` is when the last one happened; null before the first. */
export type CountedUpTo = Readonly<{ position: Position; at: Instant | null }>;

type CursorRow = { xid: string; fact_id: string; fact_at: Date | null };
const cursorOf = (row: CursorRow | undefined): CountedUpTo => ({
  position: row === undefined ? beginning : { xid: BigInt(row.xid), id: BigInt(row.fact_id) },
  at: row?.fact_at == null ? null : (row.fact_at.getTime() as Instant),
});

/** Holds the counting until the transaction ends: of several that count at once, one goes after the other. */
export async function holdCounting(tx: Queryable): Promise<CountedUpTo> {
  const { rows } = await tx.query<CursorRow>('select xid::text, fact_id::text, fact_at from measured for update');
  return cursorOf(rows[0]);
}

/** What is to be counted next: the orders that the next facts are about, and where those facts end. */
export type Uncounted = Readonly<{ orders: readonly string[]; facts: number; upTo: CountedUpTo }>;

/** The next facts, at most so many; like the feed only those before which nothing can come any more. */
export async function uncounted(tx: Queryable, { position, at }: CountedUpTo, atMost: number): Promise<Uncounted> {
  const { rows } = await tx.query<{ orders: string[] | null; facts: number; last: CursorRow & { at: string } }>({
    name: 'uncounted facts',
    text: `with next as materialized (
        select xid, id, at, subject, subject_id from facts
        where (xid, id) > ($1::xid8, $2::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
        order by xid, id limit $3)
      select (select array_agg(distinct id) from (
          select subject_id as id from next where subject = 'work_order' union all
          select i.lead_order_id from next join incidents i on i.id = subject_id where subject = 'incident') about) as orders,
        (select count(*)::int from next) as facts,
        (select json_build_object('xid', xid::text, 'fact_id', id::text, 'at', at) from next order by xid desc, id desc limit 1) as last`,
    values: [String(position.xid), String(position.id), atMost],
  });
  const [row] = rows;
  if (row === undefined || row.facts === 0) return { orders: [], facts: 0, upTo: { position, at } };
  const { xid, fact_id, at: last } = row.last;
  return {
    orders: row.orders ?? [],
    facts: row.facts,
    upTo: { position: { xid: BigInt(xid), id: BigInt(fact_id) }, at: Date.parse(last) as Instant },
  };
}

/** Everything up to here has been counted. */
export const moveCounting = (tx: Queryable, { position, at }: CountedUpTo): Promise<unknown> =>
  tx.query({
    name: 'move counting',
    text: 'update measured set xid = $1::xid8, fact_id = $2, fact_at = $3',
    values: [String(position.xid), String(position.id), at === null ? null : new Date(at).toISOString()],
  });

const writeRows = writer(t.measures);

/** What these orders count now, in place of what they counted before. */
export async function replaceMeasures(
  tx: Queryable,
  orders: readonly string[],
  measures: readonly Measure[],
): Promise<void> {
  const gone = tx.query({
    name: 'drop measures',
    text: 'delete from measures where order_id = any($1)',
    values: [orders],
  });
  await Promise.all([gone, writeRows(tx, measures)]);
}

/** The rows of these orders as they stand, by order and unit. */
export async function measuresOf(from: Queryable, orders: readonly string[]): Promise<readonly Measure[]> {
  const { rows } = await from.query<{ row: Record<string, unknown> }>({
    name: 'measures of',
    text: 'select row_to_json(m) as row from measures m where order_id = any($1) order by order_id, unit',
    values: [orders],
  });
  return rows.map(({ row }) => fromJson(t.measures, row));
}

type OriginRow = { id: string; original: string; channel: string; requester: string | null };

/** What is known beside the orders: by which channel each came, whose the requests are that it carries or asked about, and how many stand aside. */
export async function originsOf(from: Queryable, orders: readonly string[]): Promise<ReadonlyMap<string, Origin>> {
  const { rows } = await from.query<OriginRow>({
    name: 'origins of orders',
    text: `select r.id, r.original_order_id as original, r.channel, q.phone_key as requester
      from requests r left join requesters q on q.request_id = r.id
      where r.original_order_id = any($1) and not r.aside or r.work_order_id = any($1) and not r.aside
        or r.id = any(array(select request from follow_ups where order_id = any($1)))
      order by r.number desc`,
    values: [orders],
  });
  const asides = await from.query<{ order: string; aside: number }>({
    name: 'requests aside',
    text: `select i.lead_order_id as order, count(*)::int as aside
      from incidents i join incident_requests j on j.incident_id = i.id
        join requests r on r.id = j.request_id and r.work_order_id = i.lead_order_id and r.aside
      where i.lead_order_id = any($1) group by 1`,
    values: [orders],
  });
  const aside = new Map(asides.rows.map((row) => [row.order, row.aside]));
  const requesterOf = new Map(rows.map(({ id, requester }) => [id, requester ?? id]));
  const channels = new Map(rows.map(({ original, channel }) => [original, channel]));
  return new Map(
    orders.map((id) => [id, { channel: channels.get(id) ?? null, requesterOf, aside: aside.get(id) ?? 0 }]),
  );
}

/** Ids of orders in turn, for whoever goes through all of them. */
export async function orderIdsAfter(from: Queryable, after: string | null, atMost: number): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>({
    name: 'order ids after',
    text: 'select id from work_orders where $1::uuid is null or id > $1 order by id limit $2',
    values: [after, atMost],
  });
  return rows.map(({ id }) => id);
}

/** Which of these orders have facts that are not counted yet. */
export async function uncountedOf(
  from: Queryable,
  orders: readonly string[],
  { position }: CountedUpTo,
): Promise<ReadonlySet<string>> {
  const { rows } = await from.query<{ id: string }>({
    name: 'orders with uncounted facts',
    text: `select distinct coalesce(i.lead_order_id, f.subject_id) as id
      from facts f left join incidents i on f.subject = 'incident' and i.id = f.subject_id
      where (f.subject_id = any($1) or i.lead_order_id = any($1)) and (f.xid, f.id) > ($2::xid8, $3::bigint)`,
    values: [orders, String(position.xid), String(position.id)],
  });
  return new Set(rows.map(({ id }) => id));
}
