import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { freshDatabase } from '../support/database.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gridcall-migrations-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, sql: string) => writeFile(join(folder, name), sql);
const applied = async (pool: pg.Pool) =>
  (await pool.query<{ name: string }>('select name from schema_migrations order by applied_at, name')).rows.map(
    ({ name }) => name,
  );

test('files are applied in the order of their names, each once however often it runs', async () => {
  const { url, pool } = await freshDatabase({ empty: true });
  await write('0002_street.sql', 'insert into area values (2)');
  await write('0001_area.sql', 'create table area (id int)');
  await write('README.md', 'not a migration');
  await migrate(url, folder);
  await migrate(url, folder);
  expect(await applied(pool)).toEqual(['0001_area.sql', '0002_street.sql']);
  expect((await pool.query('select id from area')).rows).toEqual([{ id: 2 }]);
});

test('processes that start together apply every file once', async () => {
  const { url, pool } = await freshDatabase({ empty: true });
  await write('0001_area.sql', 'create table area (id int)');
  await write('0002_street.sql', 'insert into area values (2)');
  await Promise.all([1, 2, 3, 4, 5].map(() => migrate(url, folder)));
  expect((await pool.query('select id from area')).rows).toEqual([{ id: 2 }]);
});

test('a changed file is named, and nothing after it is applied', async () => {
  const { url, pool } = await freshDatabase({ empty: true });
  await write('0001_area.sql', 'create table area (id int)');
  await migrate(url, folder);
  await write('0001_area.sql', 'create table area (id bigint)');
  await write('0002_street.sql', 'create table street (id int)');
  await expect(migrate(url, folder)).rejects.toThrow('migration 0001_area.sql was changed after it had been applied');
  expect(await applied(pool)).toEqual(['0001_area.sql']);
});

test('the line ends of a Windows checkout are no change', async () => {
  const { url } = await freshDatabase({ empty: true });
  await write('0001_area.sql', 'create table area (\n  id int\n);\n');
  await migrate(url, folder);
  await write('0001_area.sql', 'create table area (\r\n  id int\r\n);\r\n');
  await expect(migrate(url, folder)).resolves.toBeUndefined();
});

test('a program older than its database says so', async () => {
  const { url } = await freshDatabase({ empty: true });
  await write('0001_area.sql', 'create table area (id int)');
  await write('0002_street.sql', 'create table street (id int)');
  await migrate(url, folder);
  await rm(join(folder, '0002_street.sql'));
  await expect(migrate(url, folder)).rejects.toThrow(/database is newer .* 0002_street\.sql/);
});

test('a file slipped in before an applied one is named', async () => {
  const { url } = await freshDatabase({ empty: true });
  await write('0002_street.sql', 'create table street (id int)');
  await migrate(url, folder);
  await write('0001_area.sql', 'create table area (id int)');
  await expect(migrate(url, folder)).rejects.toThrow('0001_area.sql comes before 0002_street.sql');
});

test('a file that fails leaves nothing of itself, and the files before it stay', async () => {
  const { url, pool } = await freshDatabase({ empty: true });
  await write('0001_area.sql', 'create table area (id int)');
  await write('0002_street.sql', 'create table street (id int); select 1 / 0');
  await expect(migrate(url, folder)).rejects.toThrow('migration 0002_street.sql failed: division by zero');
  expect(await applied(pool)).toEqual(['0001_area.sql']);
  expect((await pool.query(`select to_regclass('street') as street`)).rows).toEqual([{ street: null }]);
});

test('a test database is a copy of the shipped schema', async () => {
  const { url, pool } = await freshDatabase();
  const before = await applied(pool);
  await migrate(url);
  expect(await applied(pool)).toEqual(before);
});
