import type { IndexKey, IndexValue } from '../domain/external-index.ts';
import type { Span } from '../domain/period.ts';
import type { Instant } from '../domain/time.ts';
import type { Fact } from '../domain/work-order.ts';
import { recordFacts } from './facts.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';
import { idOf } from './versions.ts';

const write = writer(t.externalIndexValues);
type Row = Readonly<{ row: Record<string, unknown> }>;
const assemble = ({ row }: Row): IndexValue => fromJson(t.externalIndexValues, row);

/** Nobody else takes values of this index in until the transaction ends. */
export const holdIndex = (tx: Queryable, index: string): Promise<unknown> =>
  tx.query('select pg_advisory_xact_lock(7368, hashtext($1))', [index]);

/** Writes values as they were taken in, and that they were. */
export async function saveIndexValues(
  tx: Queryable,
  index: string,
  values: readonly IndexValue[],
  fact: Fact,
): Promise<void> {
  await write(tx, values);
  await recordFacts(tx, { subject: 'external_index', subjectId: idOf('external_index', index) }, [fact]);
}

/** The values of indices that hold for these areas and units in these periods; of one index, or of any. */
export async function indexValuesOf(
  from: Queryable,
  keys: readonly IndexKey[],
  index: string | null,
): Promise<readonly IndexValue[]> {
  if (keys.length === 0) return [];
  const { rows } = await from.query<Row>(
    `select distinct on (v.index_code, v.kind, v.code, v.period) row_to_json(v) as row
     from json_to_recordset($1) k(kind text, code text, period text) join external_index_values v using (kind, code, period)
     where ($2::text is null or v.index_code = $2)
     order by v.index_code, v.kind, v.code, v.period, v.version desc`,
    [JSON.stringify(keys.map(({ kind, code, period }) => ({ kind, code, period }))), index],
  );
  return rows.map(assemble);
}

/** Which values are wanted; `superseded` also those that were corrected. `after` is the last one of the page before. */
export type IndexFilter = Readonly<{
  index?: string | undefined;
  kind?: IndexValue['kind'] | undefined;
  code?: string | undefined;
  period?: string | undefined;
  superseded?: boolean | undefined;
  after?: Readonly<{ at: Instant; id: string }> | undefined;
  limit: number;
}>;

/** Values, those of the latest periods first. */
export async function findIndexValues(from: Queryable, filter: IndexFilter): Promise<readonly IndexValue[]> {
  const { index = null, kind = null, code = null, period = null, superseded = false, after, limit } = filter;
  const { rows } = await from.query<Row>(
    `select row_to_json(v) as row from external_index_values v
     where ($1::text is null or index_code = $1) and ($2::text is null or kind = $2) and ($3::text is null or code = $3)
       and ($4::text is null or period = $4)
       and ($5 or not exists (select from external_index_values later where later.index_code = v.index_code
         and later.kind = v.kind and later.code = v.code and later.period = v.period and later.version > v.version))
       and ($6::timestamptz is null or (ends, id) < ($6, $7))
     order by ends desc, id desc limit $8`,
    [
      index,
      kind,
      code,
      period,
      superseded,
      after === undefined ? null : new Date(after.at).toISOString(),
      after?.id ?? null,
      limit,
    ],
  );
  return rows.map(assemble);
}

/** The values of areas whose period ends in a span, by index and area: the latest of each. */
export async function indexValuesEnding(
  from: Queryable,
  span: Span,
  areas: readonly string[],
): Promise<readonly IndexValue[]> {
  const { rows } = await from.query<Row>(
    `select distinct on (index_code, code) row_to_json(v) as row from external_index_values v
     where ends > $1 and ends <= $2 and kind = 'area' and code = any($3)
     order by index_code, code, ends desc, version desc`,
    [new Date(span.from).toISOString(), new Date(span.to).toISOString(), areas],
  );
  return rows.map(assemble);
}
