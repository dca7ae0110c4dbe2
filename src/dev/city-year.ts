import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Deps } from '../actions/deps.ts';
import { countFacts } from '../actions/measure.ts';
import { rates } from '../actions/statistics.ts';
import { openRuntime } from '../runtime.ts';
import { migrate } from '../store/migrate.ts';
import { auditor, type Compared, compareYear, yearSpan } from './city-year-compare.ts';
import { countedAt, liveYear, year } from './city-year-live.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { loadDemo } from './load-demo.ts';

const usage = `npm run city-year -- [options]
  lives a year of the demo city by its own rules, counts it as the service does and once more in plain SQL, and compares
  --orders <n>   how many orders are lived (default: 50000)
  --seed <n>     the same number gives the same year (default: 12345)
  --keep <dir>   where the city is kept (default: a new folder that is removed afterwards)
  ends with 1 where any figure differs`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      orders: { type: 'string', default: '50000' },
      seed: { type: 'string', default: '12345' },
      keep: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [orders, seed] = [Number(values.orders), Number(values.seed)];
  if (values.help || !Number.isInteger(orders) || orders < 1 || !Number.isInteger(seed)) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const dataDir = values.keep ?? (await mkdtemp(join(tmpdir(), 'gridcall-year-')));
  if (values.keep === undefined) await chmod(dataDir, 0o755); // as root, PostgreSQL's own user has to reach it
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  try {
    await migrate(postgres.url);
    const runtime = await openRuntime({ databaseUrl: postgres.url, drill: null, log, dataDir }, () => countedAt);
    try {
      await loadDemo(runtime.deps.pool, countedAt);
      await runtime.reloadCity();
      return await run(runtime.deps, orders, seed);
    } finally {
      await runtime.close();
    }
  } finally {
    await postgres.close();
    if (values.keep === undefined) await rm(dataDir, { recursive: true, force: true });
  }
}

async function run(deps: Deps, orders: number, seed: number): Promise<number> {
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const done = await work();
    console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(2)} s`);
    return done;
  };
  const kept = await timed(`lived and kept`, () => liveYear(deps, { orders, seed }));
  await deps.pool.query('analyze');
  const facts = await timed('counted by the service', () => countFacts(deps));
  await timed('the rates of the whole year by unit', () =>
    rates(deps, { ...yearSpan(year), by: 'unit', w: 0 }, auditor),
  );
  const compared = await timed('counted again in SQL and compared', () => compareYear(deps, year));
  console.log(`${kept} orders, ${facts} facts, ${compared.cells} figures of ${compared.keys} keys compared`);
  report(compared);
  return compared.differences.length === 0 ? 0 : 1;
}

function report({ whole, differences }: Compared): void {
  console.table(
    Object.fromEntries(
      Object.entries(whole).map(([name, { numerator, denominator, notReached, excluded, share }]) => [
        name,
        { numerator, denominator, notReached, excluded, share },
      ]),
    ),
  );
  for (const difference of differences.slice(0, 200)) console.log(difference);
  console.log(differences.length === 0 ? 'both counts agree on every figure' : `${differences.length} figures differ`);
}

process.exitCode = await main();
