import { Worker } from 'node:worker_threads';
import type { ImportOptions, ImportReport } from '../domain/area-import.ts';
import type { AreaAnswer, AreaTask } from './area-worker.ts';

/** An import opened in a thread of its own, so that everybody else is answered meanwhile. */
export type OpenImport = Readonly<{
  /** What stood beside the features; null where it was no JSON object. */
  envelope: Readonly<Record<string, unknown>> | null;
  features: number;
  /** Areas as JSON texts, each a list, with the report on them. */
  check: (options: ImportOptions) => Promise<Readonly<{ chunks: readonly string[]; report: ImportReport }>>;
}>;

// Each holds its file several times over in memory: one at a time.
let before: Promise<unknown> = Promise.resolve();

/** Opens an import, hands it to `work`, and ends its thread whatever happens. The bytes are the thread's from then on. */
export function withImport<R>(bytes: Uint8Array, work: (opened: OpenImport) => Promise<R>): Promise<R> {
  const turn = before.then(async () => {
    const worker = new Worker(new URL('area-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 2048 },
    });
    try {
      const copy = new Uint8Array(bytes); // a small buffer shares its memory with others
      const opened = await ask(worker, { bytes: copy }, [copy.buffer]);
      if (!('envelope' in opened)) throw new Error('the import was not opened');
      return await work({
        ...opened,
        check: async (options) => {
          const checked = await ask(worker, { options });
          if (!('chunks' in checked)) throw new Error('the import was not checked');
          return checked;
        },
      });
    } finally {
      await worker.terminate();
    }
  });
  before = turn.catch(() => {});
  return turn;
}

function ask(worker: Worker, task: AreaTask, transfer: readonly ArrayBuffer[] = []): Promise<AreaAnswer> {
  return new Promise((resolve, reject) => {
    const settled = (): void => {
      worker.off('message', answered);
      worker.off('error', failed);
      worker.off('exit', ended);
    };
    const answered = (answer: AreaAnswer): void => {
      settled();
      resolve(answer);
    };
    const failed = (error: Error): void => {
      settled();
      reject(error);
    };
    const ended = (): void => failed(new Error('the thread of an import ended'));
    worker.on('message', answered);
    worker.on('error', failed);
    worker.on('exit', ended);
    worker.postMessage(task, [...transfer]);
  });
}
