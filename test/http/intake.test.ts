import { expect, test } from 'vitest';
import { addClients, newKey } from '../../src/store/clients.ts';
import { aLight, demo } from '../support/city.ts';

const { app, call, pool, clock, keys } = await demo();

const counted = async (table: 'requests' | 'work_orders' | 'facts' | 'idempotency' | 'requesters') =>
  Number((await pool.query(`select count(*) from ${table}`)).rows[0].count);
const createWith = (key: string, body: object) =>
  call('operator', 'POST', 'requests', body, { 'idempotency-key': key });
const create = async (body: object) => {
  const made = await call('operator', 'POST', 'requests', body);
  expect(made.status, made.text).toBe(201);
  return made.body;
};
let n = 0;
/** A light nobody else in this file has told of: own words, own phone, no place in common. */
const another = (more: object = {}) =>
  aLight({ title: `第${++n}盏灯`, requester: { phone: `1370000${String(n).padStart(4, '0')}` }, ...more });

test('a retried create gets the first answer to the byte, and nothing happens twice', async () => {
  const body = another();
  const first = await createWith('retry', body);
  expect(first.status, first.text).toBe(201);
  clock.pass(3_600_000);
  const before = await counted('requests');
  const again = await createWith('retry', body);
  expect(again.status).toBe(201);
  expect(again.text).toBe(first.text);
  expect(again.headers).toMatchObject({
    'idempotent-replayed': 'true',
    location: first.headers.location,
    etag: first.headers.etag,
    'content-type': first.headers['content-type'],
  });
  expect(first.headers).not.toHaveProperty('idempotent-replayed');
  expect(await counted('requests')).toBe(before);
});

test('422 when a key comes back with another body, 400 without a key', async () => {
  await createWith('other-body', another());
  const other = await createWith('other-body', another());
  expect(other.body).toMatchObject({ status: 422, code: 'idempotency-mismatch' });
  const none = await app.inject({
    method: 'POST',
    url: '/v1/requests',
    payload: another(),
    headers: { authorization: `Bearer ${keys.operator}` },
  });
  expect(none.json()).toMatchObject({ status: 400, code: 'idempotency-key-missing' });
});

test('the same create sent twenty times at once is one request', async () => {
  const body = another();
  const all = await Promise.all(Array.from({ length: 20 }, () => createWith('at-once', body)));
  expect(new Set(all.map((r) => r.status))).toEqual(new Set([201]));
  expect(new Set(all.map((r) => r.text)).size).toBe(1);
  expect(all.filter((r) => r.headers['idempotent-replayed'] === undefined)).toHaveLength(1);
  const { rows } = await pool.query('select count(*)::int as n from requests where title = $1', [body.title]);
  expect(rows[0].n).toBe(1);
});

test('the same create one after the other, too close for the first to have ended, is one request', async () => {
  for (let round = 0; round < 10; round++) {
    const body = another();
    const one = createWith(`close-${round}`, body);
    // Long enough to be in another batch, short enough to overlap: a few turns of the loop.
    for (let turn = 0; turn <= round; turn++) await new Promise((done) => setImmediate(done));
    const two = createWith(`close-${round}`, body);
    const [a, b] = await Promise.all([one, two]);
    expect([a.status, b.status]).toEqual([201, 201]);
    expect(b.text).toBe(a.text);
  }
});

test('nothing is kept of a create that was not valid: its key may be used again', async () => {
  const kept = await counted('idempotency');
  expect((await createWith('mended', { ...another(), kind: 'nothing' })).status).toBe(400);
  expect((await createWith('mended', another({ category: '没有这一类' }))).body).toMatchObject({
    status: 422,
    code: 'category-unknown',
  });
  expect(await counted('idempotency')).toBe(kept);
  expect((await createWith('mended', another())).status).toBe(201);
});

test('G30 what a channel sends again is answered 200 with the first request, under any key', async () => {
  const body = another({ externalId: 'ext-1' });
  const first = await create(body);
  const again = await createWith('ext-again', body);
  expect(again.status, again.text).toBe(200);
  expect(again.body).toMatchObject({ request: { id: first.request.id }, workOrder: { id: first.workOrder.id } });
  expect(again.body.request).not.toHaveProperty('queryCode');
  await call('operator', 'POST', `requests/${first.request.id}/withdraw`, {});
  const retried = await createWith('ext-again', body);
  expect(retried.text).toBe(again.text);
  expect(retried.headers).toMatchObject({ 'idempotent-replayed': 'true' });
  const otherChannel = await call('operator', 'POST', 'requests', { ...body, channel: 'web' });
  expect(otherChannel.status).toBe(201);
});

