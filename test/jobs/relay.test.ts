import { beforeEach, expect, test } from 'vitest';
import type { Engine } from '../../src/jobs/engine.ts';
import { startRelay } from '../../src/jobs/relay.ts';
import { leaseFacts } from '../../src/store/outbox.ts';
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
});

const relayOn = (options: object = {}) => {
  const relay = startRelay({ pool: world.pool, engine, log, pollMs: anHour, ...options });
  atEnd(() => relay.stop());
  return relay;
};

test('relays side by side publish each fact, none of them one that another has in hand', async () => {
  const taken: string[] = [];
  // Counts what each relay asks the queue to take; the queue itself would hide a second offer of a known id.
  const counting: Engine = {
    ...engine,
    queue: (name) => ({
      ...engine.queue(name),
      add: async (jobs) => {
        taken.push(...jobs.map(({ id }) => id));
        await engine.queue(name).add(jobs);
      },
    }),
  };
  const ids = await happen(world.pool, 300);
  const relays = [1, 2, 3].map(() => relayOn({ engine: counting, atMost: 20 }));
  await Promise.all(relays.map((relay) => relay.idle()));
  await expect.poll(() => taken.length, soon).toBe(300);
  expect(taken.toSorted()).toEqual(ids.map((id) => `fact-${id}`).toSorted());
  expect(await engine.queue('deliver').count()).toBe(300);
});

test('a wake is enough to publish; the poll is only the backstop', async () => {
  let wake = () => {};
  const relay = relayOn({
    onWake: (kick: () => void) => {
      wake = kick;
      return () => {};
    },
  });
  await relay.idle();
  await happen(world.pool, 1);
  wake();
  await expect.poll(() => engine.queue('deliver').count(), soon).toBe(1);
});

test('without a wake the poll publishes', async () => {
  await relayOn({ pollMs: 50 }).idle();
  await happen(world.pool, 1);
  await expect.poll(() => engine.queue('deliver').count(), soon).toBe(1);
});

test('what a dead relay had taken is published when its lease has run out, not before', async () => {
  const ids = await happen(world.pool, 3);
  expect(await leaseFacts(world.pool, 10, anHour)).toEqual(ids);
  const relay = relayOn();
  await relay.idle();
  expect(await engine.queue('deliver').count()).toBe(0);
  await world.pool.query("update facts set leased_until = now() - interval '1 second'");
  await relay.idle();
  expect(await engine.queue('deliver').count()).toBe(3);
});

test('a queue that refuses gives the facts back at once, and no transaction waits for the queue', async () => {
  await happen(world.pool, 3);
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: answer, reject: refuse } = Promise.withResolvers<void>();
  const refusing: Engine = {
    ...engine,
    queue: (name) => ({ ...engine.queue(name), add: () => (ask(), answer) }),
  };
  const relay = relayOn({ engine: refusing });
  await asked;
  const waiting = await world.pool.query(
    `select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
  );
  expect(waiting.rowCount).toBe(0);
  refuse(new Error('full'));
  await expect.poll(() => leaseFacts(world.pool, 10, 1000), soon).toHaveLength(3);
  await relay.stop();
});

test('a job holds nothing but the id of its fact', async () => {
  const [id] = await happen(world.pool, 1);
  await relayOn().idle();
  const seen: unknown[] = [];
  engine.worker('deliver', async ({ data }) => void seen.push(data), { concurrency: 1 });
  await expect.poll(() => seen, soon).toEqual([{ factId: id }]);
});
