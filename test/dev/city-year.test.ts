import { expect, test } from 'vitest';
import { countFacts, recountAll } from '../../src/actions/measure.ts';
import { compareYear } from '../../src/dev/city-year-compare.ts';
import { countedAt, drawYear, liveYear, year } from '../../src/dev/city-year-live.ts';
import { iso } from '../../src/domain/time.ts';
import { demo } from '../support/city.ts';
import { allCounted } from '../support/kept.ts';

const { call, deps, pool } = await demo({ at: iso(countedAt) });

/** How many rows there are of each thing a year should hold. */
const tally = async (sql: string): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await pool.query(`select key, count(*)::int as n from (${sql}) t(key) group by 1`)).rows.map((r) => [r.key, r.n]),
  );

test('a year of the city: the service and a recount in plain SQL agree on every figure to the last digit', {
  timeout: 300_000,
}, async () => {
  expect(await liveYear(deps, { orders: 500, seed: 2026 })).toBe(500);
  await allCounted(deps);
  const compared = await compareYear(deps, year);
  expect(compared.differences).toEqual([]);
  expect(compared.cells).toBeGreaterThan(50_000);

  // Every matter ends at some level.
  const span = 'from=2026-01-01T00:00:00%2B08:00&to=2028-01-01T00:00:00%2B08:00';
  const { target, items } = (await call('auditor', 'GET', `statistics/levels?${span}`)).body;
  expect(target).toEqual({ level: 'community', share: 0.8 });
  const sum = items.reduce((all: number, { numerator }: { numerator: number }) => all + numerator, 0);
  for (const item of items) expect(item.denominator).toBe(sum);
  expect(items.map(({ level }: { level: string }) => level)).toEqual([
    'community',
    'street',
    'district',
    'city',
    'hotline',
  ]);

  // It was a year worth counting: of everything that rates tell apart there is some.
  const standings = await tally('select standing from measures');
  for (const standing of [
    'assessed',
    'excluded',
    'not_accepted',
    'merged',
    'withdrawn',
    'answered',
    'self_found',
    'not_asked',
    'former',
  ])
    expect(standings[standing], standing).toBeGreaterThan(0);
  const approvals = await tally("select kind || ' ' || state from approvals");
  for (const kind of [
    'return granted',
    'return refused',
    'extension granted',
    'late_mark granted',
    'exclusion granted',
  ])
    expect(approvals[kind], kind).toBeGreaterThan(0);
  const asked = await tally("select occasion || ' ' || state from follow_ups");
  for (const outcome of ['handled answered', 'handled not_reached', 'overdue answered'])
    expect(asked[outcome], outcome).toBeGreaterThan(0);
  const { share } = compared.whole.satisfaction ?? {};
  expect(share).toBeGreaterThan(0.5);
  expect(share).toBeLessThan(0.95);

  // Nothing was compared with itself: one answer that only the base tables know shows in both places it counts.
  await pool.query(
    `update follow_ups set answer = jsonb_set(answer, '{solved}', '"no"') where id =
       (select f.id from follow_ups f join measures m on m.order_id = f.order_id and m.standing = 'assessed'
        where m.solved = 1 and f.answer->>'solved' = 'yes' and m.reached = 1 limit 1)`,
  );
  const { differences } = await compareYear(deps, year);
  expect(differences.some((d) => d.includes(' resolution: '))).toBe(true);
  await allCounted(deps);
  await recountAll(deps);
  expect((await compareYear(deps, year)).differences).toEqual([]);
  expect(await countFacts(deps)).toBe(0);
});

test('the same seed draws the same year, another one another', () => {
  const drawn = (seed: number): string => {
    const next = drawYear(deps, seed);
    return JSON.stringify(
      Array.from({ length: 30 }, () => next().map(({ life, asked }) => [life.order, life.facts, asked])),
    );
  };
  expect(drawn(7)).toBe(drawn(7));
  expect(drawn(7)).not.toBe(drawn(8));
});
