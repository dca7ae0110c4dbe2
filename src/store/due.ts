import { type Instant, shanghai } from '../domain/time.ts';
import type { Queryable } from './rows.ts';

/** Something whose time has come, and since when. */
export type FoundDue = Readonly<{ id: string; dueAt: Instant }>;

/**
 * How up to `atMost` of one kind that are due are found: a select of `id` and `due_at`, the earliest first. $1 is by when,
 * $2 the ids to leave out, $3 the categories that are never shown in public.
 */
export type DueSql = (atMost: number) => string;

/** What is looked for, by kind. `name` is that of the set of kinds. */
export type Looking<K extends string> = Readonly<{ name: string; kinds: readonly (readonly [K, DueSql])[] }>;

/** Up to `atMost` things of each kind that are due by `by`, the earliest first, in one round trip. */
export async function findDue<K extends string>(
  from: Queryable,
  { name, kinds }: Looking<K>,
  { by, atMost, except, unpublished }: DueAsked,
): Promise<readonly (FoundDue & Readonly<{ kind: K }>)[]> {
  const each = kinds.map(
    ([kind, sql], n) => `select '${kind}' as kind, ${n} as n, row_number() over () as k, d.* from (${sql(atMost)}) d`,
  );
  const { rows } = await from.query<{ kind: K; id: string; due_at: Date }>({
    name: `${name}, ${atMost}`,
    // Says what the parameters are, also where no kind asks for one of them.
    text: `with asked as (select $1::timestamptz, $2::uuid[], $3::text[])
           select kind, id, due_at from (${each.join(' union all ')}) found order by due_at, n, k`,
    values: [new Date(by).toISOString(), except, unpublished],
  });
  return rows.map(({ kind, id, due_at }) => ({ kind, id, dueAt: due_at.getTime() as Instant }));
}
export type DueAsked = Readonly<{
  by: Instant;
  atMost: number;
  except: readonly string[];
  unpublished: readonly string[];
}>;

/** Orders with a clock that is due. */
export const dueClocks: DueSql = (atMost) => `
  select order_id as id, min(next_rung_at) as due_at from (
    select order_id, next_rung_at from clocks where next_rung_at <= $1 and not (order_id = any($2))
    order by next_rung_at, order_id, seq limit ${atMost}) c
  group by order_id order by 2, 1`;

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

// The thirty days of an ended order are over with the last second of a day, as thirtyDaysAfter says of one.
const zone = `at time zone '${shanghai.name}'`;
const overdueForArchive = `w.ended_at is not null and w.state <> 'archived' and not (w.id = any($2::uuid[]))
  and w.ended_at < (date_trunc('day', ($1::timestamptz + interval '1 second') ${zone}) - interval '30 days') ${zone}
  and not exists (select from judgements j where j.order_id = w.id and j.state = 'open')
  and not exists (select from approvals a where a.order_id = w.id and a.state = 'pending')`;

/** Ended orders whose thirty days are over, and about whose end nobody's objection is pending. */
export const dueArchives: DueSql = (atMost) => `
  select w.id, (date_trunc('day', w.ended_at ${zone}) + interval '31 days' - interval '1 second') ${zone} as due_at
  from work_orders w where ${overdueForArchive} order by w.ended_at, w.id limit ${atMost}`;

/** The same, held until the transaction ends; those that somebody else holds are passed over. */
export async function holdArchives(
  tx: Queryable,
  by: Instant,
  atMost: number,
  except: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'hold archives',
    text: `select w.id from work_orders w where ${overdueForArchive} order by w.ended_at limit $3 for no key update skip locked`,
    values: [new Date(by).toISOString(), except, atMost],
  });
  return rows.map(({ id }) => id);
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
