import type { Instant } from '../../src/domain/time.ts';
import { openEngine } from '../../src/jobs/engine.ts';
import { startJobs } from '../../src/jobs/start.ts';
import { openRuntime } from '../../src/runtime.ts';

// A worker process of a city whose clock is off by so many milliseconds: node timer-worker.ts <database> <offset>
const [databaseUrl = '', offsetMs = '0'] = process.argv.slice(2);
const log = { info: () => {}, warn: () => {}, error: console.error };
const runtime = await openRuntime(
  { databaseUrl, drill: null, log, poolSize: 8 },
  () => (Date.now() + Number(offsetMs)) as Instant,
);
const engine = openEngine({ redisUrl: null, databaseUrl, log });
const jobs = startJobs({ deps: runtime.deps, notices: runtime.notices, engine, log, drill: false });
process.once('SIGTERM', () => {
  void jobs
    .stop()
    .then(() => engine.close())
    .then(() => runtime.close());
});
process.stdout.write('ready\n');
