import type { Instant } from '../domain/time.ts';
import type { Queryable } from './rows.ts';

/** The record that somebody took over, and what. `shift` is the desk or the post. */
export type HandOver = Readonly<{
  id: string;
  shift: string;
  fromActor: string;
  toActor: string;
  note: string;
  items: readonly object[];
  at: Instant;
}>;

export const writeHandOver = (
  tx: Queryable,
  { id, shift, fromActor, toActor, note, items, at }: HandOver,
): Promise<unknown> =>
  tx.query(
    'insert into hand_overs (id, shift, from_actor, to_actor, note, items, at) values ($1, $2, $3, $4, $5, $6, $7)',
    [id, shift, fromActor, toActor, note, JSON.stringify(items), new Date(at).toISOString()],
  );

/** Open orders of a unit on which a person is the clerk or has inner work, by id: the order in which they are locked. */
export async function ordersOfPerson(from: Queryable, unit: string, name: string): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>(
    `select w.id from work_orders w where w.owner = $1 and w.ended_at is null and (
       w.clerk = $2 or exists (select from inner_assignments i where i.order_id = w.id and i.given_to = $2))
     order by w.id`,
    [unit, name],
  );
  return rows.map((r) => r.id);
}
