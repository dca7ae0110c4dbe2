import type { Finding, Judgement } from '../domain/judgement.ts';
import type { Queryable } from './rows.ts';

/** Whose cases are looked for: everybody's, or those in which one of these posts has a seat. */
export type JudgementScope = 'all' | Readonly<{ posts: readonly string[] }>;

/** What a list of judgements may be narrowed to. `cursor` is the last id of the page before. */
export type JudgementFilter = Readonly<{
  state?: Judgement['state'] | undefined;
  finding?: Finding | undefined;
  cause?: string | undefined;
  unit?: string | undefined;
  workOrderId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

/** A judgement by its id, and the order it stands beside. */
export type FoundJudgement = Readonly<{ id: string; orderId: string }>;

/** Judgements within the scope that pass the filter, newest first. */
export async function findJudgements(
  from: Queryable,
  scope: JudgementScope,
  filter: JudgementFilter,
): Promise<readonly FoundJudgement[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['true'];
  if (scope !== 'all') conditions.push(hasSeat(bind(scope.posts)));
  if (filter.state !== undefined) conditions.push(`j.state = ${bind(filter.state)}`);
  if (filter.finding !== undefined) conditions.push(`j.finding = ${bind(filter.finding)}`);
  if (filter.cause !== undefined) conditions.push(`j.cause = ${bind(filter.cause)}`);
  if (filter.unit !== undefined)
    conditions.push(`exists (select from work_orders w where w.id = j.order_id and w.owner = ${bind(filter.unit)})`);
  if (filter.workOrderId !== undefined) conditions.push(`j.order_id = ${bind(filter.workOrderId)}::uuid`);
  if (filter.cursor !== undefined)
    conditions.push(
      `(j.opened_at, j.id) < (select c.opened_at, c.id from judgements c where c.id = ${bind(filter.cursor)}::uuid)`,
    );
  const { rows } = await from.query<{ id: string; order_id: string }>(
    `select j.id, j.order_id from judgements j where ${conditions.join(' and ')}
     order by j.opened_at desc, j.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return rows.map(({ id, order_id }) => ({ id, orderId: order_id }));
}

/** A seat that one of these posts has not left. */
const hasSeat = (posts: string): string =>
  `exists (select from jsonb_array_elements(j.seats) s where s->>'post' = any(${posts}) and s->>'left' is null)`;

/** The order a judgement stands beside; null where there is none. */
export async function orderOfJudgement(from: Queryable, id: string): Promise<string | null> {
  const { rows } = await from.query<{ order_id: string }>({
    name: 'order of judgement',
    text: 'select order_id from judgements where id = $1',
    values: [id],
  });
  return rows[0]?.order_id ?? null;
}
