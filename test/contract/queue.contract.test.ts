import { beforeEach, describe, expect, test } from 'vitest';
import type { TakenJob } from '../../src/jobs/engine.ts';
import { startReconcile } from '../../src/jobs/reconcile.ts';
import { factJobId, startRelay } from '../../src/jobs/relay.ts';
import { startWorkers } from '../../src/jobs/worker.ts';
import { leaseFacts } from '../../src/store/outbox.ts';
import { atEnd, engines, type World } from './engines.ts';
import { counter, happen } from './facts.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const soon = { timeout: 15_000, interval: 20 };
const job = (id: string) => ({ id, name: 'some', data: {} });
/** Adds a job however often a call takes too long: where it had arrived all the same, its id was known or runs once more. */
const added = (engine: Pick<ReturnType<World['open']>, 'queue'>, id: string) =>
  expect
    .poll(
      () =>
        engine
          .queue('deliver')
          .add([job(id)])
          .then(
            () => 'added',
            () => 'away',
          ),
      soon,
    )
    .toBe('added');
const nothingDue = { doorbells: async () => [], fireDue: async () => 0, now: () => 0 };

describe.each(engines)('the queue on $engine', ({ makeWorld }) => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });

  test('a job arrives once, however many workers of however many processes wait for it', async () => {
    const seen: string[] = [];
    const take = async ({ id }: TakenJob) => void seen.push(id);
    for (const engine of [world.open(), world.open()]) engine.worker('deliver', take, { concurrency: 4 });
    const ids = Array.from({ length: 50 }, (_, at) => `fact-${at}`);
    const queue = world.open().queue('deliver');
    await queue.add(ids.map(job));
    await expect.poll(() => seen.length, soon).toBe(50);
    await expect.poll(() => queue.count(), soon).toBe(0);
    expect(seen.toSorted()).toEqual(ids.toSorted());
  });

  test('a job that fails comes again, later each time, until its last attempt', async () => {
    const tries: { at: number; attempt: number; isLast: boolean }[] = [];
    const engine = world.open();
    const take = async ({ attempt, isLast }: TakenJob) => {
      tries.push({ at: performance.now(), attempt, isLast });
      throw new Error('no');
    };
    engine.worker('deliver', take, { concurrency: 1 });
    await engine.queue('deliver').add([{ ...job('fact-1'), attempts: 3, backoffMs: 100 }]);
    await expect.poll(() => tries.length, soon).toBe(3);
    expect(tries.map(({ attempt, isLast }) => [attempt, isLast])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    const [first = 0, second = 0, third = 0] = tries.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(95);
    expect(third - second).toBeGreaterThanOrEqual(190);
    await expect.poll(() => engine.queue('deliver').known(['fact-1']), soon).toEqual(new Set());
  });

  test('a job whose worker died in the middle of it is finished by another', async () => {
    const dying = world.open();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: never } = Promise.withResolvers<void>();
    const lock = { concurrency: 1, lockMs: 1000 };
    dying.worker('deliver', () => (begin(), never), lock);
    await dying.queue('deliver').add([job('fact-1')]);
    await begun;
    await world.line.cut();
    await expect.poll(() => dying.health(), soon).toBe('down');
    await dying.close();
    await world.line.mend();
    const finished: string[] = [];
    world.open().worker('deliver', async ({ id }) => void finished.push(id), lock);
    await expect.poll(() => finished, soon).toEqual(['fact-1']);
  });

  test('a doorbell rings when its time has come, not before', async () => {
    const engine = world.open();
    const { promise: rung, resolve } = Promise.withResolvers<number>();
    engine.worker('timers', async () => resolve(performance.now()), { concurrency: 1 });
    await engine.ready();
    const set = performance.now();
    await engine.queue('timers').add([{ ...job('timer-1'), delayMs: 400 }]);
    const waited = (await rung) - set;
    expect(waited).toBeGreaterThanOrEqual(395);
  });

  test('an id is ignored while the queue knows it, and taken again after its job has ended', async () => {
    const engine = world.open();
    const queue = engine.queue('deliver');
    await queue.add([job('fact-1'), { ...job('fact-2'), delayMs: 60_000 }]);
    await queue.add([job('fact-1'), job('fact-2'), job('fact-1')]);
    expect(await queue.count()).toBe(2);
    expect(await queue.known(['fact-1', 'fact-2', 'fact-3'])).toEqual(new Set(['fact-1', 'fact-2']));
    const seen: string[] = [];
    engine.worker('deliver', async ({ id }) => void seen.push(id), { concurrency: 1 });
    await expect.poll(() => queue.known(['fact-1']), soon).toEqual(new Set());
    await queue.add([job('fact-1')]);
    await expect.poll(() => seen, soon).toEqual(['fact-1', 'fact-1']);
  });

  test('an emptied engine is filled again from PostgreSQL', async () => {
    const engine = world.open();
    const { pool } = world;
    const ids = await happen(pool, 20);
    const relay = startRelay({ pool, engine, log });
    atEnd(() => relay.stop());
    await relay.idle();
    const queue = engine.queue('deliver');
    expect(await queue.count()).toBe(20);
    await world.empty();
    expect(await queue.count()).toBe(0);
    const reconciler = startReconcile({ pool, engine, relay, log, ...nothingDue, intervalMs: 100, lateMs: 100 });
    atEnd(() => reconciler.stop());
    await expect.poll(() => queue.count(), soon).toBe(20);
    const { handler, acts } = await counter(pool);
    startWorkers({ engine, pool, handlers: [handler], fireDue: async () => 0, log });
    await expect.poll(acts, soon).toEqual(ids);
  });

  test('an engine that is away at the start is waited for, and calls are told so', async () => {
    await world.line.cut();
    const engine = world.open({ callMs: 300 });
    const seen: string[] = [];
    engine.worker('deliver', async ({ id }) => void seen.push(id), { concurrency: 1 });
    await expect(engine.queue('deliver').add([job('fact-1')])).rejects.toThrow('did not answer');
    expect(engine.health()).toBe('down');
    await world.line.mend();
    await expect.poll(() => engine.health(), soon).toBe('up');
    await added(engine, 'fact-2');
    await expect.poll(() => [...new Set(seen)], soon).toEqual(['fact-2']);
  });

  test('while the engine is away facts wait in PostgreSQL, and when it is back each is acted on once', async () => {
    const { pool, line } = world;
    const engine = world.open();
    const { handler, acts } = await counter(pool);
    const relay = startRelay({ pool, engine, log, pollMs: 100, leaseMs: 1000, atMost: 20 });
    atEnd(() => relay.stop());
    const reconciler = startReconcile({ pool, engine, relay, log, ...nothingDue, intervalMs: 200, lateMs: 300 });
    atEnd(() => reconciler.stop());
    startWorkers({ engine, pool, handlers: [handler], fireDue: async () => 0, log, concurrency: 4, lockMs: 1000 });
    const before = await happen(pool, 200);
    relay.kick();
    await expect.poll(async () => (await acts()).length, { ...soon, interval: 1 }).toBeGreaterThan(0);
    await line.cut();
    const during = await happen(pool, 50);
    await expect.poll(() => engine.health(), soon).toBe('down');
    await line.mend();
    const after = await happen(pool, 10);
    await expect.poll(acts, soon).toEqual([...before, ...during, ...after]);
  });

  test('sessions that go silent without ending are given up, and new ones serve', async () => {
    const engine = world.open({ callMs: 500 });
    const queue = engine.queue('deliver');
    await queue.add([job('fact-1')]);
    world.line.silence();
    await expect.poll(() => engine.health(), soon).toBe('down');
    await expect.poll(() => engine.health(), soon).toBe('up');
    await added(engine, 'fact-2');
    expect(await queue.known(['fact-1', 'fact-2'])).toEqual(new Set(['fact-1', 'fact-2']));
  });

  test('a worker that makes no progress while the engine is up is replaced', async () => {
    const engine = world.open({ callMs: 500, probeMs: 50, wedgedMs: 1000 });
    const seen: string[] = [];
    engine.worker('deliver', async ({ id }) => void seen.push(id), { concurrency: 1 });
    await engine.queue('deliver').add([job('fact-1')]);
    await expect.poll(() => seen, soon).toEqual(['fact-1']);
    world.line.silence();
    await expect.poll(() => engine.health(), soon).toBe('down');
    await added(engine, 'fact-2');
    await expect.poll(() => [...new Set(seen)], soon).toEqual(['fact-1', 'fact-2']);
  });

  test('a relay that dies between the queue and PostgreSQL publishes twice, and the fact is acted on once', async () => {
    const { pool } = world;
    const engine = world.open();
    const { handler, acts } = await counter(pool);
    const ids = await happen(pool, 5);
    // All a relay does before it dies: the job is there, the fact is not marked.
    const { ids: leased } = await leaseFacts(pool, 10, 200);
    await engine.queue('deliver').add(leased.map((id) => ({ ...job(factJobId(id)), data: { factId: id } })));
    startWorkers({ engine, pool, handlers: [handler], fireDue: async () => 0, log });
    await expect.poll(acts, soon).toEqual(ids);
    const relay = startRelay({ pool, engine, log, pollMs: 50 });
    atEnd(() => relay.stop());
    const unpublished = async () => (await pool.query('select from facts where published_at is null')).rowCount;
    await expect.poll(unpublished, soon).toBe(0);
    await expect.poll(() => engine.queue('deliver').count(), soon).toBe(0);
    expect(await acts()).toEqual(ids);
  });
});
