import { firstRungAt } from '../domain/ladder.ts';
import { subjectOfReply } from '../domain/ladder-fire.ts';
import type { SupervisionOrder } from '../domain/supervision.ts';
import type { Instant } from '../domain/time.ts';
import type { Sight } from '../domain/visibility.ts';
import type { Fact } from '../domain/work-order.ts';
import type { DueSql } from './due.ts';
import { recordFacts } from './facts.ts';
import type { Climbing } from './orders.ts';
import { fromJson, locking, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const writeHead = writer(t.supervisionOrders, { key: ['id'] });
const writeWorks = writer(t.supervisionWorks, { key: ['supervisionId', 'orderId'] });

const loading = `select row_to_json(s) as head,
  (select coalesce(json_agg(w order by w.seq), '[]') from supervision_works w where w.supervision_id = s.id) as works
  from supervision_orders s`;
type Loaded = Readonly<{ head: Record<string, unknown>; works: Record<string, unknown>[] }>;

function assemble({ head, works }: Loaded): SupervisionOrder {
  const { nextRungAt: _n, ...order } = fromJson(t.supervisionOrders, head);
  const all = works.map((work) => fromJson(t.supervisionWorks, work));
  const ids = (gone: boolean): string[] => all.filter((work) => work.gone === gone).map(({ orderId }) => orderId);
  return { ...order, workOrderIds: ids(false), leftWorkOrderIds: ids(true) };
}

/** Reads supervision orders whole, newest first. Ids that are not there are left out. */
export async function loadSupervisions(from: Queryable, ids: readonly string[]): Promise<readonly SupervisionOrder[]> {
  const { rows } = await from.query<Loaded>({
    name: 'load supervisions',
    text: `${loading} where s.id = any($1) order by s.id desc`,
    values: [ids],
  });
  return rows.map(assemble);
}

/** Reads one and holds it until the transaction ends. */
export const lockSupervision = locking(
  t.supervisionOrders,
  async (tx, id) => (await loadSupervisions(tx, [id]))[0] ?? null,
);

/** The order that gathers what falls on one unit on one day, if it still waits. Nobody else gathers there meanwhile. */
export async function lockGathered(tx: Queryable, key: string): Promise<SupervisionOrder | null> {
  await tx.query({
    name: 'hold gathering',
    text: 'select pg_advisory_xact_lock(7320, hashtext($1))',
    values: [key],
  });
  const { rows } = await tx.query<{ id: string }>({
    name: 'gathered',
    text: "select id from supervision_orders where gather_key = $1 and state = 'issued'",
    values: [key],
  });
  const found = rows[0] === undefined ? null : await lockSupervision(tx, rows[0].id);
  return found?.state === 'issued' ? found : null;
}

/** Writes one with its facts, and puts its work orders on top of the queue, or back to their place in it. */
export async function saveSupervision(
  tx: Queryable,
  order: SupervisionOrder,
  facts: readonly Fact[],
  { city, ladder }: Climbing,
): Promise<void> {
  const { workOrderIds, leftWorkOrderIds, ...head } = order;
  const nextRungAt = firstRungAt(subjectOfReply(order), order.clocks, city, ladder.rungs);
  await writeHead(tx, [{ ...head, nextRungAt }]);
  const left = leftWorkOrderIds.filter((id) => !workOrderIds.includes(id));
  await writeWorks(
    tx,
    [...workOrderIds, ...left].map((orderId, seq) => ({
      supervisionId: order.id,
      orderId: orderId as (typeof t.supervisionWorks.$inferInsert)['orderId'],
      seq,
      gone: left.includes(orderId),
    })),
  );
  await recordFacts(tx, { subject: 'supervision_order', subjectId: order.id }, facts);
}

/** Says anew of these work orders whether they press. Whoever calls holds them all. */
export const refreshPressing = (tx: Queryable, workOrderIds: readonly string[]): Promise<unknown> =>
  tx.query({
    name: 'refresh pressing',
    text: `update work_orders w set pressing = p.pressing from (
             select o.id, exists (select from supervision_works x join supervision_orders s on s.id = x.supervision_id
               where x.order_id = o.id and not x.gone and s.state = 'issued' and s.unit = o.owner) as pressing
             from work_orders o where o.id = any($1::uuid[])) p
           where w.id = p.id and w.pressing <> p.pressing`,
    values: [workOrderIds],
  });

/** Holds these work orders, in the order of their ids like everybody who holds several. */
export const holdWorks = (tx: Queryable, ids: readonly string[]): Promise<unknown> =>
  tx.query({
    name: 'hold works',
    text: 'select from work_orders where id = any($1::uuid[]) order by id for no key update',
    values: [ids],
  });

/** The supervision orders a work order is on, of those that have not ended; by id, so that all hold them in one order. */
export async function supervisionsOn(from: Queryable, workOrderId: string): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>({
    name: 'supervisions on',
    text: `select s.id from supervision_works x join supervision_orders s on s.id = x.supervision_id
           where x.order_id = $1 and not x.gone and s.state in ('issued', 'replied') order by s.id`,
    values: [workOrderId],
  });
  return rows.map(({ id }) => id);
}

