import {
  type Answer,
  type Attempt,
  beginAttempt,
  finishAttempt,
  forgetAttempt,
  type Known,
  knownAttempts,
  prolongAttempt,
} from '../store/idempotency.ts';
import type { Deps } from './deps.ts';

export type { Answer, Attempt } from '../store/idempotency.ts';

const prolongedEveryMs = 10_000;

/** Remembers answers of calls that keep nothing themselves. One that dies half way may be tried again after 30 seconds. */
export const beginning = ({ pool, now }: Deps) => ({
  begin: async (attempt: Attempt): Promise<Known> => {
    if (await beginAttempt(pool, attempt, now())) return { kind: 'new' };
    const [known = { kind: 'running' as const }] = await knownAttempts(pool, [attempt], now());
    return known.kind === 'new' ? { kind: 'running' } : known; // between two attempts: the other one was there first
  },
  /** Work that may last, as where others are served first: for as long as it does nobody begins it a second time. */
  lasting: async <T>(attempt: Attempt, work: () => Promise<T>): Promise<T> => {
    const prolonging = setInterval(() => {
      void prolongAttempt(pool, attempt).catch(() => null); // the database is away: the next one may be in time
    }, prolongedEveryMs);
    try {
      return await work();
    } finally {
      clearInterval(prolonging);
    }
  },
  finish: (attempt: Attempt, answer: Answer) => finishAttempt(pool, attempt, answer),
  forget: (attempt: Attempt) => forgetAttempt(pool, attempt),
});
