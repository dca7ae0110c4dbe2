import pg from 'pg';
import type { Deps, Log } from './actions/deps.ts';
import { registering } from './actions/register.ts';
import { startClockAt } from './store/clock.ts';
import { type CityState, loadCity } from './store/city.ts';
import { type Listening, listening } from './store/notices.ts';
import type { HttpDeps } from './http/zod.ts';
import type { Instant } from './domain/time.ts';

/** Where the service keeps things and how it tells the time. */
export type Settings = Readonly<{ databaseUrl: string; drill: 'now' | Instant | null; log: Log; poolSize?: number }>;

export type Runtime = Readonly<{
  deps: HttpDeps;
  notices: Listening;
  reloadCity(): Promise<void>;
  close(): Promise<void>;
}>;

/** Everything with a socket or a clock in it, opened once and closed in reverse. Production's and the tests' differ only in the clock. */
export async function openRuntime(
  { databaseUrl, drill, log, poolSize = 20 }: Settings,
  clock?: () => Instant,
): Promise<Runtime> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize, application_name: 'gridcall' });
  pool.on('error', () => log.warn({}, 'an idle database connection was lost'));
  const now = clock ?? (await startClockAt(pool, drill));
  const indexes = new Map();
  let state: CityState = await loadCity(pool, now(), indexes);
  const reloadCity = async (): Promise<void> => {
    state = await loadCity(pool, now(), indexes);
  };
  const notices = listening(databaseUrl, log);
  const unsubscribe = notices.on(
    'city',
    () => void reloadCity().catch(() => log.error({}, 'the city could not be read again')),
  );
  const core: Deps = { pool, now, city: () => state, log };
  return {
    deps: { ...core, register: registering(core) },
    notices,
    reloadCity,
    async close() {
      unsubscribe();
      await notices.close();
      await pool.end();
    },
  };
}
