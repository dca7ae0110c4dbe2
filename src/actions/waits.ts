import { type Refusal, refuse } from '../domain/refusal.ts';

/** One try of a waiter: what it got, or null while there is nothing for it. */
export type Attempt<T> = () => Promise<T | null>;

/** Where a waiter waits, for how long in real milliseconds, and what ends the wait early. */
export type Wait<T> = Readonly<{ queue: string; attempt: Attempt<T>; ms: number; signal: AbortSignal }>;

/** Callers that wait for something to come into a queue, without a connection each. */
export type QueueWaits = Readonly<{
  /** Tries when the queue is heard of, until there is something or the time is over (null). Refuses when too many wait. */
  wait<T>(wait: Wait<T>): Promise<T | null | Refusal>;
  /** Something may have come into this queue; '' means any. */
  heard(queue: string): void;
  waiting(): number;
  /** Sends everybody home with nothing, and takes nobody in any more. */
  close(): void;
}>;

type Waiter = {
  attempt: Attempt<unknown>;
  done: (got: unknown) => void;
  fail: (error: unknown) => void;
  isTrying: boolean;
  isOver: boolean;
};
type Line = {
  waiters: Waiter[];
  isTrying: boolean;
  isHeard: boolean;
  timer: NodeJS.Timeout | undefined;
  isAsking: boolean;
};

/**
 * Waiters of one queue stand in line: a notice lets the first one try, and the next only if that one got something, so
 * that one order does not send fifty clerks to the database. `nextExpiry` tells in how many milliseconds a lease of the
 * queue runs out, which nobody announces.
 */
export function queueWaits(
  nextExpiry: (queue: string) => Promise<number | null>,
  { atMost = 1000 }: Readonly<{ atMost?: number }> = {},
): QueueWaits {
  const lines = new Map<string, Line>();
  let count = 0;
  let closed = false;

  const lineOf = (queue: string): Line => {
    const known = lines.get(queue);
    if (known) return known;
    const made = { waiters: [], isTrying: false, isHeard: false, timer: undefined, isAsking: false };
    lines.set(queue, made);
    return made;
  };
  const forget = (queue: string, line: Line): void => {
    clearTimeout(line.timer);
    if (lines.get(queue) === line) lines.delete(queue);
  };
  const leave = (queue: string, line: Line, waiter: Waiter): void => {
    line.waiters.splice(line.waiters.indexOf(waiter), 1);
    count--;
    if (line.waiters.length === 0 && !line.isTrying) forget(queue, line);
  };
  /** Sends a waiter home with nothing; whatever a try under way still gets is its own. */
  const sendHome = (queue: string, line: Line, waiter: Waiter): void => {
    if (!line.waiters.includes(waiter)) return;
    waiter.isOver = true;
    if (waiter.isTrying) return;
    leave(queue, line, waiter);
    waiter.done(null);
  };

  async function tryInLine(queue: string, line: Line): Promise<void> {
    line.isHeard = true;
    if (line.isTrying) return;
    line.isTrying = true;
    while (line.isHeard) {
      line.isHeard = false;
      for (let first = line.waiters[0]; first !== undefined; first = line.waiters[0])
        if (!(await tryOne(queue, line, first))) break;
    }
    line.isTrying = false;
    if (line.waiters.length === 0) forget(queue, line);
    else void watchLeases(queue, line);
  }

  /** Whether the next in line should try as well. */
  async function tryOne(queue: string, line: Line, waiter: Waiter): Promise<boolean> {
    waiter.isTrying = true;
    try {
      const got = await waiter.attempt();
      waiter.isTrying = false;
      if (got === null && !waiter.isOver) return false;
      waiter.done(got);
    } catch (error) {
      waiter.fail(error);
    }
    leave(queue, line, waiter);
    return true;
  }

  /** Leases made while somebody waits outlive the wait, so only those that run already are watched. */
  async function watchLeases(queue: string, line: Line): Promise<void> {
    if (line.timer !== undefined || line.isAsking) return;
    line.isAsking = true;
    const ms = await nextExpiry(queue).catch(() => null);
    line.isAsking = false;
    if (ms === null || closed || lines.get(queue) !== line) return;
    line.timer = setTimeout(() => {
      line.timer = undefined;
      void tryInLine(queue, line);
    }, ms + 5);
  }

  return {
    async wait<T>({ queue, attempt, ms, signal }: Wait<T>): Promise<T | null | Refusal> {
      if (closed || signal.aborted) return null;
      if (count >= atMost) return refuse('unavailable');
      const { promise, resolve, reject } = Promise.withResolvers<T | null>();
      const line = lineOf(queue);
      const waiter: Waiter = {
        attempt,
        done: resolve as (got: unknown) => void,
        fail: reject,
        isTrying: false,
        isOver: false,
      };
      line.waiters.push(waiter);
      count++;
      const home = (): void => sendHome(queue, line, waiter);
      const timer = setTimeout(home, ms);
      signal.addEventListener('abort', home);
      void tryInLine(queue, line);
      return promise.finally(() => {
        clearTimeout(timer);
        signal.removeEventListener('abort', home);
      });
    },
    heard(queue) {
      const named = lines.get(queue);
      for (const [name, line] of queue === '' ? lines : named ? [[queue, named] as const] : [])
        void tryInLine(name, line);
    },
    waiting: () => count,
    close() {
      closed = true;
      for (const [queue, line] of lines) for (const waiter of line.waiters.slice()) sendHome(queue, line, waiter);
    },
  };
}
