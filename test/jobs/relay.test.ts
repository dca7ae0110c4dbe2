import { beforeEach, expect, test } from 'vitest';
import type { Engine } from '../../src/jobs/engine.ts';
import { startRelay } from '../../src/jobs/relay.ts';
import { wantedBy } from '../../src/jobs/worker.ts';
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
  expect((await leaseFacts(world.pool, 10, anHour)).ids).toEqual(ids);
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
  await expect.poll(async () => (await leaseFacts(world.pool, 10, 1000)).ids, soon).toHaveLength(3);
  await relay.stop();
});

test('a job holds nothing but the id of its fact', async () => {
  const [id] = await happen(world.pool, 1);
  await relayOn().idle();
  const seen: unknown[] = [];
  engine.worker('deliver', async ({ data }) => void seen.push(data), { concurrency: 1 });
  await expect.poll(() => seen, soon).toEqual([{ factId: id }]);
});

const deaf = { handle: async () => {} };
const at = (unit: string, ids: readonly string[]) =>
  world.pool.query('update facts set unit = $1 where id = any($2)', [unit, ids]);
const setWebhook = (unit: string) =>
  world.pool.query("insert into webhooks values ($1, 'https://unit.example/hook', '{}', 'test', now())", [unit]);
const jobs = () => engine.queue('deliver').count();
const open = async (): Promise<string[]> =>
  (await world.pool.query('select id from facts where handled_at is null order by id')).rows.map(({ id }) => id);

test('a fact no consumer wants becomes no job: it is handled as soon as it is seen', async () => {
  await happen(world.pool, 30, 'registered');
  const wished = await happen(world.pool, 2, 'dispatch');
  const wanted = wantedBy([{ consumer: 'teller', types: ['dispatch'], ...deaf }]);
  await relayOn({ wanted, atMost: 10 }).idle();
  expect([await jobs(), await open()]).toEqual([2, wished]);
});

test('a consumer of webhooks gets the facts of units that had one when the fact was committed', async () => {
  const wanted = wantedBy([{ consumer: 'webhook', types: 'all', atWebhooks: true, ...deaf }]);
  const relay = relayOn({ wanted });
  await at('one', await happen(world.pool, 3));
  await happen(world.pool, 3);
  await relay.idle();
  expect([await jobs(), await open()]).toEqual([0, []]);
  await setWebhook('one');
  const wished = await happen(world.pool, 2);
  await at('one', wished);
  await at('another', await happen(world.pool, 2));
  await relay.idle();
  expect([await jobs(), await open()]).toEqual([2, wished]);
  await world.pool.query('update webhooks set disabled_at = now()');
  await at('one', await happen(world.pool, 1));
  await relay.idle();
  expect(await open()).toEqual(wished);
});

test('a webhook set while its first facts are being committed misses none of them', async () => {
  const wanted = wantedBy([{ consumer: 'webhook', types: 'all', atWebhooks: true, ...deaf }]);
  const relay = relayOn({ wanted });
  const tx = await world.pool.connect();
  await tx.query('begin');
  await tx.query(
    `insert into facts (subject, subject_id, type, at, actor, unit, body)
     values ('work_order', gen_random_uuid(), 'registered', now(), '{}', 'one', '{}')`,
  );
  await relay.idle();
  await setWebhook('one');
  await tx.query('commit');
  tx.release();
  await relay.idle();
  expect(await jobs()).toBe(1);
});

test('a fact listed as failed goes to its consumer again, wanted or not', async () => {
  const ids = await happen(world.pool, 1);
  await world.pool.query("insert into fact_failures values ($1, 'webhook', 8, 'away', now())", ids);
  await relayOn({ wanted: wantedBy([]) }).idle();
  expect([await jobs(), await open()]).toEqual([1, ids]);
});
