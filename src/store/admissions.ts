import { type Admission, type AdmissionSight, dueOfAdmission, pendingStep } from '../domain/admission.ts';
import { nextOfAdmission } from '../domain/admission-due.ts';
import type { Instant } from '../domain/time.ts';
import type { Fact } from '../domain/work-order.ts';
import type { DueSql } from './due.ts';
import { recordFacts } from './facts.ts';
import type { Climbing } from './orders.ts';
import { fromJson, locking, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const write = writer(t.admissions, { key: ['id'] });

type Row = Readonly<{ row: Record<string, unknown> }>;

function assemble({ row }: Row): Admission {
  const { decider: _d, dueAt: _u, nextRungAt: _n, ...admission } = fromJson(t.admissions, row);
  return admission;
}

/** Reads admissions whole, the last asked first. Ids that are not there are left out. */
export async function loadAdmissions(from: Queryable, ids: readonly string[]): Promise<readonly Admission[]> {
  const { rows } = await from.query<Row>({
    name: 'load admissions',
    text: 'select row_to_json(a) as row from admissions a where id = any($1) order by asked_at desc, id desc',
    values: [ids],
  });
  return rows.map(assemble);
}

/** Reads one and holds it until the transaction ends. */
export const lockAdmission = locking(t.admissions, async (tx, id) => (await loadAdmissions(tx, [id]))[0] ?? null);

/**
 * Writes one with what became true of it and when it next leads to something; the only way it is written. What it says of
 * itself stands in the record of the order that showed the need, too.
 */
export async function saveAdmission(
  tx: Queryable,
  admission: Admission,
  facts: readonly Fact[],
  { city, ladder }: Climbing,
): Promise<void> {
  const decider = pendingStep(admission)?.decider ?? null;
  const nextRungAt = nextOfAdmission(admission, city, ladder.rungs);
  await write(tx, [{ ...admission, decider, dueAt: dueOfAdmission(admission), nextRungAt }]);
  await recordFacts(tx, { subject: 'admission', subjectId: admission.id }, facts);
  const ofItself = facts.filter(({ body }) => 'admission' in body).slice(0, 1);
  if (admission.workOrderId !== null)
    await recordFacts(tx, { subject: 'work_order', subjectId: admission.workOrderId }, ofItself);
}

/** Ids of admissions that wait for a decision, a page at a time. */
export async function pendingAdmissions(
  from: Queryable,
  after: string | null,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>(
    'select id from admissions where decider is not null and ($1::uuid is null or id > $1) order by id limit $2',
    [after, limit],
  );
  return rows.map(({ id }) => id);
}

/** What a list may be narrowed to. `after` is the last one of the page before. */
export type AdmissionFilter = Readonly<{
  state?: string | undefined;
  pending?: boolean | undefined;
  category?: string | undefined;
  unit?: string | undefined;
  unitKind?: string | undefined;
  askedByUnit?: string | undefined;
  workOrderId?: string | undefined;
  after?: Readonly<{ at: Instant; id: string }> | undefined;
  limit: number;
}>;

/** Admissions within sight that pass the filter, the last asked first. */
export async function findAdmissions(
  from: Queryable,
  sight: AdmissionSight,
  filter: AdmissionFilter,
): Promise<readonly Admission[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions: string[] = [];
  if (sight !== 'all') {
    const units = bind(sight.units);
    conditions.push(
      `(a.asked_by_unit = any(${units}) or a.unit = any(${units}) or a.unit_kind = any(${bind(sight.kinds)}))`,
    );
  }
  const { state, pending, category, unit, unitKind, askedByUnit, workOrderId, after } = filter;
  for (const [column, value] of Object.entries({ state, unit, unit_kind: unitKind, asked_by_unit: askedByUnit }))
    if (value !== undefined) conditions.push(`a.${column} = ${bind(value)}`);
  if (workOrderId !== undefined) conditions.push(`a.work_order_id = ${bind(workOrderId)}`);
  if (pending !== undefined) conditions.push(`a.decider is ${pending ? 'not ' : ''}null`);
  if (category !== undefined) {
    const code = bind(category);
    conditions.push(`(a.category = ${code} or starts_with(a.category, ${code} || '/'))`);
  }
  if (after !== undefined)
    conditions.push(
      `(a.asked_at, a.id) < (${bind(new Date(after.at).toISOString())}::timestamptz, ${bind(after.id)}::uuid)`,
    );
  const { rows } = await from.query<Row>(
    `select row_to_json(a) as row from admissions a where ${conditions.join(' and ') || 'true'}
     order by a.asked_at desc, a.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return rows.map(assemble);
}

/** Admissions on which something is due. */
export const dueAdmissions: DueSql = (atMost) => `
  select id, next_rung_at as due_at from admissions
  where next_rung_at <= $1 and not (id = any($2)) order by next_rung_at, id limit ${atMost}`;
