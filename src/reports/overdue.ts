import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/rows.ts';

/** How many open orders of each unit are past the limit of their work, most first; in one area, or everywhere. */
export async function overdueByUnit(
  from: Queryable,
  now: Instant,
  area: string | null,
): Promise<readonly Readonly<{ unit: string; count: number }>[]> {
  const { rows } = await from.query<{ unit: string; count: number }>({
    name: 'overdue by unit',
    text: `select w.owner as unit, count(distinct w.id)::int as count from clocks c join work_orders w on w.id = c.order_id
           where c.state = 'running' and c.kind in ('resolve', 'rework') and not c.provisional and c.due_at < $1
             and ($2::text is null or w.area_path @> array[$2])
           group by 1 order by 2 desc, 1`,
    values: [new Date(now).toISOString(), area],
  });
  return rows;
}
