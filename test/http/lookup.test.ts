import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { app, call, act, pool, clock } = await demo();

type Made = { request: { id: string; number: string; queryCode: string }; workOrder: Order };
type Order = { id: string; number: string; responsibleUnit: { code: string } };
const create = async (body: object = aLight()): Promise<Made & { proof: { number: string; code: string } }> => {
  const made = await call('operator', 'POST', 'requests', body);
  expect(made.status, made.text).toBe(201);
  const { number, queryCode: code } = made.body.request;
  return { ...made.body, proof: { number, code } };
};
let address = 0;
/** From an address of the caller's own, so that no test uses up another's tries. */
const from = () => {
  const remoteAddress = `10.1.0.${++address}`;
  return async (path: string, body: object, headers: Record<string, string> = {}) => {
    const reply = await app.inject({ method: 'POST', url: `/v1/${path}`, payload: body, remoteAddress, headers });
    return { status: reply.statusCode, headers: reply.headers, text: reply.payload, body: reply.json() };
  };
};
const wrong = (code: string) => (code === '000000' ? '000001' : '000000');

/** A request of somebody without a phone, done and closed: there is nobody to ask afterwards. */
const closed = async () => {
  const made = await create(aLight({ requester: { anonymous: true } }));
  const { id, responsibleUnit } = made.workOrder;
  const unit = `unit:${responsibleUnit.code}`;
  await act(unit, id, 'sign');
  await act(unit, id, 'submit', { result: 'solved', text: '灯已换好。', evidence: [{ text: '照片' }] });
  await act('operator', id, 'review', { passed: true });
  const done = await act('gridWorker', id, 'verify', { passed: true });
  expect(done.body.state, done.text).toBe('closed');
  return made;
};

test('N46 a resident follows the own request with number and code, without an account', async () => {
  const send = from();
  const { proof, workOrder } = await create();
  const seen = await send('lookup', proof);
  expect(seen.status, seen.text).toBe(200);
  expect(seen.headers['cache-control']).toBe('no-store');
  expect(seen.body).toMatchObject({
    number: proof.number,
    state: 'dispatched',
    stateText: '已派单，待承办单位签收',
    promisedAt: '2026-03-09T23:59:59+08:00',
    nextStep: '承办单位签收并与您联系',
    answer: null,
    publicNotes: [],
    allowedActions: ['withdraw', 'note', 'urge', 'conduct'],
    objection: null,
  });
  const unit = `unit:${workOrder.responsibleUnit.code}`;
  await act(unit, workOrder.id, 'sign');
  await act(unit, workOrder.id, 'promise', { dueAt: '2026-03-04T18:00:00+08:00' });
  await act(unit, workOrder.id, 'note', { text: '周三上门', public: true });
  await act(unit, workOrder.id, 'note', { text: '内部备注' });
  const later = await send('lookup', proof, { 'accept-language': 'en' });
  expect(later.body).toMatchObject({
    state: 'signed',
    stateText: 'Received by the responsible unit',
    promisedAt: '2026-03-04T18:00:00+08:00',
    publicNotes: [{ text: '周三上门', own: false }],
  });
  expect(later.text).not.toContain('内部备注');
});

test('what a resident adds reaches the unit, and on a merged order no other resident', async () => {
  const send = from();
  const [one, other] = [await create(), await create()];
  const added = await send('lookup/notes', { ...one.proof, text: '门牌是三号' });
  expect(added.body, added.text).toMatchObject({ publicNotes: [{ text: '门牌是三号', own: true }] });
  await act('operator', one.workOrder.id, 'merge', { into: other.workOrder.id });
  expect((await send('lookup', one.proof)).body).toMatchObject({
    state: 'dispatched',
    publicNotes: [{ text: '门牌是三号' }],
  });
  await send('lookup/notes', { ...one.proof, text: '还有一盏' });
  expect((await send('lookup', other.proof)).body.publicNotes).toEqual([]);
  const unit = `unit:${other.workOrder.responsibleUnit.code}`;
  const order = (await call(unit, 'GET', `work-orders/${other.workOrder.id}`)).body;
  expect(order.notes).toMatchObject([{ text: '还有一盏', public: false, actor: 'resident' }]);
});

