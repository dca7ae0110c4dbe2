import type { State } from '../domain/work-order.ts';
import type { Instant } from '../domain/time.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

/** A duty that goes from one unit to another at a moment, taking its open orders along. */
export type DutyMove = typeof t.dutyMoves.$inferSelect;

const write = writer(t.dutyMoves);
export const writeMove = (tx: Queryable, move: DutyMove): Promise<void> => write(tx, [move]);

/** The first move whose moment has come, held until the transaction ends; none that another is making. */
export async function holdDueMove(tx: Queryable, now: Instant, id: string | null): Promise<DutyMove | null> {
  const { rows } = await tx.query<{ move: Record<string, unknown> }>({
    name: 'hold due move',
    text: `select row_to_json(m) as move from duty_moves m
           where done_at is null and effective_at <= $1 and ($2::uuid is null or id = $2)
           order by effective_at, id limit 1 for update skip locked`,
    values: [new Date(now).toISOString(), id],
  });
  return rows[0] ? fromJson(t.dutyMoves, rows[0].move) : null;
}

/** Records what a move has done. */
export const finishMove = (tx: Queryable, { id, doneAt, moved, refused }: DutyMove): Promise<unknown> =>
  tx.query({
    name: 'finish move',
    text: 'update duty_moves set done_at = $2, moved = $3, refused = $4 where id = $1',
    values: [id, doneAt === null ? null : new Date(doneAt).toISOString(), moved, JSON.stringify(refused)],
  });

/** Open orders of a unit in a category and all below it, in an area and all below it, by id. */
export async function ordersOfDuty(
  from: Queryable,
  { fromUnit, category, area }: Pick<DutyMove, 'fromUnit' | 'category' | 'area'>,
  atUnit: readonly State[],
): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>({
    name: 'orders of duty',
    text: `select id from work_orders
           where owner = $1 and state = any($2) and (category = $3 or starts_with(category, $3 || '/'))
             and ($4::text is null or area_path @> array[$4]::text[])
           order by id`,
    values: [fromUnit, atUnit, category, area],
  });
  return rows.map((r) => r.id);
}
