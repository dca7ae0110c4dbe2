import { onPostgres, onRedis, type RawQueue } from './connection.ts';
import { type Log, type NewJob, type TakenJob, toBulk } from './job.ts';
import { type WatchedWorker, type WorkerOptions, watchWorker } from './watch.ts';
import { within } from './within.ts';

export type { Log, NewJob, TakenJob };

/** Every call rejects when the engine does not answer in time; what it then did is unknown. */
export type EngineQueue = Readonly<{
  /** Adds jobs; an id the queue still knows is ignored. */
  add(jobs: readonly NewJob[]): Promise<void>;
  /** How many jobs are waiting, delayed or being worked on. */
  count(): Promise<number>;
  /** Those of `ids` that are in the queue in any state. */
  known(ids: readonly string[]): Promise<Set<string>>;
}>;
export type EngineWorker = Readonly<{ close(): Promise<void> }>;
export type Engine = Readonly<{
  kind: 'redis' | 'postgres';
  queue(name: string): EngineQueue;
  /** Runs `handle` for jobs of the queue `name`, whenever the engine is up, until closed. */
  worker(name: string, handle: (job: TakenJob) => Promise<void>, options: WorkerOptions): EngineWorker;
  /** Resolves when the engine is up; rejects when it still is not after `callMs`. */
  ready(): Promise<void>;
  /** Whether the engine took a write when it was last asked. */
  health(): 'up' | 'down';
  close(): Promise<void>;
}>;

/**
 * `databaseUrl` is a direct one, not a pooler's. `probeMs`: how often the engine is asked whether it takes writes;
 * `callMs`: how long a call may take; `wedgedMs`: how long a worker may do nothing while there is something to do.
 */
export type EngineOptions = Readonly<{
  redisUrl: string | null;
  databaseUrl: string;
  prefix?: string;
  log: Log;
  probeMs?: number;
  callMs?: number;
  wedgedMs?: number;
}>;

/**
 * Opens BullMQ on Redis, or on PostgreSQL when there is no `redisUrl`. Never throws and never waits: the engine may be
 * away now, go away later and come back. While it is away, calls reject and workers rest.
 */
export function openEngine(options: EngineOptions): Engine {
  const { redisUrl, databaseUrl, prefix = '{grid}', log, probeMs = 2000, callMs = 5000, wedgedMs = 30_000 } = options;
  const onError = (): void => ask(); // an error is a reason to look; what the probe says is believed
  const connection = redisUrl === null ? onPostgres(databaseUrl) : onRedis(redisUrl, { prefix, callMs, onError });
  const queues = new Map<string, RawQueue>();
  const workers = new Set<WatchedWorker>();
  const waiting = new Set<() => void>();
  let probeQueue: RawQueue | null = null;
  let state: 'up' | 'down' = 'down';
  let isClosed = false;
  let asking: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  /** Looks whether the engine is there: one look at a time, so a burst of errors is no burst of probes. */
  function ask(): void {
    if (isClosed || asking) return;
    clearTimeout(timer);
    asking = look().finally(() => {
      asking = null;
      if (!isClosed) timer = setTimeout(ask, state === 'up' ? probeMs : Math.min(probeMs, 250));
    });
  }

  async function look(): Promise<void> {
    try {
      await probe();
      if (isClosed) return;
      if (state === 'down') log.info({ engine: connection.kind }, 'queue engine is up');
      state = 'up';
      for (const worker of workers) worker.tend();
      for (const wake of waiting) wake();
      waiting.clear();
    } catch (error) {
      if (state === 'up') {
        log.warn({ engine: connection.kind, reason: String(error) }, 'queue engine is down');
        forgetQueues();
      }
      state = 'down';
      for (const worker of workers) worker.rest();
    }
  }

  /** Rejects unless the engine takes a write now: a full Redis and a standby PostgreSQL still answer reads. */
  async function probe(): Promise<void> {
    if (!connection.isThere()) throw new Error('no connection');
    probeQueue ??= await prepare();
    await within(callMs, probeQueue.getBackend().setQueueMeta({ probed: Date.now() }), 'probe');
  }

  /** The first queue; on PostgreSQL it also brings the schema `bullmq` up to date. One that fails is useless for good. */
  async function prepare(): Promise<RawQueue> {
    const queue = connection.queue('probe');
    queue.on('error', onError);
    try {
      await within(callMs * 4, queue.waitUntilReady(), 'prepare');
      return queue;
    } catch (error) {
      void queue.close().catch(() => undefined);
      throw error;
    }
  }

  /** A queue whose session has gone silent would wait on it for ever; after the outage they are built anew. */
  function forgetQueues(): void {
    void closeQueues();
    probeQueue = null;
    queues.clear();
  }

  async function closeQueues(): Promise<void> {
    const open = probeQueue ? [probeQueue, ...queues.values()] : [...queues.values()];
    await Promise.all(open.map((queue) => within(callMs, queue.close(), 'close').catch(() => undefined)));
  }

  function raw(name: string): RawQueue {
    const known = queues.get(name);
    if (known) return known;
    const queue = connection.queue(name);
    queue.on('error', onError);
    queues.set(name, queue);
    return queue;
  }

  async function ready(): Promise<void> {
    if (isClosed) throw new Error('queue engine is closed');
    if (state === 'up') return;
    ask();
    const { promise: up, resolve } = Promise.withResolvers<void>();
    waiting.add(resolve);
    await within(callMs, up, 'come up').finally(() => waiting.delete(resolve));
  }

  async function call<T>(name: string, what: string, work: (queue: RawQueue) => Promise<T>): Promise<T> {
    await ready();
    try {
      return await within(callMs, work(raw(name)), what);
    } catch (error) {
      ask();
      throw error;
    }
  }

  ask();
  return {
    kind: connection.kind,
    queue: (name) => ({
      add: (jobs) => call(name, 'add', async (queue) => void (await queue.addBulk(jobs.map(toBulk)))),
      count: () =>
        call(name, 'count', async (queue) => {
          const counts = await queue.getJobCounts('waiting', 'active', 'delayed');
          return Object.values(counts).reduce((sum, some) => sum + some, 0);
        }),
      known: (ids) =>
        call(name, 'known', async (queue) => {
          const states = await Promise.all(ids.map((id) => queue.getJobState(id)));
          return new Set(ids.filter((_, at) => states[at] !== 'unknown'));
        }),
    }),
    worker(name, handle, workerOptions) {
      const watch = { connection, queue: () => raw(name), log, callMs, wedgedMs, onError };
      const worker = watchWorker(watch, name, handle, workerOptions);
      workers.add(worker);
      if (state === 'up') worker.tend();
      return {
        async close() {
          workers.delete(worker);
          await worker.close(state === 'down');
        },
      };
    },
    ready,
    health: () => state,
    async close() {
      if (isClosed) return;
      await Promise.all([...workers].map((worker) => worker.close(state === 'down')));
      isClosed = true;
      clearTimeout(timer);
      await asking;
      await closeQueues();
      connection.close();
    },
  };
}
