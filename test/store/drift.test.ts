import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { type PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type pg from 'pg';
import { expect, test } from 'vitest';
import * as tables from '../../src/store/tables.ts';
import { freshDatabase } from '../support/database.ts';

const { pool } = await freshDatabase();

/** A column in one line, so that two lists of them can be compared by eye. */
const line = (table: string, name: string, type: string, nullable: boolean): string =>
  `${table}.${name} ${type}${nullable ? '' : ' not null'}`;

/** PostgreSQL's own names for the types drizzle writes shorter. */
const full: Readonly<Record<string, string>> = { timestamptz: 'timestamp with time zone', serial: 'integer' };
const typeOf = (column: PgColumn): string => {
  const dimensions = (column as { dimensions?: number }).dimensions ?? 0;
  const [base = '', ...array] = column.getSQLType().split(/(?=\[)/);
  return `${full[base] ?? base}${array.length > 0 ? '[]'.repeat(array.length) : '[]'.repeat(dimensions)}`;
};

const written = (): readonly string[] =>
  Object.values(tables as Record<string, unknown>)
    .filter((thing) => is(thing, PgTable))
    .flatMap((table) =>
      Object.values(getTableColumns(table)).map((column) =>
        line(getTableName(table), column.name, typeOf(column), !column.notNull),
      ),
    )
    .toSorted();

async function migrated(from: pg.Pool): Promise<readonly string[]> {
  const { rows } = await from.query<{ table: string; name: string; type: string; nullable: boolean }>(`
    select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'bullmq') and c.relkind in ('r', 'p')
      and not c.relispartition and c.relname <> 'schema_migrations' and a.attnum > 0 and not a.attisdropped`);
  return rows.map((row) => line(row.table, row.name, row.type, row.nullable)).toSorted();
}

test('tables.ts says of every table and column what the migrations made, and knows no others', async () => {
  const made = await migrated(pool);
  expect(made.length).toBeGreaterThan(100);
  expect(written()).toEqual(made);
});

test.each([
  ['a column more', 'alter table areas add column colour text'],
  ['a column less', 'alter table areas drop column shape'],
  ['another type', 'alter table areas alter column name type varchar(20)'],
  ['nullable now', 'alter table areas alter column name drop not null'],
  ['a table more', 'create table lanterns (id int)'],
  ['a table less', 'drop table drill_clock'],
])('a database with %s is noticed', async (_what, sql) => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(sql);
    expect(written()).not.toEqual(await migrated(client as unknown as pg.Pool));
  } finally {
    await client.query('rollback');
    client.release();
  }
});
