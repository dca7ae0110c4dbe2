import type { Instant } from '../domain/time.ts';
import { forgetOldAnswers } from '../store/idempotency.ts';
import { countUnhandled, lateFacts, offerAgain, type Pool } from '../store/outbox.ts';
import type { Engine, Log } from './engine.ts';
import { deliverQueue, factJobId, type Relay } from './relay.ts';
import { timersQueue } from './worker.ts';

/** A moment at which something comes due, in milliseconds since 1970, and on how many orders. */
export type Doorbell = Readonly<{ at: number; orders: number }>;

export type ReconcileOptions = Readonly<{
  pool: Pool;
  engine: Engine;
  relay: Pick<Relay, 'kick'>;
  log: Log;
  now: () => number;
  /** The moments from now to the given instant at which something comes due. */
  doorbells: (by: number) => Promise<readonly Doorbell[]>;
  /** The backstop of the doorbells: looks in PostgreSQL, so it works while the engine is away. */
  fireDue: () => Promise<unknown>;
  intervalMs?: number;
  lateMs?: number;
  horizonMs?: number;
}>;
export type Reconciler = Readonly<{ once(): Promise<void>; stop(): Promise<void> }>;

const pageSize = 500;
const atMost = 20_000;
const fewEnough = 1000;
const retries = { attempts: 5, backoffMs: 1000 };

/**
 * Every `intervalMs` makes the queue hold again what PostgreSQL says it should: facts that were published, are not
 * handled and are unknown to the queue go back to the outbox, and clocks of the near horizon get their doorbells. So an
 * emptied Redis is refilled after at most `lateMs + intervalMs`.
 */
export function startReconcile(options: ReconcileOptions): Reconciler {
  const { pool, engine, relay, log, now, doorbells, fireDue } = options;
  const { intervalMs = 10_000, lateMs = 5_000, horizonMs = 15 * 60_000 } = options;
  const deliveries = engine.queue(deliverQueue);
  const timers = engine.queue(timersQueue);
  const rung = new Map<string, number>();
  let isStopped = false;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function refill(): Promise<void> {
    const { all, late } = await countUnhandled(pool, lateMs);
    // With a long backlog asking for every id is dear; a queue at least as long as it should be has lost nothing.
    if (late === 0 || (late > fewEnough && (await deliveries.count()) >= all)) return;
    let offered = 0;
    for (let found = await offerLost(); found > 0 && !isStopped; found = await offerLost()) offered += found;
    if (offered === 0) return;
    log.warn({ facts: offered }, 'facts the queue had lost are offered again');
    relay.kick();
  }

  /** Asks the queue for those it should have had longest; answers how many it had lost. What is offered is late no more. */
  async function offerLost(): Promise<number> {
    const late = await lateFacts(pool, lateMs, atMost);
    let offered = 0;
    for (let at = 0; at < late.length && !isStopped; at += pageSize) {
      const page = late.slice(at, at + pageSize);
      const known = await deliveries.known(page.map(factJobId));
      const lost = page.filter((id) => !known.has(factJobId(id)));
      if (lost.length > 0) offered += await offerAgain(pool, lost);
    }
    return offered;
  }

  async function ring(): Promise<void> {
    const time = now();
    for (const [id, at] of rung) if (at <= time) rung.delete(id);
    if (rung.size > 0 && (await timers.count()) < rung.size) rung.clear();
    const bells = (await doorbells(time + horizonMs)).flatMap(jobsOf);
    const fresh = bells.filter(({ id }) => !rung.has(id));
    for (let n = 0; n < fresh.length; n += pageSize) {
      const page = fresh.slice(n, n + pageSize);
      await timers.add(
        page.map(({ id, at }) => ({ id, name: 'doorbell', data: { at }, delayMs: Math.max(0, at - time), ...retries })),
      );
      for (const { id, at } of page) rung.set(id, at);
    }
  }

  /** Each of these by itself: an engine that is away must not keep what is due from firing. */
  async function pass(): Promise<void> {
    await attempt('what is due could not be fired', fireDue);
    await attempt('old answers could not be forgotten', () => forgetOldAnswers(pool, now() as Instant));
    if (engine.health() === 'down') return;
    await attempt('the queue could not be refilled', refill);
    await attempt('doorbells could not be set', ring);
  }

  async function attempt(failure: string, work: () => Promise<unknown>): Promise<void> {
    try {
      if (!isStopped) await work();
    } catch (error) {
      log.warn({ reason: String(error) }, failure);
    }
  }

  function once(): Promise<void> {
    clearTimeout(timer);
    running ??= pass().finally(() => {
      running = null;
      if (!isStopped) timer = setTimeout(() => void once(), intervalMs);
    });
    return running;
  }

  timer = setTimeout(() => void once(), intervalMs);
  return {
    once,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** One bell wakes one worker. Where much comes due at once several ring, so that several work on it. */
const jobsOf = ({ at, orders }: Doorbell): readonly Readonly<{ id: string; at: number }>[] =>
  Array.from({ length: Math.min(mostBells, Math.ceil(orders / ordersEach)) }, (_, n) => ({
    id: `timer-${at}-${n}`,
    at,
  }));
const ordersEach = 200;
const mostBells = 16;
