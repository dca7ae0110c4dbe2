import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import type { Instant } from './domain/time.ts';

/** What keeps the program from starting. The message is for the person who started it: no stack is wanted with it. */
export class StartupError extends Error {
  override name = 'StartupError';
}

const roles = ['api', 'worker'] as const;
export type Role = (typeof roles)[number];

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' });

// RFC 3339 with its offset: a moment without one would mean another time on every machine.
const moment = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text) as Instant)
  .refine((at) => !Number.isNaN(at));

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port, 0 to 65535')
  .transform(Number)
  .refine((number) => number <= 65_535, 'must be a port, 0 to 65535');

const Env = z.object({
  PORT: port.default(8080),
  METRICS_PORT: port.optional(),
  HOST: z.string().default('127.0.0.1'),
  ROLES: z
    .string()
    .default('api,worker')
    .transform(list)
    .pipe(z.array(z.enum(roles), 'must be api, worker or both').min(1, 'must be api, worker or both'))
    .transform((named): ReadonlySet<Role> => new Set(named)),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_REPLICA_URL: postgresUrl.optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// address' }).optional(),
  GRIDCALL_DATA_DIR: z.string().default('.gridcall/'),
  GRIDCALL_DRILL: z
    .union([z.literal('1').transform(() => 'now' as const), moment], '1 or a moment such as 2026-03-02T09:00:00+08:00')
    .optional(),
  GRIDCALL_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  GRIDCALL_DEMO: z.literal('1', 'must be 1 or left out').optional(),
  GRIDCALL_WEBHOOK_ALLOW: z
    .string()
    .default('')
    .transform(list)
    .refine(
      (addresses) => addresses.every((address) => isIP(address) !== 0),
      'must be IP addresses with commas between',
    ),
  LOG_LEVEL: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'], 'must be silent, error, warn, info or debug')
    .default('warn'),
});

/**
 * The settings of this process. `drill` is the moment the drill's clock starts from, or 'now', or null outside drills;
 * `metricsPort` is null where nobody collects metrics;
 * a null `databaseUrl` asks for the embedded PostgreSQL in `dataDir`, a null `redisUrl` for the queue in PostgreSQL;
 * `publicUrl` is where residents reach the city, null for the address a message gateway itself has used;
 * `webhookAllow` lists the IP addresses that a webhook may reach although they are not public.
 */
export type Config = Readonly<{
  port: number;
  metricsPort: number | null;
  host: string;
  roles: ReadonlySet<Role>;
  databaseUrl: string | null;
  databaseReplicaUrl: string | null;
  redisUrl: string | null;
  dataDir: string;
  drill: 'now' | Instant | null;
  publicUrl: string | null;
  demo: boolean;
  webhookAllow: readonly string[];
  logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
}>;

/**
 * Everything the environment may say, checked once. A variable set to nothing counts as left out. Throws a StartupError
 * with a line for each wrong setting, and for each GRIDCALL_ name that is none of ours.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const said = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const wrong = Object.keys(said)
    .filter((name) => name.startsWith('GRIDCALL_') && !(name in Env.shape))
    .map((name) => `${name}: no such setting`);
  if (said.GRIDCALL_DRILL !== undefined && said.NODE_ENV === 'production')
    wrong.push('GRIDCALL_DRILL: a drill is refused while NODE_ENV is production');
  const read = Env.safeParse(said);
  if (!read.success) {
    // Values are not repeated: some of them hold passwords.
    const found = new Map(read.error.issues.map(({ path, message }) => [String(path[0]), message]));
    for (const [name, message] of found) wrong.push(`${name}: ${message}`);
  }
  if (!read.success || wrong.length > 0) throw new StartupError(wrong.join('\n'));
  const { data } = read;
  return Object.freeze({
    port: data.PORT,
    metricsPort: data.METRICS_PORT ?? null,
    host: data.HOST,
    roles: data.ROLES,
    databaseUrl: data.DATABASE_URL ?? null,
    databaseReplicaUrl: data.DATABASE_REPLICA_URL ?? null,
    redisUrl: data.REDIS_URL ?? null,
    dataDir: data.GRIDCALL_DATA_DIR,
    drill: data.GRIDCALL_DRILL ?? null,
    publicUrl: data.GRIDCALL_PUBLIC_URL ?? null,
    demo: data.GRIDCALL_DEMO === '1',
    webhookAllow: Object.freeze(data.GRIDCALL_WEBHOOK_ALLOW),
    logLevel: data.LOG_LEVEL,
  });
}

/**
 * The database a program at the console works on: the one that is set, else the embedded one of the gridcall that runs,
 * which has its port in the file PostgreSQL keeps. Throws a StartupError where none runs.
 */
export async function databaseOf(env: NodeJS.ProcessEnv): Promise<string> {
  const { databaseUrl, dataDir } = readConfig(env);
  if (databaseUrl !== null) return databaseUrl;
  try {
    const [password, running] = await Promise.all([
      readFile(join(dataDir, 'postgres.password'), 'utf8'),
      readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8'),
    ]);
    return `postgres://gridcall:${password.trim()}@127.0.0.1:${running.split('\n')[3]?.trim()}/gridcall`;
  } catch (cause) {
    throw new StartupError(`no gridcall runs in ${dataDir}: start it, or set DATABASE_URL`, { cause });
  }
}
