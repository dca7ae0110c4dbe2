import { afterAll, expect, test } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { refusals } from '../../src/domain/refusal.ts';
import { openMetrics } from '../../src/http/metrics.ts';
import { statusOf } from '../../src/http/problem.ts';
import { openRuntime } from '../../src/runtime.ts';
import { aLight, demo, silent } from '../support/city.ts';
import { freshDatabase } from '../support/database.ts';

const { app, call, deps } = await demo();
const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

test('a live process says so, and is ready while PostgreSQL is there and migrated', async () => {
  expect((await get('/livez')).json()).toEqual({ status: 'ok' });
  const ready = await get('/readyz');
  expect([ready.statusCode, ready.json()]).toEqual([200, { status: 'ok' }]);
});

test('a queue engine that is away degrades the service and leaves it ready', async () => {
  const degraded = await buildApp({ ...deps, queue: () => 'down' });
  const reply = await degraded.inject({ url: '/readyz' });
  expect([reply.statusCode, reply.json()]).toEqual([200, { status: 'degraded', queue: 'down' }]);
  await degraded.close();
});

test('503 with a problem document when PostgreSQL is away, and the process is still alive', async () => {
  const { url } = await freshDatabase();
  const runtime = await openRuntime({ databaseUrl: url, drill: null, log: silent, poolSize: 2 });
  const away = await buildApp(runtime.deps);
  afterAll(() => away.close());
  await runtime.close();
  const reply = await away.inject({ url: '/readyz' });
  expect(reply.headers['content-type']).toContain('application/problem+json');
  expect([reply.statusCode, reply.json().code, reply.headers['retry-after']]).toEqual([503, 'unavailable', '1']);
  expect((await away.inject({ url: '/livez' })).statusCode).toBe(200);
});

test('503 while a migration is missing', async () => {
  const { url, pool } = await freshDatabase();
  const runtime = await openRuntime({ databaseUrl: url, drill: null, log: silent, poolSize: 2 });
  const old = await buildApp(runtime.deps);
  afterAll(() => old.close());
  afterAll(() => runtime.close());
  await pool.query('delete from schema_migrations where name = (select max(name) from schema_migrations)');
  expect((await old.inject({ url: '/readyz' })).statusCode).toBe(503);
});

test('those who watch the service are not counted against anybody, and need no key', async () => {
  const reply = await get('/livez');
  expect(reply.headers['ratelimit-limit']).toBeUndefined();
});

test('every problem has its page, in both languages, for people and for programs', async () => {
  for (const code of Object.keys(refusals) as (keyof typeof refusals)[]) {
    const json = await app.inject({
      url: `/problems/${code}`,
      remoteAddress: `10.1.${code.length}.${code.charCodeAt(0)}`,
    });
    const [zh, en] = refusals[code];
    expect(json.json()).toEqual({ type: `/problems/${code}`, code, status: statusOf(code), zh, en });
  }
  const page = await get('/problems/too-long', { accept: 'text/html,*/*', 'accept-language': 'en' });
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.payload).toContain('<html lang="en">');
  expect(page.payload).toContain(refusals['too-long'][1]);
  const chinese = await get('/problems/too-long', { accept: 'text/html' });
  expect(chinese.payload.indexOf(refusals['too-long'][0])).toBeLessThan(
    chinese.payload.indexOf(refusals['too-long'][1]),
  );
  expect((await get('/problems/no-such-problem')).statusCode).toBe(404);
});

test('the type of a problem leads to its page', async () => {
  const refused = await call('operator', 'GET', 'requests/00000000-0000-7000-8000-000000000000');
  expect((await get(refused.body.type)).json()).toMatchObject({ code: 'not-found', status: 404 });
});

test('the documentation fetches nothing from elsewhere and runs under its own content policy', async () => {
  expect(await get('/')).toMatchObject({ statusCode: 302, headers: { location: '/docs' } });
  const page = await get('/docs/');
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('upgrade-insecure-requests');
  expect(page.payload).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  // A script in the page itself would not be run.
  expect(page.payload).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>/);
  const parts = [...page.payload.matchAll(/(?:src|href)="([^"]+)"/g)].map(
    ([, path = '']) => new URL(path, 'http://x/docs/').pathname,
  );
  expect(parts.length).toBeGreaterThan(3);
  for (const path of parts) expect((await get(path)).statusCode, path).toBe(200);
  const initializer = (await get(parts.find((p) => p.includes('initializer')) ?? '')).payload;
  expect(initializer).toContain('validatorUrl: null'); // else it would ask a validator on the internet
  expect((await get('/docs/json')).json().paths['/v1/requests']).toBeDefined();
});

test('metrics count answers by route and status, and what waits, and name nobody', async () => {
  const metrics = openMetrics({ deps, queue: () => 'up' });
  const measured = await buildApp({ ...deps, metrics });
  afterAll(() => measured.close());
  const made = await call('operator', 'POST', 'requests', aLight());
  await measured.inject({ url: `/v1/requests/${made.body.request.id}` });
  await measured.inject({ url: '/v1/nowhere/13800001234' });
  const text = await metrics.text();
  expect(text).toMatch(/gridcall_http_answer_seconds_count\{method="GET",route="\/v1\/requests\/:id",status="401"\} 1/);
  expect(text).toMatch(/gridcall_http_answer_seconds_count\{method="GET",route="unknown",status="404"\} 1/);
  expect(text).toMatch(/gridcall_waiting\{what="unpublished"\} [1-9]/);
  expect(text).toMatch(/gridcall_waiting\{what="due"\} 0/);
  expect(text).toMatch(/gridcall_queue_up 1/);
  expect(text).not.toContain('13800001234');
  expect(text).not.toContain(made.body.request.id);
});
