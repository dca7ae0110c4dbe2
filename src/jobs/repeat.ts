import type { Log } from './job.ts';

/** Does something again and again in real time, beside everything else that runs; a failure is logged and tried again. */
export function repeating(
  work: () => Promise<unknown>,
  { everyMs, failed, log }: Readonly<{ everyMs: number; failed: string; log: Log }>,
): Readonly<{ stop(): Promise<void> }> {
  let isStopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    running = work()
      .then(
        () => {},
        (error: { code?: string }) => log.warn({ code: error.code }, failed),
      )
      .finally(() => {
        if (!isStopped) timer = setTimeout(look, everyMs);
      });
  };
  look();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
