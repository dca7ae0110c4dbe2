import { leaseFacts, markPublished, type Pool, releaseFacts, type Wanted } from '../store/outbox.ts';
import type { Engine, Log } from './engine.ts';

export type RelayOptions = Readonly<{
  pool: Pool;
  engine: Engine;
  log: Log;
  /** What is worth a job; without it everything is. */
  wanted?: Wanted;
  /** Registers what to call when new facts were committed; answers with how to stop that. */
  onWake?: (wake: () => void) => () => void;
  pollMs?: number;
  leaseMs?: number;
  atMost?: number;
}>;
export type Relay = Readonly<{
  /** Looks at the outbox now. */
  kick(): void;
  /** Resolves when a look that began after this call found nothing left to publish. */
  idle(): Promise<void>;
  /** Lets the batch in hand end, then looks no more. */
  stop(): Promise<void>;
}>;

/** The queue of facts. A job holds the fact's id alone: who handles it reads the fact from PostgreSQL. */
export const deliverQueue = 'deliver';
export const factJobId = (factId: string): string => `fact-${factId}`;
const retries = { attempts: 8, backoffMs: 1000 };

/**
 * Moves facts somebody wants from the outbox to the queue, oldest first, as long as it is not stopped. They are leased,
 * added, then marked: dying in between publishes a fact twice, never zero times, and no transaction waits for the queue.
 */
export function startRelay(options: RelayOptions): Relay {
  const { pool, engine, log, wanted, onWake, pollMs = 2000, leaseMs = 15_000, atMost = 500 } = options;
  const queue = engine.queue(deliverQueue);
  let isStopped = false;
  let isAskedAgain = false;
  let running: Promise<void> | null = null;
  let waiting: { since: number; resolve: () => void }[] = [];
  let looks = 0;
  let timer: NodeJS.Timeout | undefined;

  /** One batch; answers how many facts left the outbox. */
  async function publish(): Promise<number> {
    await engine.ready(); // not to lease what could not be moved
    const { ids, unwanted } = await leaseFacts(pool, atMost, leaseMs, wanted);
    if (ids.length === 0) return unwanted;
    try {
      await queue.add(ids.map((id) => ({ id: factJobId(id), name: 'fact', data: { factId: id }, ...retries })));
    } catch (error) {
      await releaseFacts(pool, ids);
      throw error;
    }
    await markPublished(pool, ids);
    return ids.length + unwanted;
  }

  async function empty(): Promise<void> {
    do {
      isAskedAgain = false;
      const look = ++looks;
      while (!isStopped && (await publish()) > 0);
      for (const { since, resolve } of waiting) if (since < look) resolve();
      waiting = waiting.filter(({ since }) => since >= look);
    } while (isAskedAgain && !isStopped);
  }

  function kick(): void {
    if (isStopped) return;
    if (running) {
      isAskedAgain = true;
      return;
    }
    clearTimeout(timer);
    running = empty()
      .catch((error: unknown) => {
        // An engine that is away is told once by the engine; facts wait in PostgreSQL for the next look.
        if (engine.health() === 'up') log.warn({ reason: String(error) }, 'facts could not be published');
      })
      .finally(() => {
        running = null;
        if (!isStopped) timer = setTimeout(kick, pollMs);
      });
  }

  const stopListening = onWake?.(kick);
  kick();
  return {
    kick,
    idle() {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ since: looks, resolve });
      kick();
      return promise;
    },
    async stop() {
      isStopped = true;
      stopListening?.();
      clearTimeout(timer);
      await running;
      for (const { resolve } of waiting) resolve();
    },
  };
}
