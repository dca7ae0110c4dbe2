import { recountAll } from './actions/measure.ts';
import { databaseOf, StartupError } from './config.ts';
import type { Measure } from './domain/measure.ts';
import { openRuntime } from './runtime.ts';

const usage = `usage: npm run rates:rebuild
Counts every order anew by the same rule, says which had been counted differently, and keeps the new rows.
DATABASE_URL names the database; without it, the one of the gridcall that runs in GRIDCALL_DATA_DIR is used.
Ends with 1 where anything differed.`;

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function run(args: readonly string[]): Promise<number> {
  if (args.length > 0) return print(usage);
  const databaseUrl = await databaseOf(process.env);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const { deps, close } = await openRuntime({ databaseUrl, drill: null, log, poolSize: 2 });
  try {
    const { orders, differences } = await recountAll(deps);
    for (const { orderId, had, has } of differences) print(`${orderId}: ${changesOf(had, has).join('; ')}`);
    print(`${orders} orders counted anew, ${differences.length} had been counted differently`);
    return differences.length === 0 ? 0 : 1;
  } finally {
    await close();
  }
}

/** What was one thing and is another, unit by unit. */
function changesOf(had: readonly Measure[], has: readonly Measure[]): readonly string[] {
  const units = [...new Set([...had, ...has].map(({ unit }) => unit))].toSorted();
  return units.flatMap((unit) => {
    const [before, after] = [had, has].map((rows) => rows.find((row) => row.unit === unit));
    if (before === undefined) return [`no row of ${unit}`];
    if (after === undefined) return [`a row of ${unit} too many`];
    const names = Object.keys(after) as (keyof Measure)[];
    return names
      .filter((name) => String(before[name]) !== String(after[name]))
      .map((name) => `${unit} ${name} ${String(before[name])}, now ${String(after[name])}`);
  });
}

function print(line: string): number {
  process.stdout.write(`${line}\n`);
  return 0;
}
