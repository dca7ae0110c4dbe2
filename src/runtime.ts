import { join } from 'node:path';
import pg from 'pg';
import type { Deps, Log } from './actions/deps.ts';
import { feedReader } from './actions/feed.ts';
import { registering } from './actions/register.ts';
import { queueWaits } from './actions/waits.ts';
import { sheets } from './channels/sheets.ts';
import type { Instant } from './domain/time.ts';
import type { HttpDeps } from './http/zod.ts';
import { blobsIn } from './store/blobs.ts';
import { loadCity } from './store/city.ts';
import { nextExpiry } from './store/claims.ts';
import { followDrill, startClockAt } from './store/clock.ts';
import { type Listening, listening } from './store/notices.ts';
import { pictures } from './store/pictures.ts';
import { secretNamed } from './store/secrets.ts';
import { loadSurge } from './store/surge.ts';

/** Where the service keeps things and how it tells the time. */
export type Settings = Readonly<{
  databaseUrl: string;
  /** A replica for lists and searches. */
  replicaUrl?: string | null;
  drill: 'now' | Instant | null;
  log: Log;
  poolSize?: number;
  webhookAllow?: readonly string[];
  publicUrl?: string | null;
  dataDir?: string;
}>;

export type Runtime = Readonly<{
  deps: HttpDeps;
  notices: Listening;
  reloadCity(): Promise<void>;
  close(): Promise<void>;
}>;

/** Everything with a socket or a clock in it, opened once and closed in reverse. Production's and the tests' differ only in the clock. */
export async function openRuntime(
  {
    databaseUrl,
    replicaUrl = null,
    drill,
    log,
    poolSize = 20,
    webhookAllow = [],
    publicUrl = null,
    dataDir = '.gridcall/',
  }: Settings,
  clock?: () => Instant,
): Promise<Runtime> {
  // Pipelined: statements of one transaction travel without waiting for one another's answers.
  const open = (connectionString: string): pg.Pool =>
    new pg.Pool({ connectionString, max: poolSize, application_name: 'gridcall', pipeline: true });
  const pool = open(databaseUrl);
  const reading = replicaUrl === null ? pool : open(replicaUrl);
  let isClosing = false;
  for (const each of new Set([pool, reading]))
    each.on('error', () => isClosing || log.warn({}, 'an idle database connection was lost'));
  const now = clock ?? (await startClockAt(pool, drill));
  const indexes = new Map();
  let [cityAt, surge] = await Promise.all([loadCity(pool, now(), indexes), loadSurge(pool, now())]);
  const reloadCity = inTurn(async () => {
    cityAt = await loadCity(pool, now(), indexes);
  });
  const reloadSurge = inTurn(async () => {
    surge = await loadSurge(pool, now());
  });
  const notices = listening(databaseUrl, log);
  const hearSurge = (): void =>
    void reloadSurge().catch(() => isClosing || log.error({}, 'what is going on could not be read again'));
  // An incident opened between the reading above and the first notice heard is not missed.
  void notices.ready().then(hearSurge);
  const unsubscribe = [
    notices.on('city', () => void reloadCity().catch(() => log.error({}, 'the city could not be read again'))),
    notices.on('surge', hearSurge),
    notices.on('drill', () => void followDrill(pool).catch(() => log.error({}, 'the drill clock could not be read'))),
  ];
  const core: Deps = {
    pool,
    reading,
    now,
    city: () => cityAt(now()),
    reloadCity,
    surge: () => surge,
    reloadSurge,
    log,
    codeKey: await secretNamed(pool, 'query codes'),
    lotKey: await secretNamed(pool, 'lots'),
  };
  const waits = queueWaits((queue) => nextExpiry(pool, queue));
  const feed = feedReader(core);
  unsubscribe.push(notices.on('queue', waits.heard), notices.on('facts', feed.heard));
  return {
    deps: {
      ...core,
      register: registering(core),
      waits,
      feed,
      webhookAllow,
      publicUrl,
      blobs: blobsIn(join(dataDir, 'attachments')),
      pictures: pictures(),
      pictureFiles: blobsIn(join(dataDir, 'pictures')),
      exportFiles: blobsIn(join(dataDir, 'exports')),
      forms: sheets,
    },
    notices,
    reloadCity,
    async close() {
      isClosing = true;
      for (const each of unsubscribe) each();
      waits.close();
      feed.close();
      await notices.close();
      await Promise.all([...new Set([pool, reading])].map((each) => each.end()));
    },
  };
}

/** One reading after the other: an older one must not come to stand over a newer one. */
function inTurn(read: () => Promise<void>): () => Promise<void> {
  let reading = Promise.resolve();
  return () => {
    const next = reading.then(read);
    reading = next.catch(() => {});
    return next;
  };
}
