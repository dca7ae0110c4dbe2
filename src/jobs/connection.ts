import { createPostgresBackend, type Job, type JobsOptions, Queue, Worker } from 'bullmq';
import { Cluster, Redis } from 'ioredis';

/** What a bulk add takes: one job of BullMQ. */
export type BulkJob = Readonly<{ name: string; data: object; opts: JobsOptions }>;
/** The part of BullMQ's Queue this program uses, the same on both engines. */
export type RawQueue = {
  addBulk(jobs: BulkJob[]): Promise<unknown>;
  getJobCounts(...types: ('waiting' | 'active' | 'delayed')[]): Promise<Record<string, number>>;
  getJobState(id: string): Promise<string>;
  waitUntilReady(): Promise<unknown>;
  getBackend(): { setQueueMeta(values: Record<string, number>): Promise<unknown> };
  close(): Promise<void>;
  on(event: 'error', listen: (error: Error) => void): unknown;
};
/** The part of BullMQ's Worker this program uses, the same on both engines. */
export type RawWorker = {
  pause(withoutWaiting: boolean): Promise<void>;
  resume(): Promise<void>;
  isPaused(): boolean;
  close(force: boolean): Promise<void>;
  disconnect(): Promise<void>;
  on(event: 'error', listen: (error: Error) => void): unknown;
};
export type RawWorkerOptions = Readonly<{ concurrency: number; lockDuration: number; stalledInterval: number }>;

/** One of the two engines, before anybody asks whether it is there. */
export type Connection = Readonly<{
  kind: 'redis' | 'postgres';
  /** Whether building a queue has a chance: one built while Redis is away may never recover. */
  isThere(): boolean;
  queue(name: string): RawQueue;
  worker(name: string, run: (job: Job) => Promise<void>, options: RawWorkerOptions): RawWorker;
  close(): void;
}>;

// Streams of events are for BullMQ's dashboards; nothing here reads them, so they are kept short.
const queueDefaults = { streams: { events: { maxLen: 100 } } };
const workerDefaults = { drainDelay: 5, runRetryDelay: 1000, maxStalledCount: 3 };

/**
 * BullMQ on Redis. `url` is `redis://` or `rediss://`; several, separated by commas, are the nodes of a cluster.
 * `prefix` must be one hash tag, such as `{grid}`, so that a cluster keeps all keys of a queue in one slot.
 */
export function onRedis(
  url: string,
  { prefix, callMs, onError }: Readonly<{ prefix: string; callMs: number; onError: (error: Error) => void }>,
): Connection {
  const open = new Set<Redis | Cluster>();
  const session = (away: Away): Redis | Cluster => {
    const client = connect(url, away);
    client.on('error', onError);
    open.add(client);
    return client;
  };
  // A caller is told at once that Redis is away.
  const calls = session({ enableOfflineQueue: false, maxRetriesPerRequest: 1, socketTimeout: callMs });
  return {
    kind: 'redis',
    isThere: () => calls.status === 'ready',
    queue: (name) => new Queue(name, { connection: calls, prefix, ...queueDefaults }),
    worker(name, run, options) {
      // A worker waits for Redis to come back. It has a session of its own, so that replacing it replaces that too;
      // its longest wait for a job is 10 s, and a session silent for longer is dead.
      const own = session({ enableOfflineQueue: true, maxRetriesPerRequest: null, socketTimeout: 15_000 });
      const worker = new Worker(name, run, { connection: own, prefix, ...workerDefaults, ...options });
      worker.on('closed', () => {
        own.disconnect();
        open.delete(own);
      });
      return worker;
    },
    close() {
      for (const client of open) client.disconnect();
    },
  };
}

/**
 * BullMQ on PostgreSQL, in the schema `bullmq` of the same database, which it creates. `url` must reach PostgreSQL
 * itself: LISTEN and the search path do not survive a pooler that shares sessions.
 */
export function onPostgres(url: string): Connection {
  // BullMQ opens a small pool for each queue and worker, and one more session for each worker to listen on.
  const server = { connectionString: url, application_name: 'gridcall-queue', keepAlive: true };
  const connection = { ...server, connectionTimeoutMillis: 5000, max: 4, schema: 'bullmq', migrate: true };
  return {
    kind: 'postgres',
    isThere: () => true,
    queue: (name) => new Queue(name, { connection, ...queueDefaults }, createPostgresBackend),
    worker: (name, run, options) =>
      new Worker(name, run, { connection, ...workerDefaults, ...options }, createPostgresBackend),
    close: () => {},
  };
}

/**
 * How one of the two connections behaves while Redis is away; with `null` retries a command waits for its return. A
 * session that owes an answer for `socketTimeout` ms is given up.
 */
type Away = Readonly<{ enableOfflineQueue: boolean; maxRetriesPerRequest: number | null; socketTimeout: number }>;

function connect(url: string, { enableOfflineQueue, ...away }: Away): Redis | Cluster {
  const again = (times: number): number => Math.min(times * 100, 1000);
  const nodes = url.split(',').map((node) => node.trim());
  return nodes.length === 1
    ? new Redis(url, { enableOfflineQueue, ...away, retryStrategy: again, connectTimeout: 5000 })
    : new Cluster(nodes, { enableOfflineQueue, clusterRetryStrategy: again, redisOptions: away });
}
