import { takenWhen } from '../domain/calling.ts';
import type { City } from '../domain/city.ts';
import type { FollowUp } from '../domain/follow-up.ts';
import type { LadderPolicy } from '../domain/ladder.ts';
import { isUrgent } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';
import { nextAt } from '../domain/when-due.ts';
import { type Fact, isClaimable, type WorkOrder } from '../domain/work-order.ts';
import { announce } from './announce.ts';
import { heldSql } from './coordination.ts';
import { writeFacts } from './facts.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

/** The lists of an order, each in a table of its own. */
const parts = {
  assignments: t.assignments,
  clocks: t.clocks,
  approvals: t.approvals,
  assists: t.assists,
  innerAssignments: t.innerAssignments,
  watchers: t.watchers,
  contacts: t.contacts,
  notes: t.notes,
  submissions: t.submissions,
  followUps: t.followUps,
  judgements: t.judgements,
  recusals: t.recusals,
} as const;
type Part = keyof typeof parts;
const partNames = Object.keys(parts) as Part[];
const tableNames: Readonly<Record<Part, string>> = {
  assignments: 'assignments',
  clocks: 'clocks',
  approvals: 'approvals',
  assists: 'assists',
  innerAssignments: 'inner_assignments',
  watchers: 'watchers',
  contacts: 'contacts',
  notes: 'notes',
  submissions: 'submissions',
  followUps: 'follow_ups',
  judgements: 'judgements',
  recusals: 'recusals',
};

// A lease belongs to whoever claimed; saving an order leaves it alone.
const leased = ['claimToken', 'leaseUntil', 'pressing'];
type Writers = Readonly<Record<Part | 'head', (to: Queryable, rows: readonly object[]) => Promise<void>>>;
const writersOf = (keyOf: (...key: string[]) => Readonly<{ key?: string[] }>): Writers => ({
  // A number written again, though the same, would lock out every request that joins the order meanwhile.
  head: writer(t.workOrders, { ...keyOf('id'), without: leased, keep: ['number'] }),
  ...(Object.fromEntries(
    partNames.map((name) => [name, writer(parts[name], { ...keyOf('orderId', 'seq'), without: leased })]),
  ) as Record<Part, Writers[Part]>),
});
const writeOver = writersOf((...key) => ({ key }));
// Of a new order nothing can be there yet, and plain rows cost PostgreSQL less.
const writeNew = writersOf(() => ({}));

const requestColumns = 'id, number, kind, channel, reachable, confidential, external_due_at, withdrawn_at';
const loading = `select row_to_json(w) as head, coalesce(w.lease_until > now(), false) as claimed,
  (select coalesce(json_agg(r order by r.number), '[]') from (
    select ${requestColumns} from requests where work_order_id = w.id and not aside
    union all select ${requestColumns} from requests where id = any($2::uuid[]) and work_order_id = w.id and aside) r) as requests,
  (select i.id from incidents i where i.lead_order_id = w.id) as incident,
  array(select distinct c.unit from coordination_works k join coordination_calls c on c.order_id = k.order_id
    where k.work_order_id = w.id and ${heldSql('c')} order by 1) as called,
  ${partNames.map((n) => `(select coalesce(json_agg(p order by p.seq), '[]') from ${tableNames[n]} p where p.order_id = w.id) as "${n}"`).join(',\n  ')}
  from work_orders w where w.id = any($1)`;

type Loaded = Readonly<
  {
    head: Record<string, unknown>;
    requests: Record<string, unknown>[];
    incident: string | null;
    called: string[];
    claimed: boolean;
  } & Record<Part, Record<string, unknown>[]>
>;

/**
 * Reads orders whole, in the order of their ids. Ids that are not there are left out. Of the requests that stand aside
 * on them only those named in `carrying` are read.
 */
export async function loadAll(
  from: Queryable,
  ids: readonly string[],
  carrying: readonly string[] = [],
): Promise<readonly WorkOrder[]> {
  const { rows } = await from.query<Loaded>({
    name: 'load orders',
    text: `${loading} order by w.id`,
    values: [ids, carrying],
  });
  return rows.map(assemble);
}

