-- At which level matters ended whose resident deadline falls from $1 on and before $2. A unit works at its own level
-- where it is one, else at that of the first such unit above it; directly under the hotline that is the city's.
with recursive
  units as (select code, body->>'kind' as kind, body->>'parent' as parent from city_rows where kind = 'unit' and valid_to is null),
  climbs as (
    select code as unit, kind, parent, 0 as steps from units
    union all
    select c.unit, u.kind, u.parent, c.steps + 1 from climbs c join units u on u.code = c.parent
    where c.kind not in ('community', 'street', 'district', 'hotline_centre')),
  levels as (
    select unit, case when kind <> 'hotline_centre' then kind when steps = 0 then 'hotline' else 'city' end as level
    from climbs where kind in ('community', 'street', 'district', 'hotline_centre')),
  ended as (
    select l.level from recounted r join levels l on l.unit = r.unit
    where r.answers and not r.is_none and r.ended_as in ('closed', 'answered', 'terminated')
      and r.due_at >= $1::timestamptz and r.due_at < $2::timestamptz)
select level, count(*)::float8 as numerator, (select count(*) from ended)::float8 as denominator,
  round(count(*)::numeric / (select count(*) from ended), 6)::float8 as share
from ended group by level
