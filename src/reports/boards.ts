import type { Board, Content } from '../domain/publication.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/rows.ts';

/** What a board shows of one publication: its last snapshot, and nothing that is not in it. */
export type Shown = Readonly<{ id: string; publishedAt: Instant; updatedAt: Instant; content: Content }>;

/** What is asked of the boards; `after` is the last item of the page before. */
export type BoardFilter = Readonly<{
  boards: readonly Board[];
  unit?: string | undefined;
  area?: string | undefined;
  category?: string | undefined;
  after?: Readonly<{ at: Instant; id: string }> | undefined;
  limit: number;
}>;

type Row = { id: string; published_at: Date; updated_at: Date; content: Content };

const reading = `select p.id, p.published_at, s.at as updated_at, s.content
  from publications p join publication_snapshots s on s.publication_id = p.id and s.seq = p.seq
  where p.state = 'published'`;

const toShown = ({ id, published_at, updated_at, content }: Row): Shown => ({
  id,
  publishedAt: published_at.getTime() as Instant,
  updatedAt: updated_at.getTime() as Instant,
  content,
});

/** What stands on these boards now, what was published last first. */
export async function shownOn(
  from: Queryable,
  { boards, unit, area, category, after, limit }: BoardFilter,
): Promise<readonly Shown[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [boards.length === 1 ? `p.board = ${bind(boards[0])}` : `p.board = any(${bind(boards)})`];
  if (unit !== undefined) conditions.push(`p.unit = ${bind(unit)}`);
  if (area !== undefined) conditions.push(`p.area_path @> array[${bind(area)}]::text[]`);
  if (category !== undefined) {
    const of = bind(category);
    conditions.push(`(p.category = ${of} or starts_with(p.category, ${of} || '/'))`);
  }
  if (after !== undefined)
    conditions.push(
      `(p.published_at, p.id) < (${bind(new Date(after.at).toISOString())}::timestamptz, ${bind(after.id)})`,
    );
  const { rows } = await from.query<Row>(
    `${reading} and ${conditions.join(' and ')} order by p.published_at desc, p.id desc limit ${bind(limit)}`,
    values,
  );
  return rows.map(toShown);
}

/** One publication that stands on this board; null for what does not, or does no more. */
export async function shownOne(from: Queryable, board: Board, id: string): Promise<Shown | null> {
  const { rows } = await from.query<Row>(`${reading} and p.board = $1 and p.id = $2`, [board, id]);
  return rows[0] === undefined ? null : toShown(rows[0]);
}
