import { type Portion, portionOf } from '../domain/share.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/rows.ts';

/**
 * What came of the coordination power. `calls` are coordination orders issued in the period, `units` the different units
 * they called, `cases` the different work orders they were about. `closure`: of the cases, those that have ended.
 * `reportInOnTime`: of the calls of units that have reported in or whose time to is over, those that did within it.
 */
export type PowersSummary = Readonly<{
  units: number;
  calls: number;
  cases: number;
  closure: Portion;
  reportInOnTime: Portion;
}>;

/** The summary of streets together and of each. */
export type PowersByStreet = Readonly<{ all: PowersSummary; streets: ReadonlyMap<string, PowersSummary> }>;

/** From `from` on, before `to`; `now` says whose time to report in is over. */
export type Period = Readonly<{ from: Instant; to: Instant; now: Instant }>;

type Row = {
  street: string | null;
  units: number;
  calls: number;
  cases: number;
  closed: number;
  due: number;
  in_time: number;
};

const text = `
  with issued as (
    select id, street from coordination_orders where issued_at >= $1 and issued_at < $2 and street = any($3)),
  called as (
    select i.street, c.unit, coalesce(c.in_time, false) as in_time,
      c.in_time is not null or (c.report_in_due < $4 and coalesce(c.released_at > c.report_in_due, true)) as due
    from issued i join coordination_calls c on c.order_id = i.id where c.called_at is not null),
  about as (
    select i.street, w.id, w.ended_at is not null as closed
    from issued i join coordination_works k on k.order_id = i.id join work_orders w on w.id = k.work_order_id),
  calls as (select street, count(*)::int as calls from issued group by grouping sets ((street), ())),
  units as (
    select street, count(distinct unit)::int as units, (count(*) filter (where due))::int as due,
      (count(*) filter (where in_time))::int as in_time
    from called group by grouping sets ((street), ())),
  cases as (
    select street, count(distinct id)::int as cases, (count(distinct id) filter (where closed))::int as closed
    from about group by grouping sets ((street), ()))
  select c.street, c.calls, coalesce(u.units, 0) as units, coalesce(u.due, 0) as due, coalesce(u.in_time, 0) as in_time,
    coalesce(s.cases, 0) as cases, coalesce(s.closed, 0) as closed
  from calls c left join units u on u.street is not distinct from c.street
  left join cases s on s.street is not distinct from c.street`;

/** The summary of these streets together and of each, in one query. A unit or a case of two streets counts once in all. */
export async function powersSummary(
  from: Queryable,
  streets: readonly string[],
  period: Period,
): Promise<PowersByStreet> {
  const moments = [period.from, period.to, period.now].map((at) => new Date(at).toISOString());
  const { rows } = await from.query<Row>({
    name: 'powers summary',
    text,
    values: [moments[0], moments[1], streets, moments[2]],
  });
  const of = new Map(rows.map((row) => [row.street, summaryOf(row)]));
  return { all: of.get(null) ?? nothing, streets: new Map(streets.map((code) => [code, of.get(code) ?? nothing])) };
}

const summaryOf = (row: Row): PowersSummary => ({
  units: row.units,
  calls: row.calls,
  cases: row.cases,
  closure: portionOf(row.closed, row.cases),
  reportInOnTime: portionOf(row.in_time, row.due),
});

const nothing: PowersSummary = summaryOf({
  street: null,
  units: 0,
  calls: 0,
  cases: 0,
  closed: 0,
  due: 0,
  in_time: 0,
});
