import type { GradedMeasure, MeasureGrade, MeasureState } from '../domain/graded-measure.ts';
import type { Instant } from '../domain/time.ts';
import type { Sight } from '../domain/visibility.ts';
import type { Fact } from '../domain/work-order.ts';
import type { DueSql } from './due.ts';
import { recordFacts } from './facts.ts';
import { fromJson, locking, type Queryable, readingOne, writer } from './rows.ts';
import * as t from './tables.ts';

const write = writer(t.gradedMeasures, { key: ['id'] });
type Loaded = { row: Record<string, unknown> };
const iso = (at: Instant): string => new Date(at).toISOString();

/** Writes one as it is now, with what became true of it. */
export async function saveGradedMeasure(tx: Queryable, measure: GradedMeasure, facts: readonly Fact[]): Promise<void> {
  await write(tx, [measure]);
  await recordFacts(tx, { subject: 'graded_measure', subjectId: measure.id }, facts);
}

/** One as it is, or null. */
export const loadGradedMeasure = readingOne(t.gradedMeasures);

/** The same, held until the transaction ends. */
export const lockGradedMeasure = locking(t.gradedMeasures, loadGradedMeasure);

/** The last measure against a unit. Nobody else takes one against it until the transaction ends. */
export async function holdLastOf(tx: Queryable, unit: string): Promise<GradedMeasure | null> {
  await tx.query({ name: 'hold measured', text: 'select pg_advisory_xact_lock(7347, hashtext($1))', values: [unit] });
  const { rows } = await tx.query<Loaded>({
    name: 'last graded measure',
    text: 'select row_to_json(m) as row from graded_measures m where unit = $1 order by raised_at desc, id desc limit 1',
    values: [unit],
  });
  return rows[0] ? fromJson(t.gradedMeasures, rows[0].row) : null;
}

/**
 * The orders over which inspectors and judges found a unit at fault after a moment: something wrong with what it had
 * closed, or its duty not done.
 */
export async function faultsOf(from: Queryable, unit: string, since: Instant): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>({
    name: 'faults of',
    text: `select w.id from inspection_items i join work_orders w on w.id = i.order_id
             where i.state = 'found' and i.decided_at > $2 and w.owner = $1
           union all
           select w.id from judgements j join work_orders w on w.id = j.order_id
             where j.dutiful is false and j.decided_at > $2 and w.owner = $1`,
    values: [unit, iso(since)],
  });
  return rows.map(({ id }) => id);
}

/** What a list may be narrowed to. `cursor` is the last id of the page before. */
export type MeasureFilter = Readonly<{
  unit?: string | undefined;
  by?: string | undefined;
  grade?: MeasureGrade | undefined;
  state?: MeasureState | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

/** Measures within sight, newest first: of one's units, and those that are one's own word. */
export async function findGradedMeasures(
  from: Queryable,
  { all, units, unit }: Pick<Sight, 'all' | 'units' | 'unit'>,
  filter: MeasureFilter,
): Promise<readonly GradedMeasure[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [
    all ? 'true' : `(m.unit = any(${bind(units)}) or ${bind(unit)} in (m.by_unit, m.raised_by->>'unit'))`,
  ];
  if (filter.unit !== undefined) conditions.push(`m.unit = ${bind(filter.unit)}`);
  if (filter.by !== undefined) conditions.push(`m.by_unit = ${bind(filter.by)}`);
  if (filter.grade !== undefined) conditions.push(`m.grade = ${bind(filter.grade)}`);
  if (filter.state !== undefined) conditions.push(`m.state = ${bind(filter.state)}`);
  if (filter.cursor !== undefined) conditions.push(`m.id < ${bind(filter.cursor)}::uuid`);
  const { rows } = await from.query<Loaded>(
    `select row_to_json(m) as row from graded_measures m where ${conditions.join(' and ')}
     order by m.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return rows.map(({ row }) => fromJson(t.gradedMeasures, row));
}

/** Measures whose date passes without an answer. */
export const dueMeasures: DueSql = (atMost) => `
  select id, rectify_by as due_at from graded_measures
  where state = 'issued' and rectify_by <= $1 and not (id = any($2)) order by rectify_by, id limit ${atMost}`;