/** Reads one order whole. */
export const load = async (from: Queryable, id: string, carrying: readonly string[] = []): Promise<WorkOrder | null> =>
  (await loadAll(from, [id], carrying))[0] ?? null;

/**
 * Reads an order and holds it until the transaction ends, so that two commands cannot both win. Held first and read
 * then: one statement for both would, after waiting, give the new order with the parts it had before. Held without its
 * key, so that whoever puts a request on it waits for nobody, and thousands who do keep nobody out.
 */
export async function lock(tx: Queryable, id: string, carrying: readonly string[] = []): Promise<WorkOrder | null> {
  const [, order] = await Promise.all([
    tx.query({ name: 'lock order', text: 'select from work_orders where id = $1 for no key update', values: [id] }),
    load(tx, id, carrying),
  ]);
  return order;
}

/** Locks two orders in one fixed order, so that two merges never wait for each other. */
export async function lockBoth(
  tx: Queryable,
  a: string,
  b: string,
): Promise<readonly [WorkOrder | null, WorkOrder | null]> {
  const [first, second] = a < b ? [a, b] : [b, a];
  const one = await lock(tx, first);
  const other = await lock(tx, second);
  return a < b ? [one, other] : [other, one];
}

function assemble(row: Loaded): WorkOrder {
  const {
    areaPath: _p,
    claimable: _c,
    priority: _q,
    dueAt: _d,
    claimToken: _t,
    leaseUntil: _l,
    pressing: _u,
    ...head
  } = fromJson(t.workOrders, row.head);
  const lists = Object.fromEntries(partNames.map((name) => [name, row[name].map((part) => withoutOrder(name, part))]));
  const requests = row.requests.map((r) => {
    const { id, number, kind, channel, reachable, confidential, externalDueAt, withdrawnAt } = fromJson(t.requests, r);
    return { id, number, kind, channel, reachable, confidential, externalDueAt, withdrawnAt };
  });
  return {
    ...head,
    requests,
    ...lists,
    called: row.called,
    claimed: row.claimed,
    incident: row.incident,
  } as unknown as WorkOrder;
}

function withoutOrder(name: Part, row: Record<string, unknown>): object {
  const {
    orderId: _o,
    claimToken: _t,
    leaseUntil: _l,
    nextRungAt: _n,
    takeFrom: _f,
    takeParts: _p,
    callAgreed: _a,
    ...part
  } = fromJson(parts[name], row) as Record<string, unknown>;
  return part;
}

const queueClocks = new Set(['sign', 'contact', 'resolve', 'rework', 'promise', 'review', 'verify', 'dispatching']);

/** What lists are sorted and filtered by; it follows from the order. */
const derived = (order: WorkOrder) => ({
  areaPath: order.placement.path.map((step) => step.code),
  claimable: isClaimable(order),
  priority: order.urgency === 'emergency' ? 0 : isUrgent(order.urgency) ? 1 : 2,
  dueAt: order.clocks.reduce<Instant | null>(
    (first, c) =>
      c.state === 'stopped' || !queueClocks.has(c.kind) || (first !== null && first <= c.dueAt) ? first : c.dueAt,
    null,
  ),
});

/** By what residents are found whom somebody may call now. */
const calling = (followUp: FollowUp, { calendar: { zone } }: City) => {
  const { from = null, parts = null, agreed = null } = takenWhen(followUp, zone) ?? {};
  return { takeFrom: from, takeParts: parts, callAgreed: agreed };
};

/** By what the next moment of a clock is worked out: the city's time and the rungs in force. */
export type Climbing = Readonly<{ city: City; ladder: Pick<LadderPolicy, 'rungs'> }>;

/** An order as it was before, or null for a new one, and as it is now, with what became true on the way. */
export type Saved = Readonly<{ before: WorkOrder | null; after: WorkOrder; facts: readonly Fact[] }>;

/**
 * Writes many orders and their facts together, and only what changed. The facts are the outbox: no commit, no message.
 * Every statement is sent before the first is answered; one that fails fails those behind it. `between` is sent once the
 * orders stand and before their parts, which may refer to what it writes.
 */
