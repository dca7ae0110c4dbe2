import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { call, act, pool, clock } = await demo();

let n = 0;
/** A number nobody else in this file calls from. */
const aPhone = () => `1390000${String(++n).padStart(4, '0')}`;
const create = async (phone: string, more: object = {}) => {
  const made = await call('operator', 'POST', 'requests', aLight({ requester: { phone }, ...more }));
  expect(made.status, made.text).toBe(201);
  return made.body;
};
const card = async (phone: string) => (await call('operator', 'POST', 'callers/search', { phone })).body;

test('the caller card shows open orders, promises and last replies before the caller has said a word', async () => {
  const phone = aPhone();
  const { workOrder } = await create(phone);
  const unit = `unit:${workOrder.responsibleUnit.code}`;
  await act(unit, workOrder.id, 'sign');
  await act(unit, workOrder.id, 'promise', { dueAt: '2026-03-04T18:00:00+08:00' });
  const answered = await create(phone, { kind: 'consult', category: '民政/政策咨询', disposition: 'hold' });
  await act('operator', answered.workOrder.id, 'answer', { text: '请到街道便民服务中心办理。' });
  expect(await card(`+86 ${phone}`)).toMatchObject({
    openOrders: [{ id: workOrder.id, state: 'signed' }],
    promises: [{ number: workOrder.number, dueAt: '2026-03-04T18:00:00+08:00' }],
    lastReplies: [{ number: answered.workOrder.number, text: '请到街道便民服务中心办理。' }],
    nuisance: null,
    missedCalls: [],
  });
  expect(await card('13111111111')).toMatchObject({ openOrders: [], promises: [], lastReplies: [] });
});

test('the card is for the desks that talk to residents, and stays out of caches', async () => {
  const seen = await call('operator', 'POST', 'callers/search', { phone: '13111111111' });
  expect(seen.headers['cache-control']).toBe('no-store');
  for (const other of ['dispatcher', 'followUp', 'gridWorker', 'unit:510107-water'])
    expect((await call(other, 'POST', 'callers/search', { phone: '13111111111' })).status).toBe(403);
});

const limit = (phone: string, more: object = {}) =>
  call('shiftLeader', 'PUT', 'callers/nuisance', { phone, reason: '反复辱骂', ...more });

test('a nuisance number is registered and waits for a person; its urgent call passes', async () => {
  const phone = aPhone();
  expect((await limit(phone)).body).toMatchObject({ until: '2026-03-03T09:00:00+08:00', setBy: 'shiftLeader' });
  expect(await card(phone)).toMatchObject({ nuisance: { reason: '反复辱骂' } });
  expect(await create(phone, { disposition: 'auto' })).toMatchObject({
    nuisance: true,
    workOrder: { state: 'registered' },
  });
  for (const more of [{ urgency: 'urgent' }, { urgency: 'emergency' }, { diversion: { service: '120' } }])
    expect(await create(phone, more)).toMatchObject({ nuisance: false, workOrder: { state: 'dispatched' } });
  const tried = await call('operator', 'POST', 'dispatch/preview', aLight({ requester: { phone } }));
  expect(tried.body).toMatchObject({ nuisance: true, workOrder: { state: 'registered' } });
  expect(await create(aPhone())).toMatchObject({ nuisance: false, workOrder: { state: 'dispatched' } });
});

test('a limit ends after a day at most, by itself or when it is released', async () => {
  const phone = aPhone();
  await limit(phone, { until: '2026-03-02T10:00:00+08:00' });
  clock.pass(3_600_000);
  expect(await card(phone)).toMatchObject({ nuisance: null });
  expect(await create(phone)).toMatchObject({ nuisance: false });
  await limit(phone);
  const released = await call('shiftLeader', 'POST', 'callers/nuisance/release', { phone, reason: '误标' });
  expect(released.status).toBe(200);
  expect(await create(phone)).toMatchObject({ nuisance: false });
  const again = await call('shiftLeader', 'POST', 'callers/nuisance/release', { phone, reason: '误标' });
  expect(again.body.code).toBe('not-found');
});

test.each([
  [{ until: '2026-03-09T09:00:00+08:00' }, 422, 'too-long'],
  [{ until: '2026-02-01T09:00:00+08:00' }, 422, 'in-the-past'],
  [{ phone: 'x' }, 400, 'invalid'],
  [{ reason: ' ' }, 400, 'invalid'],
])('a limit with %j is refused', async (more, status, code) => {
  expect((await limit('13900009999', more)).body).toMatchObject({ status, code });
});

test('only the shift leader limits a number, and the caller may appeal', async () => {
  const phone = aPhone();
  const body = { phone, reason: '反复来电' };
  expect((await call('operator', 'PUT', 'callers/nuisance', body)).body).toMatchObject({ status: 403 });
  expect((await call('operator', 'POST', 'callers/nuisance/appeal', { phone, text: '不是我' })).status).toBe(404);
  await limit(phone);
  const appeal = await call('operator', 'POST', 'callers/nuisance/appeal', { phone, text: '不是我打的' });
  expect(appeal.status, appeal.text).toBe(200);
  expect(await card(phone)).toMatchObject({ nuisance: { appeal: '不是我打的' } });
  const { rows } = await pool.query('select kind, role, body::text from tasks where id = $1', [appeal.body.id]);
  expect(rows).toEqual([{ kind: 'nuisance_appeal', role: 'shift_leader', body: '{}' }]);
});

test('a missed call is called back once, and its number stands in no task', async () => {
  const phone = aPhone();
  const missed = () => call('operator', 'POST', 'callers/missed', { phone, callRecordId: 'missed-1' });
  const [first, second] = await Promise.all([missed(), missed()]);
  expect(first?.status, first?.text).toBe(201);
  expect(second?.body.id).toBe(first?.body.id);
  const listed = await call('operator', 'GET', 'callers/missed');
  expect(listed.body).toMatchObject({ items: [{ id: first?.body.id, phone, callRecordId: 'missed-1' }] });
  expect(await card(phone)).toMatchObject({ missedCalls: [{ id: first?.body.id }] });
  const { rows } = await pool.query('select t::text as row from tasks t');
  for (const { row } of rows) expect(row).not.toContain(phone);
  const done = () => call('operator', 'POST', `callers/missed/${first?.body.id}/done`, { outcome: 'reached' });
  expect((await done()).status).toBe(200);
  expect((await done()).status).toBe(404);
  expect((await call('operator', 'GET', 'callers/missed')).body.items).toEqual([]);
});
