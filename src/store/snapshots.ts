import type { Measure } from '../domain/measure.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Instant } from '../domain/time.ts';
import { columnsOf, fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const write = writer(t.statisticsSnapshots);

/** Copies the rows of a span into a snapshot that does not stand yet. */
export const keepRows = (tx: Queryable, snapshotId: string, from: Instant, to: Instant): Promise<unknown> =>
  tx.query({
    name: 'keep rows of a span',
    text: 'insert into snapshot_measures select $1::uuid, m.* from measures m where due_at >= $2 and due_at < $3',
    values: [snapshotId, new Date(from).toISOString(), new Date(to).toISOString()],
  });

/** Writes a snapshot; from then on its rows are closed. */
export const addSnapshot = (tx: Queryable, snapshot: Snapshot): Promise<void> => write(tx, [snapshot]);

/** The columns of a row, as they are now. */
export const rowColumns: readonly string[] = columnsOf(t.measures).map(({ column }) => column);

// Moments without the session's own zone, in the order of the columns: the same bytes wherever and whenever they are read.
const moments = new Set(columnsOf(t.measures).flatMap(({ column, isInstant }) => (isInstant ? [column] : [])));
const written = (columns: readonly string[]): string =>
  columns.map((c) => (moments.has(c) ? `"${c}" at time zone 'UTC' as "${c}"` : `"${c}"`)).join(', ');

/** How many rows a snapshot has, and the hash of these columns of them all, in the order of order and unit. */
export async function rowsOfSnapshot(
  from: Queryable,
  snapshotId: string,
  columns: readonly string[],
): Promise<Readonly<{ rowCount: number; rowsHash: string }>> {
  const { rows } = await from.query<{ count: number; hash: string }>({
    text: `select count(*)::int as count,
        encode(sha256(coalesce(string_agg(sha256(convert_to(row_to_json(r)::text, 'UTF8')), ''::bytea
          order by r.order_id, r.unit collate "C"), ''::bytea)), 'hex') as hash
      from (select ${written(columns)} from snapshot_measures where snapshot_id = $1) r`,
    values: [snapshotId],
  });
  return { rowCount: rows[0]?.count ?? 0, rowsHash: rows[0]?.hash ?? '' };
}

/** A page of the rows a snapshot was counted from, by order and unit. */
export async function keptRows(
  from: Queryable,
  snapshotId: string,
  page: Readonly<{ after: readonly [orderId: string, unit: string] | null; limit: number }>,
): Promise<readonly Measure[]> {
  const { rows } = await from.query<{ row: Record<string, unknown> }>({
    name: 'page of kept rows',
    text: `select row_to_json(k) as row from snapshot_measures k
      where snapshot_id = $1 and ($2::uuid is null or (order_id, unit) > ($2, $3)) order by order_id, unit limit $4`,
    values: [snapshotId, page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit],
  });
  return rows.map(({ row }) => fromJson(t.measures, row));
}

/** Snapshots by id, newest first; those of one span where it is asked for. */
export async function findSnapshots(
  from: Queryable,
  { ids, cursor, limit }: Readonly<{ ids?: readonly string[]; cursor?: string | undefined; limit: number }>,
): Promise<readonly Snapshot[]> {
  const { rows } = await from.query<{ row: Record<string, unknown> }>({
    name: 'snapshots',
    text: `select row_to_json(s) as row from statistics_snapshots s
      where ($1::uuid[] is null or id = any($1)) and ($2::uuid is null or id < $2) order by id desc limit $3`,
    values: [ids ?? null, cursor ?? null, limit],
  });
  return rows.map(({ row }) => fromJson(t.statisticsSnapshots, row));
}

/** The snapshots that correct this one, oldest first. */
export async function correctionsOf(from: Queryable, id: string): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>({
    name: 'corrections of a snapshot',
    text: 'select id from statistics_snapshots where corrects = $1 order by id',
    values: [id],
  });
  return rows.map((row) => row.id);
}
