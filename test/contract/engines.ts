import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { afterEach } from 'vitest';
import { type Engine, type EngineOptions, openEngine } from '../../src/jobs/engine.ts';
import { freshDatabase } from '../support/database.ts';
import { redisUrl } from '../support/redis.ts';

/** One database, one engine beside or inside it, and the line between the program and the engine, which can be cut. */
export type World = Readonly<{
  pool: pg.Pool;
  line: Line;
  open(options?: Partial<EngineOptions>): Engine;
  /** Makes the engine forget every job, as FLUSHALL does. */
  empty(): Promise<void>;
}>;
/** `cut` ends every session and refuses new ones until `mend`; `silence` leaves the sessions open and carries nothing more. */
export type Line = Readonly<{ cut(): Promise<void>; mend(): Promise<void>; silence(): void }>;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});
/** Closes what a test opened when it ends, the last opened first. */
export function atEnd(close: () => Promise<unknown>): void {
  closing.push(close);
}

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const redis = redisUrl();

/** The engines that can be had on this machine, each with how to make a world of its own. */
export const engines: readonly Readonly<{ engine: 'postgres' | 'redis'; makeWorld: () => Promise<World> }>[] = [
  { engine: 'postgres', makeWorld: postgresWorld },
  ...(redis === null ? [] : [{ engine: 'redis' as const, makeWorld: () => redisWorld(redis) }]),
];

async function postgresWorld(): Promise<World> {
  const { url, pool } = await freshDatabase();
  const { url: databaseUrl, ...line } = await lineTo(url);
  return {
    pool,
    line,
    open: (options) =>
      keep(openEngine({ redisUrl: null, databaseUrl, log: quiet, callMs: 2000, probeMs: 200, ...options })),
    empty: async () => void (await pool.query('truncate bullmq.job cascade')),
  };
}

async function redisWorld(server: string): Promise<World> {
  const { url: databaseUrl, pool } = await freshDatabase();
  const { url, ...line } = await lineTo(server);
  const prefix = `{${new URL(databaseUrl).pathname.slice(1)}}`;
  return {
    pool,
    line,
    open: (options) =>
      keep(openEngine({ redisUrl: url, databaseUrl, prefix, log: quiet, callMs: 2000, probeMs: 200, ...options })),
    async empty() {
      const client = new Redis(server);
      const keys = await client.keys(`${prefix}*`);
      if (keys.length > 0) await client.unlink(...keys);
      client.disconnect();
    },
  };
}

function keep(engine: Engine): Engine {
  atEnd(() => engine.close());
  return engine;
}

/** A way to a server that can be taken away: a forwarder on a port of its own. */
async function lineTo(target: string): Promise<Line & { url: string }> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy()).on('close', () => open.delete(one) && other.destroy());
    }
  });
  const listen = async (at: number): Promise<void> => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(own);
  const cut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of open) socket.destroy();
    await closed;
  };
  atEnd(cut);
  const silence = (): void => {
    for (const socket of open) socket.unpipe().pause();
  };
  return { url: url.href, cut, mend: () => listen(own), silence };
}
