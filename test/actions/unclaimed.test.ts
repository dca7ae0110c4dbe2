import { expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo } from '../support/city.ts';

const { call, act, clock, deps } = await demo();
const owner = '510107-urban-management';
const lights = `unit:${owner}`;

const made = async (more: object = {}) => (await call('operator', 'POST', 'requests', aLight(more))).body.workOrder;
const told = async ({ id }: { id: string }) =>
  (await call('operator', 'GET', `work-orders/${id}/events?limit=200`)).body.items.filter((f: { type: string }) =>
    f.type.endsWith('_told'),
  );
const typesTold = async (order: { id: string }) => (await told(order)).map((f: { type: string }) => f.type);
/** Four who look at once. */
const firedAt = async (at: string) => {
  clock.set(`2026-03-${at}+08:00`);
  await Promise.all([1, 2, 3, 4].map(() => fireDue(deps)));
};

test('L2 unclaimed for one working hour: the stand-in is told; for two: the office head; each once however many look', async () => {
  clock.set('2026-03-02T11:30:00+08:00');
  const orders = [await made(), await made()] as const;
  await firedAt('02T13:29:59'); // half an hour before the noon break and not quite one after it
  for (const order of orders) expect(await told(order)).toEqual([]);
  await firedAt('02T13:30:00');
  for (const order of orders)
    expect(await told(order)).toMatchObject([
      {
        type: 'post_b_told',
        unit: owner,
        actor: { client: 'system' },
        body: { post: `${owner}-clerk`, holder: `holder-${owner}-clerk-b`, since: '2026-03-02T11:30:00+08:00' },
      },
    ]);
  await firedAt('02T14:29:59');
  expect(await typesTold(orders[0])).toEqual(['post_b_told']);
  await firedAt('02T14:30:00');
  await firedAt('02T14:31:00');
  for (const order of orders) expect(await typesTold(order)).toEqual(['post_b_told', 'office_head_told']);
  expect((await told(orders[0])).at(-1).body.holder).toBe(`holder-${owner}-leader-a`);
  const { rules } = (await call('operator', 'GET', `work-orders/${orders[0].id}/why`)).body;
  expect(rules.map((rule: { body: { rung?: string } }) => rule.body.rung)).toEqual(['unclaimed_1', 'unclaimed_2']);
});

test('L2 where B holds the post, A is the stand-in', async () => {
  clock.set('2026-03-03T09:00:00+08:00');
  expect((await call(lights, 'PUT', `posts/${owner}-clerk/acting`, { holder: 'B' })).status).toBe(200);
  const order = await made();
  await firedAt('03T10:00:00');
  expect(await told(order)).toMatchObject([{ body: { holder: `holder-${owner}-clerk-a` } }]);
  await call(lights, 'PUT', `posts/${owner}-clerk/acting`, { holder: 'A' });
});

test('nobody is told of what a clerk holds or has signed, nor of an urgent order, which has a ladder of its own', async () => {
  clock.set('2026-03-04T09:00:00+08:00');
  const [claimed, signed, urgent] = [await made(), await made(), await made({ urgency: 'urgent' })];
  await act(lights, signed.id, 'sign');
  const { claims } = (await call(lights, 'POST', `units/${owner}/claims`, { max: 50, lease: 600 })).body;
  expect(claims.map((c: { workOrder: { id: string } }) => c.workOrder.id)).toContain(claimed.id);
  await firedAt('04T11:00:00');
  for (const order of [claimed, signed, urgent]) expect(await told(order)).toEqual([]);
  const { items } = (await call('operator', 'GET', `work-orders/${claimed.id}/events?limit=200`)).body;
  const because = [{ action: 'tell_post', because: 'claimed' }];
  expect(items.filter((f: { type: string }) => f.type === 'rung_fired')).toMatchObject([
    { body: { rung: 'unclaimed_1', nothing: because } },
    { body: { rung: 'unclaimed_2', nothing: because } },
  ]);
});

test('a new unit begins anew, and so does a rework', async () => {
  clock.set('2026-03-05T09:00:00+08:00');
  const order = await made();
  await firedAt('05T11:00:00');
  expect(await typesTold(order)).toEqual(['post_b_told', 'office_head_told']);
  await act('dispatcher', order.id, 'redispatch', { unit: '510107-water', basis: '水务设施', reason: '派错' });
  await firedAt('05T11:59:59');
  expect(await told(order)).toHaveLength(2);
  await firedAt('05T12:00:00');
  expect((await told(order)).at(-1)).toMatchObject({ type: 'post_b_told', unit: '510107-water' });
  clock.set('2026-03-05T13:30:00+08:00');

  const water = 'unit:510107-water';
  for (const [as, action, body] of [
    [water, 'sign', {}],
    [water, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' }],
    [water, 'submit', { result: 'solved', evidence: [{ text: '已换' }], requesterTold: true }],
    ['operator', 'review', { passed: true }],
    ['gridWorker', 'verify', { passed: false, reason: '仍不亮' }],
  ] as const)
    expect((await act(as, order.id, action, body)).status, action).toBe(200);
  await firedAt('05T14:29:59');
  expect(await told(order)).toHaveLength(3);
  await firedAt('05T14:30:00');
  expect((await told(order)).at(-1)).toMatchObject({ type: 'post_b_told', body: { clock: { kind: 'rework' } } });
});
