import type { Publication, Snapshot, Source } from '../domain/publication.ts';
import type { Instant } from '../domain/time.ts';
import type { Sight } from '../domain/visibility.ts';
import type { Fact, WorkOrder } from '../domain/work-order.ts';
import type { DueSql } from './due.ts';
import { recordFacts } from './facts.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const writeHead = writer(t.publications, { key: ['id'] });
const writeSnapshots = writer(t.publicationSnapshots);

const loading = `select row_to_json(p) as head,
  (select coalesce(json_agg(s order by s.seq), '[]') from publication_snapshots s where s.publication_id = p.id) as snapshots
  from publications p`;
type Loaded = Readonly<{ head: Record<string, unknown>; snapshots: Record<string, unknown>[] }>;

const assemble = ({ head, snapshots }: Loaded): Publication => ({
  ...fromJson(t.publications, head),
  snapshots: snapshots.map((row): Snapshot => {
    const { publicationId: _p, ...snapshot } = fromJson(t.publicationSnapshots, row);
    return snapshot;
  }),
});

/** One publication with its trail; null where there is none. */
export async function loadPublication(from: Queryable, id: string): Promise<Publication | null> {
  const { rows } = await from.query<Loaded>({
    name: 'load publication',
    text: `${loading} where p.id = $1`,
    values: [id],
  });
  return rows[0] === undefined ? null : assemble(rows[0]);
}

/** The publications there ever were of an order, the oldest first. Whoever decides about them holds the order. */
export async function publicationsOf(from: Queryable, workOrderId: string): Promise<readonly Publication[]> {
  const { rows } = await from.query<Loaded>({
    name: 'publications of',
    text: `${loading} where p.order_id = $1 order by p.id`,
    values: [workOrderId],
  });
  return rows.map(assemble);
}

/** Writes one with its facts; of its trail only what is new. */
export async function savePublication(
  tx: Queryable,
  before: Publication | null,
  after: Publication,
  facts: readonly Fact[],
): Promise<void> {
  const { snapshots, ...head } = after;
  await writeHead(tx, [head]);
  const known = before?.snapshots.length ?? 0;
  await writeSnapshots(
    tx,
    snapshots.slice(known).map((snapshot) => ({ ...snapshot, publicationId: after.id })),
  );
  await recordFacts(tx, { subject: 'publication', subjectId: after.id }, facts);
}

/** What a publication of this order is made from. The order is given as it is now, saved or not. */
export async function sourceOf(from: Queryable, order: WorkOrder): Promise<Source> {
  const ids = order.requests.map((request) => request.id);
  const { rows } = await from.query<{
    description: string | null;
    names: string[];
    whom: string[];
    opted_out: boolean;
    listed: boolean;
  }>({
    name: 'source of publication',
    text: `select
      (select description from requests where id = any($1::uuid[]) order by withdrawn_at is not null, registered_at, id limit 1) as description,
      array(select n from requesters q join requests r on r.id = q.request_id, unnest(array[q.name, q.on_behalf_of]) n
        where (r.work_order_id = $2 and not r.aside or r.original_order_id = $2 or r.id = any($1::uuid[])) and n is not null) as names,
      array(select distinct whom from contacts where order_id = $2) as whom,
      exists (select from publication_wishes x where x.request_id = any($1::uuid[]) and not x.publish) as opted_out,
      exists (select from supervision_works k join supervision_orders s on s.id = k.supervision_id
        where k.order_id = $2 and not k.gone and s.grade <> 'daily' and s.state in ('issued', 'replied')) as listed`,
    values: [ids, order.id],
  });
  const found = rows[0];
  if (found === undefined) throw new Error('a question for one row has one answer');
  return {
    order,
    description: found.description ?? '',
    names: [...found.names, ...found.whom.filter((whom) => !roles.test(whom))],
    optedOut: found.opted_out,
    listed: found.listed,
  };
}

/** What is written where a person was talked to and not named. */
const roles = /诉求|本人|来电|居民|业主|住户|市民|家属|家人|群众|当事|租户|物业|电话|^.?$/;