test('a resident withdraws the own request and not the neighbour’s', async () => {
  const send = from();
  const [one, other] = [await create(), await create()];
  await act('operator', one.workOrder.id, 'merge', { into: other.workOrder.id });
  expect((await send('lookup/withdrawal', one.proof)).body).toMatchObject({
    state: 'withdrawn',
    stateText: '您已撤回',
  });
  expect((await send('lookup', other.proof)).body).toMatchObject({ state: 'dispatched' });
  expect((await send('lookup/withdrawal', one.proof)).body).toMatchObject({ status: 409, code: 'withdrawn-already' });
  expect((await send('lookup/withdrawal', other.proof)).body).toMatchObject({ state: 'withdrawn' });
});

test('closed but not fixed: the resident reopens within 15 days', async () => {
  const send = from();
  const early = await send('lookup/reopen', (await create()).proof);
  expect(early.body).toMatchObject({
    status: 409,
    code: 'wrong-state',
    allowedActions: ['withdraw', 'note', 'urge', 'conduct'],
  });
  const made = await closed();
  expect((await send('lookup', made.proof)).body).toMatchObject({
    state: 'closed',
    answer: { text: '灯已换好。' },
    nextStep: '如未解决，十五日内可以要求重新办理或提出异议',
    allowedActions: ['reopen', 'object', 'conduct'],
  });
  const reopened = await send('lookup/reopen', made.proof);
  expect(reopened.body, reopened.text).toMatchObject({ state: 'rework', stateText: '重新办理' });
  const late = await closed();
  clock.pass(16 * 86_400_000);
  expect((await send('lookup/reopen', late.proof)).body).toMatchObject({ status: 409, code: 'requester-window' });
  expect((await send('lookup', late.proof)).body).toMatchObject({ nextStep: null, allowedActions: ['conduct'] });
  expect((await send('lookup/urge', late.proof)).body).toMatchObject({
    status: 409,
    code: 'wrong-state',
    allowedActions: ['conduct'],
  });
});

test('a resident urges (催单): the unit sees how often, and the words that came with it', async () => {
  const send = from();
  const { proof, workOrder } = await create();
  expect((await send('lookup/urge', proof)).status).toBe(200);
  const urged = await send('lookup/urge', { ...proof, text: '已经等了三天' });
  expect(urged.body, urged.text).toMatchObject({ publicNotes: [{ text: '已经等了三天', own: true }] });
  const order = (await call(`unit:${workOrder.responsibleUnit.code}`, 'GET', `work-orders/${workOrder.id}`)).body;
  expect(order).toMatchObject({ reminders: 2, notes: [{ actor: 'resident', text: '已经等了三天', public: false }] });
});

test('everything that is offered works, until it is used', async () => {
  const send = from();
  const routes: Readonly<Record<string, [string, object]>> = {
    note: ['notes', { text: '补充' }],
    urge: ['urge', {}],
    conduct: ['conduct', { tone: 'praise', text: '态度好' }],
    object: ['objections', { reason: '没有修好' }],
    reopen: ['reopen', {}],
    withdraw: ['withdrawal', {}],
  };
  for (const begin of [create, closed]) {
    const { proof } = await begin();
    for (const action of (await send('lookup', proof)).body.allowedActions) {
      const of = (await begin()).proof;
      const [path, body] = routes[action] ?? [action, {}];
      expect([action, (await send(`lookup/${path}`, { ...of, ...body })).status]).toEqual([action, 200]);
    }
  }
});

test('a resident objects to an answer, and a shift leader’s superior has it to decide', async () => {
  const send = from();
  const made = await create(aLight({ kind: 'consult', category: '民政/政策咨询', location: null }));
  await act('operator', made.workOrder.id, 'answer', { text: '不属于补贴范围。' });
  const objected = await send('lookup/objections', { ...made.proof, reason: '情况不符' });
  expect(objected.body, objected.text).toMatchObject({
    state: 'answered',
    answer: { text: '不属于补贴范围。' },
    objection: { about: 'end', askedAt: expect.stringMatching(/T09:00:00\+08:00$/) },
    nextStep: '对办理结果的异议正在审核',
    allowedActions: ['conduct'],
  });
  const order = (await call('operator', 'GET', `work-orders/${made.workOrder.id}`)).body;
  expect(order.approvals).toMatchObject([
    { kind: 'objection', decider: { role: 'centre_leader' }, reason: '情况不符' },
  ]);
  const twice = await send('lookup/objections', { ...made.proof, reason: '再说一次' });
  expect(twice.body).toMatchObject({ status: 409, code: 'pending-already' });
});

