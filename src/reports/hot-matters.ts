import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/rows.ts';
import type { Rows } from './rates.ts';

/** A category at a street: how many orders began there, of how many people with a known number, and who governs it now. */
export type HotPlace = Readonly<{
  category: string;
  street: string;
  orders: number;
  people: number;
  governanceId: string | null;
}>;

/** Of which orders: begun from `from` on and by `to`, with at least so many of them or of people. */
export type HotSpan = Readonly<{ from: Instant; to: Instant; orders: number; people: number; limit: number }>;

const text = `
  select p.*, (select u.id from undertakings u where u.kind = 'governance' and u.state = 'open'
    and u.about->'hot'->>'street' = p.street and u.about->'hot'->>'category' = p.category) as "governanceId"
  from (
    select m.category, m.street, count(distinct w.id)::int as orders, count(distinct q.phone_key)::int as people
    from measures m join work_orders w on w.id = m.order_id
    left join requests r on r.work_order_id = w.id and not r.aside and r.withdrawn_at is null
    left join requesters q on q.request_id = r.id
    where m.orders > 0 and m.category is not null and m.street is not null
      and m.due_at >= $1 and w.registered_at >= $1 and w.registered_at <= $2
      and m.standing not in ('merged', 'void', 'withdrawn', 'not_accepted') and w.kind <> 'praise'
      and ($3::text[] is null or m.unit = any($3)) and ($4::text[] is null or m.area_path && $4)
      and ($5::text is null or m.category = $5 or starts_with(m.category, $5 || '/'))
    group by 1, 2
    having count(distinct w.id) >= $6 or count(distinct q.phone_key) >= $7
    order by 3 desc, 4 desc, 1, 2 limit $8) p
  order by p.orders desc, p.people desc, p.category, p.street`;

/** The matters asked about most, in one query: those with most orders first. */
export async function hotPlaces(
  from: Queryable,
  { units, areas, category }: Rows,
  span: HotSpan,
): Promise<readonly HotPlace[]> {
  const [begins, ends] = [span.from, span.to].map((at) => new Date(at).toISOString());
  const { rows } = await from.query<HotPlace>({
    name: 'hot places',
    text,
    values: [begins, ends, units, areas, category ?? null, span.orders, span.people, span.limit],
  });
  return rows;
}
