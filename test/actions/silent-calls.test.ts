import { beforeAll, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { toiletsToStreets } from '../support/admissions.ts';
import { aLight, demo, monday } from '../support/city.ts';

const { call, clock, deps, pool } = await demo();
const street = '510107001';
const water = '510107-water';
const power = 'utility-power';

const issued = async (kind: string, codes: readonly string[], workOrderIds: readonly string[] = []) => {
  const units = codes.map((code) => ({ code, task: '到场' }));
  const body = { kind, street, workOrderIds, units, demand: '到场处置' };
  const made = await call(`unit:${street}`, 'POST', 'coordination-orders', body);
  expect(made.status, made.text).toBe(201);
  const out = await call(`unit:${street}`, 'POST', `coordination-orders/${made.body.id}/issue`);
  expect(out.status, out.text).toBe(200);
  return made.body.id as string;
};
const facts = async (id: string) =>
  (
    await pool.query<{ type: string; unit: string }>(
      `select type, unit from facts where subject_id = $1 and actor->>'client' = 'system' order by id`,
      [id],
    )
  ).rows.map(({ type, unit }) => `${type} ${unit}`);
const supervisions = async (unit: string) =>
  (
    await pool.query(
      `select grade, by_unit, automatic, causes->0->>'about' as about,
         array(select w.order_id::text from supervision_works w where w.supervision_id = s.id) as works
       from supervision_orders s where unit = $1 order by id`,
      [unit],
    )
  ).rows;

beforeAll(() => clock.set(monday));

test('L21 a unit silent past its limit is supervised by the street, and the district is told; once, and no other', async () => {
  const held = await call(
    'operator',
    'POST',
    'requests',
    aLight({ disposition: 'hold', location: { areaCode: street } }),
  );
  const workOrder = held.body.workOrder.id;
  const id = await issued('emergency', [water, power], [workOrder]);
  clock.set('2026-03-02T09:10:00+08:00');
  await call(`unit:${power}`, 'POST', `coordination-orders/${id}/units/${power}/report-in`);
  await fireDue(deps);
  expect(await facts(id)).toEqual([]);
  clock.set('2026-03-02T09:24:00+08:00');
  await fireDue(deps);
  expect(await facts(id)).toEqual([`rung_fired ${street}`, `warned ${water}`]);
  clock.set('2026-03-02T09:29:59+08:00');
  await fireDue(deps);
  expect(await supervisions(water)).toEqual([]);
  clock.set('2026-03-02T09:30:00+08:00');
  await Promise.all([fireDue(deps), fireDue(deps)]);
  await fireDue(deps);
  expect((await facts(id)).slice(2)).toEqual([`rung_fired ${street}`, `call_silent ${street}`, 'told 510107']);
  expect(await supervisions(water)).toEqual([
    { grade: 'daily', by_unit: street, automatic: true, about: 'coordination', works: [workOrder] },
  ]);
  expect(await supervisions(power)).toEqual([]);
  const { body } = await call(`unit:${street}`, 'GET', `coordination-orders/${id}`);
  expect(body.units.map((u: { silent: boolean }) => u.silent)).toEqual([true, false]);
  expect(body.state, 'the call stands until the street releases the unit').toBe('issued');
});

test('a unit that was let go in time, and one of a cancelled order, are nobody’s silence', async () => {
  clock.set('2026-03-04T09:00:00+08:00');
  const gone = await issued('emergency', ['utility-gas']);
  const release = `coordination-orders/${gone}/units/utility-gas/release`;
  await call(`unit:${street}`, 'POST', release, { reason: '已不需要' });
  const off = await issued('emergency', ['utility-gas']);
  await call(`unit:${street}`, 'POST', `coordination-orders/${off}/cancel`, { reason: '误报' });
  clock.set('2026-03-04T12:00:00+08:00');
  await fireDue(deps);
  expect([...(await facts(gone)), ...(await facts(off))]).toEqual([]);
  expect(await supervisions('utility-gas')).toEqual([]);
});

test('another ladder holds for calls that run already', async () => {
  clock.set('2026-03-05T09:00:00+08:00');
  const id = await issued('emergency', ['utility-heat']);
  const { body } = await call('admin', 'GET', 'policies/ladder');
  const { validFrom: _v, ...ladder } = body;
  const rungs = ladder.rungs.map((rung: { id: string }) =>
    rung.id === 'report_in_limit' ? { ...rung, at: { minutesFromStart: 20 } } : rung,
  );
  const put = await call('admin', 'PUT', 'policies/ladder', { ...ladder, rungs, version: 'sooner' });
  expect(put.status, put.text).toBe(200);
  await expect.poll(async () => (await call('admin', 'GET', 'policies/ladder')).body.version).toBe('sooner');
  clock.set('2026-03-05T09:19:00+08:00');
  await fireDue(deps);
  expect(await supervisions('utility-heat')).toEqual([]);
  clock.set('2026-03-05T09:20:00+08:00');
  await fireDue(deps);
  expect(await supervisions('utility-heat')).toMatchObject([{ by_unit: street, about: 'coordination', works: [] }]);
  expect(await facts(id)).toContain('told 510107');
});

test('another ladder holds for everything with a clock, and what it passes over is said', async () => {
  clock.set('2026-03-09T09:00:00+08:00');
  const suggested = await call(`unit:${street}`, 'POST', 'suggestions', {
    topic: 'other',
    title: '照明',
    text: '补灯',
  });
  expect(suggested.status, suggested.text).toBe(201);
  const called = await issued('emergency', ['utility-heat']);
  const proposal = toiletsToStreets('2026-06-01T00:00:00+08:00');
  const proposed = await call('unit:510107-urban-management', 'POST', 'admissions', proposal);
  expect(proposed.status, proposed.text).toBe(201);
  const { validFrom: _v, ...ladder } = (await call('admin', 'GET', 'policies/ladder')).body;
  const early = {
    id: 'early',
    clocks: ['suggestion', 'report_in', 'decision'],
    tiers: null,
    urgency: null,
    at: { minutesFromStart: 10 },
    actions: [{ do: 'urge', whom: 'unit' }],
  };
  clock.set('2026-03-09T09:15:00+08:00');
  const put = await call('admin', 'PUT', 'policies/ladder', {
    ...ladder,
    rungs: [...ladder.rungs, early],
    version: 'early',
  });
  expect(put.status, put.text).toBe(200);
  await expect.poll(async () => (await call('admin', 'GET', 'policies/ladder')).body.version).toBe('early');
  await fireDue(deps);
  const { rows } = await pool.query(
    "select subject, body->'passedOver'->0->>'rung' as rung from facts where type = 'ladder_changed' and subject_id = any($1) order by 1",
    [[suggested.body.id, called, proposed.body.id]],
  );
  expect(rows).toEqual([
    { subject: 'admission', rung: 'early' },
    { subject: 'coordination_order', rung: 'early' },
    { subject: 'undertaking', rung: 'early' },
  ]);
  expect(await facts(called)).not.toContain(`rung_fired ${street}`);
});
