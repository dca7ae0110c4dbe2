import type { ClockKind } from '../domain/clocks.ts';
import { thirtyDaysAfter } from '../domain/obstacles.ts';
import { addDays, atLocal, dateOf, type Instant } from '../domain/time.ts';
import type { Queryable } from './rows.ts';

/** A clock, and when it next leads to something: a rung of the ladder, or its own passing. */
export type DueClock = Readonly<{
  orderId: string;
  dueAt: Instant;
  clock: Readonly<{ seq: number; kind: ClockKind; version: number }>;
}>;

type ClockRow = Readonly<{ order_id: string; seq: number; kind: ClockKind; version: number; next_rung_at: Date }>;

const toDue = ({ order_id, seq, kind, version, next_rung_at }: ClockRow): DueClock => ({
  orderId: order_id,
  dueAt: next_rung_at.getTime() as Instant,
  clock: { seq, kind, version },
});

/** Up to `atMost` clocks that are due by `by`, the earliest first, but none of the orders in `except`. */
export async function dueClocks(
  from: Queryable,
  by: Instant,
  atMost: number,
  except: readonly string[] = [],
): Promise<readonly DueClock[]> {
  const { rows } = await from.query<ClockRow>({
    name: 'due clocks',
    text: `select order_id, seq, kind, version, next_rung_at from clocks
           where next_rung_at <= $1 and not (order_id = any($3::uuid[]))
           order by next_rung_at, order_id, seq limit $2`,
    values: [new Date(by).toISOString(), atMost, except],
  });
  return rows.map(toDue);
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

/** Up to `atMost` ended orders whose thirty days are over by `by`, and beside which nothing waits for a decision. */
export async function dueArchives(
  from: Queryable,
  by: Instant,
  atMost: number,
  except: readonly string[] = [],
): Promise<readonly Readonly<{ orderId: string; dueAt: Instant }>[]> {
  const { rows } = await from.query<{ id: string; ended_at: Date }>({
    name: 'due archives',
    text: `select id, ended_at from work_orders w
           where ended_at is not null and state <> 'archived' and ended_at < $1 and not (id = any($3::uuid[]))
             and not exists (select from judgements j where j.order_id = w.id and j.state = 'open')
             and not exists (select from approvals a
                             where a.order_id = w.id and a.state = 'pending')
           order by ended_at, id limit $2`,
    values: [new Date(endedBefore(by)).toISOString(), atMost, except],
  });
  return rows.map(({ id, ended_at }) => ({
    orderId: id,
    dueAt: thirtyDaysAfter(ended_at.getTime() as Instant),
  }));
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
