import type { LadderPolicy } from '../domain/ladder.ts';
import type { Queryable } from './rows.ts';

/** The ladder by which clocks' next moments were last worked out; null where that was the one a city starts with. */
export async function appliedLadder(from: Queryable): Promise<LadderPolicy | null> {
  const { rows } = await from.query<{ policy: LadderPolicy }>('select policy from ladder_applied');
  return rows[0]?.policy ?? null;
}

/** Says that all clocks climb by this ladder now. */
export const markApplied = (to: Queryable, policy: LadderPolicy): Promise<unknown> =>
  to.query('insert into ladder_applied (policy) values ($1) on conflict (one) do update set policy = $1', [
    JSON.stringify(policy),
  ]);

/** Ids of work orders with a clock that has not stopped, a page at a time. */
export async function climbingOrders(from: Queryable, after: string | null, limit: number): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>(
    `select distinct order_id as id from clocks where state <> 'stopped' and ($1::uuid is null or order_id > $1)
     order by order_id limit $2`,
    [after, limit],
  );
  return rows.map(({ id }) => id);
}
