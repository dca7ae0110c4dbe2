import { randomUUID } from 'node:crypto';
import type { Job } from 'bullmq';
import type { Connection, RawQueue, RawWorker } from './connection.ts';
import type { Log, TakenJob } from './job.ts';
import { within } from './within.ts';

/** `lockMs`: how long a job of a worker that died stays with it before another gets it. */
export type WorkerOptions = Readonly<{ concurrency: number; lockMs?: number }>;
export type WatchedWorker = Readonly<{
  /** The engine is up: starts, resumes, rests or replaces the worker, by what it got done since the last time. */
  tend(): void;
  /** The engine is away or full: takes no more jobs, so that a refusal is not met a thousand times a second. */
  rest(): void;
  /** Lets the jobs in hand end. Those that do not end in time, or whose engine is away, are left to another worker. */
  close(force: boolean): Promise<void>;
}>;
type Watch = Readonly<{
  connection: Connection;
  queue: () => RawQueue;
  log: Log;
  callMs: number;
  wedgedMs: number;
  onError: () => void;
}>;

const heartbeat = 'heartbeat';
const tooManyErrors = 50;

/**
 * A BullMQ worker that is believed by what it gets done, not by what it says of itself: after half of `wedgedMs` without
 * a job it is sent one, and when nobody takes that either, it is replaced.
 */
export function watchWorker(
  { connection, queue, log, callMs, wedgedMs, onError }: Watch,
  name: string,
  handle: (job: TakenJob) => Promise<void>,
  { concurrency, lockMs = 30_000 }: WorkerOptions,
): WatchedWorker {
  const heartbeatId = `${heartbeat}-${randomUUID()}`;
  let worker: RawWorker | null = null;
  let isClosed = false;
  let inHand = 0;
  let progressAt = 0;
  let askedAt: number | null = null;
  let errors = 0;
  let restUntil = 0;

  function tend(): void {
    const now = performance.now();
    if (errors > tooManyErrors) {
      log.warn({ queue: name, errors }, 'worker meets only errors and rests');
      restUntil = now + wedgedMs / 2;
      rest();
    }
    if (isClosed || now < restUntil) return;
    if (!worker) worker = build();
    else if (worker.isPaused()) {
      progressAt = now;
      void worker.resume();
    }
    if (inHand > 0) progressAt = now;
    if (now - progressAt < wedgedMs / 2) return;
    if (askedAt === null) void sendHeartbeat();
    else if (now - askedAt > wedgedMs / 2) void replaceUnlessTaken();
  }

  function rest(): void {
    askedAt = null;
    errors = 0;
    if (worker && !worker.isPaused()) void worker.pause(true).catch(onError);
  }

  /** Ahead of the other jobs, so that a long queue does not look like a dead worker. */
  async function sendHeartbeat(): Promise<void> {
    askedAt = performance.now();
    const opts = { jobId: heartbeatId, lifo: true, removeOnComplete: true, removeOnFail: true };
    await within(callMs, queue().addBulk([{ name: heartbeat, data: {}, opts }]), heartbeat).catch(onError);
  }

  /** Another process may have taken the heartbeat: then the queue is being served and nothing hangs on this worker. */
  async function replaceUnlessTaken(): Promise<void> {
    askedAt = null;
    const state = await within(callMs, queue().getJobState(heartbeatId), heartbeat).catch(() => 'unknown');
    if (state !== 'waiting' || isClosed || !worker) return;
    log.error({ queue: name }, 'worker makes no progress and is replaced');
    void worker.close(true).catch(() => undefined);
    worker = build();
  }

  function build(): RawWorker {
    progressAt = performance.now();
    const locks = { lockDuration: lockMs, stalledInterval: lockMs / 2 };
    const built = connection.worker(name, run, { concurrency, ...locks });
    built.on('error', () => {
      errors += 1;
      onError();
    });
    return built;
  }

  async function run(job: Job): Promise<void> {
    progressAt = performance.now();
    askedAt = null;
    errors = 0;
    if (job.name === heartbeat) return;
    const attempt = job.attemptsMade + 1;
    inHand += 1;
    try {
      const isLast = attempt >= (job.opts.attempts ?? 1);
      await handle({ id: String(job.id), name: job.name, data: job.data, attempt, isLast });
    } finally {
      inHand -= 1;
    }
  }

  return {
    tend,
    rest,
    async close(force) {
      isClosed = true;
      const last = worker;
      worker = null;
      if (!last) return;
      await within(callMs, last.close(force), 'close').catch(() => last.disconnect().catch(() => undefined));
    },
  };
}
