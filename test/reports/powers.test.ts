import { expect, test } from 'vitest';
import { playMonth, tenthOfIt, toldMonth } from '../../src/dev/month.ts';
import { demo } from '../support/city.ts';

const city = await demo();
const { call, clock } = city;
/** The whole of it takes a minute, and is played where it is asked for. */
const month = process.env.POWERS_MONTH === 'whole' ? toldMonth : tenthOfIt;
/** Shares have six decimals. */
const rounded = (share: number): number => Number(share.toFixed(6));
const march = 'from=2026-03-01T00:00:00%2B08:00&to=2026-04-01T00:00:00%2B08:00';

test('G8 a month of calls: the summary says exactly what happened', {
  timeout: 300_000,
}, async () => {
  const street = await playMonth({ call, pass: clock.pass }, month);
  const called = 2 * month.calls;
  const summary = {
    units: month.units,
    calls: month.calls,
    cases: month.cases,
    closure: { numerator: month.closed, denominator: month.cases, share: rounded(month.closed / month.cases) },
    reportInOnTime: { numerator: called - 1, denominator: called, share: rounded((called - 1) / called) },
  };
  const own = await call(`unit:${street}`, 'GET', `streets/${street}/powers/summary?${march}`);
  expect(own.status, own.text).toBe(200);
  expect(own.body).toMatchObject(summary);
  expect(Math.round(own.body.closure.share * 100)).toBe(99);

  // Another street calls one of the same units; nobody has to have come yet.
  const other = street === '510107001' ? '510107005' : '510107001';
  const [unit] = (await call('operator', 'GET', 'units?kind=department&limit=1')).body.items;
  const body = { kind: 'emergency', street: other, units: [{ code: unit.code, task: '到场' }], demand: '到场' };
  const { id } = (await call(`unit:${other}`, 'POST', 'coordination-orders', body)).body;
  await call(`unit:${other}`, 'POST', `coordination-orders/${id}/issue`);
  const district = async (period = march) =>
    (await call('supervisor', 'GET', `districts/510107/powers/summary?${period}`)).body;
  const all = await district();
  expect(all).toMatchObject({ ...summary, calls: month.calls + 1 });
  expect(all.streets).toHaveLength(15);
  expect(all.streets.find((s: { street: { code: string } }) => s.street.code === other)).toMatchObject({
    calls: 1,
    units: 1,
    cases: 0,
    closure: { numerator: 0, denominator: 0, share: null },
    reportInOnTime: { denominator: 0 },
  });
  clock.pass(31 * 60_000);
  expect((await district()).reportInOnTime).toMatchObject({ numerator: called - 1, denominator: called + 1 });
  const before = await district('from=2026-02-01T00:00:00%2B08:00&to=2026-03-01T00:00:00%2B08:00');
  expect(before).toMatchObject({ units: 0, calls: 0, cases: 0 });
});

test('a street reads its own figures and no other’s; a period that ends before it begins is 400', async () => {
  const as = (who: string, path: string, period = march) =>
    call(who, 'GET', `${path}/powers/summary?${period}`).then((r) => r.status);
  expect(await as('unit:510107001', 'streets/510107001')).toBe(200);
  expect(await as('unit:510107001', 'streets/510107005')).toBe(404);
  expect(await as('unit:510107001', 'districts/510107')).toBe(404);
  expect(await as('centreLeader', 'streets/510107-water')).toBe(404);
  expect(await as('centreLeader', 'streets/510107005', march.replace('2026-04', '2026-02'))).toBe(400);
  expect(await as('centreLeader', 'streets/510107005', 'from=yesterday')).toBe(400);
});
