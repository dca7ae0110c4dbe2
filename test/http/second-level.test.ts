import { expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo, monday } from '../support/city.ts';

const { act, call, clock, deps } = await demo();
const district = '510107';
const street = '510107001';
const team = `${street}-urban-management`;
const bureau = '510107-urban-management';

const order = async (id: string, as = 'operator') => (await call(as, 'GET', `work-orders/${id}`)).body;
/** A matter of the street where teams are stationed, dispatched to the district centre. */
async function atDistrict(): Promise<string> {
  const location = { areaCode: street };
  const made = await call(
    'operator',
    'POST',
    'requests',
    aLight({ category: '城市管理/事件/店外经营', title: '店外经营', disposition: 'hold', location }),
  );
  const { id } = made.body.workOrder;
  await act('operator', id, 'accept');
  const given = await act('dispatcher', id, 'dispatch', { unit: district, basis: '区中心统筹' });
  expect(given.status, given.text).toBe(200);
  return id;
}

test('G7 N31 W11 a district centre passes down to its street, the street to its stationed unit, and the line bureau gets a copy', async () => {
  clock.set(monday);
  const id = await atDistrict();
  const received = await order(id);
  expect(received.clocks.find((c: { kind: string }) => c.kind === 'pass_down')).toMatchObject({
    unit: district,
    dueAt: '2026-03-02T14:00:00+08:00',
  });
  expect((await act(`unit:${district}`, id, 'pass-down', { unit: team })).body.code).toBe('not-subordinate');
  expect((await act(`unit:${district}`, id, 'pass-down', { unit: street })).status).toBe(200);
  expect((await act(`unit:${street}`, id, 'pass-down', { unit: bureau })).body.code).toBe('not-subordinate');
  expect((await act(`unit:${street}`, id, 'pass-down', { unit: '510107005-urban-management' })).body.code).toBe(
    'not-subordinate',
  );
  expect((await act(`unit:${street}`, id, 'pass-down', { unit: team })).status).toBe(200);
  const passed = await order(id);
  expect(passed).toMatchObject({ responsibleUnit: { code: team }, problem: false, leads: [district] });
  expect(passed.assignments.map((a: { cause: string }) => a.cause)).toEqual([
    'registered',
    'dispatched',
    'passed_down',
    'passed_down',
  ]);
  expect(passed.watchers).toMatchObject([{ unit: bureau, why: 'line_bureau' }]);
  expect((await order(id, `unit:${bureau}`)).id, 'the bureau sees its copy').toBe(id);
  expect((await order(id, `unit:${street}`)).id, 'and so does the street that commands the unit').toBe(id);
  expect((await act(`unit:${bureau}`, id, 'sign')).status, 'but works on nothing').toBe(403);
});

test('after four working hours the district centre is urged, the shift leader told, and nothing is passed down any more', async () => {
  clock.set(monday);
  const id = await atDistrict();
  clock.set('2026-03-02T14:00:00+08:00');
  await fireDue(deps);
  const { items } = (await call('operator', 'GET', `work-orders/${id}/events?limit=200`)).body;
  const of = (type: string) =>
    items.filter(
      (e: { type: string; body: { clock?: { kind: string } } }) =>
        e.type === type && e.body.clock?.kind === 'pass_down',
    );
  expect(of('urged')).toMatchObject([{ unit: district }]);
  expect(of('told')).toMatchObject([{ unit: null, body: { role: 'shift_leader' } }]);
  const todo = (await call('shiftLeader', 'GET', 'todo?limit=200')).body.items;
  expect(
    todo.some(
      (item: { taskKind?: string; workOrder?: { id: string } }) =>
        item.taskKind === 'told' && item.workOrder?.id === id,
    ),
  ).toBe(true);
  clock.set('2026-03-02T14:00:01+08:00');
  expect((await act(`unit:${district}`, id, 'pass-down', { unit: street })).body.code).toBe('pass-down-late');
});

test('the limit to pass down is the city’s own policy', async () => {
  clock.set(monday);
  const { rows } = (await call('admin', 'GET', 'policies/clocks')).body;
  const longer = rows.map((row: { clock: string; amount: number }) =>
    row.clock === 'pass_down' ? { ...row, amount: 600 } : row,
  );
  const put = await call('admin', 'PUT', 'policies/clocks', { version: 'longer', rows: longer });
  expect(put.status, put.text).toBe(200);
  await expect.poll(() => deps.city().city.clockRules.version).toBe('longer');
  const id = await atDistrict();
  clock.set('2026-03-02T17:00:00+08:00');
  expect((await act(`unit:${district}`, id, 'pass-down', { unit: street })).status).toBe(200);
});
