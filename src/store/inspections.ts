import { type Inspection, type InspectionItem, type InspectionScope, largestSample } from '../domain/inspection.ts';
import type { Instant } from '../domain/time.ts';
import type { DueSql } from './due.ts';
import { fromJson, locking, type Queryable, readingOne, writer } from './rows.ts';
import * as t from './tables.ts';

const write = writer(t.inspections, { key: ['id'] });
const writeItems = writer(t.inspectionItems, { key: ['id'] });
const iso = (at: Instant): string => new Date(at).toISOString();

/** Writes one as it is now. */
export const saveInspection = (tx: Queryable, inspection: Inspection): Promise<void> => write(tx, [inspection]);

/** Writes items as they are now. */
export const saveItems = (tx: Queryable, items: readonly InspectionItem[]): Promise<void> =>
  writeItems(tx, items as readonly (typeof t.inspectionItems.$inferInsert)[]);

/** Reads one and holds it until the transaction ends. */
export const lockInspection = locking(t.inspections, readingOne(t.inspections));

/** The same for one order drawn. */
export const lockItem = locking(t.inspectionItems, readingOne(t.inspectionItems));

/** One after the other, so that no two draw the same order. */
export const holdDraws = (tx: Queryable): Promise<unknown> => tx.query('select pg_advisory_xact_lock(7346)');

/** `units` null is the whole city. */
export type Population = Omit<InspectionScope, 'unit' | 'closedWithinDays'> &
  Readonly<{ units: readonly string[] | null; from: Instant; to: Instant }>;

/**
 * Closed orders nobody has inspected since they closed: how many there are, and the first of them in the order that the
 * seed gives them. The same seed gives the same orders of the same population.
 */
export async function drawClosed(
  tx: Queryable,
  { units, area, category, from, to }: Population,
  seed: string,
): Promise<Readonly<{ population: number; ids: readonly string[] }>> {
  const { rows } = await tx.query<{ id: string; population: number }>({
    name: 'draw closed',
    text: `select w.id, (count(*) over ())::int as population from work_orders w
      where w.state = 'closed' and w.ended_at >= $1 and w.ended_at <= $2
        and ($3::text[] is null or w.owner = any($3)) and ($4::text is null or w.area_path @> array[$4])
        and ($5::text is null or w.category = $5 or starts_with(w.category, $5 || '/'))
        and not exists (select from inspection_items i where i.order_id = w.id and i.round = w.reworks + 1)
      order by sha256(convert_to($6 || w.id::text, 'UTF8')) limit ${largestSample}`,
    values: [iso(from), iso(to), units, area, category, seed],
  });
  return { population: rows[0]?.population ?? 0, ids: rows.map(({ id }) => id) };
}

/** How many of what was drawn are in which state. */
export type ItemCounts = Readonly<Record<InspectionItem['state'], number>>;
export type CountedInspection = Readonly<{ inspection: Inspection; counts: ItemCounts }>;

const counted = `select row_to_json(i) as row,
    (select coalesce(json_object_agg(state, n), '{}') from (
      select state, count(*)::int as n from inspection_items where inspection_id = i.id group by state) s) as counts
  from inspections i`;
type CountedRow = { row: Record<string, unknown>; counts: Partial<ItemCounts> };
const toCounted = ({ row, counts }: CountedRow): CountedInspection => ({
  inspection: fromJson(t.inspections, row),
  counts: { open: 0, passed: 0, found: 0, moot: 0, ...counts },
});

/** Inspections with what came of them, newest first; `cursor` is the last id of the page before. */
export async function findInspections(
  from: Queryable,
  { cursor, limit }: Readonly<{ cursor?: string | undefined; limit: number }>,
): Promise<readonly CountedInspection[]> {
  const { rows } = await from.query<CountedRow>({
    name: 'find inspections',
    text: `${counted} where $1::uuid is null or i.id < $1 order by i.id desc limit $2`,
    values: [cursor ?? null, limit],
  });
  return rows.map(toCounted);
}

/** One of them. */
export async function loadInspection(from: Queryable, id: string): Promise<CountedInspection | null> {
  const { rows } = await from.query<CountedRow>({
    name: 'load inspection',
    text: `${counted} where i.id = $1`,
    values: [id],
  });
  return rows[0] ? toCounted(rows[0]) : null;
}

/** What was drawn, with the order it is about. */
export type FoundItem = Readonly<{ item: InspectionItem; number: string; title: string; owner: string }>;

/** What a list of items may be narrowed to. */
export type ItemFilter = Readonly<{
  inspectionId?: string | undefined;
  state?: InspectionItem['state'] | undefined;
  unit?: string | undefined;
  posts?: readonly string[] | undefined;
  workOrderId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

/** Orders that were drawn, the last drawn first. */
export async function findItems(from: Queryable, filter: ItemFilter): Promise<readonly FoundItem[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['true'];
  if (filter.inspectionId !== undefined) conditions.push(`i.inspection_id = ${bind(filter.inspectionId)}`);
  if (filter.state !== undefined) conditions.push(`i.state = ${bind(filter.state)}`);
  if (filter.unit !== undefined) conditions.push(`w.owner = ${bind(filter.unit)}`);
  if (filter.posts !== undefined) conditions.push(`i.post = any(${bind(filter.posts)})`);
  if (filter.workOrderId !== undefined) conditions.push(`i.order_id = ${bind(filter.workOrderId)}`);
  if (filter.cursor !== undefined) conditions.push(`i.id < ${bind(filter.cursor)}::uuid`);
  const { rows } = await from.query<{ row: Record<string, unknown>; number: string; title: string; owner: string }>(
    `select row_to_json(i) as row, w.number, w.title, w.owner from inspection_items i
     join work_orders w on w.id = i.order_id
     where ${conditions.join(' and ')} order by i.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return rows.map(({ row, ...of }) => ({ item: fromJson(t.inspectionItems, row), ...of }));
}

/** Scheduled inspections that are to draw by then. */
export const dueInspections: DueSql = (atMost) => `
  select id, next_at as due_at from inspections
  where next_at <= $1 and not (id = any($2)) order by next_at, id limit ${atMost}`;

/** Orders that nobody has looked at by then. */
export const dueItems: DueSql = (atMost) => `
  select id, due_at from inspection_items
  where state = 'open' and due_at <= $1 and not (id = any($2)) order by due_at, id limit ${atMost}`;
