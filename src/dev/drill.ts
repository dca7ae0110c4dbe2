import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gasLeak } from './drill-gas.ts';
import { ending, storyOf } from './drill-story.ts';
import { stuckCase } from './drill-stuck.ts';
import { calling, expected } from './replay-calls.ts';
import { type CityProcess, startCity } from './replay-server.ts';

const usage = `npm run drill
  starts a city of its own on 2 March 2026, lets a month pass in seconds, and tells what happened and why:
  a gas leak at night that nobody signs for, and a case that nobody wants. 0 when everything expected happened, else 1.`;

const monday = '2026-03-02';

/** Plays the drill in a city of its own, which is gone afterwards. */
async function main(): Promise<number> {
  if (process.argv.length > 2) {
    console.log(usage);
    return process.argv[2] === '--help' ? 0 : 2;
  }
  const folder = await mkdtemp(join(tmpdir(), 'gridcall-drill-'));
  await chmod(folder, 0o755); // as root, PostgreSQL's own user has to reach it
  let city: CityProcess | null = null;
  try {
    city = await startCity(folder, {
      DATABASE_URL: '',
      DATABASE_REPLICA_URL: '',
      REDIS_URL: '',
      GRIDCALL_DRILL: `${monday}T00:00:00+08:00`,
    });
    return await play(city);
  } finally {
    await city?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function play({ url, keys }: CityProcess): Promise<number> {
  const call = calling(url, keys);
  const names = new Map<string, string>();
  for (let next: string | null = ''; next !== null; ) {
    const path: string = `units?limit=200${next === '' ? '' : `&cursor=${encodeURIComponent(next)}`}`;
    const page = expected<Units>(await call('shiftLeader', 'GET', path), 'units');
    for (const { code, name } of page.items) names.set(code, name);
    next = page.nextCursor;
  }
  const say = (line: string): void => console.log(line);
  const { story, ...verdict } = storyOf(call, names, say);
  await gasLeak(story, monday);
  await stuckCase(story, monday);
  return ending(verdict, say);
}

type Units = Readonly<{ items: readonly { code: string; name: string }[]; nextCursor: string | null }>;

process.exitCode = await main().catch((error: Error) => {
  console.error(error.message);
  return 1;
});
