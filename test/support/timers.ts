import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { buildApp } from '../../src/app.ts';
import { type DemoKeys, loadDemo } from '../../src/dev/load-demo.ts';
import { instant } from '../../src/domain/time.ts';
import { openRuntime } from '../../src/runtime.ts';
import { aLight } from './light.ts';

const silent = { info: () => {}, warn: () => {}, error: console.error };

/** Registers `count` requests in the demo city at one and the same moment, so that all their clocks are due at once. */
export async function crowd(pool: pg.Pool, databaseUrl: string, { at, count }: { at: string; count: number }) {
  const now = () => instant(at);
  const { keys } = (await loadDemo(pool, now())) as DemoKeys;
  const runtime = await openRuntime({ databaseUrl, drill: null, log: silent }, now);
  const app = await buildApp(runtime.deps);
  const items = Array.from({ length: count }, (_, i) =>
    aLight({
      title: `路灯不亮 ${i}`,
      location: { lon: 104.037274 + (i % 100) * 1e-6, lat: 30.571764 + Math.floor(i / 100) * 1e-6 },
      requester: { name: `诉求人${i}`, phone: `028-0${String(i).padStart(7, '0')}` },
    }),
  );
  for (let n = 0; n < count; n += 1000) {
    const headers = { authorization: `Bearer ${keys.operator}`, 'idempotency-key': `crowd-${n}` };
    const payload = { items: items.slice(n, n + 1000) };
    const reply = await app.inject({ method: 'POST', url: '/v1/requests/batch', headers, payload });
    const { results } = reply.json() as { results: { status: number }[] };
    if (results.some(({ status }) => status !== 201)) throw new Error(`not registered: ${reply.payload.slice(0, 500)}`);
  }
  await app.close();
  await runtime.close();
}

const program = fileURLToPath(new URL('timer-worker.ts', import.meta.url));

/** A worker process of its own whose city's time is `offsetMs` from the real one. */
export async function timerWorker(databaseUrl: string, offsetMs: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, databaseUrl, String(offsetMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

/** Ends processes and waits for it. */
export async function end(children: readonly ChildProcess[], signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    }),
  );
}

/** How late each effect of this type came after `due`, in milliseconds of the city's time, the earliest first. */
export async function lateness(pool: pg.Pool, type: string, due: string): Promise<readonly number[]> {
  const { rows } = await pool.query<{ late: number }>(
    `select (extract(epoch from at - $2::timestamptz) * 1000)::float as late from facts where type = $1 order by at`,
    [type, due],
  );
  return rows.map(({ late }) => late);
}
