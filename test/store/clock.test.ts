import { expect, test } from 'vitest';
import { drillFault, startClockAt } from '../../src/store/clock.ts';
import { freshDatabase } from '../support/database.ts';
import { another, keep } from '../support/kept.ts';
import { anOrder } from '../support/orders.ts';

test('a drill’s database never becomes a real city’s, and goes on as a drill', async () => {
  const { pool } = await freshDatabase();
  expect(await drillFault(pool, true)).toBeNull();
  await startClockAt(pool, 'now');
  expect(await drillFault(pool, false)).toBe('was_drill');
  await keep(pool, [another(anOrder('closed'))]);
  expect(await drillFault(pool, true)).toBeNull();
});

test('a city’s database with orders never becomes a drill’s', async () => {
  const { pool } = await freshDatabase();
  expect(await drillFault(pool, false)).toBeNull();
  await keep(pool, [another(anOrder('closed'))]);
  expect(await drillFault(pool, false)).toBeNull();
  expect(await drillFault(pool, true)).toBe('is_city');
});
