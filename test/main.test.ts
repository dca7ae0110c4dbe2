import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test } from 'vitest';
import { aLight } from './support/city.ts';
import { freshDatabase } from './support/database.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const running = new Set<ChildProcess>();
const folders: string[] = [];
afterEach(async () => {
  for (const child of running) await ended(child, 'SIGKILL');
});
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gridcall-main-'));
  await chmod(folder, 0o755);
  folders.push(folder);
  return folder;
}

/** A process of the program. `ready` has its address, or rejects with what it said on stderr when it ended instead. */
function start(dataDir: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', './src/node-version.mjs', 'src/main.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', GRIDCALL_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let out = '';
  let err = '';
  child.stderr.on('data', (text) => (err += text));
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.stdout.on('data', (text) => {
    out += text;
    const url = /^ready (.*)\n/m.exec(out)?.[1];
    if (url) resolve(url);
  });
  child.once('close', (code) => reject(new Error(`ended with ${code}: ${err}`)));
  promise.catch(() => {});
  return { child, ready: promise, out: () => out, err: () => err };
}

async function ended(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    if (signal) child.kill(signal);
    await once(child, 'exit');
  }
  running.delete(child);
  return child.exitCode;
}

const keysIn = async (dataDir: string): Promise<{ url: string; keys: Record<string, string>; vendorSecret: string }> =>
  JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8'));

const send = async (url: string, key: string | undefined, path: string, body?: object) => {
  const reply = await fetch(`${url}/v1/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': 'k1' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: JSON.parse(await reply.text()) };
};

/** Processes of PostgreSQL that work in this data directory. */
const serversIn = async (dataDir: string): Promise<string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(`${dataDir}/postgres`));
};

test('from nothing to a city that answers; what it said it stored is there after kill -9, and nothing is left behind', async () => {
  const dataDir = await newFolder();
  const first = start(dataDir);
  const url = await first.ready;
  expect(first.out()).toBe(`ready ${url}\n`);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const demo = await keysIn(dataDir);
  expect(demo.url).toBe(url);
  expect((await stat(join(dataDir, 'demo.json'))).mode & 0o777).toBe(0o600);
  expect(Object.keys(demo.keys)).toEqual(expect.arrayContaining(['operator', 'admin', 'unit:hotline', 'unit:510107']));
  expect(demo.vendorSecret).toMatch(/^whsec_/);
  const made = await send(url, demo.keys.operator, 'requests', aLight());
  expect(made.status).toBe(201);

  await ended(first.child, 'SIGKILL');
  if (process.platform === 'linux') await expect.poll(() => serversIn(dataDir), { timeout: 10_000 }).toEqual([]);

  const second = start(dataDir);
  const again = await second.ready;
  expect(await keysIn(dataDir)).toEqual({ ...demo, url: again });
  const found = await send(again, demo.keys.operator, `work-orders/${made.body.workOrder.id}`);
  expect([found.status, found.body.number]).toEqual([200, made.body.request.number]);
  expect((await send(again, demo.keys.operator, 'requests', aLight())).body).toEqual(made.body);

  expect(await ended(second.child, 'SIGTERM')).toBe(0);
  expect(second.err()).toBe('');
  expect(existsSync(join(dataDir, 'gridcall.pid'))).toBe(false);
  expect(await serversIn(dataDir)).toEqual([]);
}, 60_000);

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'npm start ends with %s and leaves nothing running',
  async (signal) => {
    const dataDir = await newFolder();
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', GRIDCALL_DATA_DIR: dataDir };
    const npm = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'ignore'] });
    running.add(npm);
    let out = '';
    npm.stdout.on('data', (text) => (out += text));
    await expect.poll(() => out, { timeout: 30_000 }).toMatch(/^ready http/m);
    expect(await ended(npm, signal)).toBe(signal === 'SIGTERM' ? 0 : null);
    await expect.poll(() => existsSync(join(dataDir, 'gridcall.pid')), { timeout: 20_000 }).toBe(false);
    expect(await serversIn(dataDir)).toEqual([]);
  },
  60_000,
);

test('a request under way is answered before the process ends', async () => {
  const dataDir = await newFolder();
  const { child, ready } = start(dataDir);
  const url = await ready;
  const { keys } = await keysIn(dataDir);
  const answers = Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      fetch(`${url}/v1/requests`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${keys.operator}`,
          'content-type': 'application/json',
          'idempotency-key': `k${n}`,
        },
        body: JSON.stringify(aLight()),
      }).then(
        (reply) => reply.status,
        () => 'refused',
      ),
    ),
  );
  await expect.poll(async () => (await fetch(`${url}/livez`)).status).toBe(200);
  expect(await ended(child, 'SIGINT')).toBe(0);
  // Whoever came too late was turned away; nobody was left without an answer.
  for (const status of await answers) expect([201, 503, 'refused']).toContain(status);
}, 60_000);

