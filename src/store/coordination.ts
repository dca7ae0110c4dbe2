import { type CalledUnit, type CoordinationOrder, reportInOf } from '../domain/coordination.ts';
import type { Instant } from '../domain/time.ts';
import type { Sight } from '../domain/visibility.ts';
import type { Fact, OrderClock } from '../domain/work-order.ts';
import type { DueSql } from './due.ts';
import { recordFacts } from './facts.ts';
import { fromJson, locking, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const writeOrders = writer(t.coordinationOrders, { key: ['id'] });
const writeWorks = writer(t.coordinationWorks, { key: ['orderId', 'workOrderId'] });
const writeCalls = writer(t.coordinationCalls, { key: ['orderId', 'seq'] });

/** The states of a call that holds its unit, as SQL. The same words as the index coordination_calls_held. */
export const heldSql = (call: string): string => `${call}.state not in ('named', 'released')`;

const loading = `select row_to_json(o) as head,
  (select coalesce(json_agg(w order by w.seq), '[]') from coordination_works w where w.order_id = o.id) as works,
  (select coalesce(json_agg(c order by c.seq), '[]') from coordination_calls c where c.order_id = o.id) as calls
  from coordination_orders o where o.id = any($1) order by o.id`;
type Row = Readonly<Record<string, unknown>>;
type Loaded = Readonly<{ head: Row; works: readonly Row[]; calls: readonly Row[] }>;

/** Reads coordination orders whole, in the order of their ids. Ids that are not there are left out. */
export async function loadCoordinations(
  from: Queryable,
  ids: readonly string[],
): Promise<readonly CoordinationOrder[]> {
  const { rows } = await from.query<Loaded>({ name: 'load coordination', text: loading, values: [ids] });
  return rows.map(assemble);
}

/** Reads one and holds it until the transaction ends. */
export const lockCoordination = locking(
  t.coordinationOrders,
  async (tx, id) => (await loadCoordinations(tx, [id]))[0] ?? null,
);

function assemble({ head, works, calls }: Loaded): CoordinationOrder {
  const { issuedAt: _i, ...order } = fromJson(t.coordinationOrders, head);
  const listed = works.map((row) => fromJson(t.coordinationWorks, row));
  const units: CalledUnit[] = [];
  const clocks: OrderClock[] = [];
  for (const row of calls) {
    const {
      orderId: _o,
      clock,
      answerClock,
      reportInDue: _d,
      nextRungAt: _n,
      ...call
    } = fromJson(t.coordinationCalls, row);
    units.push(call);
    for (const each of [clock, answerClock]) if (each !== null) clocks.push(each);
  }
  return {
    ...order,
    units,
    clocks: clocks.toSorted((a, b) => a.seq - b.seq),
    workOrderIds: listed.filter((w) => !w.hasLeft).map((w) => w.workOrderId),
    leftWorkOrderIds: listed.filter((w) => w.hasLeft).map((w) => w.workOrderId),
  };
}

/**
 * Writes one order with what became true of it; the only way it is written. `nextRungAt` says when the ladder next
 * looks at a clock of it.
 */
export async function saveCoordination(
  tx: Queryable,
  before: CoordinationOrder | null,
  after: CoordinationOrder,
  facts: readonly Fact[],
  nextRungAt: (clock: OrderClock) => Instant | null,
): Promise<void> {
  const kept = new Set(after.units.map((call) => call.seq));
  const gone = (before?.units ?? []).filter((call) => !kept.has(call.seq)).map((call) => call.seq);
  const works = [
    ...after.leftWorkOrderIds.map((workOrderId) => ({ workOrderId, hasLeft: true })),
    ...after.workOrderIds.map((workOrderId) => ({ workOrderId, hasLeft: false })),
  ].map((work, seq) => ({ orderId: after.id, seq, ...work }));
  const calls = after.units.map((call) => {
    const clock = reportInOf(after, call) ?? null;
    const answerClock = after.clocks.findLast((c) => c.kind === 'answer_call' && c.about === call.id) ?? null;
    const next = [clock, answerClock].flatMap((each) => (each === null ? [] : (nextRungAt(each) ?? [])));
    return {
      orderId: after.id,
      ...call,
      clock,
      answerClock,
      reportInDue: clock?.dueAt ?? null,
      nextRungAt: next.length === 0 || after.state !== 'issued' ? null : (Math.min(...next) as Instant),
    };
  });
  await writeOrders(tx, [{ ...after, issuedAt: after.issuedBy?.at ?? null }]);
  await tx.query({
    name: 'drop from coordination',
    text: `with named as (delete from coordination_calls where order_id = $1 and seq = any($2))
           delete from coordination_works where order_id = $1 and not (work_order_id = any($3::uuid[]))`,
    values: [after.id, gone, works.map((w) => w.workOrderId)],
  });
  await writeWorks(tx, works);
  await writeCalls(tx, calls);
  await recordFacts(tx, { subject: 'coordination_order', subjectId: after.id }, facts);
}

/** What a list of coordination orders may be narrowed to. `cursor` is the last id of the page before. */
export type CoordinationFilter = Readonly<{
  street?: string | undefined;
  unit?: string | undefined;
  state?: readonly string[] | undefined;
  workOrderId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

type Bind = (value: unknown) => string;
type Drafter = Readonly<{ client: string; name: string }>;

/** The condition that keeps a query of `coordination_orders o` within sight; seesCoordination says the same in memory. */
function withinSight({ all, units }: Sight, drafter: Drafter, bind: Bind): string {
  if (all) return 'true';
  const any = [
    `(o.drafted_by->'actor'->>'client' = ${bind(drafter.client)} and o.drafted_by->'actor'->>'name' = ${bind(drafter.name)})`,
  ];
  if (units.length > 0) {
    const ours = bind(units);
    any.push(
      `o.street = any(${ours})`,
      `exists (select from coordination_calls c where c.order_id = o.id and c.unit = any(${ours}) and ${heldSql('c')})`,
    );
  }
  return `(${any.join(' or ')})`;
}

/** Coordination orders within sight that pass the filter, newest first. What the drafter drafted is within it too. */
export async function findCoordinations(
  from: Queryable,
  sight: Sight,
  drafter: Drafter,
  filter: CoordinationFilter,
): Promise<readonly CoordinationOrder[]> {
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const conditions = [withinSight(sight, drafter, bind)];
  if (filter.street !== undefined) conditions.push(`o.street = ${bind(filter.street)}`);
  if (filter.state) conditions.push(`o.state = any(${bind(filter.state)})`);
  if (filter.unit !== undefined)
    conditions.push(
      `exists (select from coordination_calls c where c.order_id = o.id and c.unit = ${bind(filter.unit)} and c.state <> 'named')`,
    );
  if (filter.workOrderId !== undefined)
    conditions.push(
      `exists (select from coordination_works w where w.order_id = o.id and w.work_order_id = ${bind(filter.workOrderId)}::uuid)`,
    );
  if (filter.cursor !== undefined) conditions.push(`o.id < ${bind(filter.cursor)}::uuid`);
  const { rows } = await from.query<{ id: string }>(
    `select o.id from coordination_orders o where ${conditions.join(' and ')} order by o.id desc limit ${bind(filter.limit)}`,
    values,
  );
  const found = await loadCoordinations(
    from,
    rows.map((r) => r.id),
  );
  return found.toReversed();
}

/** The orders that hold a unit now. */
export async function coordinationsHolding(from: Queryable, unit: string): Promise<readonly CoordinationOrder[]> {
  const { rows } = await from.query<{ order_id: string }>({
    name: 'coordination holding',
    text: `select distinct order_id from coordination_calls c where unit = $1 and ${heldSql('c')}`,
    values: [unit],
  });
  return loadCoordinations(
    from,
    rows.map((r) => r.order_id),
  );
}

/** The drafts and issued orders a work order is on, by id, so that whoever holds several holds them in one order. */
export async function coordinationsOf(from: Queryable, workOrder: string): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>({
    name: 'coordination of',
    text: `select o.id from coordination_works w join coordination_orders o on o.id = w.order_id
           where w.work_order_id = $1 and not w.has_left and o.state in ('draft', 'issued') order by o.id`,
    values: [workOrder],
  });
  return rows.map((r) => r.id);
}

/** A coordination order as its work orders show it. */
export type CoordinationBrief = Readonly<
  Pick<CoordinationOrder, 'id' | 'number' | 'kind' | 'street' | 'state'> & { units: readonly string[] }
>;

/** What each of these work orders is on, the newest first, but no drafts. */
export async function briefsOf(
  from: Queryable,
  workOrders: readonly string[],
): Promise<ReadonlyMap<string, readonly CoordinationBrief[]>> {
  if (workOrders.length === 0) return new Map();
  const { rows } = await from.query<CoordinationBrief & { work: string }>({
    name: 'coordination briefs',
    text: `select w.work_order_id as work, o.id, o.number, o.kind, o.street, o.state,
             array(select distinct c.unit from coordination_calls c where c.order_id = o.id and c.state <> 'named' order by 1) as units
           from coordination_works w join coordination_orders o on o.id = w.order_id
           where w.work_order_id = any($1::uuid[]) and o.issued_at is not null order by o.id desc`,
    values: [workOrders],
  });
  const briefs = rows.map(({ work, ...brief }) => [work, brief] as const);
  return new Map(
    [...Map.groupBy(briefs, ([work]) => work)].map(([work, of]) => [work, of.map(([, brief]) => brief)] as const),
  );
}

/** Orders with a call on whose clock a rung waits. */
export const dueCoordinations: DueSql = (atMost) => `
  select order_id as id, min(next_rung_at) as due_at from coordination_calls
  where next_rung_at <= $1 and not (order_id = any($2)) group by order_id order by 2, 1 limit ${atMost}`;

/** Ids of orders whose calls may still climb, a page at a time. */
export async function climbingCoordinations(
  from: Queryable,
  after: string | null,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>(
    `select id from coordination_orders where state = 'issued' and ($1::uuid is null or id > $1) order by id limit $2`,
    [after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Work orders as they are, held against being ended until the transaction ends. */
export const holdWorkOrders = (tx: Queryable, ids: readonly string[]): Promise<unknown> =>
  tx.query({
    name: 'hold work orders',
    text: 'select from work_orders where id = any($1::uuid[]) order by id for share',
    values: [ids],
  });
