import { type Compared, comparisons } from '../domain/bulletin.ts';
import type { Span } from '../domain/period.ts';
import type { Queryable } from '../store/rows.ts';

/** By what intake is counted at once. */
const dimensions = ['channel', 'kind', 'category', 'street'] as const;
export type Dimension = (typeof dimensions)[number];

/** What came in: in all, and under every key of each dimension; the key null is of requests that have none. */
export type Intake = Readonly<{
  all: Compared<number>;
  by: Readonly<Record<Dimension, ReadonlyMap<string | null, Compared<number>>>>;
}>;

type Row = { grouped: number; key: string | null; n: number; count: number };

const text = `
  select grouping(channel, kind, category, street) as grouped, coalesce(channel, kind, category, street) as key, n, count(*)::int as count
  from (
    select s.n, r.channel, r.kind, r.category,
      (select step->>'code' from jsonb_array_elements(w.placement->'path') step where step->>'level' = 'street' limit 1) as street
    from json_to_recordset($1) as s(n int, a timestamptz, b timestamptz)
    join requests r on r.registered_at >= s.a and r.registered_at < s.b
    join work_orders w on w.id = r.work_order_id
    where $2::text is null or w.area_path @> array[$2]) counted
  group by grouping sets ((n), (n, channel), (n, kind), (n, category), (n, street))`;

/** Requests registered in each of the spans, in one query; in one area, or everywhere. */
export async function countIntake(from: Queryable, spans: Compared<Span>, area: string | null): Promise<Intake> {
  const { rows } = await from.query<Row>({ name: 'count intake', text, values: [spansAsJson(spans), area] });
  const keysOf = (bit: number) =>
    new Map(
      [
        ...Map.groupBy(
          rows.filter((row) => row.grouped === bit),
          (row) => row.key,
        ),
      ].map(([key, of]) => [key, compared(of)]),
    );
  return {
    all: compared(rows.filter(({ grouped }) => grouped === 15)),
    by: { channel: keysOf(7), kind: keysOf(11), category: keysOf(13), street: keysOf(14) },
  };
}

/** Work orders that ended in each of the spans. */
export async function countEnded(
  from: Queryable,
  spans: Compared<Span>,
  area: string | null,
): Promise<Compared<number>> {
  const { rows } = await from.query<{ n: number; count: number }>({
    name: 'count ended',
    text: `select s.n, count(*)::int as count from json_to_recordset($1) as s(n int, a timestamptz, b timestamptz)
           join work_orders w on w.ended_at >= s.a and w.ended_at < s.b
           where $2::text is null or w.area_path @> array[$2] group by 1`,
    values: [spansAsJson(spans), area],
  });
  return compared(rows);
}

const spansAsJson = (spans: Compared<Span>): string =>
  JSON.stringify(
    comparisons.map((name, n) => ({
      n,
      a: new Date(spans[name].from).toISOString(),
      b: new Date(spans[name].to).toISOString(),
    })),
  );

const compared = (rows: readonly Readonly<{ n: number; count: number }>[]): Compared<number> => {
  const of = (n: number): number => rows.filter((row) => row.n === n).reduce((sum, row) => sum + row.count, 0);
  return { now: of(0), before: of(1), lastYear: of(2) };
};
