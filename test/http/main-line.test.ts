import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { call, act } = await demo();

test('a request is placed, dispatched and timed in the answer to its create', async () => {
  const made = await call('operator', 'POST', 'requests', aLight());
  expect(made.status, made.text).toBe(201);
  expect(made.headers).toMatchObject({ location: `/v1/requests/${made.body.request.id}`, etag: '"v3"' });
  expect(made.body.request.queryCode).toMatch(/^\d{6}$/);
  expect(made.body.workOrder).toMatchObject({
    number: made.body.request.number,
    state: 'dispatched',
    version: 3,
    responsibleUnit: { code: '510107-urban-management' },
    placement: { status: 'placed', method: 'point' },
  });
  expect(made.body.workOrder.clocks).toMatchObject([
    { kind: 'resident', dueAt: '2026-03-09T23:59:59+08:00' },
    { kind: 'sign', dueAt: '2026-03-02T14:00:00+08:00' },
    { kind: 'contact', dueAt: '2026-03-03T09:00:00+08:00' },
    { kind: 'resolve', dueAt: '2026-03-09T23:59:59+08:00' },
  ]);
});

test('the unit signs, calls, repairs and hands in; the hotline reviews; a grid worker looks', async () => {
  const made = await call('operator', 'POST', 'requests', aLight());
  const { id, responsibleUnit } = made.body.workOrder;
  const unit = `unit:${responsibleUnit.code}`;
  for (const [as, action, body, state] of [
    [unit, 'sign', {}, 'signed'],
    [unit, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' }, 'handling'],
    [unit, 'submit', { result: 'solved', evidence: [{ text: '灯已更换' }], requesterTold: true }, 'submitted'],
    ['operator', 'review', { passed: true }, 'verifying'],
    ['gridWorker', 'verify', { passed: true }, 'following_up'],
  ] as const) {
    const done = await act(as, id, action, body);
    expect(done.body.state, done.text).toBe(state);
  }
});
