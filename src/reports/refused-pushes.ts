import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/rows.ts';

/** What was refused how often: by the line of a list (null: no list names the matter), or as an assessment task. */
export type RefusedLine = Readonly<{ line: string | null; category: string; code: string; pushes: number }>;

/**
 * What was to be given to streets and communities and was not (减负): each refused push counts, by the unit that pushed,
 * and by what was refused. `unit` null is a desk of no unit; the most first.
 */
export type RefusedPushes = Readonly<{
  pushes: number;
  byUnit: readonly Readonly<{ unit: string | null; pushes: number; lines: readonly RefusedLine[] }>[];
  byLine: readonly RefusedLine[];
}>;

/** From `from` on, before `to`; of these units, as pusher or as pushed, null: all; `pushedUnit` narrows it to one pusher. */
export type PushesAsked = Readonly<{
  from: Instant;
  to: Instant;
  units: readonly string[] | null;
  pushedUnit: string | null;
}>;

const text = `
  select pushed_unit as unit, line, category, code, count(*)::int as pushes from refused_pushes
  where at >= $1 and at < $2 and ($3::text[] is null or pushed_unit = any($3) or unit = any($3))
    and ($4::text is null or pushed_unit = $4)
  group by 1, 2, 3, 4 order by 5 desc, 1, 2, 3`;

/** The refused pushes of a period, counted in one query. */
export async function refusedPushes(
  from: Queryable,
  { from: since, to, units, pushedUnit }: PushesAsked,
): Promise<RefusedPushes> {
  const values = [new Date(since).toISOString(), new Date(to).toISOString(), units, pushedUnit];
  const { rows } = await from.query<RefusedLine & { unit: string | null }>({ name: 'refused pushes', text, values });
  const byUnit = [...Map.groupBy(rows, (row) => row.unit)].map(([unit, own]) => ({
    unit,
    pushes: sum(own),
    lines: own.map(lineOf),
  }));
  const byLine = [
    ...Map.groupBy(rows, ({ line, category, code }) => JSON.stringify([line, category, code])).values(),
  ].flatMap((all) => all.slice(0, 1).map((first) => ({ ...lineOf(first), pushes: sum(all) })));
  return { pushes: sum(rows), byUnit: byUnit.toSorted(mostFirst), byLine: byLine.toSorted(mostFirst) };
}

type Counted = Readonly<{ pushes: number }>;
const sum = (all: readonly Counted[]): number => all.reduce((n, { pushes }) => n + pushes, 0);
const mostFirst = (a: Counted, b: Counted): number => b.pushes - a.pushes;
const lineOf = ({ line, category, code, pushes }: RefusedLine): RefusedLine => ({ line, category, code, pushes });
