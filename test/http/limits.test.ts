import { expect, test } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { demo } from '../support/city.ts';

const { app, call, deps } = await demo();

test('429 when an address without a key asks more than a person would, with the limit in every answer', async () => {
  const first = await call(null, 'GET', '/openapi.json');
  expect(first.headers).toMatchObject({ 'ratelimit-limit': '120', 'ratelimit-remaining': '119' });
  for (let left = 118; left >= 0; left--)
    expect((await call(null, 'GET', '/openapi.json')).headers['ratelimit-remaining']).toBe(String(left));
  const refused = await call(null, 'GET', '/openapi.json');
  expect(refused.body).toMatchObject({ status: 429, code: 'too-many-requests', type: '/problems/too-many-requests' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
});

test('503 with Retry-After while the process cannot keep up, and served again once it can', async () => {
  const busy = await buildApp({ ...deps, mostDelayMs: 30 });
  const look = () => busy.inject({ url: '/v1/public/notices' });
  const holdUp = (ms: number): void => {
    for (const until = performance.now() + ms; performance.now() < until; );
  };
  let last = await look();
  const heldUp = async () => {
    holdUp(60);
    last = await look();
    return last.statusCode;
  };
  await expect.poll(heldUp, { timeout: 30_000, interval: 1 }).toBe(503);
  expect([last.json().code, last.headers['retry-after']]).toEqual(['unavailable', '1']);
  await expect.poll(async () => (await look()).statusCode, { timeout: 30_000, interval: 50 }).toBe(200);
  await busy.close();
});

test('a key has a limit of its own', async () => {
  const seen = await call('operator', 'GET', 'work-orders');
  expect(seen.status).toBe(200);
  expect(seen.headers['ratelimit-limit']).toBe('60000');
});

test('a request that comes drop by drop has five minutes to be there', () => {
  expect(app.server.requestTimeout).toBe(300_000);
});
