import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { call, act, deps } = await demo();
const owner = '510107-urban-management';
const unit = `unit:${owner}`;

const order = async (id: string) => (await call('operator', 'GET', `work-orders/${id}`)).body;
const made = async (): Promise<string> => (await call('operator', 'POST', 'requests', aLight())).body.workOrder.id;
const redispatch = (id: string, to: string) =>
  act('dispatcher', id, 'redispatch', { unit: to, basis: '三定方案', reason: '派错' });
const counted = async (id: string) =>
  (await call('dispatcher', 'GET', `work-orders/${id}/why`)).body.rules
    .filter(({ body }: { body: { counted?: object } }) => body.counted !== undefined)
    .map(({ body }: { body: { rung: string; policy: string } }) => `${body.rung} ${body.policy}`);

/** Worked on until the resident is asked, who says that it is not solved. */
const unsolved = async (id: string, begin: 'sign' | 'take'): Promise<void> => {
  const steps = [
    [unit, begin, {}],
    ...(begin === 'sign' ? [[unit, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' }] as const] : []),
    [unit, 'submit', { result: 'solved', text: '已换', evidence: [{ text: '已亮' }], requesterTold: true }],
    ['operator', 'review', { passed: true }],
    ['gridWorker', 'verify', { passed: true }],
  ] as const;
  for (const [as, action, body] of steps) {
    const done = await act(as, id, action, body);
    expect(done.status, done.text).toBe(200);
  }
  const { body } = await call('followUp', 'POST', 'follow-ups/claims', { lease: 600 });
  const said = { contacted: true, solved: 'no', satisfaction: 'dissatisfied', reason: 'not_done' };
  const answer = await call('followUp', 'POST', `follow-ups/${body.claims[0].followUp.id}/answer`, said);
  expect(answer.status, answer.text).toBe(200);
};

test('unsolved twice: the unit is supervised in the same moment, on top of its queue, and why tells the rung', async () => {
  const id = await made();
  await unsolved(id, 'sign');
  expect(await order(id)).toMatchObject({ state: 'rework', supervisionOrders: [] });
  await unsolved(id, 'take');
  const twice = await order(id);
  expect(twice).toMatchObject({ state: 'rework', supervisionOrders: [{ grade: 'daily', unit: { code: owner } }] });
  const { body } = await call('supervisor', 'GET', `supervision-orders/${twice.supervisionOrders[0].id}`);
  expect(body).toMatchObject({
    automatic: true,
    causes: [{ rung: 'unsolved_twice', about: 'order' }],
    workOrderIds: [id],
  });
  expect(await counted(id)).toEqual(['unsolved default-1', 'unsolved default-1', 'unsolved_twice default-1']);
});

test('N34 the third lead makes a problem order by the ladder a city starts with, and why names its version', async () => {
  const id = await made();
  await redispatch(id, '510107-water');
  expect(await order(id)).toMatchObject({ problem: false });
  await redispatch(id, '510107-housing');
  expect(await order(id)).toMatchObject({ problem: true });
  expect(await counted(id)).toEqual(['third_lead default-1']);
});

test('another ladder: the counts of the one in force decide, and a row that cannot be meant is refused', async () => {
  const { validFrom: _v, ...policy } = (await call('admin', 'GET', 'policies/ladder')).body;
  const before = await made();
  await redispatch(before, '510107-water');
  const wrong = { id: 'x', count: 'leads', times: 1, action: 'arbitration' };
  const refused = await call('admin', 'PUT', 'policies/ladder', { ...policy, version: 'wrong', counts: [wrong] });
  expect(refused.body).toMatchObject({
    status: 422,
    code: 'configuration-invalid',
    errors: [{ message: 'times-out-of-range' }, { message: 'action-not-of-the-count' }],
  });
  const counts = [
    { id: 'second_lead', count: 'leads', times: 2, action: 'problem_order' },
    { id: 'first_return', count: 'returns', times: 1, action: 'arbitration' },
  ];
  const put = await call('admin', 'PUT', 'policies/ladder', { ...policy, version: 'strict', counts });
  expect(put.status, put.text).toBe(200);
  await expect.poll(() => deps.city().city.counts.version).toBe('strict');
  const id = await made();
  await act(unit, id, 'sign');
  const asked = await call(unit, 'POST', `work-orders/${id}/approvals`, {
    kind: 'return',
    reason: '理由',
    basis: '不在职责清单',
    proposedUnit: '510107-water',
  });
  expect(asked.body.decider, asked.text).toEqual({ role: null, unit: '510107' });
  const ruled = await call('unit:510107', 'POST', `approvals/${asked.body.id}/decision`, {
    granted: true,
    reason: '同意',
  });
  expect(ruled.status, ruled.text).toBe(200);
  expect(await order(id)).toMatchObject({ problem: true, designated: true });
  expect(await counted(id)).toEqual(['first_return strict', 'second_lead strict']);
  await redispatch(before, '510107-housing');
  expect(await order(before)).toMatchObject({ problem: false, leads: { length: 3 } });
});
