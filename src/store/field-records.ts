import type { FieldRecord, RecordKind } from '../domain/field-record.ts';
import type { LocalDate } from '../domain/time.ts';
import type { Sight } from '../domain/visibility.ts';
import type { Fact } from '../domain/work-order.ts';
import { recordFacts } from './facts.ts';
import { fromJson, locking, type Queryable, readingOne, writer } from './rows.ts';
import * as t from './tables.ts';

const write = writer(t.fieldRecords);

/** Reads an entry, or null. */
export const loadFieldRecord: (from: Queryable, id: string) => Promise<FieldRecord | null> = readingOne(t.fieldRecords);
/** The same, held against everybody else until the transaction ends. */
export const lockFieldRecord = locking(t.fieldRecords, loadFieldRecord);

/** Writes a new entry, and that it was recorded. */
export async function addFieldRecord(tx: Queryable, record: FieldRecord, fact: Fact): Promise<void> {
  await write(tx, [record]);
  await recordFacts(tx, { subject: 'field_record', subjectId: record.id }, [fact]);
}

/** Writes that an entry is withdrawn. */
export async function withdrawFieldRecord(tx: Queryable, { id, withdrawn }: FieldRecord, fact: Fact): Promise<void> {
  await tx.query('update field_records set withdrawn = $2 where id = $1', [id, JSON.stringify(withdrawn)]);
  await recordFacts(tx, { subject: 'field_record', subjectId: id }, [fact]);
}

/** What a list may be narrowed to; `units` with those below one. `cursor` is the last id of the page before. */
export type FieldRecordFilter = Readonly<{
  kind?: RecordKind | undefined;
  units?: readonly string[] | undefined;
  area?: string | undefined;
  about?: string | undefined;
  workOrderId?: string | undefined;
  from?: LocalDate | undefined;
  to?: LocalDate | undefined;
  withdrawn?: boolean | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

/** Entries within sight that pass the filter, the last recorded first; `from` and `to` are their first and last day. */
export async function findFieldRecords(
  from: Queryable,
  { all, units, areas }: Pick<Sight, 'all' | 'units' | 'areas'>,
  filter: FieldRecordFilter,
): Promise<readonly FieldRecord[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['true'];
  if (!all) {
    const own = bind(units);
    conditions.push(`(r.unit = any(${own}) or r.about = any(${own}) or r.area_path && ${bind(areas)}::text[])`);
  }
  if (filter.kind !== undefined) conditions.push(`r.kind = ${bind(filter.kind)}`);
  if (filter.units !== undefined) conditions.push(`r.unit = any(${bind(filter.units)})`);
  if (filter.area !== undefined) conditions.push(`r.area_path @> array[${bind(filter.area)}]`);
  if (filter.about !== undefined) conditions.push(`r.about = ${bind(filter.about)}`);
  if (filter.workOrderId !== undefined) conditions.push(`r.work_order_ids @> array[${bind(filter.workOrderId)}::uuid]`);
  if (filter.from !== undefined) conditions.push(`r.on_date >= ${bind(filter.from)}`);
  if (filter.to !== undefined) conditions.push(`r.on_date <= ${bind(filter.to)}`);
  if (filter.withdrawn !== undefined) conditions.push(`(r.withdrawn is not null) = ${bind(filter.withdrawn)}::boolean`);
  if (filter.cursor !== undefined) conditions.push(`r.id < ${bind(filter.cursor)}::uuid`);
  const { rows } = await from.query<{ row: Record<string, unknown> }>(
    `select row_to_json(r) as row from field_records r where ${conditions.join(' and ')}
     order by r.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return rows.map(({ row }) => fromJson(t.fieldRecords, row));
}
