import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StartupError } from '../../src/config.ts';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts';
import { markOf } from '../../src/dev/embedded-process.ts';

let folder: string;
let dataDir: string;
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };

beforeEach(async () => {
  vi.resetAllMocks();
  folder = await mkdtemp(join(tmpdir(), 'gridcall-embedded-'));
  await chmod(folder, 0o755);
  dataDir = join(folder, 'data');
});
afterEach(() => rm(folder, { recursive: true }));

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Another process that starts the database and waits; `PATH` decides whether it finds setpriv. */
async function startElsewhere(
  PATH = process.env.PATH,
): Promise<{ child: ChildProcess; url: string; postmaster: number }> {
  const module = new URL('../../src/dev/embedded-postgres.ts', import.meta.url).href;
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(module)};
    const log = { info() {}, warn() {}, error() {} };
    const { url } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log });
    process.stdout.write(url);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(child.stdout, 'data');
  return { child, url: String(url), postmaster: await postmasterPid() };
}

const cluster = async () => join(await realpath(join(dataDir, 'postgres')), 'data');
const postmasterPid = async () => Number.parseInt(await readFile(`${await cluster()}/postmaster.pid`, 'utf8'), 10);

const alive = (pid: number): boolean => markOf(pid) !== null;

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

test('data and password outlive a restart, and only our user can read the password', async () => {
  const first = await startEmbeddedPostgres({ dataDir, log });
  await ask(first.url, 'create table call as select 12345 as number');
  await first.close();
  const second = await startEmbeddedPostgres({ dataDir, log });
  expect(await ask(second.url, 'select number from call')).toEqual([{ number: 12345 }]);
  expect(new URL(second.url).password).toBe(new URL(first.url).password);
  await second.close();
  expect((await stat(join(dataDir, 'postgres.password'))).mode & 0o777).toBe(0o600);
  expect(log.warn).not.toHaveBeenCalled();
  expect(log.error).not.toHaveBeenCalled();
});

test('it keeps what it has said it stored, listens to this machine alone, and asks for the password', async () => {
  const { url, close } = await startEmbeddedPostgres({ dataDir, log });
  const settings = `select name, setting from pg_settings where name in
    ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses', 'server_encoding') order by name`;
  expect(await ask(url, settings)).toEqual([
    { name: 'fsync', setting: 'on' },
    { name: 'full_page_writes', setting: 'on' },
    { name: 'listen_addresses', setting: '127.0.0.1' },
    { name: 'server_encoding', setting: 'UTF8' },
    { name: 'synchronous_commit', setting: 'on' },
  ]);
  const stranger = new URL(url);
  stranger.password = 'guess';
  await expect(ask(stranger.href, 'select 1')).rejects.toThrow('password authentication failed');
  await close();
});

test('a data directory in a folder closed to others works', async () => {
  await chmod(folder, 0o700);
  const { url, close } = await startEmbeddedPostgres({ dataDir, log });
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await close();
  await rm(await realpath(join(dataDir, 'postgres')), { recursive: true });
});

test('no server outlives a process that was killed, and the next start finds its data', async () => {
  const { child, url, postmaster } = await startElsewhere();
  await ask(url, 'create table call as select 12345 as number');
  await kill(child);
  await vi.waitFor(() => expect(alive(postmaster)).toBe(false), { timeout: 5_000 });
  const next = await startEmbeddedPostgres({ dataDir, log });
  expect(await ask(next.url, 'select number from call')).toEqual([{ number: 12345 }]);
  await next.close();
  expect(log.warn).not.toHaveBeenCalled();
});

test('a server left over where the kernel could not be asked to end it is stopped by the next start', async () => {
  const { child, url, postmaster } = await startElsewhere('/nowhere');
  await ask(url, 'create table call as select 12345 as number');
  await kill(child);
  expect(alive(postmaster)).toBe(true);
  const next = await startEmbeddedPostgres({ dataDir, log });
  expect(log.warn).toHaveBeenCalledWith(`stopped PostgreSQL process ${postmaster}, left over from an earlier run`);
  expect(alive(postmaster)).toBe(false);
  expect(await ask(next.url, 'select number from call')).toEqual([{ number: 12345 }]);
  await next.close();
});

test('a lock left by a process whose number now belongs to another is no obstacle', async () => {
  await (await startEmbeddedPostgres({ dataDir, log })).close();
  await writeFile(join(dataDir, 'gridcall.pid'), JSON.stringify({ pid: process.ppid, started: 'long ago' }));
  await writeFile(`${await cluster()}/postmaster.pid`, `${process.pid}\n`);
  const next = await startEmbeddedPostgres({ dataDir, log });
  await next.close();
  expect(alive(process.pid)).toBe(true);
});

test('a second process in the same data directory is told who holds it', async () => {
  const { child, url } = await startElsewhere();
  const second = startEmbeddedPostgres({ dataDir, log });
  await expect(second).rejects.toThrow(StartupError);
  await expect(second).rejects.toThrow(`is in use by another gridcall, process ${child.pid}`);
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await kill(child);
  await (await startEmbeddedPostgres({ dataDir, log })).close();
});

test('of many that start at once, one gets the data directory', async () => {
  const starts = await Promise.allSettled([1, 2, 3, 4, 5].map(() => startEmbeddedPostgres({ dataDir, log })));
  const started = starts.filter((start) => start.status === 'fulfilled');
  for (const { value } of started) await value.close();
  expect(started).toHaveLength(1);
});

test('data of another PostgreSQL major is named and left alone', async () => {
  await (await startEmbeddedPostgres({ dataDir, log })).close();
  await writeFile(`${await cluster()}/PG_VERSION`, '16\n');
  await expect(startEmbeddedPostgres({ dataDir, log })).rejects.toThrow(/made by PostgreSQL 16, this is PostgreSQL 18/);
  await writeFile(`${await cluster()}/PG_VERSION`, '18\n');
  await (await startEmbeddedPostgres({ dataDir, log })).close();
});

test('a data directory that cannot be written is named', async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(dataDir, 'a file, not a folder');
  const start = startEmbeddedPostgres({ dataDir, log });
  await expect(start).rejects.toThrow(StartupError);
  await expect(start).rejects.toThrow(`data directory ${dataDir} cannot be written (EEXIST)`);
  // Where nothing can be made although the folder above is there.
  const closed = process.platform === 'linux' ? '/proc/gridcall/data' : `${dataDir}/data`;
  await expect(startEmbeddedPostgres({ dataDir: closed, log })).rejects.toThrow(`${closed} cannot be written`);
});