test('a wrong number and a wrong code are answered with the same words', async () => {
  const send = from();
  const { proof } = await create();
  const answers = [
    await send('lookup', { ...proof, code: wrong(proof.code) }),
    await send('lookup', { ...proof, number: '20260302999999' }),
    await send('lookup', { number: 'nothing', code: 'like it' }),
  ];
  for (const { status, body } of answers) {
    expect(status).toBe(404);
    expect({ ...body, requestId: '' }).toEqual({ ...answers[0]?.body, requestId: '' });
    expect(body.code).toBe('code-wrong');
  }
});

test('after five wrong codes a number is shut for a quarter of an hour, also for the right one and from elsewhere', async () => {
  const { proof } = await create();
  const guess = { ...proof, code: wrong(proof.code) };
  const all = await Promise.all(Array.from({ length: 20 }, () => from()('lookup', guess)));
  expect(all.filter((r) => r.status === 404)).toHaveLength(5);
  expect(all.filter((r) => r.status === 429)).toHaveLength(15);
  const shut = await from()('lookup/notes', { ...proof, text: '我有密码' });
  expect(shut.body).toMatchObject({ status: 429, code: 'too-many-requests' });
  expect(Number(shut.headers['retry-after'])).toBeGreaterThan(850);
  expect(Number(shut.headers['retry-after'])).toBeLessThanOrEqual(900);
  await pool.query(`update code_failures set since = since - interval '15 minutes' where subject = $1`, [
    `number ${proof.number}`,
  ]);
  expect((await from()('lookup', proof)).status).toBe(200);
});

test('right codes use up no tries', async () => {
  const send = from();
  const { proof } = await create();
  for (let i = 0; i < 8; i++) expect((await send('lookup', proof)).status).toBe(200);
});

test('one address may not try codes of ever other numbers, and its name is not kept', async () => {
  const send = from();
  for (let i = 0; i < 30; i++)
    expect((await send('lookup', { number: `2026030288${1000 + i}`, code: '123456' })).status).toBe(404);
  const { proof } = await create();
  expect((await send('lookup', proof)).status).toBe(429);
  expect((await from()('lookup', proof)).status).toBe(200);
  const { rows } = await pool.query('select subject from code_failures');
  expect(rows.length).toBeGreaterThan(30);
  for (const { subject } of rows) expect(subject).not.toContain('10.1.0.');
});

test('two residents who send the same Idempotency-Key do not meet', async () => {
  const send = from();
  const [one, other] = [await create(), await create()];
  const key = { 'idempotency-key': 'same' };
  expect((await send('lookup', one.proof, key)).body.number).toBe(one.request.number);
  expect((await send('lookup', other.proof, key)).body.number).toBe(other.request.number);
});

test('what is kept of a query code cannot be guessed without the installation’s secret', async () => {
  const { proof } = await create();
  const { rows } = await pool.query('select query_code_hash from requests where number = $1', [proof.number]);
  const { createHash } = await import('node:crypto');
  const plain = createHash('sha256').update(`${proof.number}:${proof.code}`).digest('hex');
  expect(rows[0].query_code_hash).toMatch(/^[0-9a-f]{64}$/);
  expect(rows[0].query_code_hash).not.toBe(plain);
});

test.each([
  ['lookup', { number: '1' }],
  ['lookup', { number: '1', code: '\u0000' }],
  ['lookup/notes', { number: '1', code: '1', text: '' }],
])('400 for %s with %j', async (path, body) => {
  expect((await from()(path, body)).body).toMatchObject({ status: 400, code: 'invalid' });
});
