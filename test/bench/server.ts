import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts';
import { type CityProcess, startCity } from '../../src/dev/replay-server.ts';

/** A demo city in a process of its own on a PostgreSQL of its own, with that one's real durability. */
export type Server = Pick<CityProcess, 'url' | 'keys' | 'close'> &
  Readonly<{ databaseUrl: string; residentMb: () => number }>;

/** Starts the program as `npm start` does, with `nodeOptions` before its name. */
export async function startServer(nodeOptions: readonly string[] = []): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'gridcall-bench-'));
  await chmod(folder, 0o755); // as root, PostgreSQL's own user has to reach it
  const log = { info: () => {}, warn: console.warn, error: console.error };
  const database = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log });
  const closeDatabase = async (): Promise<void> => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const env = { DATABASE_URL: database.url, GRIDCALL_DEMO: '1' };
    const { url, keys, child, close } = await startCity(join(folder, 'data'), env, nodeOptions);
    return {
      url,
      keys,
      databaseUrl: database.url,
      residentMb: () => residentMb(child.pid),
      close: () => close().then(closeDatabase),
    };
  } catch (error) {
    await closeDatabase();
    throw error;
  }
}

const residentMb = (pid: number | undefined): number =>
  Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024);
