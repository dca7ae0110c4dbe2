import { afterAll, expect, test } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { type DemoKeys, loadDemo } from '../../src/dev/load-demo.ts';
import { instant } from '../../src/domain/time.ts';
import { openRuntime } from '../../src/runtime.ts';
import { aLight, monday, silent } from '../support/city.ts';
import { freshDatabase } from '../support/database.ts';

const { url, pool } = await freshDatabase();
const { keys } = (await loadDemo(pool, instant(monday))) as DemoKeys;
const drill = await open();

/** One process of the drill's city. */
async function open(at = monday) {
  const runtime = await openRuntime({ databaseUrl: url, drill: instant(at), log: silent, poolSize: 5 });
  const app = await buildApp({ ...runtime.deps, drill: true });
  await runtime.notices.ready();
  let n = 0;
  const call = async (as: string, method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) => {
    const headers = { authorization: `Bearer ${keys[as]}`, 'idempotency-key': `k${++n}`, 'if-match': '*' };
    const reply = await app.inject({ method, url: `/v1/${path}`, headers, ...(payload && { payload }) });
    return { status: reply.statusCode, body: reply.json() };
  };
  const close = async () => {
    await app.close();
    await runtime.close();
  };
  let isClosed = false;
  const closeOnce = async () => {
    if (!isClosed) await close();
    isClosed = true;
  };
  afterAll(closeOnce);
  return { call, runtime, close: closeOnce };
}

const register = async (remarkable: object = {}): Promise<string> =>
  (await drill.call('operator', 'POST', 'requests', aLight(remarkable))).body.workOrder.id;
const factsOf = async (id: string, type: string) =>
  (await pool.query<{ at: Date }>('select at from facts where subject_id = $1 and type = $2', [id, type])).rows;

test('the drill begins at its moment and its clock ticks', async () => {
  const first = instant((await drill.call('admin', 'GET', 'drill/clock')).body.now);
  expect(first).toBeGreaterThanOrEqual(instant(monday));
  expect(first).toBeLessThan(instant(monday) + 60_000);
  const later = async () => instant((await drill.call('admin', 'GET', 'drill/clock')).body.now);
  await expect.poll(later).toBeGreaterThan(first);
});

test('26 hours on, an unsigned order has been signed by timeout at the moment it was due, before the answer', async () => {
  const id = await register();
  const moved = await drill.call('dispatcher', 'POST', 'drill/clock/advance', { by: 'PT26H' });
  expect(moved.status).toBe(200);
  expect(moved.body.now).toMatch(/^2026-03-03T11:0/);
  const order = (await drill.call('dispatcher', 'GET', `work-orders/${id}`)).body;
  expect(order).toMatchObject({ state: 'signed', signedLate: true });
  const { dueAt: due, startedAt } = order.clocks.find((c: { kind: string }) => c.kind === 'sign');
  for (const [type, hours] of [
    ['post_b_told', 1],
    ['office_head_told', 2],
  ] as const)
    expect((await factsOf(id, type)).map(({ at }) => at.getTime())).toEqual([instant(startedAt) + hours * 3_600_000]);
  expect((await factsOf(id, 'sign_by_timeout')).map(({ at }) => at.getTime())).toEqual([instant(due)]);
});

test('what comes due because of what came due fires in the same move, each at its own moment', async () => {
  const id = await register();
  const unit = 'unit:510107-urban-management';
  for (const [as, action, body] of [
    [unit, 'sign', {}],
    [unit, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' }],
    [unit, 'submit', { result: 'solved', evidence: [{ text: '已换' }], requesterTold: true }],
    ['operator', 'review', { passed: true }],
  ] as const)
    expect((await drill.call(as, 'POST', `work-orders/${id}/actions/${action}`, body)).status).toBe(200);
  const ended = await register({ title: '重复' });
  expect(
    (await drill.call('shiftLeader', 'POST', `work-orders/${ended}/actions/void`, { reason: '重复' })).status,
  ).toBe(200);
  await drill.call('admin', 'POST', 'drill/clock/advance', { by: 'P40D' });
  const [verified] = await factsOf(id, 'verify_by_timeout');
  const [archived] = await factsOf(ended, 'archive');
  expect(verified?.at.toISOString()).toBe(new Date('2026-03-04T18:00:00+08:00').toISOString());
  expect(archived?.at.toISOString()).toBe(new Date('2026-04-02T23:59:59+08:00').toISOString());
  const { rows } = await pool.query("select at from facts where actor->>'name' = 'system' order by id");
  const moments = rows.map(({ at }) => at.getTime());
  expect(moments).toEqual(moments.toSorted((a, b) => a - b));
});

test('409 when the clock is told to go back, and only the hotline and its administrator may move it', async () => {
  const back = await drill.call('admin', 'PUT', 'drill/clock', { now: monday });
  expect([back.status, back.body.code]).toEqual([409, 'clock-backwards']);
  expect((await drill.call('gridWorker', 'POST', 'drill/clock/advance', { by: 'PT1H' })).status).toBe(403);
  for (const by of ['26h', 'P', 'PT', 'P1M', '-PT1H', 'P999999W'])
    expect((await drill.call('admin', 'POST', 'drill/clock/advance', { by })).status, by).toBe(400);
});

test('other processes follow the clock, and it goes on from there after a restart', async () => {
  const other = await open();
  const moved = await drill.call('admin', 'PUT', 'drill/clock', { now: '2026-06-01T09:00:00+08:00' });
  expect(moved.body.now).toMatch(/^2026-06-01T09:00/);
  await expect.poll(() => other.runtime.deps.now()).toBeGreaterThanOrEqual(instant('2026-06-01T09:00:00+08:00'));
  await other.close();
  const again = await open(monday);
  expect(again.runtime.deps.now()).toBeGreaterThanOrEqual(instant('2026-06-01T09:00:00+08:00'));
});

test('without a drill there is no clock to move', async () => {
  const app = await buildApp(drill.runtime.deps);
  const headers = { authorization: `Bearer ${keys.admin}` };
  expect((await app.inject({ url: '/v1/drill/clock', headers })).statusCode).toBe(404);
  await app.close();
});