/** A supervision order in short, as its work orders show it. */
export type SupervisionBrief = Pick<SupervisionOrder, 'id' | 'number' | 'unit' | 'by' | 'grade' | 'state' | 'replyBy'>;

/** The supervision orders ever issued on these work orders, by work order, newest first. */
export async function supervisionBriefs(
  from: Queryable,
  workOrderIds: readonly string[],
): Promise<ReadonlyMap<string, readonly SupervisionBrief[]>> {
  const { rows } = await from.query<Omit<SupervisionBrief, 'replyBy'> & { order_id: string; reply_by: Date }>({
    name: 'supervision briefs',
    text: `select x.order_id, s.id, s.number, s.unit, s.by_unit as by, s.grade, s.state, s.reply_by
           from supervision_works x join supervision_orders s on s.id = x.supervision_id
           where x.order_id = any($1::uuid[]) order by s.id desc`,
    values: [workOrderIds],
  });
  const found = Map.groupBy(rows, (row) => row.order_id);
  return new Map(
    [...found].map(([id, all]) => [
      id,
      all.map(({ reply_by, order_id: _o, ...brief }) => ({ ...brief, replyBy: reply_by.getTime() as Instant })),
    ]),
  );
}

/** What a list may be narrowed to. `cursor` is the last id of the page before. */
export type SupervisionFilter = Readonly<{
  unit?: string | undefined;
  by?: string | undefined;
  grade?: string | undefined;
  state?: string | undefined;
  workOrderId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

/** Supervision orders within sight that pass the filter, newest first. `own` is the unit whose word it may be. */
export async function findSupervisions(
  from: Queryable,
  { all, units }: Sight,
  own: string | null,
  filter: SupervisionFilter,
): Promise<readonly SupervisionOrder[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = all
    ? []
    : [`(s.unit = any(${bind(units)}) or s.by_unit = ${bind(own)} or s.issued_by->'actor'->>'unit' = ${bind(own)})`];
  if (filter.unit !== undefined) conditions.push(`s.unit = ${bind(filter.unit)}`);
  if (filter.by !== undefined) conditions.push(`s.by_unit = ${bind(filter.by)}`);
  if (filter.grade !== undefined) conditions.push(`s.grade = ${bind(filter.grade)}`);
  if (filter.state !== undefined) conditions.push(`s.state = ${bind(filter.state)}`);
  if (filter.cursor !== undefined) conditions.push(`s.id < ${bind(filter.cursor)}`);
  if (filter.workOrderId !== undefined)
    conditions.push(
      `exists (select from supervision_works x where x.supervision_id = s.id and x.order_id = ${bind(filter.workOrderId)})`,
    );
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const { rows } = await from.query<Loaded>(
    `${loading} ${where} order by s.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return rows.map(assemble);
}

/** Supervision orders on which a rung waits. */
export const dueSupervisions: DueSql = (atMost) => `
  select id, next_rung_at as due_at from supervision_orders
  where next_rung_at <= $1 and not (id = any($2)) order by next_rung_at, id limit ${atMost}`;

/** Ids of supervision orders that wait for a reply, a page at a time. */
export async function waitingSupervisions(from: Queryable, after: string | null, limit: number) {
  const { rows } = await from.query<{ id: string }>(
    `select id from supervision_orders where state = 'issued' and ($1::uuid is null or id > $1) order by id limit $2`,
    [after, limit],
  );
  return rows.map(({ id }) => id);
}
