import type { CaseEvidence } from '../domain/mutual-review.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/rows.ts';

const text = `
  with units as (select unnest($1::text[]) as unit),
  calls as (
    select unit, count(*)::int as calls, count(reported_in_at)::int as reported_in,
      (count(*) filter (where in_time))::int as in_time, count(accepted_at)::int as accepted,
      coalesce(sum(jsonb_array_length(refusals)), 0)::int as refused
    from coordination_calls where unit = any($1) and called_at >= $2 and called_at < $3 group by unit),
  supervised as (
    select s.unit, count(*)::int as supervised,
      (count(*) filter (where (s.replies->0->>'inTime')::boolean))::int as replied_in_time
    from supervision_orders s
    where s.unit = any($1) and (s.issued_by->>'at')::bigint >= $4 and (s.issued_by->>'at')::bigint < $5 group by s.unit),
  assisted as (
    select unit, count(*)::int as assists, (count(*) filter (where completed_at <= due_at))::int as in_time
    from assists where unit = any($1) and due_at >= $2 and due_at < $3 group by unit)
  select u.unit, coalesce(c.calls, 0) as calls, coalesce(c.reported_in, 0) as "reportedIn",
    coalesce(c.in_time, 0) as "reportedInTime", coalesce(c.accepted, 0) as accepted, coalesce(c.refused, 0) as refused,
    coalesce(s.supervised, 0) as supervised, coalesce(s.replied_in_time, 0) as "repliedInTime",
    coalesce(a.assists, 0) as assists, coalesce(a.in_time, 0) as "assistsInTime"
  from units u left join calls c using (unit) left join supervised s using (unit) left join assisted a using (unit)`;

/**
 * What the record of a period shows of each unit: calls of a street it was named in and came to, supervision orders it
 * had to answer, assists that fell due. From `from` on, before `to`.
 */
export async function evidenceOf(
  from: Queryable,
  units: readonly string[],
  period: Readonly<{ from: Instant; to: Instant }>,
): Promise<ReadonlyMap<string, CaseEvidence>> {
  const moments = [period.from, period.to];
  const { rows } = await from.query<CaseEvidence & { unit: string }>({
    name: 'case evidence',
    text,
    values: [units, ...moments.map((at) => new Date(at).toISOString()), ...moments],
  });
  return new Map(rows.map(({ unit, ...evidence }) => [unit, evidence]));
}