test('twenty equal creates of one channel at once, each with a key of its own, are one request', async () => {
  const body = another({ externalId: 'ext-storm' });
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) => createWith(`storm-${i}`, body)));
  expect(all.filter((r) => r.status === 201)).toHaveLength(1);
  expect(all.filter((r) => r.status === 200)).toHaveLength(19);
  expect(new Set(all.map((r) => r.body.request.id)).size).toBe(1);
});

test('G29 a request is accepted, placed and dispatched with no queue engine and no worker', async () => {
  const { workOrder } = await create(another());
  expect(workOrder.state).toBe('dispatched');
  const { rows } = await pool.query('select type, published_at from facts where subject_id = $1 order by id', [
    workOrder.id,
  ]);
  expect(rows.map((r) => r.type)).toEqual(['register', 'accept', 'dispatch']);
  expect(rows.every((r) => r.published_at === null)).toBe(true);
});

test('a preview answers as a create would, and stores nothing', async () => {
  const tables = ['requests', 'work_orders', 'requesters', 'facts'] as const;
  const before = await Promise.all(tables.map(counted));
  const body = another({ description: '有人晕倒' });
  const tried = await call('operator', 'POST', 'dispatch/preview', body);
  expect(tried.status, tried.text).toBe(200);
  expect(await Promise.all(tables.map(counted))).toEqual(before);
  const { workOrder, prompts } = await create(body);
  const timed = ({ clocks }: { clocks: { kind: string; dueAt: string }[] }) => clocks.map((c) => [c.kind, c.dueAt]);
  expect(tried.body).toMatchObject({ prompts, workOrder: { responsibleUnit: workOrder.responsibleUnit } });
  expect(timed(tried.body.workOrder)).toEqual(timed(workOrder));
  expect(tried.body).not.toHaveProperty('request');
});

const hintsOn = (made: { workOrder: { duplicateHints: { workOrderId: string; why: string[] }[] } }, id: string) =>
  made.workOrder.duplicateHints.find((h) => h.workOrderId === id)?.why;

test('X32 what may be the same matter is hinted at: near by, same caller, same words', async () => {
  const at = (lon: number, lat: number) => ({ lon, lat });
  const first = await create(
    another({
      location: at(104.0401, 30.6401),
      title: '北门路灯坏了',
      description: '一直不亮',
      requester: { phone: '13611110000' },
    }),
  );
  const { id } = first.workOrder;
  const near = await create(another({ location: at(104.0404, 30.6401) }));
  expect(hintsOn(near, id)).toEqual(['place']);
  expect(hintsOn(await create(another({ location: at(104.0431, 30.6401) })), id)).toBeUndefined();
  const otherKind = another({ category: '城市管理/事件/暴露垃圾', location: at(104.0401, 30.6401) });
  expect(hintsOn(await create(otherKind), id)).toBeUndefined();
  const caller = another({ category: '社区治理/邻里纠纷', location: null, requester: { phone: '+86 136-1111-0000' } });
  expect(hintsOn(await create(caller), id)).toEqual(['phone']);
  const words = another({ location: null, title: '北门路灯坏了！', description: ' 一直不亮。' });
  expect(hintsOn(await create(words), id)).toEqual(['text']);
  await call('operator', 'POST', `requests/${first.request.id}/withdraw`, {});
  expect(hintsOn(await create(another({ location: at(104.0401, 30.6401) })), id)).toBeUndefined();
});

test('words of danger prompt the operator and divert nothing by themselves', async () => {
  const prompted = await create(another({ description: '电表箱着火，有人晕倒' }));
  expect(prompted.prompts.map((p: { service: string }) => p.service).toSorted()).toEqual(['119', '120']);
  expect(prompted.workOrder).toMatchObject({ urgency: 'normal', tier: 'ordinary' });
  const diverted = await create(another({ diversion: { service: '119', receipt: 'F-1' } }));
  expect(diverted.workOrder).toMatchObject({ urgency: 'emergency', tier: 'emergency', state: 'dispatched' });
  const order = (await call('operator', 'GET', `work-orders/${diverted.workOrder.id}`)).body;
  expect(order.diversion).toEqual({ service: '119', receipt: 'F-1' });
});

test('open questions of the category are told, and keep nothing out', async () => {
  const taxi = { category: '交通运输/出租汽车', location: null };
  const asked = await create(another(taxi));
  expect(asked.missingAnswers).toEqual([{ key: 'plate', text: '车牌号、上下车时间和地点？' }]);
  expect((await create(another({ ...taxi, answers: { plate: '川A·测试' } }))).missingAnswers).toEqual([]);
  expect((await create(another())).missingAnswers).toEqual([]);
});

