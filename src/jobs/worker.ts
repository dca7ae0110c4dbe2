import {
  deliverOnce,
  markHandled,
  type Pool,
  type PoolClient,
  readFact,
  recordFailure,
  type StoredFact,
  type Wanted,
} from '../store/outbox.ts';
import type { Engine, Log, TakenJob } from './engine.ts';
import { deliverQueue } from './relay.ts';

/**
 * One who acts on facts. `handle` runs inside the transaction that records the act, so its effect in PostgreSQL happens
 * once for each fact; an effect outside (a webhook) may happen again when the commit fails. Facts may come in any order.
 */
export type Handler = Readonly<{
  consumer: string;
  types: readonly string[] | 'all';
  /** Only facts of units that had a webhook when the fact was published; the handler checks whether it is still there. */
  atWebhooks?: true;
  handle(fact: StoredFact, tx: PoolClient): Promise<void>;
}>;

/** What all of these want together. */
export function wantedBy(handlers: readonly Handler[]): Wanted {
  const types = (of: readonly Handler[]): readonly string[] | 'all' =>
    of.some((h) => h.types === 'all') ? 'all' : of.flatMap((h) => h.types);
  return {
    everywhere: types(handlers.filter((h) => !h.atWebhooks)),
    atWebhooks: types(handlers.filter((h) => h.atWebhooks)),
  };
}

export type WorkersOptions = Readonly<{
  engine: Engine;
  pool: Pool;
  handlers: readonly Handler[];
  /** Fires what is due in PostgreSQL; a doorbell carries no right to fire anything. */
  fireDue: () => Promise<unknown>;
  log: Log;
  concurrency?: number;
  lockMs?: number;
}>;

/** The queue of doorbells: a delayed job rings when a clock of an order is about to come due. */
export const timersQueue = 'timers';

/** Starts the workers of this process: deliveries of facts, and doorbells. Where the engine is away they wait for it. */
export function startWorkers(options: WorkersOptions): Readonly<{ close(): Promise<void> }> {
  const { engine, concurrency = 8, fireDue, lockMs = 30_000 } = options;
  const workers = [
    engine.worker(deliverQueue, (job) => deliver(options, job), { concurrency, lockMs }),
    engine.worker(timersQueue, async () => void (await fireDue()), { concurrency: 1, lockMs }),
  ];
  return {
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

/**
 * Brings one fact to every handler that wants it and has not acted yet. One that fails does not keep the others from
 * acting; the job then fails and comes again, and after its last attempt the fact is listed as failed for that handler.
 */
async function deliver({ pool, handlers, log }: WorkersOptions, job: TakenJob): Promise<void> {
  const factId = String((job.data as { factId?: unknown }).factId);
  const found = await readFact(pool, factId);
  if (!found) {
    log.warn({ factId }, 'a job names a fact that is not there');
    return;
  }
  const { fact, done } = found;
  const owed = handlers.filter(
    ({ consumer, types }) => !done.has(consumer) && (types === 'all' || types.includes(fact.type)),
  );
  const failed: string[] = [];
  for (const { consumer, handle } of owed) {
    try {
      await deliverOnce(pool, factId, consumer, (tx) => handle(fact, tx));
    } catch (error) {
      failed.push(consumer);
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ factId, consumer, attempt: job.attempt, reason }, 'delivery failed');
      if (job.isLast) await recordFailure(pool, { factId, consumer, attempts: job.attempt, error: reason });
    }
  }
  if (failed.length > 0 && !job.isLast) throw new Error(`fact ${factId} not delivered to ${failed.join(', ')}`);
  await markHandled(pool, factId);
}
