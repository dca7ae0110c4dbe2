import { expect, test } from 'vitest';
import { demo } from '../support/city.ts';

const { app, call } = await demo();

test('429 when an address without a key asks more than a person would, with the limit in every answer', async () => {
  const first = await call(null, 'GET', '/openapi.json');
  expect(first.headers).toMatchObject({ 'ratelimit-limit': '120', 'ratelimit-remaining': '119' });
  for (let left = 118; left >= 0; left--)
    expect((await call(null, 'GET', '/openapi.json')).headers['ratelimit-remaining']).toBe(String(left));
  const refused = await call(null, 'GET', '/openapi.json');
  expect(refused.body).toMatchObject({ status: 429, code: 'too-many-requests', type: '/problems/too-many-requests' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
});

test('a key has a limit of its own', async () => {
  const seen = await call('operator', 'GET', 'work-orders');
  expect(seen.status).toBe(200);
  expect(seen.headers['ratelimit-limit']).toBe('60000');
});

test('a request that comes drop by drop has five minutes to be there', () => {
  expect(app.server.requestTimeout).toBe(300_000);
});
