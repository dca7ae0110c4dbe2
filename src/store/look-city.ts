import { openStates } from '../domain/work-order.ts';
import type { Queryable } from './rows.ts';

/** Whether a unit still answers for anything. */
export async function hasOpenOrders(from: Queryable, unit: string): Promise<boolean> {
  const { rows } = await from.query<{ there: boolean }>(
    'select exists (select from work_orders where owner = $1 and state = any($2)) as there',
    [unit, openStates],
  );
  return rows[0]?.there === true;
}

/**
 * Up to `limit` open orders, by id, that have a clock running on another calendar than this; with `kept` also those
 * that keep a date the calendar no longer gives.
 */
export async function ordersOnOtherCalendars(
  from: Queryable,
  calendarVersion: string,
  { kept, after, limit }: Readonly<{ kept: boolean; after: string | null; limit: number }>,
): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>(
    `select distinct order_id as id from clocks
     where state <> 'stopped' and ($2::uuid is null or order_id > $2)
       and (calendar_version <> $1 or ($4 and grants @> '[{"reason":"calendar_changed"}]'))
     order by order_id limit $3`,
    [calendarVersion, after, limit, kept],
  );
  return rows.map(({ id }) => id);
}
