import type { ApprovalKind } from '../domain/approval.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './rows.ts';

/** Whose approvals are looked for: everybody's, or those a unit or a person decides or has asked. */
export type ApprovalScope =
  | 'all'
  | Readonly<{ unit: string | null; client: string; name: string; roles: readonly string[] }>;

/** What a list of approvals may be narrowed to. `after` is the last one of the page before. */
export type ApprovalFilter = Readonly<{
  pending?: boolean | undefined;
  kind?: ApprovalKind | 'admission' | undefined;
  after?: Readonly<{ at: Instant; id: string }> | undefined;
  limit: number;
}>;

/** An approval that was found, on which order; `admission` is one that stands on no order. */
export type FoundApproval = Readonly<{ id: string; orderId: string | null; admission: boolean; at: Instant }>;

/** How the two places approvals are kept in call what a list asks for. */
const places = [
  {
    table: 'approvals',
    columns: 'order_id, false as admission',
    role: "decider->>'role'",
    unit: "decider->>'unit'",
    pending: "state = 'pending'",
    kind: 'kind',
  },
  {
    table: 'admissions',
    columns: 'work_order_id as order_id, true as admission',
    role: 'decider',
    unit: 'null::text',
    pending: 'decider is not null',
    kind: "'admission'",
  },
] as const;

/** Approvals within the scope that pass the filter, the last asked first; admissions are among them. */
export async function findApprovals(
  from: Queryable,
  scope: ApprovalScope,
  { pending, kind, after, limit }: ApprovalFilter,
): Promise<readonly FoundApproval[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const most = bind(limit);
  const selects = places.map((place) => {
    const conditions: string[] = [];
    if (scope !== 'all') {
      const any = [`${place.role} = any(${bind(scope.roles)})`];
      if (scope.unit === null)
        any.push(
          `asked_by_unit is null and asked_by = ${bind(scope.name)} and coalesce(asked_by_client = ${bind(scope.client)}, true)`,
        );
      else {
        const unit = bind(scope.unit);
        any.push(`${place.unit} = ${unit}`, `asked_by_unit = ${unit}`);
      }
      conditions.push(`(${any.join(' or ')})`);
    }
    if (pending !== undefined) conditions.push(`${pending ? '' : 'not '}(${place.pending})`);
    if (kind !== undefined) conditions.push(`${place.kind} = ${bind(kind)}`);
    if (after !== undefined)
      conditions.push(
        `(asked_at, id) < (${bind(new Date(after.at).toISOString())}::timestamptz, ${bind(after.id)}::uuid)`,
      );
    return `(select id, ${place.columns}, asked_at from ${place.table} where ${conditions.join(' and ') || 'true'}
      order by asked_at desc, id desc limit ${most})`;
  });
  const { rows } = await from.query<{ id: string; order_id: string | null; admission: boolean; asked_at: Date }>(
    `select * from (${selects.join(' union all ')}) a order by asked_at desc, id desc limit ${most}`,
    values,
  );
  return rows.map((r) => ({
    id: r.id,
    orderId: r.order_id,
    admission: r.admission,
    at: r.asked_at.getTime() as Instant,
  }));
}

/** The order an approval stands beside; null where there is no such approval. */
export async function orderOfApproval(from: Queryable, id: string): Promise<string | null> {
  const { rows } = await from.query<{ order_id: string }>({
    name: 'order of approval',
    text: 'select order_id from approvals where id = $1',
    values: [id],
  });
  return rows[0]?.order_id ?? null;
}
