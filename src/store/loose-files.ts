import type { Queryable } from './rows.ts';
import type * as t from './tables.ts';

export type FileStore = (typeof t.looseFiles.$inferSelect)['store'];

/** Says that files belong to nothing, before they are written or when what they were for lets them go. */
export const loosenFiles = (
  to: Queryable,
  store: FileStore,
  ids: readonly string[],
  keepMs: number,
): Promise<unknown> =>
  to.query({
    name: 'loosen files',
    text: `insert into loose_files (id, store, keep_until)
           select id, $2, now() + $3 * interval '1 ms' from unnest($1::uuid[]) id`,
    values: [ids, store, keepMs],
  });

/** Says that files belong to something, in the transaction that makes it so; or that they are gone. */
export const bindFiles = (tx: Queryable, ids: readonly string[]): Promise<unknown> =>
  tx.query({ name: 'bind files', text: 'delete from loose_files where id = any($1)', values: [ids] });

/** Loose files that nobody waits for any more, so many at a time. */
export async function overdueFiles(
  from: Queryable,
  atMost: number,
): Promise<readonly Readonly<{ id: string; store: FileStore }>[]> {
  const { rows } = await from.query<{ id: string; store: FileStore }>({
    name: 'overdue files',
    text: 'select id, store from loose_files where keep_until <= now() order by keep_until limit $1',
    values: [atMost],
  });
  return rows;
}
