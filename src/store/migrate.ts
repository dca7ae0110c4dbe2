import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

type Migration = Readonly<{ name: string; sha256: string; sql: string }>;
type Applied = Readonly<{ name: string; sha256: string }>;

const shipped = fileURLToPath(new URL('../../migrations/', import.meta.url));
// Any fixed number serves, as long as nothing else in the database locks the same one.
const lockKey = 1234_5001;

/**
 * Brings the database at `databaseUrl` (a direct connection, not a transaction pool) to the schema of the SQL files in
 * `directory`, in the order of their names, each in a transaction of its own. Only forward: it throws, before touching
 * anything, when an applied file has changed, when the database is newer than the code, or when a file was slipped in
 * before one that is already applied. Processes that start together wait for one another.
 */
export async function migrate(databaseUrl: string, directory = shipped): Promise<void> {
  const files = await readMigrations(directory);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey]);
    for (const migration of pending(files, await readApplied(client))) await apply(client, migration);
  } finally {
    // Ending the session lets the lock go, also when the server has already gone away.
    await client.end();
  }
}

/** Whether the database holds every migration this program comes with. */
export async function isMigrated(from: Pick<pg.ClientBase, 'query'>): Promise<boolean> {
  files ??= readMigrations(shipped);
  const { rows } = await from.query<{ name: string }>('select name from public.schema_migrations');
  const applied = new Set(rows.map(({ name }) => name));
  return (await files).every(({ name }) => applied.has(name));
}
let files: Promise<Migration[]> | undefined;

async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).toSorted();
  return Promise.all(
    names.map(async (name) => {
      // A checkout with Windows line ends is the same migration.
      const sql = (await readFile(`${directory}/${name}`, 'utf8')).replaceAll('\r\n', '\n');
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function readApplied(client: pg.Client): Promise<Applied[]> {
  await client.query(`
    create table if not exists public.schema_migrations (
      name text collate "C" primary key,
      sha256 text not null,
      applied_at timestamptz not null default now()
    )`);
  const { rows } = await client.query<Applied>('select name, sha256 from public.schema_migrations order by name');
  return rows;
}

function pending(files: Migration[], applied: Applied[]): Migration[] {
  for (const { name, sha256 } of applied) {
    const file = files.find((candidate) => candidate.name === name);
    if (!file) throw new Error(`the database is newer than this program: it holds migration ${name}, unknown here`);
    if (file.sha256 !== sha256) throw new Error(`migration ${name} was changed after it had been applied`);
  }
  const last = applied.at(-1)?.name ?? '';
  const rest = files.filter((file) => !applied.some(({ name }) => name === file.name));
  const late = rest.find(({ name }) => name < last);
  if (late) throw new Error(`migration ${late.name} comes before ${last}, which is already applied`);
  return rest;
}

async function apply(client: pg.Client, { name, sql, sha256 }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query('insert into public.schema_migrations (name, sha256) values ($1, $2)', [name, sha256]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => {});
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`migration ${name} failed: ${reason}`, { cause });
  }
  // A file may have set its search path or time limits; the next one starts from the defaults.
  await client.query('reset all');
}
