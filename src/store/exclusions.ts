import type { Instant } from '../domain/time.ts';
import type { Queryable } from './rows.ts';

/** Of the answers about a unit in a period: how many there are, and how many are out of the count. */
export async function excludedOf(
  from: Queryable,
  unit: string,
  since: Instant,
): Promise<Readonly<{ excluded: number; answers: number }>> {
  const { rows } = await from.query<{ excluded: number; answers: number }>({
    name: 'excluded of',
    text: `select (select count(*)::int from exclusions e where e.unit = $1 and e.counts and e.decided_at >= $2) as excluded,
             (select count(*)::int from follow_ups f join work_orders w on w.id = f.order_id
              where f.answered_at >= $2 and w.owner = $1) as answers`,
    values: [unit, new Date(since).toISOString()],
  });
  return rows[0] ?? { excluded: 0, answers: 0 };
}

/** Says that a unit has been named for a month; false where it has been already. */
export async function nameOnce(tx: Queryable, unit: string, month: string): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'name once',
    text: 'insert into exclusion_warnings (unit, month) values ($1, $2) on conflict do nothing',
    values: [unit, month],
  });
  return rowCount === 1;
}
