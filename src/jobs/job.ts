import type { BulkJob } from './connection.ts';

/** The three levels this folder logs at; a pino logger is one. Never given more than ids, counts and error messages. */
export type Log = Readonly<Record<'info' | 'warn' | 'error', (what: object, message: string) => void>>;

/** A job to add. `id` such as `fact-42`: BullMQ refuses integers and a single colon. `data` holds ids and versions only. */
export type NewJob = Readonly<{
  id: string;
  name: string;
  data: object;
  delayMs?: number;
  attempts?: number;
  backoffMs?: number;
}>;
/** A job as a handler sees it; `attempt` counts from 1, `isLast` says that failing now is final. */
export type TakenJob = Readonly<{ id: string; name: string; data: unknown; attempt: number; isLast: boolean }>;

export const toBulk = ({ id, name, data, delayMs = 0, attempts = 1, backoffMs = 1000 }: NewJob): BulkJob => ({
  name,
  data,
  opts: {
    jobId: id,
    delay: delayMs,
    attempts,
    backoff: { type: 'exponential', delay: backoffMs },
    // A job that stays known after its end would make BullMQ ignore the same id for ever.
    removeOnComplete: true,
    removeOnFail: true,
  },
});
