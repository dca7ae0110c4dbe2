import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { call, clock } = await demo();
const made = await call('operator', 'POST', 'requests', aLight());
const street: string = made.body.workOrder.placement.path.find((s: { level: string }) => s.level === 'street').code;
const water = '510107-water';
const marks = { response: 90, attendance: 80, result: 100, conduct: 70 };
const review = (as: string, about: string, more: object = {}) =>
  call(as, 'POST', 'evaluations/reviews', { cycle: '2026-H1', about, marks, comment: '到场及时', ...more });
const seen = async (as: string, query = '') =>
  (await call(as, 'GET', `evaluations/reviews${query}`)).body.items.map(
    (r: { by: { code: string }; about: { code: string } }) => `${r.by.code} of ${r.about.code}`,
  );

test('W22 both sides say what they think, both directions are seen by both, and said again it replaces', async () => {
  const first = await review(`unit:${street}`, water);
  expect(first.status, first.text).toBe(201);
  const back = await review(`unit:${water}`, street, { marks: { ...marks, conduct: 60 } });
  expect(back.status, back.text).toBe(201);
  const both = [`${water} of ${street}`, `${street} of ${water}`];
  expect(await seen(`unit:${street}`)).toEqual(both);
  expect(await seen(`unit:${water}`)).toEqual(both);
  expect(await seen('inspector', `?about=${water}`)).toEqual([both[1]]);
  expect(await seen('unit:510107-roads'), 'not a side of it').toEqual([]);
  const again = await review(`unit:${street}`, water, { marks: { ...marks, result: 10 } });
  expect([again.body.id, again.body.marks.result]).toEqual([first.body.id, 10]);
  expect(await seen('inspector')).toHaveLength(2);
});

test('W4a beside a review stands what the record shows: calls, whether the unit came in time, what was accepted', async () => {
  const { body: order } = await call(`unit:${street}`, 'POST', 'coordination-orders', {
    kind: 'resident_request',
    street,
    workOrderIds: [made.body.workOrder.id],
    units: [{ code: water, task: '抽水' }],
    demand: '到场',
  });
  const on = (as: string, path: string, body: object = {}) =>
    call(as, 'POST', `coordination-orders/${order.id}/${path}`, body);
  await on(`unit:${street}`, 'issue');
  await on(`unit:${water}`, `units/${water}/acknowledge`);
  await on(`unit:${water}`, `units/${water}/report-in`);
  await on(`unit:${water}`, `units/${water}/result`, { text: '已抽水' });
  await on(`unit:${street}`, `units/${water}/refuse`, { reason: '仍有积水' });
  await on(`unit:${water}`, `units/${water}/result`, { text: '再抽' });
  await on(`unit:${street}`, `units/${water}/accept`);
  const evidence = { calls: 1, reportedIn: 1, reportedInTime: 1, accepted: 1, refused: 1, supervised: 0 };
  expect((await review(`unit:${street}`, water)).body.evidence).toMatchObject(evidence);
  const asked = await call(`unit:${street}`, 'GET', `evaluations/evidence?unit=${water}&period=2026-Q1`);
  expect(asked.body, asked.text).toMatchObject({ ...evidence, from: '2026-01-01T00:00:00+08:00' });
  expect((await call('unit:510107-roads', 'GET', `evaluations/evidence?unit=${water}&period=2026-Q1`)).status).toBe(
    404,
  );
});

test('409 for who is no side of it, 422 for a cycle that is none, 404 for an order out of sight', async () => {
  const roads = await review('unit:510107-roads', water);
  expect([roads.status, roads.body.code]).toEqual([409, 'not-a-side']);
  for (const cycle of ['2026', '2026-Q1', 'x'])
    expect((await review(`unit:${street}`, water, { cycle })).body.code).toBe('period-unknown');
  expect((await review(`unit:${street}`, 'nobody')).body.code).toBe('unit-unknown');
  const hidden = await review('unit:510107-roads', street, { workOrderIds: [made.body.workOrder.id] });
  expect([hidden.status, hidden.body.code]).toEqual([404, 'not-found']);
  expect((await review(`unit:${street}`, water, { marks: { ...marks, result: 101 } })).status).toBe(400);
  expect((await review(`unit:${street}`, water, { cycle: '2026-H2' })).body).toMatchObject({
    code: 'too-early',
    from: '2026-07-01T00:00:00+08:00',
  });
});

test('409 once thirty days have passed after the half year', async () => {
  clock.set('2026-07-30T23:59:59+08:00');
  expect((await review(`unit:${street}`, water)).status).toBe(201);
  clock.set('2026-07-31T00:00:00+08:00');
  const late = await review(`unit:${street}`, water);
  expect([late.status, late.body.code]).toEqual([409, 'cycle-over']);
});
