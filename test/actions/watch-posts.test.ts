import { expect, test } from 'vitest';
import { watchPosts } from '../../src/actions/watch-posts.ts';
import { postRungs, tellPosts } from '../../src/domain/post-watch.ts';
import { aLight, demo } from '../support/city.ts';
import { anOrder, at, city } from '../support/orders.ts';

const { call, act, clock, deps } = await demo();
const lights = 'unit:510107-urban-management';

const made = async (more: object = {}) => (await call('operator', 'POST', 'requests', aLight(more))).body.workOrder;
const told = async ({ id }: { id: string }) =>
  (await call('operator', 'GET', `work-orders/${id}/events?limit=200`)).body.items.filter((f: { type: string }) =>
    f.type.endsWith('_told'),
  );

test('L2 unclaimed for one working hour: the stand-in is told; for two: the office head; each once however many look', async () => {
  clock.set('2026-03-02T11:30:00+08:00');
  const order = await made();
  clock.set('2026-03-02T13:29:00+08:00'); // half an hour before the noon break and 29 minutes after it
  expect(await watchPosts(deps)).toBe(0);
  clock.set('2026-03-02T13:30:00+08:00');
  const counts = await Promise.all([watchPosts(deps), watchPosts(deps), watchPosts(deps)]);
  expect(counts.reduce((sum, n) => sum + n, 0)).toBe(1);
  expect(await told(order)).toMatchObject([
    {
      type: 'post_b_told',
      unit: '510107-urban-management',
      actor: { client: 'system' },
      body: { holder: expect.stringMatching(/-b$/) },
    },
  ]);
  clock.set('2026-03-02T14:30:00+08:00');
  expect(await watchPosts(deps)).toBe(1);
  expect(await watchPosts(deps)).toBe(0);
  expect((await told(order)).map((f: { type: string }) => f.type)).toEqual(['post_b_told', 'office_head_told']);
});

test('many who look at the same moment tell each order once', async () => {
  clock.set('2026-03-02T15:00:00+08:00');
  const orders = await Promise.all(Array.from({ length: 6 }, () => made()));
  clock.set('2026-03-02T16:00:00+08:00');
  const counts = await Promise.all(Array.from({ length: 8 }, () => watchPosts(deps)));
  expect(counts.reduce((sum, n) => sum + n, 0)).toBe(orders.length);
});

test('nobody is told of what a clerk holds or has signed, nor of an urgent order, which has a ladder of its own', async () => {
  clock.set('2026-03-03T09:00:00+08:00');
  const [claimed, signed, urgent] = [await made(), await made(), await made({ urgency: 'urgent' })];
  await act(lights, signed.id, 'sign');
  clock.set('2026-03-03T11:00:00+08:00');
  const { claims } = (await call(lights, 'POST', 'units/510107-urban-management/claims', { max: 50 })).body;
  expect(claims.map((c: { workOrder: { id: string } }) => c.workOrder.id)).toContain(claimed.id);
  await watchPosts(deps);
  for (const order of [claimed, signed, urgent]) expect(await told(order)).toEqual([]);
});

test('a new unit begins anew', async () => {
  clock.set('2026-03-04T09:00:00+08:00');
  const order = await made();
  clock.set('2026-03-04T11:00:00+08:00');
  await watchPosts(deps);
  expect(await told(order)).toHaveLength(2);
  await act('dispatcher', order.id, 'redispatch', { unit: '510107-water', basis: '水务设施', reason: '派错' });
  expect(await watchPosts(deps)).toBe(0);
  clock.set('2026-03-04T13:30:00+08:00');
  expect(await watchPosts(deps)).toBe(1);
  expect((await told(order)).at(-1)).toMatchObject({ type: 'post_b_told', unit: '510107-water' });
});

test('the rungs follow the hours the unit works, and say each only once', () => {
  const order = anOrder('dispatched');
  const rungs = (local: string, done: readonly (typeof postRungs)[number]['type'][] = []) =>
    tellPosts(order, new Set(done), { city, now: at(local) }).map((f) => f.type);
  expect(rungs('2026-03-02 09:59')).toEqual([]);
  expect(rungs('2026-03-02 10:00')).toEqual(['post_b_told']);
  expect(rungs('2026-03-02 11:00')).toEqual(['post_b_told', 'office_head_told']);
  expect(rungs('2026-03-02 11:00', ['post_b_told'])).toEqual(['office_head_told']);
  expect(
    tellPosts(anOrder('dispatched', { urgency: 'urgent' }), new Set(), { city, now: at('2026-03-02 11:00') }),
  ).toEqual([]);
  expect(tellPosts(anOrder('handling'), new Set(), { city, now: at('2026-03-05 11:00') })).toEqual([]);
});
