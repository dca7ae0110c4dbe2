import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { mostAttempts, oweToWebhooks, startPush, waitSeconds } from '../../src/jobs/push.ts';
import { deliverOnce } from '../../src/store/outbox.ts';
import { aLight, demo, silent } from '../support/city.ts';

const { call, pool } = await demo({ webhookAllow: ['127.0.0.1'] });
const unit = '510107-urban-management';
const own = `unit:${unit}`;

type Got = { path: string; headers: IncomingMessage['headers']; body: string };
const got: Got[] = [];
type Answering = (request: IncomingMessage, reply: ServerResponse) => void;
const plain: Answering = (_request, reply) => void reply.writeHead(204).end();
let answer = plain;
const sink = createServer((request, reply) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    got.push({ path: request.url ?? '', headers: request.headers, body });
    answer(request, reply);
  });
});
await new Promise<void>((listening) => sink.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/hook`;
afterAll(() => {
  sink.closeAllConnections();
  sink.close();
});
// It is kicked by hand: nothing here waits for it to look by itself.
const push = startPush({ pool, allow: ['127.0.0.1'], log: silent, pollMs: 3_600_000, timeoutMs: 500 });
afterAll(() => push.stop());

const webhook = `units/${unit}/webhook`;
const deliveries = async (query = '') => (await call(own, 'GET', `${webhook}/deliveries${query}`)).body.items;
/** What the queue would do with every fact: bring it to the consumer, once. */
const consume = async () => {
  const { rows } = await pool.query(
    'select id, unit, type, subject, subject_id as "subjectId", at, actor, body from facts order by id',
  );
  for (const fact of rows)
    await deliverOnce(pool, fact.id, oweToWebhooks.consumer, (tx) => oweToWebhooks.handle(fact, tx));
};
const happen = async () => {
  const made = await call('operator', 'POST', 'requests', aLight());
  await consume();
  return made.body.workOrder as { id: string; number: string };
};
const due = () => pool.query("update webhook_deliveries set next_at = now() where state = 'pending'");
let secret = '';

beforeEach(async () => {
  await consume();
  await pool.query('delete from webhook_deliveries');
  await pool.query('delete from webhooks');
  got.length = 0;
  answer = plain;
  const set = await call(own, 'PUT', webhook, { url });
  expect(set.status, set.text).toBe(201);
  secret = set.body.secret;
});

test('the secret is told once; a second one stands beside it while they are exchanged', async () => {
  expect(secret).toMatch(/^whsec_/);
  const seen = await call(own, 'GET', webhook);
  expect(seen.body).toMatchObject({ unit, url, secrets: 1 });
  expect(seen.text).not.toContain('whsec_');
  const moved = await call(own, 'PUT', webhook, { url: `${url}/2` });
  expect([moved.status, moved.body.secret]).toEqual([200, undefined]);
  const rotated = await call(own, 'PUT', webhook, { url, rotate: true });
  expect(rotated.body).toMatchObject({ secrets: 2, secret: expect.stringMatching(/^whsec_/) });
  await happen();
  await push.kick();
  const { headers, body } = got[0] as Got;
  for (const each of [secret, rotated.body.secret])
    expect(() => new Webhook(each).verify(body, headers as Record<string, string>)).not.toThrow();
  expect(() => new Webhook(`whsec_${'A'.repeat(32)}`).verify(body, headers as Record<string, string>)).toThrow();
});

test('what comes into the queue is pushed, signed, with ids and nothing of the resident', async () => {
  const { id, number } = await happen();
  await push.kick();
  const queued = got.map(({ body }) => JSON.parse(body)).find(({ type }) => type === 'queued');
  expect(queued).toMatchObject({ data: { unit, fact: 'dispatch', workOrderId: id, number, state: 'dispatched' } });
  expect(JSON.stringify(got)).not.toMatch(/13800001234|路灯|测试甲/);
  expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(got.length);
  expect(await deliveries('?state=delivered')).toHaveLength(got.length);
});

test('each fact is owed once, however often it is brought', async () => {
  await happen();
  const before = (await deliveries()).length;
  const { rows } = await pool.query('select id, unit from facts where unit = $1 order by id desc limit 1', [unit]);
  for (let n = 0; n < 3; n++) await oweToWebhooks.handle(rows[0], pool as never);
  expect(await deliveries()).toHaveLength(before);
});

test('a push that fails is tried again under the same id, later each time, then given up, and can be sent once more', async () => {
  answer = (_request, reply) => void reply.writeHead(500).end();
  await happen();
  const all = (await deliveries()).length;
  for (let n = 1; n <= mostAttempts; n++) {
    await due();
    await push.kick();
    expect((await deliveries('?state=pending')).length).toBe(n < mostAttempts ? all : 0);
  }
  expect(await deliveries('?state=dead')).toMatchObject(
    Array.from({ length: all }, () => ({ attempts: mostAttempts, lastError: 'answered 500' })),
  );
  expect(got).toHaveLength(all * mostAttempts);
  expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(all);
  answer = plain;
  const [first] = await deliveries('?state=dead');
  expect((await call(own, 'POST', `${webhook}/redrive`, { ids: [first.id] })).body).toEqual({ redriven: 1 });
  expect((await call(own, 'POST', `${webhook}/redrive`, {})).body).toEqual({ redriven: all - 1 });
  await push.kick();
  expect(await deliveries('?state=delivered')).toHaveLength(all);
});

test('eight attempts spread over most of a day, each wait longer than the one before', () => {
  const waits = Array.from({ length: mostAttempts - 1 }, (_, n) => waitSeconds(n + 1, 0.5));
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  const hours = waits.reduce((a, b) => a + b) / 3600;
  expect(hours).toBeGreaterThan(16);
  expect(hours).toBeLessThan(30);
  expect(waitSeconds(1, 0)).toBeLessThan(waitSeconds(1, 1));
});

test('a failed push waits before it is tried again', async () => {
  answer = (_request, reply) => void reply.writeHead(503).end();
  await happen();
  await push.kick();
  const tried = got.length;
  await push.kick();
  expect(got).toHaveLength(tried);
});

test.each<readonly [title: string, behaving: Answering, error: string]>([
  ['a redirect is not followed', (_, r) => void r.writeHead(307, { location: `${url}/else` }).end(), 'answered 307'],
  ['a reply without end is cut', (_, r) => void r.writeHead(200).end('x'.repeat(70_000)), 'reply too long'],
  ['a sink that does not answer is left', () => {}, 'no answer in time'],
  [
    'a reply cut short has not been received',
    (_, r) => {
      r.writeHead(200, { 'content-length': '10' }).write('x');
      setImmediate(() => r.destroy());
    },
    'reply cut off',
  ],
  ['a sink that hangs up has not got it', (_, r) => void r.destroy(), 'ECONNRESET'],
])('%s', async (_title, behaving, error) => {
  answer = behaving;
  await happen();
  await push.kick();
  expect((await deliveries())[0]).toMatchObject({ state: 'pending', lastError: error });
  expect(got.every(({ path }) => path === '/hook')).toBe(true);
});

test('a name that leads elsewhere by the time of sending is not followed there', async () => {
  await pool.query("update webhooks set url = 'https://unit.example/hook'");
  const moved = startPush({
    pool,
    allow: [],
    log: silent,
    pollMs: 3_600_000,
    resolving: async () => [{ address: '169.254.169.254', family: 4 }],
  });
  await happen();
  await moved.kick();
  await moved.stop();
  expect((await deliveries())[0]).toMatchObject({ state: 'pending', lastError: 'address refused' });
});

test('the connection goes to the address that was checked, not to what the name says', async () => {
  const { port } = new URL(url);
  await pool.query('update webhooks set url = $1', [`http://unit.invalid:${port}/pinned`]);
  const pinned = startPush({
    pool,
    allow: ['127.0.0.1'],
    log: silent,
    pollMs: 3_600_000,
    resolving: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  await happen();
  await pinned.kick();
  await pinned.stop();
  expect(got[0]).toMatchObject({ path: '/pinned', headers: { host: `unit.invalid:${port}` } });
});

test('422 address-refused when a webhook points where only this machine can reach', async () => {
  for (const bad of [
    'http://10.0.0.1/',
    'https://192.168.0.1/',
    'https://169.254.169.254/',
    'nonsense',
    'https://[::1]/',
  ])
    expect((await call(own, 'PUT', webhook, { url: bad })).body.code, bad).toBe('address-refused');
});

test('a webhook is its unit’s own; once removed nothing more is sent', async () => {
  expect((await call('unit:510107-housing', 'GET', webhook)).status).toBe(404);
  expect((await call('unit:510107-housing', 'PUT', webhook, { url })).status).toBe(404);
  expect((await call('operator', 'GET', webhook)).status).toBe(403);
  await happen();
  expect((await call(own, 'DELETE', webhook)).status).toBe(204);
  await push.kick();
  expect(got).toEqual([]);
  expect((await call(own, 'GET', webhook)).status).toBe(404);
  expect((await call(own, 'DELETE', webhook)).status).toBe(404);
  expect((await deliveries('?state=dead')).length).toBeGreaterThan(0);
});

test('deliveries are shown page by page', async () => {
  for (let n = 0; n < 3; n++) await happen();
  const all = await deliveries();
  const first = (await call(own, 'GET', `${webhook}/deliveries?limit=1`)).body;
  const second = (await call(own, 'GET', `${webhook}/deliveries?limit=200&cursor=${first.nextCursor}`)).body;
  expect([...first.items, ...second.items].map((d: { id: string }) => d.id)).toEqual(
    all.map((d: { id: string }) => d.id),
  );
});
