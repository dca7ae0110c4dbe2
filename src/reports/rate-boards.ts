import type { RateBoard } from '../domain/rate-board.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/rows.ts';

/** Rates that everybody may read, as they were published. `correctedBy`: published snapshots that correct this one. */
export type ShownRates = Readonly<{
  id: string;
  publishedAt: Instant;
  content: RateBoard;
  correctedBy: readonly string[];
}>;

/** Published rates, the last published first; `after` is the last one of the page before. */
export async function shownRates(
  from: Queryable,
  {
    by,
    after,
    limit,
  }: Readonly<{ by?: string | undefined; after?: Readonly<{ at: Instant; id: string }> | undefined; limit: number }>,
): Promise<readonly ShownRates[]> {
  const { rows } = await from.query<{ id: string; published_at: Date; content: RateBoard; corrected_by: string[] }>({
    name: 'shown rates',
    text: `select b.snapshot_id as id, b.published_at, b.content, array(
             select c.snapshot_id from statistics_snapshots s join rate_boards c on c.snapshot_id = s.id
             where s.corrects = b.snapshot_id and c.withdrawn_at is null order by 1) as corrected_by
           from rate_boards b
           where b.withdrawn_at is null and ($1::text is null or b.content->>'by' = $1)
             and ($2::timestamptz is null or (b.published_at, b.snapshot_id) < ($2, $3::uuid))
           order by b.published_at desc, b.snapshot_id desc limit $4`,
    values: [by ?? null, after === undefined ? null : new Date(after.at).toISOString(), after?.id ?? null, limit],
  });
  return rows.map((row) => ({
    id: row.id,
    publishedAt: row.published_at.getTime() as Instant,
    content: row.content,
    correctedBy: row.corrected_by,
  }));
}
