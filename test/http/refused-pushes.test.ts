import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { call, act, clock, pool } = await demo();
const bureau = '510107-urban-management';
const street = '510107001';
const community = '510107001004';
const lights = '城市管理/部件/路灯';
const march = 'from=2026-03-01T00:00:00%2B08:00&to=2026-04-01T00:00:00%2B08:00';
const statistics = async (as = 'auditor', query = march) => {
  const reply = await call(as, 'GET', `statistics/refused-pushes?${query}`);
  expect(reply.status, reply.text).toBe(200);
  return reply.body;
};
const made = async (more: object = {}): Promise<string> =>
  (await call('operator', 'POST', 'requests', aLight(more))).body.workOrder.id;
const push = (id: string, unit: string, as = 'dispatcher') =>
  act(as, id, 'redispatch', { unit, basis: '领导批示', reason: '下派' });
const handling = async (): Promise<string> => {
  const id = await made();
  await act(`unit:${bureau}`, id, 'sign');
  await act(`unit:${bureau}`, id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
  return id;
};

test('G15 each refused push counts: by the unit that pushed, and by the line that refused it', async () => {
  expect(await statistics()).toMatchObject({ pushes: 0, byUnit: [], byLine: [] });
  const id = await made();
  const refused = await push(id, street);
  expect(refused.body).toMatchObject({ status: 409, code: 'off-duty-list', line: null, category: lights });
  await push(id, community);
  const removal = await made({ category: '住房建设/房屋征收' });
  expect((await push(removal, street)).body).toMatchObject({
    code: 'off-duty-list',
    line: expect.stringMatching('负面'),
  });

  // What a bureau proposes and the street of the place grants is the bureau's push.
  const own = await handling();
  const asked = await call(`unit:${bureau}`, 'POST', `work-orders/${own}/approvals`, {
    kind: 'hand_over',
    reason: '移交',
    unit: community,
    power: '属地管理',
  });
  const ruled = await call(`unit:${asked.body.decider.unit}`, 'POST', `approvals/${asked.body.id}/decision`, {
    granted: true,
    reason: '同意',
  });
  expect(ruled.body.code, ruled.text).toBe('off-duty-list');

  const counted = await statistics();
  expect(counted.pushes).toBe(4);
  expect(counted.byUnit).toMatchObject([
    { unit: { code: 'hotline' }, pushes: 3 },
    { unit: { code: bureau }, pushes: 1, lines: [{ line: null, category: lights, code: 'off-duty-list', pushes: 1 }] },
  ]);
  expect(counted.byLine).toMatchObject([
    { line: null, category: lights, pushes: 3, text: null },
    { category: '住房建设/房屋征收', pushes: 1, text: expect.any(String) },
  ]);
  expect((await pool.query('select count(*)::int as n from refused_pushes')).rows).toEqual([{ n: 4 }]);
});

test('counted in their period; a unit reads its own and what it was to be given', async () => {
  expect((await statistics('auditor', 'from=2026-04-01T00:00:00%2B08:00&to=2026-05-01T00:00:00%2B08:00')).pushes).toBe(
    0,
  );
  expect((await statistics(`unit:${bureau}`)).pushes).toBe(1);
  expect((await statistics(`unit:${street}`)).pushes).toBe(4);
  expect((await statistics('unit:510107-water')).pushes).toBe(0);
  expect((await statistics('supervisor')).pushes).toBe(4);
  expect((await statistics('auditor', `${march}&unit=${bureau}`)).pushes).toBe(1);
  const backwards = await call(
    'auditor',
    'GET',
    'statistics/refused-pushes?from=2026-04-01T00:00:00Z&to=2026-03-01T00:00:00Z',
  );
  expect(backwards.body).toMatchObject({ status: 400, code: 'invalid' });
  expect((await call('vendor', 'GET', `statistics/refused-pushes?${march}`)).status).toBe(403);
});

test('X6 a bureau’s or dispatcher’s assist off the list is a push, the district’s and a neighbour’s are help', async () => {
  const before = await statistics();
  const id = await handling();
  const assist = (as: string, unit: string) =>
    call(as, 'POST', `work-orders/${id}/assists`, { unit, task: '现场协助' });
  const details = { status: 409, code: 'off-duty-list', unit: street, line: null, category: lights };
  expect((await assist(`unit:${bureau}`, street)).body).toMatchObject(details);
  expect((await assist('dispatcher', street)).body).toMatchObject(details);
  const after = await statistics();
  expect(after.pushes).toBe(before.pushes + 2);
  expect((await statistics('auditor', `${march}&unit=${bureau}`)).pushes).toBe(2);

  const own = (await call('operator', 'GET', `work-orders/${id}`)).body;
  expect(own.assists).toEqual([]);
  const centre = own.placement.path.find((step: { level: string }) => step.level === 'street').code;
  expect((await assist('unit:510107', street)).status).toBe(201);
  expect((await assist(`unit:${centre}`, community)).status).toBe(201);
  expect((await assist('dispatcher', '510107-water')).status).toBe(201);
  expect((await statistics()).pushes).toBe(after.pushes);
});

test('what is handled on the spot off its list is refused and is nobody’s push', async () => {
  const before = (await statistics()).pushes;
  const id = await made({ disposition: 'hold' });
  const evidence = [{ text: '处置前', stage: 'before' }];
  const refused = await act('gridWorker', id, 'self-handle', { result: 'solved', evidence });
  expect(refused.body).toMatchObject({ status: 409, code: 'off-duty-list' });
  expect((await statistics()).pushes).toBe(before);
});

test('W16 an assessment task reaches a street only from the district', async () => {
  clock.pass(60_000);
  const category = '考核评比';
  const put = (path: string, body: object) => call('admin', 'PUT', path, body);
  expect((await put(`categories/${encodeURIComponent(category)}`, { name: category, assessment: true })).status).toBe(
    201,
  );
  const line = { unitKind: 'street', category, list: 'assist', text: '年度考核材料' };
  expect((await put('duty-lists/考核-01', line)).status).toBe(201);
  const id = await made({ category, disposition: 'hold' });
  await act('operator', id, 'accept');
  const direct = await act('dispatcher', id, 'dispatch', { unit: street, basis: '市局通知' });
  expect(direct.body).toMatchObject({ status: 409, code: 'assessment-task', unit: street, category });
  expect((await act('dispatcher', id, 'dispatch', { unit: bureau, basis: '市局通知' })).status).toBe(200);
  await act(`unit:${bureau}`, id, 'sign');
  const body = { kind: 'return', reason: '下派', basis: '市局通知', proposedUnit: street };
  const asked = await call(`unit:${bureau}`, 'POST', `work-orders/${id}/approvals`, body);
  const ruled = await call('dispatcher', 'POST', `approvals/${asked.body.id}/decision`, {
    granted: true,
    reason: '同意',
  });
  expect(ruled.body.code, ruled.text).toBe('assessment-task');
  const counted = await statistics('auditor', `${march}&unit=${bureau}`);
  expect(counted.byLine).toContainEqual({ line: null, category, code: 'assessment-task', pushes: 1, text: null });
  const moved = await call('dispatcher', 'POST', `approvals/${asked.body.id}/decision`, {
    granted: true,
    reason: '由区里统筹',
    unit: '510107',
    basis: '区委考核办',
  });
  expect(moved.status, moved.text).toBe(200);
  const down = await act('unit:510107', id, 'pass-down', { unit: street });
  expect(down.body, down.text).toMatchObject({ state: 'dispatched', responsibleUnit: { code: street } });
});
