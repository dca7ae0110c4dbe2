import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts';
import { migrate } from '../../src/store/migrate.ts';
import { crowd, end, lateness, timerWorker } from '../support/timers.ts';

const registered = '2026-03-02T09:00:00+08:00';
const due = Date.parse('2026-03-02T14:00:00+08:00');
const workers = 4;
const warmMs = 10_000;

/** How late `count` clocks fire that are due at one moment, with four worker processes on a database of their own. */
export async function measureTimers(count: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gridcall-bench-'));
  await chmod(folder, 0o755); // as root, PostgreSQL's own user has to reach it
  const log = { info: () => {}, warn: () => {}, error: console.error };
  const database = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log });
  await migrate(database.url);
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => {}); // the database goes first
  try {
    await crowd(pool, database.url, { at: registered, count });
    await fireWhatComesBefore(pool, database.url, count);
    await pool.query('vacuum analyze');
    const offset = due - Date.now() - warmMs;
    const running = await Promise.all(Array.from({ length: workers }, () => timerWorker(database.url, offset)));
    await until(() => fired(pool, 'sign_limit', count));
    const took = (Date.now() + offset - due) / 1000;
    await end(running, 'SIGTERM');
    const late = await lateness(pool, 'sign_by_timeout', new Date(due).toISOString());
    const rank = (share: number): string =>
      ((late[Math.min(late.length - 1, Math.floor(late.length * share))] ?? 0) / 1000).toFixed(2);
    const [before, twice] = [late.filter((ms) => ms < 0).length, late.length - count];
    return `timers        ${count} due at one moment, ${workers} workers: late by p50 ${rank(0.5)} s, p99 ${rank(0.99)} s; all after ${took.toFixed(1)} s, ${(count / took).toFixed(0)}/s; before their time ${before}, twice ${twice}`;
  } finally {
    await pool.end();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of each order one rung is left, all of them at one moment, and nothing else waits to be done. */
async function fireWhatComesBefore(pool: pg.Pool, databaseUrl: string, count: number): Promise<void> {
  const early = await timerWorker(databaseUrl, due - 60_000 - Date.now());
  await until(() => fired(pool, 'warn', count));
  await until(async () => {
    const { rows } = await pool.query<{ left: boolean }>(
      'select exists (select from facts where handled_at is null) as left',
    );
    return rows[0]?.left === false;
  });
  await end([early], 'SIGTERM');
}

async function fired(pool: pg.Pool, rung: string, count: number): Promise<boolean> {
  const { rows } = await pool.query<{ n: number }>(
    `select count(*)::int as n from facts where type = 'rung_fired' and body->>'rung' = $1`,
    [rung],
  );
  return (rows[0]?.n ?? 0) >= count;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(100);
}
