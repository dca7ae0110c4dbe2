import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { call, pool } = await demo();
const unit = 'unit:510107-urban-management';
const made = (await call('operator', 'POST', 'requests', aLight())).body;
const { id } = made.workOrder;
const proof = { number: made.request.number, code: made.request.queryCode };
const say = (as: string, body: object) =>
  call(as, 'POST', `work-orders/${id}/conduct`, { tone: 'complaint', text: '言语辱骂', ...body });

test('X37 a resident and a unit speak of each other; the hotline and inspectors read it, and neither side does', async () => {
  const byUnit = await say(unit, { about: 'resident' });
  expect(byUnit.status, byUnit.text).toBe(201);
  expect(byUnit.body).toMatchObject({ side: 'unit', about: 'resident', unit: { code: '510107-urban-management' } });
  const byResident = await call(null, 'POST', 'lookup/conduct', { ...proof, tone: 'praise', text: '态度很好' });
  expect(byResident.status, byResident.text).toBe(200);
  expect(byResident.text).not.toContain('言语辱骂');
  expect((await say('operator', { about: 'unit', text: '来电称敷衍' })).body.side).toBe('hotline');
  const read = await call('inspector', 'GET', `conduct?workOrderId=${id}`);
  expect(read.body.items.map((r: { side: string; tone: string }) => [r.side, r.tone])).toEqual([
    ['hotline', 'complaint'],
    ['resident', 'praise'],
    ['unit', 'complaint'],
  ]);
  expect((await call('shiftLeader', 'GET', 'conduct?about=unit&tone=praise')).body.items).toHaveLength(1);
  expect((await call(unit, 'GET', 'conduct')).status).toBe(403);
  expect((await call(unit, 'GET', `work-orders/${id}`)).text).not.toContain('态度很好');
  const { rows } = await pool.query("select body from facts where subject_id = $1 and type = 'conduct_remarked'", [id]);
  expect(rows).toHaveLength(3);
  expect(JSON.stringify(rows)).not.toContain('言语辱骂');
});

test('that a resident has spoken of it the unit does not learn either, from history or feed', async () => {
  for (const path of [`work-orders/${id}/events?limit=200`, `work-orders/${id}/why`, 'changes?limit=200']) {
    const seen = await call(unit, 'GET', path);
    expect(seen.status, seen.text).toBe(200);
    expect(seen.text, path).not.toContain('conduct');
    if (path.includes('why')) continue;
    // The feed shows a fact once every older transaction of the server has ended.
    await expect.poll(async () => (await call('inspector', 'GET', path)).text).toContain('conduct_remarked');
    expect((await call(unit, 'GET', path)).text, path).not.toContain('conduct');
  }
});

test('403, 404, 400: of one’s own side, of an order out of sight, without words or with a wrong code', async () => {
  expect((await say(unit, { about: 'unit' })).body.code).toBe('not-yours');
  expect((await say('unit:510107-water', { about: 'resident' })).status).toBe(404);
  expect((await say('inspector', { about: 'unit' })).status).toBe(403);
  expect((await say('operator', { about: 'unit', text: ' ' })).status).toBe(400);
  expect(
    (await call(null, 'POST', 'lookup/conduct', { ...proof, code: '000000', tone: 'praise', text: 'x' })).status,
  ).toBe(404);
});

test('the list goes on by its cursor', async () => {
  const first = (await call('auditor', 'GET', 'conduct?limit=2')).body;
  const rest = (await call('auditor', 'GET', `conduct?limit=2&cursor=${first.nextCursor}`)).body;
  expect([first.items.length, rest.items.length, rest.nextCursor]).toEqual([2, 1, null]);
});
