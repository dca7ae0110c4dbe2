import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playMonth, tenthOfIt, toldMonth } from './month.ts';
import { calling, expected } from './replay-calls.ts';
import { type CityProcess, startCity } from './replay-server.ts';

const usage = `npm run powers-month [-- --tenth]
  plays a month of a street's calls in a city of its own, and says what the summary of the power makes of it:
  0 when that is the sentence "20 units, 213 calls, 3,657 cases, 99 % closed", else 1. --tenth: a tenth of it`;

const march = new URLSearchParams({ from: '2026-03-01T00:00:00+08:00', to: '2026-04-01T00:00:00+08:00' });

type Summary = Readonly<{
  units: number;
  calls: number;
  cases: number;
  closure: Readonly<{ numerator: number; denominator: number; share: number }>;
  reportInOnTime: Readonly<{ numerator: number; denominator: number }>;
}>;

async function main(): Promise<number> {
  const [asked, ...more] = process.argv.slice(2);
  if (more.length > 0 || (asked !== undefined && asked !== '--tenth')) {
    console.log(usage);
    return asked === '--help' ? 0 : 2;
  }
  const month = asked === '--tenth' ? tenthOfIt : toldMonth;
  const folder = await mkdtemp(join(tmpdir(), 'gridcall-month-'));
  await chmod(folder, 0o755); // as root, PostgreSQL's own user has to reach it
  let city: CityProcess | null = null;
  try {
    const drill = { GRIDCALL_DRILL: '2026-03-02T09:00:00+08:00' };
    city = await startCity(folder, { DATABASE_URL: '', DATABASE_REPLICA_URL: '', REDIS_URL: '', ...drill });
    const call = calling(city.url, city.keys);
    const pass = (ms: number) => call('admin', 'POST', 'drill/clock/advance', { by: `PT${ms / 1000}S` });
    const street = await playMonth({ call, pass }, month);
    const reply = await call(`unit:${street}`, 'GET', `streets/${street}/powers/summary?${march.toString()}`);
    const { units, calls, cases, closure, reportInOnTime } = expected<Summary>(reply, 'summary');
    const percent = Math.round(closure.share * 100);
    console.log(
      `${units} 个部门、${calls} 次、${cases} 件、办结 ${percent}%。 ${units} units, ${calls} calls, ${cases} cases, ${percent} % closed (${closure.numerator} of ${closure.denominator}); ${reportInOnTime.numerator} of ${reportInOnTime.denominator} reported in on time.`,
    );
    const isTold = units === month.units && calls === month.calls && cases === month.cases;
    return isTold && closure.numerator === month.closed ? 0 : 1;
  } finally {
    await city?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main().catch((error: Error) => {
  console.error(error.message);
  return 1;
});
