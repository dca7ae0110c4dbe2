import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { StartupError } from '../config.ts';
import { holdDataDir, placeFor, readPassword } from './embedded-files.ts';
import { launch, type Owner, stop, stopLeftover } from './embedded-process.ts';
import { preparePrograms } from './embedded-programs.ts';

type Say = (message: string) => void;
export type Log = Readonly<{ info: Say; warn: Say; error: Say }>;

const user = 'gridcall';
const database = 'gridcall';

// Durability keeps PostgreSQL's own defaults: fsync, full page writes and synchronous commit are on. What the server
// logs names no values, since rows hold what residents said.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '128MB',
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

/**
 * Starts the PostgreSQL that comes with the program, its files below `dataDir`, on a free port of the loopback address,
 * and makes it on first use. Resolves when the database `gridcall` answers. `close` stops the server and lets the data
 * directory go. Throws a StartupError when the directory cannot be written, is held by another living process, or
 * belongs to another major version of PostgreSQL.
 */
export async function startEmbeddedPostgres({ dataDir, log }: { dataDir: string; log: Log }) {
  const { path, release } = await holdDataDir(dataDir);
  try {
    const { place, owner } = await placeFor(path);
    const { native, version } = await preparePrograms(place, owner);
    const cluster = join(place, 'data');
    const found = await clusterVersion(cluster);
    const major = version.split('.')[0] ?? version;
    if (found !== null && found !== major)
      throw new StartupError(`data directory ${path} was made by PostgreSQL ${found}, this is PostgreSQL ${major}`);
    const password = await readPassword(path, found !== null);
    if (found === null) await createCluster({ native, place, cluster, owner, password });
    const stopped = await stopLeftover(cluster);
    if (stopped !== null) log.warn(`stopped PostgreSQL process ${stopped}, left over from an earlier run`);
    const { server, port, lines } = await startServer(native, cluster, owner, log);
    const url = (name: string) => `postgres://${user}:${password}@127.0.0.1:${port}/${name}`;
    const close = async (): Promise<void> => {
      // Whoever is still connected is sent away, which is no news.
      lines.removeAllListeners('line');
      server.removeAllListeners('exit');
      await stop(server);
      await release();
    };
    try {
      await ensureDatabase(url);
    } catch (error) {
      await close();
      throw error;
    }
    server.once('exit', (code, signal) => log.error(`the embedded PostgreSQL ended by itself (${signal ?? code})`));
    return { url: url(database), close };
  } catch (error) {
    await release();
    throw error;
  }
}

async function clusterVersion(cluster: string): Promise<string | null> {
  try {
    return (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new StartupError(`${cluster} cannot be read (${code}): it may belong to another user`, { cause: error });
  }
}

type Creation = Readonly<{ native: string; place: string; cluster: string; owner: Owner; password: string }>;

/** Made beside its place and moved there when complete, so that a start cut short leaves nothing half made. */
async function createCluster({ native, place, cluster, owner, password }: Creation): Promise<void> {
  for (const name of await readdir(place))
    if (name.startsWith('unfinished-')) await rm(join(place, name), { recursive: true, force: true });
  const unfinished = join(place, `unfinished-${process.pid}`);
  const passwordFile = join(place, `unfinished-password-${process.pid}`);
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (owner) await chown(passwordFile, owner.uid, owner.gid);
  // The built-in locale orders and folds text the same on every system, whichever locales it has.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [`--username=${user}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const child = launch(join(native, 'bin/initdb'), ['-D', unfinished, ...access, ...locale], owner, 'KILL', {
    cwd: place,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { complaint } = hear(child);
  const [code] = await once(child, 'close');
  await rm(passwordFile, { force: true });
  if (code !== 0) throw new StartupError(`a new database could not be made in ${place}: ${complaint()}`);
  await rename(unfinished, cluster);
}

/** A port found free may be taken the next moment: then another one is tried. */
async function startServer(native: string, cluster: string, owner: Owner, log: Log) {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const options = Object.entries({ ...settings, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = launch(join(native, 'bin/postgres'), ['-D', cluster, ...options], owner, 'INT', {
      cwd: cluster,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const { lines, complaint } = hear(server);
    if (await saysReady(server, lines)) {
      report(lines, log);
      return { server, port, lines };
    }
    if (attempt === 3 || !complaint().includes('could not create any TCP/IP sockets'))
      throw new StartupError(`the embedded PostgreSQL did not start: ${complaint()}`);
  }
}

/** True when `server` takes connections, false when it ended instead. Recovery after a crash may take its time. */
function saysReady(server: ChildProcess, lines: Lines): Promise<boolean> {
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.endsWith('ready to accept connections')) resolve(true);
    });
    server.once('close', () => resolve(false));
    server.once('error', reject);
  });
}

async function ensureDatabase(url: (name: string) => string): Promise<void> {
  const client = new pg.Client({ connectionString: url('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
}

type Lines = ReturnType<typeof createInterface>;

/** What `child` says, line by line, and the complaint among the last of it: the line itself, without those around it. */
function hear(child: ChildProcess): { lines: Lines; complaint: () => string } {
  if (!child.stderr) throw new Error('started without a pipe for its messages');
  const lines = createInterface({ input: child.stderr });
  let last: string[] = [];
  lines.on('line', (line) => {
    last = [...last.slice(-19), line];
  });
  return { lines, complaint: () => last.find((line) => /(FATAL|PANIC|error):/.test(line)) ?? last.at(-1) ?? '' };
}

/** Errors of single statements stay out: whoever asked hears them, and they may quote what residents said. */
function report(lines: Lines, log: Log): void {
  lines.on('line', (line) => {
    if (/^(FATAL|PANIC):/.test(line)) log.error(`PostgreSQL: ${line}`);
    else if (line.startsWith('WARNING:')) log.warn(`PostgreSQL: ${line}`);
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
