import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, isIPv6, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import pg from 'pg';
import { type Config, readConfig, StartupError } from './config.ts';
import { startEmbeddedPostgres } from './dev/embedded-postgres.ts';
import type { HttpDeps } from './http/zod.ts';
import { openLog, placeOf } from './log.ts';
import { migrate } from './store/migrate.ts';

/** What was opened so far, to be closed in reverse. */
const opened: (() => Promise<unknown>)[] = [];

await run();

/** Starts the service; what keeps it from starting is told in plain lines, without a stack. */
async function run(): Promise<void> {
  try {
    const config = readConfig(process.env);
    const log = openLog(config.logLevel);
    const closing = closeWithGrace({ delay: 24_000, logger: false }, async ({ err, signal }) => {
      if (err) log.error(placeOf(err), 'stops because of an error nobody caught');
      else log.info({ signal }, 'stops');
      await closeAll();
    });
    if (process.env.npm_lifecycle_event?.startsWith('start')) followParent(closing.close);
    const url = await start(config, log);
    process.stdout.write(`ready ${url ?? 'worker'}\n`);
  } catch (error) {
    if (error instanceof StartupError) process.stderr.write(`${error.message}\n`);
    else console.error(error);
    await closeAll();
    process.exit(1);
  }
}

/** An npm that was killed cannot hand the signal on; what it started ends with it. */
function followParent(end: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, 500);
  watch.unref();
}

async function closeAll(): Promise<void> {
  for (const close of opened.splice(0).toReversed()) await close().catch(() => {});
}

type Log = ReturnType<typeof openLog>;

