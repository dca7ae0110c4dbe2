import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { act, call, pool } = await demo();
const owner = '510107-urban-management';
const { id, placement } = (await call('operator', 'POST', 'requests', aLight())).body.workOrder;
const street: string = placement.path.find((step: { level: string }) => step.level === 'street').code;
const stranger = street === '510107001' ? 'unit:510107002' : 'unit:510107001';

const record = (as: string, body: object = {}) =>
  call(as, 'POST', `work-orders/${id}/consultations`, {
    opinions: [
      { name: '兼职副书记', unit: '510107-water', opinion: '先排水' },
      { name: '兼职委员', opinion: '再换杆' },
    ],
    outcome: '两家同日进场',
    ...body,
  });

test('G17 201 for whoever sees the case: who, opinion and outcome stand on it, and its handling goes on', async () => {
  const before = (await call('dispatcher', 'GET', `work-orders/${id}`)).body;
  const made = await record(`unit:${street}`);
  expect(made.status, made.text).toBe(201);
  expect(made.body).toMatchObject({
    unit: { code: street },
    opinions: [
      { name: '兼职副书记', unit: { code: '510107-water' }, opinion: '先排水' },
      { name: '兼职委员', unit: null, opinion: '再换杆' },
    ],
    outcome: '两家同日进场',
  });
  await record(`unit:${owner}`, { outcome: '另议' });
  const after = (await call('dispatcher', 'GET', `work-orders/${id}`)).body;
  expect(after.consultations.map((c: { outcome: string }) => c.outcome)).toEqual(['两家同日进场', '另议']);
  expect([after.version, after.state]).toEqual([before.version, before.state]);
  const { rows } = await pool.query("select body from facts where subject_id = $1 and type = 'consulted'", [id]);
  expect(rows[0].body).toEqual({ consultation: made.body.id, heard: 2, units: ['510107-water'] });
});

test('400 or 422 without opinions or an outcome, 404 out of sight, 409 on an ended order, and nothing is kept', async () => {
  const kept = async () => (await pool.query('select from consultations')).rowCount;
  const before = await kept();
  expect((await record('dispatcher', { opinions: [] })).status).toBe(400);
  expect((await record('dispatcher', { outcome: ' ' })).status).toBe(400);
  expect((await record('dispatcher', { opinions: [{ name: '甲', opinion: '好', unit: 'nobody' }] })).body.code).toBe(
    'unit-unknown',
  );
  expect((await record(stranger)).status).toBe(404);
  expect((await record('gridWorker')).status).toBe(403);
  expect((await act('shiftLeader', id, 'void', { reason: '误登' })).status).toBe(200);
  expect((await record('dispatcher')).body.code).toBe('work-order-ended');
  expect(await kept()).toBe(before);
});
