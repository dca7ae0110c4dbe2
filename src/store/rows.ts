import { getTableColumns, getTableName } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type pg from 'pg';
import { endNews, keepNews } from './announce.ts';

/** Anything a statement can be sent to: the pool, or the one connection of a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

type Column = Readonly<{ property: string; column: string; isInstant: boolean }>;

const shapes = new WeakMap<PgTable, readonly Column[]>();

/** The columns of a table as the program and the database name them. */
export function columnsOf(table: PgTable): readonly Column[] {
  const known = shapes.get(table);
  if (known) return known;
  const made = Object.entries(getTableColumns(table)).map(([property, c]) => ({
    property,
    column: c.name,
    isInstant: c.getSQLType() === 'timestamptz',
  }));
  shapes.set(table, made);
  return made;
}

/** How rows of a table are written: which columns, and what happens to a row that is there already. */
export type Writing = Readonly<{ without?: readonly string[]; key?: readonly string[]; keep?: readonly string[] }>;

/**
 * A statement that writes any number of rows at once: the rows travel as one JSON parameter, so the text never changes
 * and is prepared once per connection. `key` names the columns (as properties) by which an existing row is replaced.
 */
export function writer<T extends PgTable>(table: T, { without = [], key, keep = [] }: Writing = {}) {
  const columns = columnsOf(table).filter((c) => !without.includes(c.property));
  const name = getTableName(table);
  const list = columns.map((c) => `"${c.column}"`).join(', ');
  const columnNamed = (property: string) => `"${columns.find((c) => c.property === property)?.column}"`;
  const replaced = columns.filter((c) => !key?.includes(c.property) && !keep.includes(c.property));
  const conflict =
    key === undefined
      ? ''
      : ` on conflict (${key.map(columnNamed).join(', ')}) do update set ${replaced.map((c) => `"${c.column}" = excluded."${c.column}"`).join(', ')}`;
  const text = `insert into ${name} (${list}) select ${list} from json_populate_recordset(null::${name}, $1)${conflict}`;
  const statement = `write ${name}${key ? ' over' : ''}`;
  return async (to: Queryable, rows: readonly Partial<T['$inferInsert']>[]): Promise<void> => {
    if (rows.length === 0) return;
    await to.query({ name: statement, text, values: [JSON.stringify(rows.map((row) => toColumns(columns, row)))] });
  };
}

function toColumns(columns: readonly Column[], row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const { property, column, isInstant } of columns) {
    const value = row[property];
    out[column] = isInstant && typeof value === 'number' ? new Date(value).toISOString() : value;
  }
  return out;
}

/** A row as `row_to_json` gives it, in the program's names and with its moments as instants. */
export function fromJson<T extends PgTable>(table: T, row: Readonly<Record<string, unknown>>): T['$inferSelect'] {
  const out: Record<string, unknown> = {};
  for (const { property, column, isInstant } of columnsOf(table)) {
    const value = row[column];
    out[property] = isInstant && typeof value === 'string' ? Date.parse(value) : value;
  }
  return out;
}

/** Reads rows of a table by their id, one at a time; null where there is none. */
export function readingOne<T extends PgTable>(table: T) {
  const name = getTableName(table);
  const text = `select row_to_json(r) as row from ${name} r where id = $1`;
  return async (from: Queryable, id: string): Promise<T['$inferSelect'] | null> => {
    const { rows } = await from.query<{ row: Record<string, unknown> }>({ name: `read ${name}`, text, values: [id] });
    return rows[0] === undefined ? null : fromJson(table, rows[0].row);
  };
}

/**
 * Reads one thing and holds its row until the transaction ends: null where there is none, and with `skip` also where
 * somebody else holds it. It is read after it is held, so with its parts it is as the last holder left it. Rows that only
 * refer to what is held for 'no key update' can be written meanwhile.
 */
export function locking<R>(
  table: PgTable,
  read: (tx: Queryable, id: string) => Promise<R | null>,
  how: 'update' | 'no key update' = 'update',
) {
  const name = getTableName(table);
  const text = `select from ${name} where id = $1 for ${how}`;
  return async (tx: Queryable, id: string, skip = false): Promise<R | null> => {
    const { rowCount } = await tx.query({
      name: skip ? `hold free ${name}` : `hold ${name}`,
      text: skip ? `${text} skip locked` : text,
      values: [id],
    });
    return rowCount === 1 ? read(tx, id) : null;
  };
}

/** Runs `work` in one transaction on a connection of its own. */
export async function transaction<R>(pool: pg.Pool, work: (tx: pg.PoolClient) => Promise<R>): Promise<R> {
  const client = await pool.connect();
  let broken: Error | undefined;
  let isCommitted = false;
  keepNews(client);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    isCommitted = true;
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure; // a connection that cannot roll back is not given to anybody else
    });
    throw error;
  } finally {
    client.release(broken);
    endNews(pool, client, isCommitted);
  }
}

/** Whatever is read in it is as it was at one moment. */
export const atOneMoment = <R>(pool: pg.Pool, read: (tx: pg.PoolClient) => Promise<R>): Promise<R> =>
  transaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    return read(tx);
  });

/** Reads on one connection, so that statements that do not wait for one another travel together. */
export async function onOne<T>(pool: pg.Pool, work: (from: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}
