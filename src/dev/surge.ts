import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCity } from './replay-server.ts';
import { playSurge } from './surge-run.ts';

const usage = `npm run surge -- [options]
  starts a city of its own, plays one power cut over HTTP, and tells what came of every call and how long intake took
  --calls <n>         calls within one hour of the city (default: 5000)
  --concurrency <n>   calls at once (default: 32)
  --data <folder>     where that city is kept (default: a new one that is removed afterwards)`;

/** Reads the command line and plays the surge; 1 where something did not come out. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      calls: { type: 'string', default: '5000' },
      concurrency: { type: 'string', default: '32' },
      data: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [calls, concurrency] = [Number(values.calls), Number(values.concurrency)];
  if (values.help || ![calls, concurrency].every((n) => Number.isInteger(n) && n > 0)) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const folder = values.data ?? (await mkdtemp(join(tmpdir(), 'gridcall-surge-')));
  if (values.data === undefined) await chmod(folder, 0o755); // as root, PostgreSQL's own user has to reach it
  try {
    const city = await startCity(folder, {
      DATABASE_URL: '',
      REDIS_URL: '',
      GRIDCALL_DRILL: '2026-07-20T19:00:00+08:00',
    });
    try {
      return (await playSurge({ url: city.url, keys: city.keys, calls, concurrency })) ? 0 : 1;
    } finally {
      await city.close();
    }
  } finally {
    if (values.data === undefined) await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main().catch((error: Error) => {
  console.error(error.message);
  return 1;
});
