import type { RecordCounts } from '../domain/field-record.ts';
import type { Span } from '../domain/period.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import type { Queryable } from '../store/rows.ts';

/** By what entries are counted: the unit they are of, the area they lie in, the month. */
export const recordKeys = ['unit', 'area', 'month'] as const;

const keyColumn = { unit: 'unit', area: 'area', month: `to_char(on_date, 'YYYY-MM')` } as const;

/**
 * What units did among residents on the days of a span, by key; a day that only begins in it counts whole. Of some units and
 * within one area, or of all; what was withdrawn does not count.
 */
export async function countFieldRecords(
  from: Queryable,
  span: Span,
  {
    by,
    units,
    area,
  }: Readonly<{ by: (typeof recordKeys)[number]; units: readonly string[] | null; area: string | null }>,
): Promise<ReadonlyMap<string | null, RecordCounts>> {
  const { rows } = await from.query<{ key: string | null } & RecordCounts>({
    name: `count field records by ${by}`,
    text: `
      select ${keyColumn[by]} as key,
        count(*) filter (where kind = 'activity')::int as activities, count(*) filter (where kind = 'deed')::int as deeds,
        count(*) filter (where kind = 'visit')::int as visits,
        coalesce(sum(participants), 0)::float8 as participants, coalesce(sum(hours), 0)::float8 as hours
      from field_records where withdrawn is null and on_date >= $1 and on_date <= $2
        and ($3::text[] is null or unit = any($3)) and ($4::text is null or area_path @> array[$4])
      group by 1 order by 1`,
    values: [dateOf(span.from), dateOf((span.to - 1) as Instant), units, area],
  });
  return new Map(rows.map(({ key, ...counts }) => [key, counts]));
}