export async function saveAll(
  tx: Queryable,
  saved: readonly Saved[],
  { city, ladder }: Climbing,
  between: () => readonly Promise<unknown>[] = () => [],
): Promise<void> {
  const write = saved.every(({ before }) => before === null) ? writeNew : writeOver;
  const heads = saved.filter((s) => s.before !== s.after).map(({ after }) => ({ ...after, ...derived(after) }));
  const sent: Promise<unknown>[] = [write.head(tx, heads)];
  sent.push(...between());
  for (const name of partNames) {
    const rows = saved.flatMap(({ before, after }): readonly object[] => {
      const known = new Set<unknown>(before?.[name]);
      const orderId = after.id;
      if (name === 'followUps')
        return after.followUps.filter((f) => !known.has(f)).map((f) => ({ orderId, ...f, ...calling(f, city) }));
      if (name !== 'clocks')
        return after[name].filter((part) => !known.has(part)).map((part) => ({ orderId, ...part }));
      // Which rungs a clock has is said by the order's tier and urgency as well.
      const climbs = before === null || before.tier !== after.tier || before.urgency !== after.urgency;
      return after.clocks
        .filter((clock) => !known.has(clock) || (climbs && clock.state === 'running'))
        .map((clock) => ({ orderId, ...clock, nextRungAt: nextAt(after, clock, city, ladder.rungs) }));
    });
    // A new lead may only begin once the old one has ended: ended rows go first.
    const isCurrent = (row: object): boolean => name === 'assignments' && 'to' in row && row.to === null;
    const [current, others] =
      write === writeNew ? [[], rows] : [rows.filter(isCurrent), rows.filter((r) => !isCurrent(r))];
    sent.push(write[name](tx, others), write[name](tx, current));
  }
  const facts = saved.flatMap(({ after, facts }) =>
    facts.map((fact) => ({ ...fact, subject: 'work_order', subjectId: after.id })),
  );
  sent.push(writeFacts(tx, facts), tell(tx, saved));
  await Promise.all(sent);
}

/** The queues of residents to be asked, beside the units' own, which go by their codes: agents' and vendors'. */
export const followUpQueue = '*follow-ups';
export const followUpQueues = [followUpQueue, `${followUpQueue} of vendors`] as const;

/** Tells those who wait, once this is committed, that facts are there and whose queue has grown. */
async function tell(tx: Queryable, saved: readonly Saved[]): Promise<void> {
  const grown = saved.flatMap(({ before, after }) => {
    const isNew = isClaimable(after) && (before === null || !isClaimable(before) || before.owner !== after.owner);
    const asked = new Set(before?.followUps.map((f) => f.id));
    return [
      ...(isNew ? [after.owner] : []),
      ...(after.followUps.some((f) => f.state === 'open' && !asked.has(f.id)) ? followUpQueues : []),
    ];
  });
  const facts = saved.some((s) => s.facts.length > 0);
  await announce(tx, grown, facts);
}

/** Writes one order. */
export const save = (tx: Queryable, saved: Saved, climbing: Climbing): Promise<void> => saveAll(tx, [saved], climbing);

/** A request that joined an incident gets an order of its own, and is carried by that. */
export const moveToOwn = (tx: Queryable, request: string, order: string): Promise<unknown> =>
  tx.query({
    name: 'move to own',
    text: 'update requests set work_order_id = $2, original_order_id = $2, aside = false where id = $1',
    values: [request, order],
  });

/** Moves requests to the order they are on now and records which have been withdrawn. */
export async function saveRequests(tx: Queryable, before: WorkOrder | null, after: WorkOrder): Promise<void> {
  const known = new Set(before?.requests);
  for (const request of after.requests.filter((r) => !known.has(r)))
    await tx.query({
      name: 'move request',
      text: 'update requests set work_order_id = $2, withdrawn_at = $3 where id = $1',
      values: [request.id, after.id, request.withdrawnAt === null ? null : new Date(request.withdrawnAt).toISOString()],
    });
}
