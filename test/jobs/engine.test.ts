import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { type Engine, openEngine } from '../../src/jobs/engine.ts';
import { atEnd, engines } from '../contract/engines.ts';

const soon = { timeout: 10_000, interval: 20 };
const log = { info: () => {}, warn: () => {}, error: () => {} };
const job = (id: string) => ({ id, name: 'some', data: {} });
const [{ makeWorld }] = engines as [(typeof engines)[number]];

test('processes that start together on an empty database all get the queue', async () => {
  const world = await makeWorld();
  await world.pool.query('drop schema if exists bullmq cascade');
  const together = [1, 2, 3, 4].map(() => world.open());
  await Promise.all(together.map((engine, at) => engine.queue('deliver').add([job(`fact-${at}`)])));
  expect(await together[0]?.queue('deliver').count()).toBe(4);
});

test('a closed engine refuses calls, and leaves no session behind', async () => {
  const world = await makeWorld();
  const engine = world.open();
  engine.worker('deliver', async () => {}, { concurrency: 1 });
  await engine.queue('deliver').add([job('fact-1')]);
  await engine.close();
  await expect(engine.queue('deliver').add([job('fact-2')])).rejects.toThrow('closed');
  const sessions = async () =>
    (
      await world.pool.query(
        'select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
    ).rowCount;
  await expect.poll(sessions, soon).toBe(0);
});

const hasServer = spawnSync('redis-server', ['--version']).status === 0;
if (!hasServer) console.warn('left out: a full Redis and a cluster need redis-server on the PATH');
// A server of its own, since these tests change how it is set up.
describe.each(hasServer ? ['redis-server'] : [])('with a %s of our own', (binary) => {
  async function startRedis(...settings: string[]): Promise<{ url: string; client: Redis }> {
    const dir = await mkdtemp(join(tmpdir(), 'gridcall-redis-'));
    const port = await freePort();
    const options = [
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--maxmemory-policy',
      'noeviction',
      '--dir',
      dir,
      ...settings,
    ];
    const child = spawn(binary, ['--port', `${port}`, ...options], { stdio: 'ignore' });
    atEnd(() => end(child, dir));
    const client = new Redis(port, { maxRetriesPerRequest: null });
    client.on('error', () => {});
    atEnd(async () => client.disconnect());
    await client.ping();
    return { url: `redis://127.0.0.1:${port}`, client };
  }
  function openOn(redisUrl: string, warn = log.warn): Engine {
    const engine = openEngine({ redisUrl, databaseUrl: '', log: { ...log, warn }, probeMs: 100, callMs: 2000 });
    atEnd(() => engine.close());
    return engine;
  }

  test('a full Redis rests the workers instead of letting them spin, and they go on when there is room', async () => {
    const { url, client } = await startRedis();
    const engine = openOn(url);
    const seen: string[] = [];
    engine.worker('deliver', async ({ id }) => void seen.push(id), { concurrency: 4 });
    await engine.queue('deliver').add([{ ...job('fact-1'), delayMs: 200 }]);
    await client.config('SET', 'maxmemory', '1');
    await expect.poll(() => engine.health(), soon).toBe('down');
    // The commands of a resting engine are its few probes; a spinning worker sends thousands a second.
    const before = await evalCalls(client);
    await expect(engine.queue('deliver').add([job('fact-2')])).rejects.toThrow('did not answer');
    expect((await evalCalls(client)) - before).toBeLessThan(100);
    await client.config('SET', 'maxmemory', '0');
    await expect.poll(() => seen, soon).toEqual(['fact-1']);
    await engine.queue('deliver').add([job('fact-3')]);
    await expect.poll(() => seen, soon).toEqual(['fact-1', 'fact-3']);
  });

  test('a Redis Cluster serves, because all keys of the queue share one hash tag', async () => {
    const bus = String(await freePort());
    const announce = ['--cluster-announce-ip', '127.0.0.1', '--cluster-port', bus];
    const { url, client } = await startRedis('--cluster-enabled', 'yes', ...announce);
    await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await expect.poll(() => client.call('CLUSTER', 'INFO'), soon).toContain('cluster_state:ok');
    const engine = openOn(`${url},${url}`);
    const seen: string[] = [];
    engine.worker('deliver', async ({ id }) => void seen.push(id), { concurrency: 1 });
    await engine.queue('deliver').add([job('fact-1'), { ...job('fact-2'), delayMs: 50 }]);
    await expect.poll(() => seen, soon).toEqual(['fact-1', 'fact-2']);
  });
});

/** How often the server ran a script, which is all a BullMQ worker does. */
async function evalCalls(client: Redis): Promise<number> {
  const stats = await client.info('commandstats');
  return [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}

async function end(child: ChildProcess, dir: string): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  await rm(dir, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