/** Records whether a requester lets the own request be published; the last word holds. */
export const keepWish = (tx: Queryable, requestId: string, publish: boolean, at: Instant): Promise<unknown> =>
  tx.query(
    `insert into publication_wishes (request_id, publish, at) values ($1, $2, $3)
     on conflict (request_id) do update set publish = excluded.publish, at = excluded.at`,
    [requestId, publish, new Date(at).toISOString()],
  );

/** Whether a requester lets the own request be published; null where nothing was said. */
export async function wishOf(from: Queryable, requestId: string): Promise<boolean | null> {
  const { rows } = await from.query<{ publish: boolean }>(
    'select publish from publication_wishes where request_id = $1',
    [requestId],
  );
  return rows[0]?.publish ?? null;
}

/** Publications whose hold is over. */
export const duePublications: DueSql = (atMost) => `
  select id, hold_until as due_at from publications
  where state = 'waiting' and hold_until <= $1 and not (id = any($2)) order by hold_until, id limit ${atMost}`;

/**
 * Orders that have become a problem and are not proposed yet: overdue ones when their limit passed, listed ones when they
 * were supervised. Nearly all that is overdue is proposed already: that is asked first, one by one, however many there ever
 * were. Those that never appear are left out as `barOf` says of one.
 */
export const dueProblems: DueSql = (atMost) => `
  with fresh as materialized (
    select order_id, due_at from (
      select order_id, due_at from clocks
      where state = 'running' and kind in ('resolve', 'rework') and not provisional and due_at <= $1
      union all
      select k.order_id, to_timestamp((s.issued_by->>'at')::float8 / 1000)
      from supervision_orders s join supervision_works k on k.supervision_id = s.id
      where s.grade <> 'daily' and s.state in ('issued', 'replied') and not k.gone) problem
    where (select true from publications p
           where p.order_id = problem.order_id and p.board = 'problem' and not p.may_return limit 1) is null)
  select w.id, min(fresh.due_at) as due_at from fresh join work_orders w on w.id = fresh.order_id
  where w.state in ('dispatched', 'signed', 'handling', 'rework', 'suspended', 'on_account')
    and not w.confidential and w.kind <> 'report' and not (w.id = any($2))
    and not exists (select from unnest($3) x where w.category = x or starts_with(w.category, x || '/'))
    and not exists (select from requests r left join publication_wishes x on x.request_id = r.id
      where r.work_order_id = w.id and not r.aside and (r.confidential or r.kind = 'report' or not x.publish))
  group by w.id order by 2, 1 limit ${atMost}`;

/** What the queue may be narrowed to. `cursor` is the last id of the page before. */
export type PublicationFilter = Readonly<{
  state?: readonly string[] | undefined;
  board?: string | undefined;
  unit?: string | undefined;
  area?: string | undefined;
  workOrderId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

/** Publications that pass the filter, newest first; all of them, or those about units within sight. */
export async function findPublications(
  from: Queryable,
  { all, units }: Pick<Sight, 'all' | 'units'>,
  filter: PublicationFilter,
): Promise<readonly Publication[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = all ? ['true'] : [`p.unit = any(${bind(units)})`];
  if (filter.state !== undefined) conditions.push(`p.state = any(${bind(filter.state)})`);
  if (filter.board !== undefined) conditions.push(`p.board = ${bind(filter.board)}`);
  if (filter.unit !== undefined) conditions.push(`p.unit = ${bind(filter.unit)}`);
  if (filter.area !== undefined) conditions.push(`p.area_path @> array[${bind(filter.area)}]::text[]`);
  if (filter.workOrderId !== undefined) conditions.push(`p.order_id = ${bind(filter.workOrderId)}`);
  if (filter.cursor !== undefined) conditions.push(`p.id < ${bind(filter.cursor)}`);
  const { rows } = await from.query<Loaded>(
    `${loading} where ${conditions.join(' and ')} order by p.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return rows.map(assemble);
}
