import type { Span } from '../domain/period.ts';
import type { Queryable } from '../store/rows.ts';

/** Requests registered in a span by the area of a level that they were placed in; the code null is of those in none. */
export async function densityBy(
  from: Queryable,
  {
    level,
    span,
    area,
    category,
  }: Readonly<{ level: string; span: Span; area: string | null; category: string | null }>,
): Promise<ReadonlyMap<string | null, number>> {
  const { rows } = await from.query<{ code: string | null; count: number }>({
    name: 'density by',
    text: `select (select step->>'code' from jsonb_array_elements(w.placement->'path') step where step->>'level' = $3 limit 1) as code,
             count(*)::int as count
           from requests r join work_orders w on w.id = r.work_order_id
           where r.registered_at >= $1 and r.registered_at < $2 and ($4::text is null or w.area_path @> array[$4])
             and ($5::text is null or r.category = $5 or starts_with(r.category, $5 || '/'))
           group by 1`,
    values: [new Date(span.from).toISOString(), new Date(span.to).toISOString(), level, area, category],
  });
  return new Map(rows.map(({ code, count }) => [code, count]));
}
