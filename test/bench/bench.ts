import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { bodies } from './bodies.ts';
import { type Ceiling, ceilingOf } from './ceiling.ts';
import { claimScript, clerks, measureClaims } from './claims.ts';
import { drive, keepAliveClient, type Measured } from './load.ts';
import { type Server, startServer } from './server.ts';
import { shadowOfCreate } from './shadow.ts';
import { measureTimers } from './timers.ts';

const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '10' }, profile: { type: 'string' } },
});
const seconds = Number(asked.seconds);
const connections = 64;

if (positionals[0] === 'timers') {
  console.log(await measureTimers(Number(positionals[1] ?? '10000')));
  process.exit(0);
}

const server = await startServer(asked.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${asked.profile}`]);
try {
  const idleMb = server.residentMb();
  const { creates, script } = await measureCreates(server);
  const createsCeiling = await ceilingOf(server.databaseUrl, script, { clients: connections, seconds });
  const claims = await measureClaims(server, seconds);
  const claimsCeiling = await ceilingOf(server.databaseUrl, claimScript, { clients: clerks, seconds: seconds / 2 });
  await queuesLeft(server.databaseUrl);
  console.log(
    `machine       ${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, PostgreSQL ${await postgresVersion(server.databaseUrl)}`,
  );
  console.log(`memory        ${idleMb} MB at rest, ${server.residentMb()} MB after`);
  print('creates', creates, createsCeiling);
  print('claim + sign', claims, claimsCeiling);
} finally {
  await server.close();
}

function print(what: string, { perSecond, p50Ms, p99Ms }: Measured, ceiling: Ceiling): void {
  console.log(
    `${what.padEnd(13)} ${perSecond.toFixed(0)}/s (p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms), ${ceiling.by} ${ceiling.perSecond.toFixed(0)}/s, ratio ${(perSecond / ceiling.perSecond).toFixed(2)}`,
  );
}

/** Durable creates a second, each a request of its own, and the script of transactions that write the same rows. */
async function measureCreates({ url, databaseUrl, keys }: Server) {
  const client = keepAliveClient(url, connections);
  const next = bodies(1);
  // A key has a limit of its own, so the load is spread over several.
  const as = [
    'operator',
    'dispatcher',
    'shiftLeader',
    ...Object.keys(keys).filter((name) => /^unit:\d{9}$/.test(name)),
  ];
  let n = 0;
  let last = '';
  const create = async (worker: number): Promise<boolean> => {
    const key = keys[as[worker % as.length] ?? ''] ?? '';
    const reply = await client.post('/v1/requests', key, next(), { 'idempotency-key': `bench-${++n}` });
    if (reply.status !== 201) throw new Error(`create: ${reply.status} ${reply.text}`);
    last = reply.text;
    return true;
  };
  await drive(create, { atOnce: connections, seconds: Math.min(3, seconds) });
  const creates = await drive(create, { atOnce: connections, seconds });
  client.close();
  const made = JSON.parse(last) as { workOrder: { id: string } };
  return { creates, script: await shadowOfCreate(databaseUrl, made.workOrder.id) };
}

/** An emptied queue would have made the ceiling too high. */
async function queuesLeft(databaseUrl: string): Promise<void> {
  const left = await ask<{ count: number }>(databaseUrl, 'select count(*)::int from bench.work_orders where claimable');
  if (left.count === 0) throw new Error('the ceiling ran out of orders to claim: measure for fewer seconds');
}

async function postgresVersion(databaseUrl: string): Promise<string> {
  return (await ask<{ server_version: string }>(databaseUrl, 'show server_version')).server_version;
}

async function ask<T extends pg.QueryResultRow>(databaseUrl: string, sql: string): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<T>(sql);
  await client.end();
  return rows[0] as T;
}
