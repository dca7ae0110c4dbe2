import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { call, act, pool, clock } = await demo();

const create = async (body: object) => {
  const made = await call('operator', 'POST', 'requests', body);
  expect(made.status, made.text).toBe(201);
  return made.body as { request: { id: string; number: string; queryCode: string }; workOrder: Order };
};
type Order = {
  id: string;
  number: string;
  state: string;
  version: number;
  responsibleUnit: { code: string };
  clocks: { kind: string; dueAt: string; state: string; startedAt: string }[];
};
const order = async (id: string) => (await call('operator', 'GET', `work-orders/${id}`)).body;
const events = async (id: string): Promise<{ type: string; body: unknown }[]> =>
  (await call('operator', 'GET', `work-orders/${id}/events`)).body.items;

/** Open orders with another number of active leads than one, and ended ones with any. */
const ledgerFaults = async () =>
  (
    await pool.query(`select w.number from work_orders w
      where (select count(*) from assignments a where a.order_id = w.id and a.role = 'lead' and a.ended is null)
        <> case when w.ended_at is null then 1 else 0 end`)
  ).rows;

test('X32 merging moves the requests; each keeps its number and finds its order', async () => {
  const lead = await create(aLight());
  const twin = await create(aLight({ requester: { name: '测试乙', phone: '13800005678' } }));
  const merged = await act('operator', twin.workOrder.id, 'merge', { into: lead.workOrder.id });
  expect(merged.status, merged.text).toBe(200);
  expect(merged.body).toMatchObject({ state: 'merged', mergedInto: lead.workOrder.id, requests: [] });
  const joined = await order(lead.workOrder.id);
  expect(joined.requests.map((r: { number: string }) => r.number)).toEqual([lead.request.number, twin.request.number]);
  expect(joined.version).toBe(lead.workOrder.version);
  const moved = await call('operator', 'GET', `requests/${twin.request.id}`);
  expect(moved.body).toMatchObject({ request: { number: twin.request.number }, workOrder: { id: lead.workOrder.id } });
  expect((await events(lead.workOrder.id)).at(-1)).toMatchObject({
    type: 'absorbed',
    body: { order: twin.workOrder.id, requests: [twin.request.id] },
  });
  expect(await ledgerFaults()).toEqual([]);
});

test('the earlier date from above, the higher urgency and confidentiality hold for the order that takes the other in', async () => {
  const lead = await create(aLight());
  const twin = await create(
    aLight({
      channel: 'upper_level',
      externalDueAt: '2026-03-04T12:00:00+08:00',
      confidential: true,
      urgency: 'urgent',
    }),
  );
  await act('dispatcher', twin.workOrder.id, 'merge', { into: lead.workOrder.id });
  const joined = await order(lead.workOrder.id);
  expect(joined).toMatchObject({ confidential: true, urgency: 'urgent' });
  const due = (kind: string) => joined.clocks.find((c: Order['clocks'][0]) => c.kind === kind && c.state === 'running');
  expect(due('resolve').dueAt).toBe('2026-03-04T12:00:00+08:00');
  expect(due('resident').dueAt).toBe('2026-03-04T12:00:00+08:00');
  expect(due('sign').dueAt).toBe('2026-03-02T09:30:00+08:00');

  const danger = await create(aLight({ diversion: { service: '110' } }));
  await act('dispatcher', danger.workOrder.id, 'merge', { into: lead.workOrder.id });
  expect(await order(lead.workOrder.id)).toMatchObject({
    urgency: 'emergency',
    tier: 'emergency',
    diversion: { service: '110' },
  });

  const back = await call('operator', 'POST', `requests/${twin.request.id}/unmerge`);
  expect(back.status, back.text).toBe(200);
  const left = await order(lead.workOrder.id);
  expect(left.confidential).toBe(false);
  expect(left.requests).toHaveLength(2);
});

test('un-merging revives the former order with its own registration, and dispatches it as it was', async () => {
  const lead = await create(aLight());
  const twin = await create(aLight());
  const resident = twin.workOrder.clocks.find((c) => c.kind === 'resident');
  await act('operator', twin.workOrder.id, 'merge', { into: lead.workOrder.id });
  clock.pass(3_600_000);
  const back = await call('dispatcher', 'POST', `requests/${twin.request.id}/unmerge`);
  expect(back.status, back.text).toBe(200);
  expect(back.body).toMatchObject({
    id: twin.workOrder.id,
    number: twin.request.number,
    state: 'dispatched',
    mergedInto: null,
    endedAt: null,
    requests: [{ id: twin.request.id }],
  });
  expect(back.body.registeredAt).toBe(resident?.startedAt);
  const running = back.body.clocks.filter((c: Order['clocks'][0]) => c.state === 'running');
  expect(running.find((c: Order['clocks'][0]) => c.kind === 'resident')).toMatchObject({ dueAt: resident?.dueAt });
  expect(running.map((c: Order['clocks'][0]) => c.kind).toSorted()).toEqual(['contact', 'resident', 'resolve', 'sign']);
  expect((await order(lead.workOrder.id)).requests).toHaveLength(1);
  expect((await events(lead.workOrder.id)).at(-1)).toMatchObject({ type: 'separated' });
  expect(await ledgerFaults()).toEqual([]);
  const again = await call('dispatcher', 'POST', `requests/${twin.request.id}/unmerge`);
  expect(again.body).toMatchObject({ status: 409, code: 'not-merged' });
});

