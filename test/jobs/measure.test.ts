import { expect, test } from 'vitest';
import { startCounting } from '../../src/jobs/measure.ts';
import { aLight, demo, silent } from '../support/city.ts';

const { call, deps, pool } = await demo();
const rows = async (): Promise<number> => (await pool.query('select count(*)::int as n from measures')).rows[0].n;
const register = () => call('operator', 'POST', 'requests', aLight());

test('what happened while nobody counted is counted at the start, what happens later when it is told, also meanwhile', async () => {
  await register();
  let wake = (): void => {};
  const counting = startCounting({
    deps,
    log: silent,
    onWake: (heard) => {
      wake = heard;
      return () => {};
    },
    gatherMs: 20,
    pollMs: 3_600_000,
  });
  await expect.poll(rows).toBe(1);
  for (let n = 2; n <= 6; n += 1) {
    await register();
    wake();
  }
  // A fact may become visible only after the last notice: then the next one, or the look without one, finds it.
  await expect
    .poll(async () => {
      wake();
      return rows();
    })
    .toBe(6);
  await counting.stop();
  await register();
  wake();
  expect(await rows()).toBe(6);
});

test('facts whose notice was lost are counted by the look without one, and a failure is told and tried again', async () => {
  const told: object[] = [];
  let fails = true;
  const failing = new Proxy(deps.pool, {
    get: (target, name) =>
      name === 'connect' && fails
        ? () => Promise.reject(Object.assign(new Error('away'), { code: '57P01' }))
        : Reflect.get(target, name, target),
  });
  const log = { ...silent, warn: (what: object) => void told.push(what) };
  const counting = startCounting({ deps: { ...deps, pool: failing }, log, onWake: () => () => {}, pollMs: 20 });
  await expect.poll(() => told.length).toBeGreaterThan(0);
  expect(told[0]).toEqual({ code: '57P01' });
  fails = false;
  await expect.poll(rows).toBe(7);
  await counting.stop();
});
