import { countDue } from '../store/due.ts';
import { isMigrated } from '../store/migrate.ts';
import { countBacklog } from '../store/outbox.ts';
import type { Deps } from './deps.ts';

/** What keeps the service from serving, or null: the database is away, or older than the program. */
export async function obstacleToServing({ pool }: Pick<Deps, 'pool'>, waitMs = 2000): Promise<string | null> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve('database does not answer'), waitMs);
  const asked = isMigrated(pool).then(
    (migrated) => (migrated ? null : 'migrations are missing'),
    () => 'database is away',
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

/** What is waiting, for those who watch the service: facts by where they are, and what is due and has not fired. */
export async function backlog({ pool, now }: Pick<Deps, 'pool' | 'now'>) {
  const [facts, due] = await Promise.all([countBacklog(pool), countDue(pool, now())]);
  return { ...facts, due };
}
