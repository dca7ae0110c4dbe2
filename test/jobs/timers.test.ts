import type { ChildProcess } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { crowd, end, timerWorker } from '../support/timers.ts';

const { url, pool } = await freshDatabase();
const orders = 600;
const due = '2026-03-02T14:00:00+08:00';
const rungs = ['unclaimed_1', 'unclaimed_2', 'warn', 'sign_limit'];
const running: ChildProcess[] = [];
afterAll(() => end(running, 'SIGKILL'));

/** Four worker processes to whom it is `at` now. */
const fourWorkers = async (at: string): Promise<readonly ChildProcess[]> => {
  const offset = Date.parse(at) - Date.now();
  const started = await Promise.all([1, 2, 3, 4].map(() => timerWorker(url, offset)));
  running.push(...started);
  return started;
};
const count = async (type: string): Promise<number> => {
  const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from facts where type = $1', [type]);
  return rows[0]?.n ?? 0;
};

test('four workers, all killed in the middle and four new ones: each rung of 600 clocks due at once fires once, in its order, never before its time', {
  timeout: 180_000,
}, async () => {
  await crowd(pool, url, { at: '2026-03-02T09:00:00+08:00', count: orders });
  const first = await fourWorkers('2026-03-02T13:59:55+08:00');
  await expect.poll(() => count('sign_by_timeout'), { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
  await end(first, 'SIGKILL');
  const before = await count('sign_by_timeout');
  await fourWorkers('2026-03-02T14:10:00+08:00');
  await expect.poll(() => count('sign_by_timeout'), { timeout: 60_000, interval: 50 }).toBe(orders);
  expect(before).toBeLessThanOrEqual(orders);

  const { rows } = await pool.query<{ rungs: string[]; order: string[]; early: number }>(
    `select array_agg(body->>'rung' order by id) as rungs, array_agg(body->>'rungAt' order by id) as order,
            count(*) filter (where extract(epoch from at) * 1000 < (body->>'rungAt')::float)::int as early
     from facts where type = 'rung_fired' group by subject_id`,
  );
  expect(rows).toHaveLength(orders);
  for (const each of rows) {
    expect(each.rungs).toEqual(rungs);
    expect(each.order.map(Number)).toEqual(each.order.map(Number).toSorted((a, b) => a - b));
    expect(each.early).toBe(0);
  }
  for (const type of ['post_b_told', 'office_head_told', 'warned', 'sign_by_timeout', 'urged'])
    expect([type, await count(type)]).toEqual([type, orders]);
  const { rows: late } = await pool.query(
    "select 1 from facts where type = 'sign_by_timeout' and at < $1 union all select 1 from work_orders where state <> 'signed'",
    [due],
  );
  expect(late).toEqual([]);
});
