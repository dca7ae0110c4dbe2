import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/rows.ts';

/** What inspectors saw at a unit: how many closed orders, and in how many something was wrong. */
export type InspectedUnit = Readonly<{ unit: string; inspected: number; found: number; share: number }>;

/** By the unit that had closed them, of what was looked at from `from` on and before `to`; the worst first. */
export async function inspectedUnits(
  from: Queryable,
  period: Readonly<{ from: Instant; to: Instant }>,
): Promise<readonly InspectedUnit[]> {
  const { rows } = await from.query<{ unit: string; inspected: number; found: number }>({
    name: 'inspected units',
    text: `select w.owner as unit, count(*)::int as inspected, (count(*) filter (where i.state = 'found'))::int as found
           from inspection_items i join work_orders w on w.id = i.order_id
           where i.state in ('passed', 'found') and i.decided_at >= $1 and i.decided_at < $2
           group by w.owner order by (count(*) filter (where i.state = 'found'))::float / count(*) desc, w.owner`,
    values: [new Date(period.from).toISOString(), new Date(period.to).toISOString()],
  });
  return rows.map(({ unit, inspected, found }) => ({ unit, inspected, found, share: found / inspected }));
}
