import { beforeEach, expect, test } from 'vitest';
import type { Engine } from '../../src/jobs/engine.ts';
import { factJobId, startRelay } from '../../src/jobs/relay.ts';
import { type Handler, startWorkers } from '../../src/jobs/worker.ts';
import { retryFailed } from '../../src/store/outbox.ts';
import { atEnd, engines, type World } from '../contract/engines.ts';
import { counter, happen } from '../contract/facts.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const soon = { timeout: 10_000, interval: 20 };
const [{ makeWorld }] = engines as [(typeof engines)[number]];
const fireDue = async () => 0;

let world: World;
let engine: Engine;
beforeEach(async () => {
  world = await makeWorld();
  engine = world.open();
});

const work = (handlers: Handler[]) => startWorkers({ engine, pool: world.pool, handlers, fireDue, log });
/** Offers a fact with few and quick attempts, so that the last one comes soon. */
const offer = (factId: string, attempts = 2) =>
  engine.queue('deliver').add([{ id: factJobId(factId), name: 'fact', data: { factId }, attempts, backoffMs: 20 }]);
const handled = async (id: string) =>
  (await world.pool.query('select from facts where id = $1 and handled_at is not null', [id])).rowCount === 1;
const failures = async () =>
  (await world.pool.query('select fact_id, consumer, attempts, last_error from fact_failures')).rows;

test('each consumer gets the facts of its types, and reads them from PostgreSQL', async () => {
  const seen: string[] = [];
  const note = (consumer: string, types: Handler['types']): Handler => ({
    consumer,
    types,
    handle: async (fact) => void seen.push(`${consumer} ${fact.type} ${fact.subject} ${fact.at.toISOString()}`),
  });
  work([note('webhook', ['dispatched']), note('ledger', 'all')]);
  const [registered = ''] = await happen(world.pool, 1, 'registered');
  const [dispatched = ''] = await happen(world.pool, 1, 'dispatched');
  await offer(registered);
  await offer(dispatched);
  await expect
    .poll(() => seen.toSorted(), soon)
    .toEqual([
      'ledger dispatched work_order 2030-03-01T09:00:00.000Z',
      'ledger registered work_order 2030-03-01T09:00:00.000Z',
      'webhook dispatched work_order 2030-03-01T09:00:00.000Z',
    ]);
});

test('one consumer that fails keeps no other from acting, and those that have acted do not act again', async () => {
  const { handler, acts } = await counter(world.pool);
  let left = 2;
  const failing: Handler = {
    consumer: 'failing',
    types: 'all',
    handle: async () => {
      if (left-- > 0) throw new Error('away');
    },
  };
  work([failing, handler]);
  const [id = ''] = await happen(world.pool, 1);
  await offer(id, 4);
  await expect.poll(() => handled(id), soon).toBe(true);
  expect(await acts()).toEqual([id]);
  expect(await failures()).toEqual([]);
});

test('an act that fails leaves nothing behind, so that it can be done again', async () => {
  const { handler, acts } = await counter(world.pool);
  let tries = 0;
  const half: Handler = {
    ...handler,
    handle: async (fact, tx) => {
      await handler.handle(fact, tx);
      if (++tries === 1) throw new Error('half done');
    },
  };
  work([half]);
  const [id = ''] = await happen(world.pool, 1);
  await offer(id);
  await expect.poll(() => handled(id), soon).toBe(true);
  expect([tries, await acts()]).toEqual([2, [id]]);
});

test('a fact nobody could act on stays listed as failed, and can be given another round', async () => {
  let isAway = true;
  const handle = async () => {
    if (isAway) throw new Error('unit does not answer');
  };
  work([{ consumer: 'webhook', types: 'all', handle }]);
  const [id = ''] = await happen(world.pool, 1);
  await world.pool.query('update facts set published_at = now()');
  await offer(id);
  await expect.poll(() => handled(id), soon).toBe(true);
  const listed = { fact_id: id, consumer: 'webhook', attempts: 2, last_error: 'unit does not answer' };
  expect(await failures()).toEqual([listed]);
  isAway = false;
  expect(await retryFailed(world.pool, [id])).toBe(1);
  const relay = startRelay({ pool: world.pool, engine, log });
  atEnd(() => relay.stop());
  await expect.poll(failures, soon).toEqual([]);
  await expect.poll(() => handled(id), soon).toBe(true);
});

test('the same fact in the hands of two workers at once is acted on once', async () => {
  const { handler, acts } = await counter(world.pool);
  const { promise: bothIn, resolve } = Promise.withResolvers<void>();
  const { promise: one, resolve: oneIn } = Promise.withResolvers<void>();
  const slow: Handler = {
    ...handler,
    handle: async (fact, tx) => {
      oneIn();
      await bothIn;
      await handler.handle(fact, tx);
    },
  };
  work([slow]);
  const [id = ''] = await happen(world.pool, 1);
  const twin = { name: 'fact', data: { factId: id } };
  await engine.queue('deliver').add([
    { id: 'fact-twin-a', ...twin },
    { id: 'fact-twin-b', ...twin },
  ]);
  await one;
  // The second worker waits in PostgreSQL for the row of the first.
  const waits = async () =>
    (
      await world.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
    ).rowCount;
  await expect.poll(waits, soon).toBe(1);
  resolve();
  await expect.poll(() => engine.queue('deliver').count(), soon).toBe(0);
  expect(await acts()).toEqual([id]);
});

test('a doorbell only makes us look', async () => {
  let looks = 0;
  startWorkers({ engine, pool: world.pool, handlers: [], fireDue: async () => ++looks, log });
  await engine
    .queue('timers')
    .add([{ id: 'timer-a-1-1', name: 'doorbell', data: { orderId: 'a', seq: 1, version: 1 } }]);
  await expect.poll(() => looks, soon).toBe(1);
});
