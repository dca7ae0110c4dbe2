import { afterAll, expect, test } from 'vitest';
import { openEngine } from '../../src/jobs/engine.ts';
import { startJobs } from '../../src/jobs/start.ts';
import type { Handler } from '../../src/jobs/worker.ts';
import { aLight, demo, silent } from '../support/city.ts';

const { call, clock, deps, url, pool, runtime } = await demo();
const soon = { timeout: 15_000, interval: 20 };
const anHour = 3_600_000;

const told: string[] = [];
const teller: Handler = {
  consumer: 'teller',
  types: ['dispatch'],
  handle: async ({ subjectId }) => void told.push(subjectId),
};
const engine = openEngine({ redisUrl: null, databaseUrl: url, log: silent, probeMs: 200 });
await engine.ready();
const options = { deps, notices: runtime.notices, engine, log: silent, drill: false };
const register = async (): Promise<string> => (await call('operator', 'POST', 'requests', aLight())).body.workOrder.id;
const state = async (id: string): Promise<string> =>
  (await pool.query('select state from work_orders where id = $1', [id])).rows[0].state;
afterAll(() => engine.close());

test('a fact reaches its consumer as soon as it is committed, by the notice of the database', async () => {
  await runtime.notices.ready();
  const jobs = startJobs({ ...options, handlers: [teller], scanMs: anHour, pollMs: anHour });
  const before = await register();
  await expect.poll(() => told, soon).toContain(before);
  const id = await register();
  await expect.poll(() => told, soon).toContain(id);
  await jobs.stop();
});

test('what came due while nobody ran fires at the start, and what comes due later with the next look', async () => {
  const id = await register();
  clock.set('2026-03-02T14:00:00+08:00');
  const jobs = startJobs({ ...options, handlers: [], scanMs: 100 });
  await expect.poll(() => state(id), soon).toBe('signed');
  const later = await register();
  clock.set('2026-03-03T14:00:00+08:00');
  await expect.poll(() => state(later), soon).toBe('signed');
  await jobs.stop();
});

test('a clock of the near horizon has a doorbell, which alone brings about its effect', async () => {
  const id = await register();
  const due = '2026-03-04T09:00:00+08:00';
  await pool.query("update clocks set due_at = $2, next_rung_at = $2 where order_id = $1 and kind = 'sign'", [id, due]);
  clock.set('2026-03-04T08:59:59.500+08:00');
  const jobs = startJobs({ ...options, handlers: [], scanMs: anHour });
  await expect.poll(async () => (await engine.queue('timers').count()) > 0, soon).toBe(true);
  expect(await state(id)).toBe('dispatched');
  clock.set(due);
  await expect.poll(() => state(id), soon).toBe('signed');
  await jobs.stop();
});
