import { expect, test } from 'vitest';
import { demo } from '../support/city.ts';

const { app, call, pool } = await demo();

const aClient = (more: object = {}) => ({ name: '区级平台', roles: ['operator'], unit: 'hotline', ...more });
const make = (more: object = {}, key?: string) =>
  call('admin', 'POST', 'clients', aClient(more), key === undefined ? {} : { 'idempotency-key': key });
const use = async (key: string, url = '/v1/work-orders') =>
  (await app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${key}` } })).statusCode;

test('a key is told once, works at once, and stands nowhere', async () => {
  const made = await make({}, 'once');
  expect(made.status, made.text).toBe(201);
  expect(made.headers['cache-control']).toBe('no-store');
  const { key, id } = made.body;
  expect(await use(key)).toBe(200);
  const again = await make({}, 'once');
  expect(again.body).toEqual({ ...made.body, key: null });
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect((await make({ name: 'other' }, 'once')).body.code).toBe('idempotency-mismatch');
  const listed = await call('auditor', 'GET', `clients?name=${encodeURIComponent('区级平台')}`);
  expect(listed.body.items).toMatchObject([{ id, active: true, roles: ['operator'] }]);
  const secret = key.split('_').at(-1);
  const { rows } = await pool.query(
    `select (select count(*) from clients c where c::text like $1)::int as clients,
            (select count(*) from facts f where f::text like $1)::int as facts,
            (select count(*) from idempotency where convert_from(body, 'UTF8') like $1)::int as answers`,
    [`%${secret}%`],
  );
  expect(rows).toEqual([{ clients: 0, facts: 0, answers: 0 }]);
});

test('two keys of a name for a change of key, not three; a revoked one is refused within five seconds', async () => {
  const [first, second] = [await make({ name: '轮换' }), await make({ name: '轮换' })];
  expect([first.status, second.status]).toEqual([201, 201]);
  expect((await make({ name: '轮换' })).body).toMatchObject({ code: 'two-keys-active' });
  expect(await use(first.body.key)).toBe(200);
  const ended = await call('admin', 'POST', `clients/${first.body.id}/revoke`);
  expect(ended.body).toMatchObject({ active: false });
  await expect.poll(() => use(first.body.key), { timeout: 5000, interval: 100 }).toBe(401);
  expect(await use(second.body.key)).toBe(200);
  expect((await make({ name: '轮换' })).status).toBe(201);
  expect((await call('admin', 'POST', `clients/${first.body.id}/revoke`)).body.revokedAt).toBe(ended.body.revokedAt);
  expect((await call('admin', 'POST', 'clients/000000000000/revoke')).status).toBe(404);
});

test('two who ask for the last key at once: one gets it', async () => {
  await make({ name: '并发' });
  const both = await Promise.all([make({ name: '并发' }), make({ name: '并发' })]);
  expect(both.map((r) => r.status).toSorted((a, b) => a - b)).toEqual([201, 409]);
});

test('a client is bounded to what exists, and to where it calls from', async () => {
  for (const [more, code] of [
    [{ unit: 'nobody' }, 'unit-unknown'],
    [{ areas: ['999'] }, 'area-unknown'],
    [{ channels: ['telex'] }, 'channel-unknown'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'in-the-past'],
    [{ cidrs: ['10.0.0.0/33'] }, 'invalid'],
    [{ cidrs: ['anywhere'] }, 'invalid'],
    [{ roles: ['mayor'] }, 'invalid'],
    [{ roles: [] }, 'invalid'],
  ] as const)
    expect((await make({ name: '界', ...more })).body.code, JSON.stringify(more)).toBe(code);
  expect(await use((await make({ name: '外', cidrs: ['10.1.0.0/16', '2001:db8::/32', '10.2.0.1'] })).body.key)).toBe(
    401,
  );
  expect(await use((await make({ name: '内', cidrs: ['127.0.0.0/8'] })).body.key)).toBe(200);
});

test('403 for everybody but an admin', async () => {
  expect((await call('centreLeader', 'POST', 'clients', aClient())).status).toBe(403);
  expect((await call('operator', 'GET', 'clients')).status).toBe(403);
});