test('every wrong setting is listed, and nothing was begun', async () => {
  const dataDir = join(await newFolder(), 'data');
  const { child, err } = start(dataDir, { PORT: '99999', ROLES: 'api,boss', GRIDCALL_DEMMO: '1' });
  expect(await ended(child)).toBe(1);
  expect(err().trim().split('\n').toSorted()).toEqual([
    'GRIDCALL_DEMMO: no such setting',
    'PORT: must be a port, 0 to 65535',
    expect.stringMatching(/^ROLES: /),
  ]);
  expect(existsSync(dataDir)).toBe(false);
});

test('a port that is taken is named', async () => {
  const dataDir = join(await newFolder(), 'data');
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const { child, err } = start(dataDir, { PORT: String(port) });
  expect(await ended(child)).toBe(1);
  holder.close();
  expect(err()).toBe(`port ${port} on 127.0.0.1 is in use by another program\n`);
});

test('a data directory that cannot be written, or is of another PostgreSQL, is named', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'file'), '');
  const unwritable = start(join(folder, 'file', 'data'));
  expect(await ended(unwritable.child)).toBe(1);
  expect(unwritable.err()).toMatch(/^data directory .*file\/data cannot be written \(\w+\)\n$/);
});

test('a PostgreSQL that does not answer is named without its password', async () => {
  const { child, err } = start(await newFolder(), { DATABASE_URL: 'postgres://u:geheim@127.0.0.1:1/grid' });
  expect(await ended(child)).toBe(1);
  expect(err()).toMatch(/^PostgreSQL at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED.*\n$/);
  expect(err()).not.toContain('geheim');
});

test('an API and a worker beside it share a database; GRIDCALL_DEMO loads the city once', async () => {
  const { url: databaseUrl, pool } = await freshDatabase({ empty: true });
  const dataDir = await newFolder();
  const env = { DATABASE_URL: databaseUrl, GRIDCALL_DEMO: '1' };
  const api = start(dataDir, { ...env, ROLES: 'api' });
  const worker = start(dataDir, { ...env, ROLES: 'worker' });
  const [url, workerUrl] = await Promise.all([api.ready, worker.ready]);
  const { keys } = await keysIn(dataDir);
  const made = await send(url, keys.operator, 'requests', aLight());
  expect(made.status).toBe(201);
  const handled = async () => (await pool.query('select from facts where handled_at is null')).rowCount;
  await expect.poll(handled, { timeout: 15_000 }).toBe(0);
  expect((await fetch(`${workerUrl}/readyz`)).status).toBe(200);
  expect((await send(workerUrl, keys.operator, 'requests', aLight())).status).toBe(404);
  expect(await Promise.all([ended(api.child, 'SIGTERM'), ended(worker.child, 'SIGTERM')])).toEqual([0, 0]);
}, 60_000);

test('a Redis that is away degrades the service; metrics have a port of their own', async () => {
  const { url: databaseUrl } = await freshDatabase({ empty: true });
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const env = { DATABASE_URL: databaseUrl, REDIS_URL: 'redis://127.0.0.1:1', METRICS_PORT: String(port) };
  const { child, ready } = start(await newFolder(), env);
  const url = await ready;
  const answer = await fetch(`${url}/readyz`);
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'degraded', queue: 'down' }]);
  expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain('gridcall_queue_up 0');
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
  expect(await ended(child, 'SIGTERM')).toBe(0);
}, 60_000);
