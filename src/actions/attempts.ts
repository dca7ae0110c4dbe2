import {
  type Answer,
  type Attempt,
  beginAttempt,
  finishAttempt,
  forgetAttempt,
  type Known,
  knownAttempts,
} from '../store/idempotency.ts';
import type { Deps } from './deps.ts';

export type { Answer, Attempt } from '../store/idempotency.ts';

/** Remembers answers of calls that keep nothing themselves. One that dies half way may be tried again after 30 seconds. */
export const beginning = ({ pool, now }: Deps) => ({
  begin: async (attempt: Attempt): Promise<Known> => {
    if (await beginAttempt(pool, attempt, now())) return { kind: 'new' };
    const [known = { kind: 'running' as const }] = await knownAttempts(pool, [attempt], now());
    return known.kind === 'new' ? { kind: 'running' } : known; // between two attempts: the other one was there first
  },
  finish: (attempt: Attempt, answer: Answer) => finishAttempt(pool, attempt, answer),
  forget: (attempt: Attempt) => forgetAttempt(pool, attempt),
});
