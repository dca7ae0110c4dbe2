import type { Instant } from '../domain/time.ts';
import type { State } from '../domain/work-order.ts';
import type { DueSql } from './due.ts';
import { fromJson, locking, type Queryable, readingOne, writer } from './rows.ts';
import * as t from './tables.ts';

/**
 * A duty that goes from one unit to another at a moment. Its open orders go along, or stay where they are (`keepOpen`);
 * `moved`, `kept` and `refused` say what became of them once it is done.
 */
export type DutyMove = typeof t.dutyMoves.$inferSelect;

const write = writer(t.dutyMoves, { key: ['id'] });
/** Writes a move as it is now. */
export const writeMove = (tx: Queryable, move: DutyMove): Promise<void> => write(tx, [move]);

type Row = Readonly<{ move: Record<string, unknown> }>;
const assemble = ({ move }: Row): DutyMove => fromJson(t.dutyMoves, move);

/** One move, or null. */
export const loadMove = readingOne(t.dutyMoves);

/** The same, held until the transaction ends. */
export const lockMove = locking(t.dutyMoves, loadMove);

/** What a list may be narrowed to: `unit` gives or takes, `pending` waits for its moment. `after` ends the page before. */
export type MoveFilter = Readonly<{
  unit?: string | undefined;
  category?: string | undefined;
  pending?: boolean | undefined;
  after?: Readonly<{ at: Instant; id: string }> | undefined;
  limit: number;
}>;

/** Moves that pass the filter, the last made first. */
export async function findMoves(
  from: Queryable,
  { unit, category, pending, after, limit }: MoveFilter,
): Promise<readonly DutyMove[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions: string[] = [];
  if (unit !== undefined) conditions.push(`${bind(unit)} in (m.from_unit, m.to_unit)`);
  if (category !== undefined) conditions.push(`m.category = ${bind(category)}`);
  if (pending !== undefined) conditions.push(`${pending ? '' : 'not '}(m.done_at is null and m.withdrawn_at is null)`);
  if (after !== undefined)
    conditions.push(
      `(m.made_at, m.id) < (${bind(new Date(after.at).toISOString())}::timestamptz, ${bind(after.id)}::uuid)`,
    );
  const { rows } = await from.query<Row>(
    `select row_to_json(m) as move from duty_moves m where ${conditions.join(' and ') || 'true'}
     order by m.made_at desc, m.id desc limit ${bind(limit)}`,
    values,
  );
  return rows.map(assemble);
}

/** Moves whose moment has come. */
export const dueMoves: DueSql = (atMost) => `
  select id, effective_at as due_at from duty_moves
  where done_at is null and withdrawn_at is null and effective_at <= $1 and not (id = any($2))
  order by effective_at, id limit ${atMost}`;

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
