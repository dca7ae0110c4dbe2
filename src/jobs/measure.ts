import type { Deps } from '../actions/deps.ts';
import { findHotMatters } from '../actions/hot-matters.ts';
import { countFacts } from '../actions/measure.ts';
import type { Log } from './job.ts';

/** How many facts are counted before others have their turn. */
const atOnce = 1000;

export type CountingOptions = Readonly<{
  deps: Deps;
  log: Log;
  /** Registers what to call when new facts were committed; answers with how to stop that. */
  onWake: (wake: () => void) => () => void;
  /** What happens to one order within this time is counted in one go. */
  gatherMs?: number;
  /** How often to look without being woken: a fact may become visible only when an older transaction ends. */
  pollMs?: number;
}>;

/**
 * Keeps rates current: follows the facts in the order of the feed, from where the last process got to. It needs no
 * queue: where it is in the facts stands in PostgreSQL with what was counted, so nothing is missed and nothing counts twice.
 * What was counted is looked at for high-frequency matters.
 */
export function startCounting({ deps, log, onWake, gatherMs = 1000, pollMs = 5000 }: CountingOptions) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let isStopped = false;
  let isOwed = false;
  let isIdle = false;

  const next = (ms: number): void => {
    if (isStopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = count().finally(() => {
        running = null;
      });
    }, ms);
  };
  async function count(): Promise<void> {
    isOwed = false;
    isIdle = false;
    const began = performance.now();
    const facts = await countFacts(deps, atOnce)
      .then(async (counted) => {
        await findHotMatters(deps);
        return counted;
      })
      .catch((error: { code?: string }) => {
        log.warn({ code: error.code }, 'facts could not be counted');
        return 0;
      });
    isIdle = facts < atOnce && !isOwed;
    // Residents come first: where much happens counting takes a quarter of the time and no more, and lags a little.
    next(isIdle ? pollMs : Math.max(gatherMs, 3 * (performance.now() - began)));
  }
  const stopListening = onWake(() => {
    isOwed = true;
    if (!isIdle) return;
    isIdle = false;
    next(gatherMs);
  });
  next(0);
  return {
    async stop(): Promise<void> {
      isStopped = true;
      stopListening();
      clearTimeout(timer);
      await running;
    },
  };
}