/** Opens everything in the order it is needed. Answers with where it listens; null for a worker whose port is taken. */
async function start(config: Config, log: Log): Promise<string | null> {
  const isApi = config.roles.has('api');
  if (isApi) await checkPort(config);
  const starting = config.databaseUrl === null ? startOwnPostgres(config, log) : Promise.resolve(config.databaseUrl);
  const [databaseUrl, modules] = await Promise.all([starting, loadModules()]);
  await bringUpToDate(databaseUrl);
  await keepDrillsApart(databaseUrl, config);
  if (config.databaseUrl === null || config.demo) await loadDemoCity(databaseUrl, config);

  const drill = config.drill !== null;
  const runtime = await modules.openRuntime({
    databaseUrl,
    replicaUrl: config.databaseReplicaUrl,
    drill: config.drill,
    log,
    webhookAllow: config.webhookAllow,
    publicUrl: config.publicUrl,
    dataDir: config.dataDir,
  });
  opened.push(() => runtime.close());
  const { deps, notices } = runtime;
  const engine = modules.openEngine({ redisUrl: config.redisUrl, databaseUrl, log });
  opened.push(() => engine.close());
  if (config.roles.has('worker')) {
    const jobs = modules.startJobs({ deps, notices, engine, log, drill, webhookAllow: config.webhookAllow });
    opened.push(() => jobs.stop());
  }
  const queue = engine.health;
  const metrics = config.metricsPort === null ? undefined : await serveMetrics(config.metricsPort, config, deps, queue);
  const app = await modules.buildApp({ ...deps, queue, drill, isApi, logger: log, ...(metrics && { metrics }) });
  opened.push(async () => {
    deps.waits.close();
    // A connection whose request is answered while we close would stay open for its next one.
    const idle = setInterval(() => app.server.closeIdleConnections(), 50);
    // What still hangs on one after this must not keep the rest from ending in time.
    const last = setTimeout(() => app.server.closeAllConnections(), 5000);
    await app.close();
    clearInterval(idle);
    clearTimeout(last);
  });
  await notices.ready();
  try {
    await app.listen({ port: config.port, host: config.host });
  } catch (error) {
    if (isApi || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw portError(error, config);
    return null;
  }
  const url = urlOf(config.host, (app.server.address() as AddressInfo).port);
  const { refreshDemoFile } = await import('./dev/demo-file.ts');
  if (isApi) await refreshDemoFile(config.dataDir, url);
  await giveTime(queue);
  if (queue() === 'down')
    log.warn({ engine: engine.kind }, 'queue engine is away: what follows a request waits for it');
  return url;
}

/** Who is told that we are ready finds the queue there as well, unless it is really away. */
async function giveTime(queue: () => 'up' | 'down'): Promise<void> {
  const last = performance.now() + 2000;
  while (queue() === 'down' && performance.now() < last) await pause(20);
}

async function startOwnPostgres({ dataDir }: Config, log: Log): Promise<string> {
  const say = (level: 'info' | 'warn' | 'error') => (message: string) => log[level](message);
  const own = await startEmbeddedPostgres({
    dataDir,
    log: { info: say('info'), warn: say('warn'), error: say('error') },
  });
  opened.push(own.close);
  return own.url;
}

/** The larger part of the program, read while PostgreSQL starts. */
async function loadModules() {
  const [runtime, engine, jobs, app] = await Promise.all([
    import('./runtime.ts'),
    import('./jobs/engine.ts'),
    import('./jobs/start.ts'),
    import('./app.ts'),
  ]);
  return { ...runtime, ...engine, ...jobs, ...app };
}

async function bringUpToDate(databaseUrl: string): Promise<void> {
  try {
    await migrate(databaseUrl);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const { hostname, port } = new URL(databaseUrl);
    const at = `${hostname}:${port || 5432}`;
    throw new StartupError(`PostgreSQL at ${at} cannot be used: ${message || code}`, { cause: error });
  }
}

/** A drill and a real city never share a database: neither would believe the other's dates. */
async function keepDrillsApart(databaseUrl: string, { drill }: Config): Promise<void> {
  const { drillFault } = await import('./store/clock.ts');
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  try {
    const fault = await drillFault(pool, drill !== null);
    const another = 'another GRIDCALL_DATA_DIR or DATABASE_URL';
    if (fault === 'was_drill')
      throw new StartupError(`this database is a drill's: set GRIDCALL_DRILL=1 to go on with it, or ${another}`);
    if (fault === 'is_city') throw new StartupError(`this database holds a city's orders: a drill needs ${another}`);
  } finally {
    await pool.end();
  }
}

/** The keys of a city that is new here go into the data directory before the city is there. */
async function loadDemoCity(databaseUrl: string, { dataDir, drill, host, port }: Config): Promise<void> {
  const [{ loadDemo }, { writeDemoFile }, { startClockAt }] = await Promise.all([
    import('./dev/load-demo.ts'),
    import('./dev/demo-file.ts'),
    import('./store/clock.ts'),
  ]);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  try {
    const now = await startClockAt(pool, drill);
    await loadDemo(pool, now(), (made) => writeDemoFile(dataDir, urlOf(host, port), made));
  } finally {
    await pool.end();
  }
}

/** Measures and answers collectors on a port of its own, which is not for the public. */
async function serveMetrics(port: number, { host }: Config, deps: HttpDeps, queue: () => 'up' | 'down') {
  const { openMetrics } = await import('./http/metrics.ts');
  const metrics = openMetrics({ deps, queue });
  const server = createHttpServer((request, response) => {
    if (request.url !== '/metrics') return response.writeHead(404).end();
    metrics.text().then(
      (text) => response.setHeader('content-type', metrics.contentType).end(text),
      () => response.writeHead(500).end(),
    );
    return response;
  });
  await listenOn(server, port, host);
  opened.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return metrics;
}

/** A port that is taken is told before anything else is begun. */
async function checkPort({ port, host }: Config): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  await listenOn(probe, port, host);
  await new Promise((resolve) => probe.close(resolve));
}

async function listenOn(server: Server, port: number, host: string): Promise<void> {
  server.listen({ port, host });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw portError(error, { port, host });
  }
}

function portError(error: unknown, { port, host }: Pick<Config, 'port' | 'host'>): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  const why = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be listened on (${code})`;
  return new StartupError(`port ${port} on ${host} ${why}`, { cause: error });
}

/** An address at which this machine reaches what listens on `host`. */
function urlOf(host: string, port: number): string {
  const near = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${isIPv6(near) ? `[${near}]` : near}:${port}`;
}