test('a request keeps its way home through two merges', async () => {
  const [a, b, c] = [await create(aLight()), await create(aLight()), await create(aLight())];
  await act('operator', a.workOrder.id, 'merge', { into: b.workOrder.id });
  await act('operator', b.workOrder.id, 'merge', { into: c.workOrder.id });
  expect((await order(c.workOrder.id)).requests).toHaveLength(3);
  const home = await call('operator', 'POST', `requests/${a.request.id}/unmerge`);
  expect(home.body).toMatchObject({ id: a.workOrder.id, requests: [{ id: a.request.id }] });
  expect((await order(b.workOrder.id)).state).toBe('merged');
  expect((await order(c.workOrder.id)).requests).toHaveLength(2);
  expect(await ledgerFaults()).toEqual([]);
});

test('409 when an order is merged into itself or into one that is over, 404 when into none, 428 and 412 by its version', async () => {
  const one = await create(aLight());
  const over = await create(aLight());
  await act('shiftLeader', over.workOrder.id, 'void', { reason: '测试' });
  const merge = (into: string, headers: Record<string, string> = { 'if-match': '*' }) =>
    call('operator', 'POST', `work-orders/${one.workOrder.id}/actions/merge`, { into }, headers);
  expect((await merge(one.workOrder.id)).body).toMatchObject({ status: 409, code: 'merge-self' });
  expect((await merge(over.workOrder.id)).body).toMatchObject({ status: 409, code: 'target-closed', state: 'void' });
  expect((await merge('00000000-0000-7000-8000-000000000000')).body).toMatchObject({ status: 404, code: 'not-found' });
  expect((await merge(over.workOrder.id, {})).body).toMatchObject({ status: 428 });
  expect((await merge(over.workOrder.id, { 'if-match': '"v1"' })).body).toMatchObject({ status: 412 });
  const unit = `unit:${one.workOrder.responsibleUnit.code}`;
  const stranger = await act('unit:510107-water', one.workOrder.id, 'merge', { into: over.workOrder.id });
  expect(stranger.body.code).toBe('not-found');
  const twin = await create(aLight());
  expect((await act(unit, one.workOrder.id, 'merge', { into: twin.workOrder.id })).body.code).toBe('not-yours');
  expect(await order(one.workOrder.id)).toMatchObject({ state: 'dispatched', version: one.workOrder.version });
});

test('two orders merged into each other at once: one wins, and no request is lost', async () => {
  for (let round = 0; round < 5; round++) {
    const [a, b] = [await create(aLight()), await create(aLight())];
    const results = await Promise.all([
      act('operator', a.workOrder.id, 'merge', { into: b.workOrder.id }),
      act('dispatcher', b.workOrder.id, 'merge', { into: a.workOrder.id }),
    ]);
    expect(new Set(results.map((r) => r.status))).toEqual(new Set([200, 409]));
    const both = [...(await order(a.workOrder.id)).requests, ...(await order(b.workOrder.id)).requests];
    expect(both.map((r: { id: string }) => r.id).toSorted()).toEqual([a.request.id, b.request.id].toSorted());
  }
  expect(await ledgerFaults()).toEqual([]);
});

const unrouted = (more: object = {}) => aLight({ disposition: 'hold', callRecordId: 'rec-1', ...more });

test('one call with several matters: each further one gets an order, a number and a code of its own', async () => {
  const call1 = await create(unrouted({ confidential: true }));
  const split = await act('operator', call1.workOrder.id, 'split', {
    requests: [
      {
        kind: 'help',
        category: '城市管理/事件/暴露垃圾',
        title: '垃圾没人清',
        location: { lon: 104.037274, lat: 30.571764 },
      },
      { kind: 'consult', title: '问社保', requester: { name: '测试丙', phone: '13900001111' }, confidential: false },
    ],
  });
  expect(split.status, split.text).toBe(200);
  expect(split.body).toMatchObject({ id: call1.workOrder.id, state: 'registered' });
  const [first, second] = split.body.parts;
  expect(first.request).toMatchObject({ channel: 'hotline', confidential: true, callRecordId: 'rec-1' });
  expect(first.request.queryCode).toMatch(/^\d{6}$/);
  expect(new Set([call1.request.number, first.request.number, second.request.number]).size).toBe(3);
  expect(await order(first.workOrder.id)).toMatchObject({
    splitFrom: call1.workOrder.id,
    state: 'dispatched',
    requests: [{ requester: { name: '测试甲', phone: '13800001234' } }],
  });
  expect(await order(second.workOrder.id)).toMatchObject({
    splitFrom: call1.workOrder.id,
    confidential: false,
    requests: [{ requester: { name: '测试丙' } }],
  });
  expect((await events(call1.workOrder.id)).at(-1)).toMatchObject({
    type: 'split',
    body: { orders: [first.workOrder.id, second.workOrder.id] },
  });
  expect(await ledgerFaults()).toEqual([]);
});

test('a split is written whole or not at all', async () => {
  const { workOrder } = await create(unrouted());
  const before = (await pool.query('select count(*) from requests')).rows;
  const good = { kind: 'help', title: '好的' };
  const wrong = await act('operator', workOrder.id, 'split', { requests: [good, { ...good, category: '没有' }] });
  expect(wrong.body).toMatchObject({ status: 422, code: 'category-unknown', index: 1 });
  const late = await create(aLight());
  const dispatched = await act('operator', late.workOrder.id, 'split', { requests: [good] });
  expect(dispatched.body).toMatchObject({ status: 409, code: 'wrong-state' });
  expect((await act('dispatcher', workOrder.id, 'split', { requests: [good] })).body.code).toBe('not-yours');
  const { rows } = await pool.query('select count(*) from requests');
  expect(Number(rows[0].count)).toBe(Number(before[0].count) + 1); // only the second call itself
});
