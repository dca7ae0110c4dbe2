import { type ExportDeps, workExports } from '../actions/exports.ts';
import type { Log } from './job.ts';

/** Works on exports that wait, in real time and beside everything else that runs: a long table keeps no clock from firing. */
export function startExports(deps: ExportDeps, log: Log, pollMs = 2000): Readonly<{ stop(): Promise<void> }> {
  let isStopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    running = workExports(deps)
      .then(
        () => {},
        (error: { code?: string }) => log.warn({ code: error.code }, 'exports could not be worked on'),
      )
      .finally(() => {
        if (!isStopped) timer = setTimeout(look, pollMs);
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
