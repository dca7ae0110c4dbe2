import type { RateBoard } from '../domain/rate-board.ts';
import type { Instant } from '../domain/time.ts';
import type { Fact } from '../domain/work-order.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

/** Rates as they were published, and whether they have been taken down. */
export type PublishedRates = typeof t.rateBoards.$inferSelect;

const write = writer(t.rateBoards);

/** The rates published of a snapshot; null where none ever were. Held until the transaction ends. */
export async function lockRates(tx: Queryable, snapshotId: string): Promise<PublishedRates | null> {
  const { rows } = await tx.query<{ row: Record<string, unknown> }>(
    'select row_to_json(b) as row from rate_boards b where snapshot_id = $1 for update',
    [snapshotId],
  );
  return rows[0] === undefined ? null : fromJson(t.rateBoards, rows[0].row);
}

/** Publishes rates. Their content stays as it is from then on. */
export const publishRates = (
  tx: Queryable,
  snapshotId: string,
  content: RateBoard,
  { at, by }: Readonly<{ at: Instant; by: Fact['actor'] }>,
): Promise<void> => write(tx, [{ snapshotId, content, publishedBy: by, publishedAt: at }]);

/** Takes published rates down, with the trail kept. */
export const withdrawRates = (
  tx: Queryable,
  snapshotId: string,
  { at, by, reason }: Readonly<{ at: Instant; by: Fact['actor']; reason: string }>,
): Promise<unknown> =>
  tx.query('update rate_boards set withdrawn_at = $2, withdrawn_by = $3, reason = $4 where snapshot_id = $1', [
    snapshotId,
    new Date(at).toISOString(),
    JSON.stringify(by),
    reason,
  ]);
