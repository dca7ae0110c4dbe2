import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { call, pool, deps } = await demo();

const create = async (body: object = aLight()) => {
  const made = await call('operator', 'POST', 'requests', body);
  expect(made.status, made.text).toBe(201);
  return made.body;
};

const light = await create();
const rubbish = await create(
  aLight({
    category: '城市管理/事件/暴露垃圾',
    title: '垃圾成堆',
    description: '三天没人清',
    externalId: 'call-77',
    requester: { name: '测试乙', phone: '+86 139 0000 2222' },
  }),
);
const unplaced = await create(aLight({ location: null, title: '没有地址', requester: null }));

const numbers = (reply: { body: { items: { number: string }[] } }) => reply.body.items.map((r) => r.number);

test('requests are listed newest first, page by page', async () => {
  const first = await call('operator', 'GET', 'requests?limit=2');
  expect(numbers(first)).toEqual([unplaced.request.number, rubbish.request.number]);
  const second = await call('operator', 'GET', `requests?limit=2&cursor=${first.body.nextCursor}`);
  expect(second.body).toMatchObject({ items: [{ number: light.request.number }], nextCursor: null });
  expect(second.body.items[0].workOrder).toMatchObject({ id: light.workOrder.id, state: 'dispatched' });
});

test.each([
  [`number=${light.request.number}`, [light]],
  ['category=城市管理/事件', [rubbish]],
  ['category=城市管理', [unplaced, rubbish, light]],
  ['category=城市管', []],
  ['area=510107', [rubbish, light]],
  ['from=2026-03-02', [unplaced, rubbish, light]],
  ['to=2026-03-01', []],
  ['from=2026-03-02T09:00:01%2B08:00', []],
])('GET /v1/requests?%s', async (query, expected) => {
  const reply = await call('operator', 'GET', `requests?${encodeURI(query).replace('%252B', '%2B')}`);
  expect(numbers(reply), reply.text).toEqual(expected.map((e) => e.request.number));
});

test.each([
  ['phone, however it is written', { phone: '0086-13900002222' }, [rubbish]],
  ['words of the description', { text: '三天没人' }, [rubbish]],
  ['channel and its id', { channel: 'hotline', externalId: 'call-77' }, [rubbish]],
  ['a phone that is none', { phone: 'x' }, []],
])('requests are found by %s', async (_how, body, expected) => {
  const reply = await call('operator', 'POST', 'requests/search', body);
  expect(numbers(reply)).toEqual(expected.map((e) => e.request.number));
  expect(reply.headers['cache-control']).toBe('no-store');
});

test('a unit finds only its own, and 403 by phone', async () => {
  const { code } = light.workOrder.responsibleUnit;
  expect(numbers(await call(`unit:${code}`, 'POST', 'requests/search', { text: '路灯' }))).toEqual([
    light.request.number,
  ]);
  expect(numbers(await call('unit:510107-water', 'GET', 'requests'))).toEqual([]);
  const byPhone = await call(`unit:${code}`, 'POST', 'requests/search', { phone: '13800001234' });
  expect(byPhone.body).toMatchObject({ status: 403, code: 'forbidden' });
});

test.each([
  ['GET', 'requests?from=gestern'],
  ['GET', 'requests?limit=201'],
  ['GET', 'requests?cursor=x'],
] as const)('400 for %s %s', async (method, path) => {
  expect((await call('operator', method, path)).body).toMatchObject({ status: 400, code: 'invalid' });
});

test('a second call about an open order adds words and a count, and no order', async () => {
  const { request, workOrder } = await create();
  const orders = async () => (await pool.query('select count(*) from work_orders')).rows[0].count;
  const before = await orders();
  const urged = await call('operator', 'POST', `requests/${request.id}/urge`, { text: '怎么还没来' });
  expect(urged.status, urged.text).toBe(200);
  expect(urged.headers.etag).toBe(`"v${workOrder.version}"`);
  const order = (await call('operator', 'GET', `work-orders/${workOrder.id}`)).body;
  expect(order).toMatchObject({ reminders: 1, notes: [{ text: '怎么还没来', public: false }] });
  expect(await orders()).toBe(before);
  expect((await call('operator', 'POST', `requests/${request.id}/urge`)).status).toBe(200);
});

test('a note stands on the request it was said about', async () => {
  const { request, workOrder } = await create();
  const noted = await call('operator', 'POST', `requests/${request.id}/notes`, { text: '灯杆在北门', public: true });
  expect(noted.body).toMatchObject({ request: { id: request.id }, workOrder: { id: workOrder.id } });
  const { rows } = await pool.query('select request, public from notes where order_id = $1', [workOrder.id]);
  expect(rows).toEqual([{ request: request.id, public: true }]);
  expect((await call('unit:510107-water', 'POST', `requests/${request.id}/notes`, { text: 'x' })).status).toBe(404);
});

test('the last request that withdraws ends the order; a safety matter is finished all the same', async () => {
  const { request } = await create();
  const withdrawn = await call('operator', 'POST', `requests/${request.id}/withdraw`, { recordId: 'rec-9' });
  expect(withdrawn.body, withdrawn.text).toMatchObject({ workOrder: { state: 'withdrawn' } });
  expect(withdrawn.body.request.withdrawnAt).not.toBeNull();
  expect((await call('operator', 'POST', `requests/${request.id}/withdraw`, {})).body.code).toBe('wrong-state');
  const unsafe = await create(aLight({ category: '城市管理/部件/污水井盖' }));
  const kept = await call('operator', 'POST', `requests/${unsafe.request.id}/withdraw`, {});
  expect(kept.body.workOrder.state).toBe(unsafe.workOrder.state);
  expect((await call('operator', 'POST', `requests/${unsafe.request.id}/withdraw`, {})).body.code).toBe(
    'withdrawn-already',
  );
  expect((await call('dispatcher', 'POST', `requests/${light.request.id}/withdraw`, {})).status).toBe(403);
});

test('of a confidential request the unit learns everything but who asked', async () => {
  const { request, workOrder } = await create(
    aLight({
      confidential: true,
      callRecordId: 'rec-secret',
      requester: { name: '王不可见', phone: '13712345678', onBehalfOf: '李不可见' },
    }),
  );
  const unit = `unit:${workOrder.responsibleUnit.code}`;
  const seen = [
    await call(unit, 'GET', `requests/${request.id}`),
    await call(unit, 'GET', `requests?number=${request.number}`),
    await call(unit, 'GET', `work-orders/${workOrder.id}`),
    await call(unit, 'GET', `work-orders/${workOrder.id}/events`),
    await call(unit, 'GET', `work-orders/${workOrder.id}/why`),
    await call(unit, 'GET', `work-orders/${workOrder.id}/clocks`),
  ];
  for (const reply of seen) {
    expect(reply.status).toBe(200);
    expect(reply.text).not.toMatch(/王不可见|李不可见|13712345678|rec-secret/);
  }
  expect(seen[0]?.body.request).toHaveProperty('description');
  expect(seen[0]?.body.request).not.toHaveProperty('requester');
  expect(seen[1]?.body.items[0]).not.toHaveProperty('requester');
  const asked = await call('operator', 'GET', `requests/${request.id}`);
  expect(asked.body.request).toMatchObject({ requester: { name: '王不可见', phone: '13712345678' } });
  const { rows } = await pool.query('select body::text from facts where subject_id = $1', [workOrder.id]);
  for (const { body } of rows) expect(body).not.toMatch(/不可见|13712345678/);
  expect(deps.city().city.units.has(workOrder.responsibleUnit.code)).toBe(true);
});
