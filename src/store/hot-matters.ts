import type { Place } from '../domain/hot-matter.ts';
import type { Instant } from '../domain/time.ts';
import type { Volume } from '../domain/undertaking.ts';
import type { Queryable } from './rows.ts';

/** Whether the matters of these orders are hot is to be looked at. Part of counting them, off the way of whoever creates. */
export const watchMatters = (tx: Queryable, orders: readonly string[]): Promise<unknown> =>
  tx.query({
    name: 'watch matters',
    text: `insert into hot_watch (category, street)
           select distinct category, street from measures
           where order_id = any($1) and orders > 0 and category is not null and street is not null
           order by category, street on conflict do nothing`,
    values: [orders],
  });

/** Takes up to `atMost` that are to be looked at, and names those not governed already; of several that look each gets others. */
export async function takeWatched(
  tx: Queryable,
  atMost: number,
): Promise<Readonly<{ taken: number; places: readonly Place[] }>> {
  const { rows } = await tx.query<Place & { governed: boolean }>({
    name: 'take watched',
    text: `with taken as (
             delete from hot_watch where (category, street) in (
               select category, street from hot_watch order by category, street limit $1 for update skip locked)
             returning category, street)
           select category, street, exists (
             select from undertakings u where u.kind = 'governance' and u.state = 'open'
               and u.about->'hot'->>'street' = t.street and u.about->'hot'->>'category' = t.category) as governed
           from taken t order by category, street`,
    values: [atMost],
  });
  return { taken: rows.length, places: rows.filter(({ governed }) => !governed) };
}

/** A place and a span of time in which its orders began. */
export type Asked = Place & Readonly<{ from: Instant; to: Instant }>;

/**
 * How many orders began there within each span, of how many people with a known number, and which unit leads most of
 * them. `afresh`: only what began after the place was last governed, so that the same orders make no second matter.
 */
export async function volumesOf(
  from: Queryable,
  asked: readonly Asked[],
  { afresh = false }: Readonly<{ afresh?: boolean }> = {},
): Promise<readonly Readonly<{ volume: Volume; lead: string | null }>[]> {
  if (asked.length === 0) return [];
  const { rows } = await from.query<{ since: Date; orders: number; people: number; lead: string | null }>({
    name: 'volumes of matters',
    text: `select s.since, v.orders, v.people, v.lead
      from rows from (json_to_recordset($1) as (category text, street text, begins timestamptz, ends timestamptz))
        with ordinality as a(category, street, begins, ends, n)
      cross join lateral (select greatest(a.begins, (
        select max(u.ended_at) from undertakings u where $2 and u.kind = 'governance'
          and u.about->'hot'->>'street' = a.street and u.about->'hot'->>'category' = a.category)) as since) s
      cross join lateral (
        select count(distinct w.id)::int as orders, count(distinct q.phone_key)::int as people,
          mode() within group (order by w.owner) as lead
        from measures m join work_orders w on w.id = m.order_id
        left join requests r on r.work_order_id = w.id and not r.aside and r.withdrawn_at is null
        left join requesters q on q.request_id = r.id
        where m.street = a.street and m.category = a.category and m.orders > 0 and m.due_at >= s.since
          and w.registered_at > s.since and w.registered_at <= a.ends
          and m.standing not in ('merged', 'void', 'withdrawn', 'not_accepted') and w.kind <> 'praise') v
      order by a.n`,
    values: [
      JSON.stringify(
        asked.map(({ category, street, from: begins, to }) => ({
          category,
          street,
          begins: new Date(begins).toISOString(),
          ends: new Date(to).toISOString(),
        })),
      ),
      afresh,
    ],
  });
  return rows.map(({ since, orders, people, lead }, i) => ({
    volume: { from: since.getTime() as Instant, to: asked[i]?.to ?? (0 as Instant), orders, people },
    lead,
  }));
}
