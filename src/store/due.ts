import { thirtyDaysAfter } from '../domain/obstacles.ts';
import { addDays, atLocal, dateOf, type Instant } from '../domain/time.ts';
import type { Queryable } from './rows.ts';

/** Something whose time has come, and since when. */
export type FoundDue = Readonly<{ id: string; dueAt: Instant }>;

type ClockRow = Readonly<{ order_id: string; next_rung_at: Date }>;

/** Up to `atMost` orders with a clock that is due by `by`, the earliest first, but none in `except`. */
export async function dueClocks(
  from: Queryable,
  by: Instant,
  atMost: number,
  except: readonly string[] = [],
): Promise<readonly FoundDue[]> {
  const { rows } = await from.query<ClockRow>({
    name: 'due clocks',
    text: `select order_id, next_rung_at from clocks
           where next_rung_at <= $1 and not (order_id = any($3::uuid[]))
           order by next_rung_at, order_id, seq limit $2`,
    values: [new Date(by).toISOString(), atMost, except],
  });
  const first = new Map(rows.toReversed().map((row) => [row.order_id, row.next_rung_at]));
  return [...first].map(([id, at]) => ({ id, dueAt: at.getTime() as Instant }));
}

/** A moment at which something comes due, and on how many orders; those close together are told as the last of them. */
export type Moment = Readonly<{ at: Instant; orders: number }>;

/** How close moments are told as one, in milliseconds. */
const closeMs = 100;

/** The moments after `after` and up to `by` at which clocks of work orders come due, the earliest first. */
export async function clockMoments(
  from: Queryable,
  { after, by, atMost }: Readonly<{ after: Instant; by: Instant; atMost: number }>,
): Promise<readonly Moment[]> {
  const { rows } = await from.query<{ at: string; orders: number }>({
    name: 'clock moments',
    text: `select (floor(extract(epoch from next_rung_at) * 1000 / ${closeMs}) + 1) * ${closeMs} as at, count(*)::int as orders
           from clocks where next_rung_at > $1 and next_rung_at <= $2 group by 1 order by 1 limit $3`,
    values: [new Date(after).toISOString(), new Date(by).toISOString(), atMost],
  });
  return rows.map(({ at, orders }) => ({ at: Number(at) as Instant, orders }));
}

/**
 * Up to `atMost` orders with a clock that is due by `by`, the earliest first, but none in `except`; each is held until
 * the transaction ends, and those that somebody else holds are passed over. Read them anew: they may have changed.
 */
export async function holdDue(
  tx: Queryable,
  by: Instant,
  atMost: number,
  except: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ order_id: string }>({
    name: 'hold due',
    text: `select c.order_id from clocks c join work_orders w on w.id = c.order_id
           where c.next_rung_at <= $1 and not (c.order_id = any($3::uuid[]))
           order by c.next_rung_at limit $2 for no key update of w skip locked`,
    values: [new Date(by).toISOString(), atMost, except],
  });
  return [...new Set(rows.map((row) => row.order_id))];
}

/** How many clocks are due by `by` and have not been looked at. */
export async function countDue(from: Queryable, by: Instant): Promise<number> {
  const { rows } = await from.query<{ n: number }>({
    name: 'count due clocks',
    text: `select count(*)::int as n from clocks where next_rung_at <= $1`,
    values: [new Date(by).toISOString()],
  });
  return rows[0]?.n ?? 0;
}

const overdueForArchive = `ended_at is not null and w.state <> 'archived' and ended_at < $1 and not (w.id = any($3::uuid[]))
  and not exists (select from judgements j where j.order_id = w.id and j.state = 'open')
  and not exists (select from approvals a where a.order_id = w.id and a.state = 'pending')`;

/** Up to `atMost` ended orders whose thirty days are over by `by`, and about whose end nobody's objection is pending. */
export async function dueArchives(
  from: Queryable,
  by: Instant,
  atMost: number,
  except: readonly string[] = [],
): Promise<readonly FoundDue[]> {
  const { rows } = await from.query<{ id: string; ended_at: Date }>({
    name: 'due archives',
    text: `select id, ended_at from work_orders w where ${overdueForArchive} order by ended_at, id limit $2`,
    values: [new Date(endedBefore(by)).toISOString(), atMost, except],
  });
  return rows.map(({ id, ended_at }) => ({ id, dueAt: thirtyDaysAfter(ended_at.getTime() as Instant) }));
}

/** The same, held until the transaction ends; those that somebody else holds are passed over. */
export async function holdArchives(
  tx: Queryable,
  by: Instant,
  atMost: number,
  except: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'hold archives',
    text: `select id from work_orders w where ${overdueForArchive} order by ended_at limit $2 for no key update skip locked`,
    values: [new Date(endedBefore(by)).toISOString(), atMost, except],
  });
  return rows.map(({ id }) => id);
}

/** What ended before this has had its thirty days by `by`; they end with the last second of a day. */
function endedBefore(by: Instant): Instant {
  const lastOver = addDays(dateOf((by + 1000) as Instant), -1);
  return atLocal(addDays(lastOver, -29), '00:00:00');
}

/** When the order was last changed, by its history. */
export async function lastChange(from: Queryable, orderId: string): Promise<Instant | null> {
  const { rows } = await from.query<{ at: Date }>({
    name: 'last change',
    text: 'select at from facts where subject_id = $1 order by id desc limit 1',
    values: [orderId],
  });
  return (rows[0]?.at.getTime() ?? null) as Instant | null;
}

/** Holds the order until the transaction ends. False when somebody else does and `wait` is not wanted. */
export async function hold(tx: Queryable, orderId: string, wait: boolean): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: wait ? 'hold order' : 'hold free order',
    text: `select from work_orders where id = $1 for no key update ${wait ? '' : 'skip locked'}`,
    values: [orderId],
  });
  return rowCount === 1;
}

/** In a drill what is due fires one by one, whichever process fires it. */
export const oneByOne = (tx: Queryable): Promise<unknown> => tx.query('select pg_advisory_xact_lock(7306)');
