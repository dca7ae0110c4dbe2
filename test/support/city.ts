import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions } from 'fastify';
import { afterAll } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { type DemoKeys, loadDemo } from '../../src/dev/load-demo.ts';
import { openRuntime } from '../../src/runtime.ts';
import { stoppedClock } from './clock.ts';
import { freshDatabase } from './database.ts';

export { aLight } from './light.ts';

/** Monday morning, 2 March 2026, in the demo city. */
export const monday = '2026-03-02T09:00:00+08:00';

/** Logs nothing: what a test wants to know it asks. */
export const silent = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * The demo city on a database of its own, with its HTTP face and a clock that stands still. `call` sends a request with
 * the key of the named demo client and gives status, headers and parsed body.
 */
export async function demo({ at = monday, webhookAllow = [] }: { at?: string; webhookAllow?: readonly string[] } = {}) {
  const clock = stoppedClock(at);
  const { url, pool } = await freshDatabase();
  const { keys, vendorSecret } = (await loadDemo(pool, clock.now())) as DemoKeys;
  const dataDir = await mkdtemp(join(tmpdir(), 'gridcall-city-'));
  const runtime = await openRuntime(
    { databaseUrl: url, drill: null, log: silent, poolSize: 10, webhookAllow, dataDir },
    clock.now,
  );
  // A machine with other things to do must not decide a test: nobody is turned away here, however long it takes.
  const app = await buildApp({ ...runtime.deps, mostDelayMs: 0 });
  await app.ready();
  afterAll(async () => {
    await app.close();
    await runtime.close();
    await rm(dataDir, { recursive: true });
  });
  let n = 0;
  const call = async (
    as: string | null,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const options: InjectOptions = {
      method,
      url: path.startsWith('/') ? path : `/v1/${path}`,
      headers: { ...headers },
    };
    if (as !== null) options.headers = { authorization: `Bearer ${keys[as]}`, ...options.headers };
    if (method === 'POST' && headers['idempotency-key'] === undefined)
      options.headers = { 'idempotency-key': `k${++n}`, ...options.headers };
    if (body !== undefined) options.payload = body as object;
    const reply = await app.inject(options);
    const json = reply.headers['content-type']?.toString().includes('json') ? reply.json() : null;
    return { status: reply.statusCode, headers: reply.headers, body: json, text: reply.payload };
  };
  /** One action on an order at its present version. */
  const act = async (as: string, id: string, action: string, body: object = {}) =>
    call(as, 'POST', `work-orders/${id}/actions/${action}`, body, { 'if-match': '*' });
  return { app, call, act, clock, dataDir, keys, vendorSecret, pool, url, deps: runtime.deps, runtime };
}
