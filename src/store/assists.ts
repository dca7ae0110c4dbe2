import type { Queryable } from './rows.ts';

/** The order an assist belongs to; null where there is no such assist. */
export async function orderOfAssist(from: Queryable, id: string): Promise<string | null> {
  const { rows } = await from.query<{ order_id: string }>({
    name: 'order of assist',
    text: 'select order_id from assists where id = $1',
    values: [id],
  });
  return rows[0]?.order_id ?? null;
}
