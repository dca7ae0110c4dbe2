import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts';
import { migrate } from '../../src/store/migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server of this run: where databases are made, the migrated template, what every test database's name starts with. */
    postgres: { adminUrl: string; template: string; prefix: string };
    redisUrl: string | null;
  }
}

type Server = Readonly<{ url: string; close: () => Promise<void> }>;
const nothing = async () => {};
const log = { info: () => {}, warn: () => {}, error: console.error };

/** Finds or starts PostgreSQL and Redis, prepares the template database, and takes all of it away after the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const docker = process.env.DATABASE_URL && process.env.REDIS_URL ? false : await dockerAnswers();
  const [postgres, redis] = await Promise.all([startPostgres(docker), startRedis(docker)]);
  const run = `gridcall_test_${randomBytes(4).toString('hex')}`;
  const template = `${run}_template`;
  await ask(postgres.url, `create database ${template}`);
  const templateUrl = new URL(postgres.url);
  templateUrl.pathname = template;
  await migrate(templateUrl.href);
  project.provide('postgres', { adminUrl: postgres.url, template, prefix: `${run}_` });
  project.provide('redisUrl', redis?.url ?? null);
  return async () => {
    const names = await ask(postgres.url, `select datname from pg_database where starts_with(datname, '${run}')`);
    for (const { datname } of names) await ask(postgres.url, `drop database ${datname} with (force)`);
    await Promise.all([postgres.close(), redis?.close()]);
  };
}

async function startPostgres(docker: boolean): Promise<Server> {
  const given = process.env.DATABASE_URL;
  if (given) return { url: given, close: nothing };
  if (docker) {
    const container = await startContainer('postgres:18-alpine', 5432, { POSTGRES_PASSWORD: 'test' }, [
      /ready to accept connections/,
      2,
    ]);
    if (container) return { ...container, url: `postgres://postgres:test@${container.url}/postgres` };
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'gridcall-test-pg-'));
  // As root, PostgreSQL's own user has to reach it.
  await chmod(dataDir, 0o755);
  const embedded = await startEmbeddedPostgres({ dataDir, log });
  const close = async () => {
    await embedded.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { url: embedded.url, close };
}

async function startRedis(docker: boolean): Promise<Server | null> {
  const given = process.env.REDIS_URL;
  if (given) return { url: given, close: nothing };
  if (docker) {
    const container = await startContainer('redis:8-alpine', 6379, {}, [/Ready to accept connections/, 1]);
    if (container) return { ...container, url: `redis://${container.url}` };
  }
  if (spawnSync('redis-server', ['--version']).status !== 0) return null;
  const dir = await mkdtemp(join(tmpdir(), 'gridcall-test-redis-'));
  const port = await freePort();
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];
  const child = spawn('redis-server', ['--port', `${port}`, '--dir', dir, ...settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await said(child, /Ready to accept connections/);
  const close = async () => {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
    await rm(dir, { recursive: true, force: true });
  };
  return { url: `redis://127.0.0.1:${port}`, close };
}

/** An engine that answers within a second; asking the command line instead can hang for half a minute. */
async function dockerAnswers(): Promise<boolean> {
  const host = process.env.DOCKER_HOST;
  const socketPath = host?.startsWith('unix://')
    ? host.slice('unix://'.length)
    : ['/var/run/docker.sock', join(homedir(), '.docker/run/docker.sock')].find((path) => existsSync(path));
  if (!socketPath && !host?.startsWith('tcp://')) return false;
  const target = host?.startsWith('tcp://')
    ? { hostname: new URL(host).hostname, port: new URL(host).port }
    : { socketPath: socketPath ?? '' };
  return new Promise((resolve) => {
    const ping = request({ ...target, path: '/_ping', timeout: 1_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy());
    ping.on('error', () => resolve(false));
    ping.end();
  });
}

/** A container of `image`, its `url` being host:port; null, with a word, where the image cannot be had. */
async function startContainer(
  image: string,
  port: number,
  environment: Record<string, string>,
  [line, times]: [RegExp, number],
): Promise<Server | null> {
  const { GenericContainer, Wait } = await import('testcontainers');
  try {
    const container = await new GenericContainer(image)
      .withExposedPorts(port)
      .withEnvironment(environment)
      .withWaitStrategy(Wait.forLogMessage(line, times))
      .start();
    const close = async () => {
      await container.stop();
    };
    return { url: `${container.getHost()}:${container.getMappedPort(port)}`, close };
  } catch (error) {
    console.warn(
      `no container of ${image}: ${error instanceof Error ? error.message : String(error)}; using a local server`,
    );
    return null;
  }
}

async function ask(url: string, sql: string): Promise<{ datname: string }[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ datname: string }>(sql)).rows;
  } finally {
    await client.end();
  }
}

function said(child: ChildProcess, line: RegExp): Promise<void> {
  let heard = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      heard = (heard + chunk).slice(-4_000);
      if (line.test(heard)) resolve();
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`redis-server did not start: ${heard}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
