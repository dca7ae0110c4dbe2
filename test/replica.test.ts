import { afterAll, expect, test } from 'vitest';
import { list, look } from '../src/actions/look.ts';
import { search } from '../src/actions/search.ts';
import { theSystem } from '../src/domain/work-order.ts';
import { openRuntime } from '../src/runtime.ts';
import { aLight, demo, silent } from './support/city.ts';
import { freshDatabase } from './support/database.ts';

const city = await demo();
const behind = await freshDatabase(); // a replica that has not heard of anything yet
const runtime = await openRuntime(
  { databaseUrl: city.url, replicaUrl: behind.url, drill: null, log: silent, poolSize: 2 },
  city.clock.now,
);
afterAll(() => runtime.close());

test('lists and searches read the replica; an order itself is read where it is written', async () => {
  const { id } = (await city.call('operator', 'POST', 'requests', aLight())).body.workOrder;
  expect(await look(runtime.deps, id, theSystem)).toMatchObject({ order: { id } });
  expect(await list(runtime.deps, { limit: 10 }, theSystem)).toEqual([]);
  expect(await list(city.deps, { limit: 10 }, theSystem)).toHaveLength(1);
  const operator = { ...theSystem, roles: ['operator'] as const };
  expect(await search(runtime.deps, { limit: 10 }, operator)).toEqual([]);
  expect(await search(city.deps, { limit: 10 }, operator)).toHaveLength(1);
});
