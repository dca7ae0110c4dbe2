import { beforeEach, expect, test } from 'vitest';
import type { Engine } from '../../src/jobs/engine.ts';
import { type Doorbell, startReconcile } from '../../src/jobs/reconcile.ts';
import { startRelay } from '../../src/jobs/relay.ts';
import { atEnd, engines, type World } from '../contract/engines.ts';
import { happen } from '../contract/facts.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const soon = { timeout: 10_000, interval: 20 };
const anHour = 3_600_000;
const [{ makeWorld }] = engines as [(typeof engines)[number]];

let world: World;
let engine: Engine;
beforeEach(async () => {
  world = await makeWorld();
  engine = world.open();
  await engine.ready();
});

function reconcilerOn(options: object = {}) {
  const relay = { kick: () => {} };
  const silent = { doorbells: async () => [], fireDue: async () => 0, now: () => 0 };
  const every = { intervalMs: anHour, lateMs: 0 };
  const reconciler = startReconcile({ pool: world.pool, engine, relay, log, ...silent, ...every, ...options });
  atEnd(() => reconciler.stop());
  return reconciler;
}
async function publish(count: number): Promise<string[]> {
  const ids = await happen(world.pool, count);
  const relay = startRelay({ pool: world.pool, engine, log, pollMs: anHour });
  await relay.idle();
  await relay.stop();
  return ids;
}
const outbox = async () =>
  (await world.pool.query('select id from facts where published_at is null order by id')).rows.map(({ id }) => id);

test('facts that only wait for their turn are left alone', async () => {
  await publish(30);
  await reconcilerOn().once();
  expect(await outbox()).toEqual([]);
});

test('facts the queue has lost go back to the outbox, those it holds and those handled do not', async () => {
  const lost = await publish(3);
  await world.empty();
  await publish(2);
  const [done = '', ...others] = lost;
  await world.pool.query('update facts set handled_at = now() where id = $1', [done]);
  await reconcilerOn().once();
  expect(await outbox()).toEqual(others);
});

test('facts published a moment ago are not asked about', async () => {
  await publish(3);
  await world.empty();
  await reconcilerOn({ lateMs: anHour }).once();
  expect(await outbox()).toEqual([]);
});

test('a long backlog that was lost comes back whole, page by page', async () => {
  const ids = await publish(1203);
  await world.empty();
  await reconcilerOn().once();
  expect(await outbox()).toEqual(ids);
});

test('moments of the near horizon get a doorbell, several where much comes due, and get it again when the queue has lost them', async () => {
  const asked: number[] = [];
  const bells: Doorbell[] = [
    { at: 1_060_000, orders: 1 },
    { at: 1_120_000, orders: 450 },
  ];
  const doorbells = async (by: number) => {
    asked.push(by);
    return bells;
  };
  const reconciler = reconcilerOn({ doorbells, now: () => 1_000_000, horizonMs: 900_000 });
  await reconciler.once();
  await reconciler.once();
  expect(await engine.queue('timers').count()).toBe(4);
  expect(asked).toEqual([1_900_000, 1_900_000]);
  await world.empty();
  await reconciler.once();
  expect(await engine.queue('timers').count()).toBe(4);
  expect(await engine.queue('timers').known(['timer-1060000-0', 'timer-1120000-2'])).toHaveLength(2);
});

test('what is due fires although the engine is away', async () => {
  await world.line.cut();
  await expect.poll(() => engine.health(), soon).toBe('down');
  let fired = 0;
  await reconcilerOn({ fireDue: async () => ++fired }).once();
  expect(fired).toBe(1);
});

test('answers kept for retries are thrown away after three days, whether or not the queue can be reached', async () => {
  const now = Date.parse('2026-03-10T00:00:00Z');
  const keep = (key: string, hoursAgo: number) =>
    world.pool.query(
      "insert into idempotency (client, key, hash, status, headers, body, made_at) values ('c', $1, 'h', 200, '{}', 'x', $2)",
      [key, new Date(now - hoursAgo * anHour).toISOString()],
    );
  await keep('old', 73);
  await keep('young', 71);
  await reconcilerOn({ now: () => now }).once();
  expect((await world.pool.query('select key from idempotency')).rows).toEqual([{ key: 'young' }]);
});
