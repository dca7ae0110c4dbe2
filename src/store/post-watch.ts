import type { PostRung } from '../domain/post-watch.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './rows.ts';

/**
 * Orders that lie in a queue unclaimed since before `before` and of which somebody is still to be told, the oldest first
 * after `after`. Leases are in real time.
 */
export async function unclaimedOrders(
  from: Queryable,
  { before, after, limit }: Readonly<{ before: Instant; after: string | null; limit: number }>,
): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>({
    name: 'unclaimed orders',
    text: `select w.id from work_orders w
           where w.claimable and w.urgency = 'normal' and w.dispatched_at <= $1 and ($2::uuid is null or w.id > $2)
             and (w.lease_until is null or w.lease_until <= now())
             and (w.state = 'rework' or not exists (
               select from facts f where f.subject_id = w.id and f.type = 'office_head_told' and f.unit = w.owner and f.at >= w.dispatched_at))
           order by w.id limit $3`,
    values: [new Date(before).toISOString(), after, limit],
  });
  return rows.map((r) => r.id);
}

/** Who of a unit has been told about an order since it came into the queue. */
export async function toldSince(
  from: Queryable,
  order: string,
  unit: string,
  since: Instant,
): Promise<ReadonlySet<PostRung>> {
  const { rows } = await from.query<{ type: PostRung }>({
    name: 'told since',
    text: `select distinct type from facts
           where subject_id = $1 and unit = $2 and type in ('post_b_told', 'office_head_told') and at >= $3`,
    values: [order, unit, new Date(since).toISOString()],
  });
  return new Set(rows.map((r) => r.type));
}