test('W13 a retired item is registered, told with the right path, and answered at once', async () => {
  const made = await create(another({ category: '证明事项/婚姻状况证明', location: null }));
  expect(made.retired.reason).toContain('不再');
  expect(made.retired.rightPath).not.toBe('');
  expect(made.workOrder).toMatchObject({ state: 'accepted', routing: { status: 'undecided', reason: 'retired' } });
  const answered = await call(
    'operator',
    'POST',
    `work-orders/${made.workOrder.id}/actions/answer`,
    { text: made.retired.rightPath },
    { 'if-match': '*' },
  );
  expect(answered.body.state).toBe('answered');
  expect((await create(another())).retired).toBeNull();
});

test('each item of a batch stands alone, in its place', async () => {
  const twice = another({ externalId: 'batch-1' });
  const first = await create(twice);
  const before = await counted('requests');
  const items = [another(), { kind: 'help' }, another({ channel: 'smoke_signal' }), twice, another()];
  const reply = await call('operator', 'POST', 'requests/batch', { items });
  expect(reply.status, reply.text).toBe(200);
  const { results } = reply.body;
  expect(results).toMatchObject([
    { index: 0, status: 201 },
    { index: 1, status: 400, problem: { code: 'invalid' } },
    { index: 2, status: 422, problem: { code: 'channel-unknown' } },
    { index: 3, status: 200, requestId: first.request.id, number: first.request.number },
    { index: 4, status: 201 },
  ]);
  expect(await counted('requests')).toBe(before + 2);
  const seen = await call('operator', 'GET', `requests/${results[4].requestId}`);
  expect(seen.body.request).toMatchObject({ number: results[4].number, title: (items[4] as { title: string }).title });
});

test('a thousand items are registered in one call, and one more is too many', async () => {
  const items = Array.from({ length: 1001 }, () => ({ channel: 'app', kind: 'praise', title: '谢谢' }));
  expect((await call('operator', 'POST', 'requests/batch', { items })).status).toBe(400);
  const reply = await call('operator', 'POST', 'requests/batch', { items: items.slice(0, 1000) });
  expect(reply.body.results.filter((r: { status: number }) => r.status === 201)).toHaveLength(1000);
  expect(new Set(reply.body.results.map((r: { number: string }) => r.number)).size).toBe(1000);
});

test('a channel with a key of its own brings in what is its own, and nothing else', async () => {
  const kiosk = newKey('test');
  await addClients(
    pool,
    [
      {
        ...kiosk,
        client: {
          name: 'kiosk',
          roles: ['operator'],
          unit: null,
          areas: null,
          channels: ['kiosk'],
          cidrs: [],
          expiresAt: null,
        },
      },
    ],
    clock.now(),
  );
  const send = (path: string, body: object) =>
    app.inject({
      method: 'POST',
      url: `/v1/${path}`,
      payload: body,
      headers: { authorization: `Bearer ${kiosk.key}`, 'idempotency-key': `kiosk-${++n}` },
    });
  expect((await send('requests', another({ channel: 'kiosk' }))).statusCode).toBe(201);
  const refused = await send('requests', another());
  expect(refused.statusCode).toBe(403);
  expect(refused.json()).toMatchObject({ code: 'forbidden', channel: 'hotline', channels: ['kiosk'] });
  const known = another({ externalId: 'of-the-hotline' });
  await create(known);
  expect((await send('requests', known)).statusCode).toBe(403);
  expect((await send('dispatch/preview', another())).statusCode).toBe(403);
  const batch = await send('requests/batch', { items: [another(), another({ channel: 'kiosk' })] });
  expect(batch.json().results.map((r: { status: number }) => r.status)).toEqual([403, 201]);
});

test.each([
  ['half a character in an answer', { answers: { where: '\ud800' } }],
  ['half a character in the name of one', { answers: { '\udc00': 1 } }],
  ['NUL deep inside', { answers: { a: [{ b: '\u0000' }] } }],
  ['NUL where to reply', { replyTo: { to: 'a\u0000' } }],
  ['a title of blanks', { title: ' ' }],
  ['a date after the year 9999', { externalDueAt: '10000-01-01T00:00:00Z' }],
  ['a date in the year 9999', { externalDueAt: '9999-12-31T23:59:59Z' }],
])('400, and nothing stored, with %s', async (_what, more) => {
  const before = await counted('requests');
  expect((await createWith(`bad-${++n}`, another(more))).body).toMatchObject({ status: 400 });
  expect(await counted('requests')).toBe(before);
});

test('odd but valid input is registered as it came', async () => {
  const answers = { path: 'C:\\u0000\\ud800', list: [1e308, null, '👩‍🔧'] };
  const { request } = await create(another({ answers, location: { lon: 500, lat: 500 } }));
  expect((await call('operator', 'GET', `requests/${request.id}`)).body.request.answers).toEqual(answers);
});
