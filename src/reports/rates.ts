import { type Counts, counted, type Standing } from '../domain/measure.ts';
import type { Counted, RateKey } from '../domain/rates.ts';
import { type Instant, shanghai } from '../domain/time.ts';
import { columnsOf, type Queryable } from '../store/rows.ts';
import * as t from '../store/tables.ts';

/** Which rows: those of one of these units, those placed in one of these areas; null: wherever. Categories with all below. */
export type Rows = Readonly<{
  units: readonly string[] | null;
  areas: readonly string[] | null;
  category?: string | undefined;
  channel?: string | undefined;
}>;

/** Where the rows stand: those that follow the facts, or those a snapshot has kept. */
export type Source = 'current' | Readonly<{ snapshot: string }>;

/** Resident deadlines from `from` on, before `to`; `asOf` says which limits that still run have passed. */
export type Period = Readonly<{ from: Instant; to: Instant; asOf: Instant }>;

/** Up to which fact has been counted, when that happened, and whether committed facts wait behind it. */
export type UpTo = Readonly<{ fact: number; at: Instant | null; behind: number }>;

/** What was counted under each key; the key null is of rows that have none, such as orders without a place. */
export type CountedBy = Readonly<{ keys: ReadonlyMap<string | null, Counted>; upTo: UpTo }>;

type Row = Record<(typeof counted)[number], string> & {
  key: string | null;
  standing: Standing;
  sign_passed: string;
  submit_passed: string;
};
type Answer = { rows: Row[]; fact: string; at: string | null; behind: number };

const sums = columnsOf(t.measures)
  .filter(({ property }) => (counted as readonly string[]).includes(property))
  .map(({ property, column }) => `sum("${column}") as "${property}"`)
  .join(', ');

/** Under which key a row stands. A month begins when the city's day does, not the database's. */
const columnOf = {
  unit: 'unit',
  street: 'street',
  community: 'community',
  grid: 'grid',
  category: 'category',
  channel: 'channel',
  month: `to_char(due_at at time zone '${shanghai.name}', 'YYYY-MM')`,
} as const satisfies Record<RateKey, string>;

/** Facts further behind than this are not told one by one. */
const mostTold = 10_000;

/** Sums of the rows by key and standing, with the place up to which they are counted: one statement, one moment. */
export async function countedBy(
  from: Queryable,
  by: RateKey,
  rows: Rows,
  period: Period,
  source: Source = 'current',
): Promise<CountedBy> {
  const values: unknown[] = [period.from, period.to, period.asOf].map((at) => new Date(at).toISOString());
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const { rows: found } = await from.query<Answer>(
    `with summed as (
       select ${columnOf[by]} as key, standing, ${sums},
         count(*) filter (where sign_by < $3) as sign_passed, count(*) filter (where submit_by < $3) as submit_passed
       from ${tableOf(source, bind)} where due_at >= $1 and due_at < $2 and ${conditionOf(rows, bind)} group by 1, 2)
     select (select coalesce(json_agg(summed), '[]') from summed) as rows, m.fact_id::text as fact, m.fact_at as at,
       (select count(*)::int from (select from facts f where (f.xid, f.id) > (m.xid, m.fact_id) limit ${mostTold}) waiting) as behind
     from measured m`,
    values,
  );
  const [answer] = found;
  if (answer === undefined) throw new Error('nothing says how far facts have been counted');
  const keys = new Map(
    [...Map.groupBy(answer.rows, (row) => row.key)].map(([key, group]) => [
      key,
      Object.fromEntries(group.map((row) => [row.standing, countsOf(row)])) as Counted,
    ]),
  );
  const at = answer.at === null ? null : (new Date(answer.at).getTime() as Instant);
  return { keys, upTo: { fact: Number(answer.fact), at, behind: answer.behind } };
}

const tableOf = (source: Source, bind: (value: unknown) => string): string =>
  source === 'current'
    ? 'measures'
    : `(select * from snapshot_measures where snapshot_id = ${bind(source.snapshot)}) kept`;

function countsOf(row: Row): Counts {
  const counts = Object.fromEntries(counted.map((name) => [name, Number(row[name])])) as Counts;
  return {
    ...counts,
    signedLate: counts.signedLate + Number(row.sign_passed),
    submittedLate: counts.submittedLate + Number(row.submit_passed),
  };
}

function conditionOf({ units, areas, category, channel }: Rows, bind: (value: unknown) => string): string {
  const conditions = [
    ...(units === null ? [] : [`unit = any(${bind(units)})`]),
    ...(areas === null ? [] : [`area_path && ${bind(areas)}::text[]`]),
    ...(channel === undefined ? [] : [`channel = ${bind(channel)}`]),
  ];
  if (category !== undefined) {
    const below = bind(category);
    conditions.push(`(category = ${below} or starts_with(category, ${below} || '/'))`);
  }
  return conditions.length === 0 ? 'true' : conditions.join(' and ');
}
