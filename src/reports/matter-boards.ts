import type { MatterBoard } from '../domain/matter-board.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/rows.ts';

/** What stands of a matter in public: its last entry, and when the first was published. */
export type ShownMatter = Readonly<{ id: string; publishedAt: Instant; updatedAt: Instant; content: MatterBoard }>;

/** Matters that everybody may read, the last updated first; `after` is the last one of the page before. */
export async function shownMatters(
  from: Queryable,
  {
    street,
    after,
    limit,
  }: Readonly<{
    street?: string | undefined;
    after?: Readonly<{ at: Instant; id: string }> | undefined;
    limit: number;
  }>,
): Promise<readonly ShownMatter[]> {
  const { rows } = await from.query<{ id: string; published_at: Date; at: Date; content: MatterBoard }>({
    name: 'shown matters',
    text: `select undertaking_id as id, published_at, at, content from (
             select distinct on (undertaking_id) undertaking_id, at, content,
               min(at) over (partition by undertaking_id) as published_at
             from matter_boards order by undertaking_id, seq desc) last
           where content is not null and ($1::text is null or content->'street'->>'code' = $1)
             and ($2::timestamptz is null or (at, undertaking_id) < ($2, $3::uuid))
           order by at desc, undertaking_id desc limit $4`,
    values: [street ?? null, after === undefined ? null : new Date(after.at).toISOString(), after?.id ?? null, limit],
  });
  return rows.map((row) => ({
    id: row.id,
    publishedAt: row.published_at.getTime() as Instant,
    updatedAt: row.at.getTime() as Instant,
    content: row.content,
  }));
}
