import type { Remark } from '../domain/conduct.ts';
import type { Fact } from '../domain/work-order.ts';
import { recordFacts } from './facts.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const write = writer(t.conductRemarks);

/** Writes a remark, and that it was made. */
export async function saveRemark(tx: Queryable, remark: Remark, fact: Fact): Promise<void> {
  await write(tx, [remark]);
  await recordFacts(tx, { subject: 'work_order', subjectId: remark.orderId }, [fact]);
}

/** What a list may be narrowed to. `cursor` is the last id of the page before. */
export type RemarkFilter = Readonly<{
  workOrderId?: string | undefined;
  unit?: string | undefined;
  about?: Remark['about'] | undefined;
  tone?: Remark['tone'] | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

/** Remarks that pass the filter, newest first. */
export async function findRemarks(from: Queryable, filter: RemarkFilter): Promise<readonly Remark[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['true'];
  if (filter.workOrderId !== undefined) conditions.push(`r.order_id = ${bind(filter.workOrderId)}`);
  if (filter.unit !== undefined) conditions.push(`r.unit = ${bind(filter.unit)}`);
  if (filter.about !== undefined) conditions.push(`r.about = ${bind(filter.about)}`);
  if (filter.tone !== undefined) conditions.push(`r.tone = ${bind(filter.tone)}`);
  if (filter.cursor !== undefined) conditions.push(`r.id < ${bind(filter.cursor)}::uuid`);
  const { rows } = await from.query<{ row: Record<string, unknown> }>(
    `select row_to_json(r) as row from conduct_remarks r where ${conditions.join(' and ')}
     order by r.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return rows.map(({ row }) => fromJson(t.conductRemarks, row));
}
