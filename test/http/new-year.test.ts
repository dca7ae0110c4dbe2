import { expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo } from '../support/city.ts';

// Four days before a year of which no notice has spoken.
const { act, call, clock, deps, pool } = await demo({ at: '2026-12-28T10:00:00+08:00' });
const unit = 'unit:510107-urban-management';

const rungs = async (kind: string): Promise<readonly string[]> => {
  const { rows } = await pool.query<{ rung: string }>(
    `select body->>'rung' as rung from facts where type = 'rung_fired' and body->'clock'->>'kind' = $1 order by id`,
    [kind],
  );
  return rows.map(({ rung }) => rung);
};
const supervised = async () => (await call('shiftLeader', 'GET', 'supervision-orders')).body.items;

test('a date counted over days no notice has spoken of is marked, costs nobody anything, and counts once it is firm', async () => {
  const { workOrder } = (await call('operator', 'POST', 'requests', aLight())).body;
  const street = workOrder.placement.path.find((step: { level: string }) => step.level === 'street').code;
  await act(unit, workOrder.id, 'sign');
  await act(unit, workOrder.id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
  clock.set('2026-12-30T10:00:00+08:00');
  const draft = await call(`unit:${street}`, 'POST', 'coordination-orders', {
    kind: 'resident_request',
    street,
    workOrderIds: [workOrder.id],
    units: [{ code: '510107-water', task: '抽水' }],
    demand: '到场',
  });
  await call(`unit:${street}`, 'POST', `coordination-orders/${draft.body.id}/issue`);
  const order = (await call('operator', 'GET', `work-orders/${workOrder.id}`)).body;
  expect(order.clocks.find((c: { kind: string }) => c.kind === 'resolve')).toMatchObject({
    dueAt: '2027-01-04T23:59:59+08:00',
    provisional: true,
  });
  const clocks = async () => (await call(`unit:${street}`, 'GET', `coordination-orders/${draft.body.id}/clocks`)).body;
  const reportIn = async () => (await clocks()).items.find((c: { kind: string }) => c.kind === 'report_in');
  expect(await reportIn()).toMatchObject({ dueAt: '2027-01-04T18:00:00+08:00', provisional: true });

  // Three weeks into the year nothing has been published: both are warned at four fifths, and that is all.
  clock.set('2027-01-20T10:00:00+08:00');
  await fireDue(deps);
  expect([await rungs('resolve'), await rungs('report_in')]).toEqual([['warn'], ['warn']]);
  expect(await supervised()).toEqual([]);

  // The notice comes: Friday 1 January is off. The dates are firm from now on, and what follows from them follows.
  const days = [{ name: '元旦', date: '2027-01-01', isOffDay: true }];
  expect((await call('admin', 'POST', 'calendars/import', { year: 2027, days })).status).toBe(201);
  expect(await reportIn()).toMatchObject({ dueAt: '2027-01-05T18:00:00+08:00', provisional: false });
  await expect
    .poll(async () => {
      await fireDue(deps);
      return (await rungs('resolve')).slice(1);
    })
    .toEqual(['work_limit', 'work_supervised', 'work_listed', 'work_twice']);
  expect(await rungs('report_in'), 'a later date warns anew').toEqual(['warn', 'warn', 'report_in_limit']);
  expect((await supervised()).map((each: { unit: { code: string } }) => each.unit.code).toSorted()).toEqual([
    '510107-urban-management',
    '510107-water',
  ]);
});
