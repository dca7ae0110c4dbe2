-- The year counted once more, from the tables of the orders themselves and by the definitions alone. Nothing here is
-- shared with the service: neither its rows nor its code. $1 is the moment as of which it is counted.
create temp table recounted on commit drop as
with
  -- What each order is: when its resident was owed an answer, how it came in, how it ended.
  carried as (
    select work_order_id as order_id, count(*) as requests,
      bool_or(reachable and withdrawn_at is null and channel not in ('grid_worker', 'sensor')) as somebody_to_ask
    from requests group by 1),
  matters as (
    select w.id as order_id, w.owner, w.state, w.category, w.dispatched_at,
      (select c.due_at from clocks c where c.order_id = w.id and c.kind = 'resident' order by c.seq desc limit 1) as due_at,
      (select r.channel from requests r where r.original_order_id = w.id order by r.number limit 1) as channel,
      coalesce(r.requests, 0) as requests, coalesce(r.somebody_to_ask, false) as somebody_to_ask,
      case when w.ended_at is null then 'open' when w.state = 'archived' then w.ending->>'was' else w.state end as ended_as,
      (select s->>'code' from jsonb_array_elements(w.placement->'path') s where s->>'level' = 'street') as street,
      (select s->>'code' from jsonb_array_elements(w.placement->'path') s where s->>'level' = 'community') as community,
      (select s->>'code' from jsonb_array_elements(w.placement->'path') s where s->>'level' = 'grid') as grid
    from work_orders w left join carried r on r.order_id = w.id),

  -- What each requester of each matter said, however many requests are theirs.
  asked as (
    select f.order_id, f.id, f.state, f.answer, coalesce(q.phone_key, f.request::text) as requester,
      -- What comes after the work is the later word, whenever it was said.
      row_number() over (partition by f.order_id, coalesce(q.phone_key, f.request::text)
        order by f.occasion = 'handled', f.round, f.seq) as turn,
      case when exists (select from approvals a where a.order_id = f.order_id and a.kind = 'exclusion'
          and a.state = 'granted' and a.terms->>'followUp' = f.id::text)
        then exists (select from approvals a where a.order_id = f.order_id and a.kind = 'exclusion' and a.state = 'granted'
          and a.terms->>'followUp' = f.id::text and not exists (select from approvals o where o.order_id = a.order_id
            and o.kind = 'objection' and o.state = 'granted' and o.terms->>'against' = a.id::text))
        else exists (select from judgements j where j.order_id = f.order_id and j.finding = 'exclude'
          and (f.id = any(j.follow_ups)
            or j.cause <> 'exclusion' and j.round = f.round and f.answer->>'solved' <> 'yes')
          and not exists (select from approvals o where o.order_id = f.order_id and o.kind = 'objection'
            and o.state = 'granted' and o.terms->>'against' = j.id::text)) end as is_excluded
    from follow_ups f left join requesters q on q.request_id = f.request),
  turns as (
    select order_id, requester,
      max(turn) filter (where answer is not null) as last_answer,
      min(turn) filter (where answer is not null and not is_excluded) as first_answer,
      max(turn) as last_turn
    from asked group by 1, 2),
  voices as (
    select t.order_id, l.answer as last, f.answer as first,
      case when l.answer is null then case when e.state = 'not_reached' then 'silent' else 'unheard' end
        when l.is_excluded then 'excluded' else 'heard' end as heard
    from turns t
      left join asked l on l.order_id = t.order_id and l.requester = t.requester and l.turn = t.last_answer
      left join asked f on f.order_id = t.order_id and f.requester = t.requester and f.turn = t.first_answer
      join asked e on e.order_id = t.order_id and e.requester = t.requester and e.turn = t.last_turn),
  said as (
    select order_id,
      count(*) filter (where heard = 'heard') as reached,
      count(*) filter (where heard = 'silent') as not_reached,
      count(*) filter (where heard = 'excluded') as excluded,
      count(*) filter (where heard = 'heard' and last->>'solved' = 'yes') as solved,
      count(*) filter (where heard = 'heard' and last->>'satisfaction' = 'very_satisfied') as very_satisfied,
      count(*) filter (where heard = 'heard' and last->>'satisfaction' = 'satisfied') as satisfied,
      count(*) filter (where heard = 'heard' and last->>'satisfaction' = 'basically') as basically,
      count(*) filter (where heard = 'heard' and last->>'satisfaction' = 'dissatisfied') as dissatisfied,
      count(*) filter (where heard = 'heard' and last->>'satisfaction' = 'very_dissatisfied') as very_dissatisfied,
      count(*) filter (where heard = 'heard' and first->>'solved' = 'yes') as first_solved,
      count(*) filter (where heard = 'heard' and first->>'satisfaction' in ('very_satisfied', 'satisfied')) as first_satisfied,
      count(*) filter (where heard = 'heard' and first->>'satisfaction' = 'basically') as first_basically,
      bool_and((last->>'contacted')::boolean) filter (where heard = 'heard') as contacted
    from voices group by 1),

  -- How each order stands to the residents' rates.
  judged as (
    select m.*, s.reached, s.not_reached, s.excluded, s.solved, s.very_satisfied, s.satisfied, s.basically, s.dissatisfied,
      s.very_dissatisfied, s.first_solved, s.first_satisfied, s.first_basically, s.contacted,
      case
        when m.ended_as in ('merged', 'void', 'withdrawn', 'referred') then m.ended_as
        when m.ended_as = 'rejected' then 'not_accepted'
        when m.channel in ('grid_worker', 'sensor')
          and exists (select from assignments a where a.order_id = m.order_id and a.cause = 'self_handled') then 'self_found'
        when exists (select from follow_ups f where f.order_id = m.order_id and f.state in ('answered', 'not_reached')) then
          case when s.excluded > 0 and s.reached = 0 and s.not_reached = 0
            and not exists (select from follow_ups f where f.order_id = m.order_id and f.state = 'open')
          then 'excluded' else 'assessed' end
        when m.ended_as in ('answered', 'terminated') then m.ended_as
        when exists (select from follow_ups f where f.order_id = m.order_id) then 'assessed'
        when m.ended_as = 'open' and m.somebody_to_ask then 'assessed'
        else 'not_asked' end as standing
    from matters m left join said s on s.order_id = m.order_id),

  -- Who led it, after it had left the hotline.
  leads as (
    select a.*, lead(cause) over w as next_cause, lead(since) over w as next_since
    from assignments a window w as (partition by order_id order by seq)),
  stints as (select * from leads where cause not in ('registered', 'revived', 'self_handled')),
  deeds as (
    select order_id, unit, logged_at as at from contacts
    union all select order_id, unit, at from notes where mark in ('site_visit', 'make_safe')
    union all select order_id, unit, at from submissions),
  first_deeds as (select order_id, min(at) as at from deeds group by 1),
  first_deeds_of as (select order_id, unit, min(at) as at from deeds group by 1, 2),
  hops as (
    select s.order_id, greatest(count(*) filter (where d.at is null or s.since <= d.at) - 1, 0) as hops
    from stints s left join first_deeds d on d.order_id = s.order_id group by 1),

  -- In time, or late.
  marks as (
    select c.*, exists (select from approvals a where a.order_id = c.order_id and a.kind = 'late_mark' and a.state = 'granted'
      and (a.terms->>'clock')::int = c.seq) as is_lifted
    from clocks c where c.kind in ('sign', 'contact', 'resolve')),
  passes as (
    select subject_id as order_id, min(at) as at from facts
    where type in ('review', 'verify', 'verify_by_timeout') and body->>'to' = 'following_up' group by 1),
  passed as (
    select distinct on (p.order_id) p.order_id, s.unit, s.at, s.resolve_due_at
    from passes p join submissions s on s.order_id = p.order_id and s.at <= p.at order by p.order_id, s.seq desc),
  passed_on_clock as (
    select distinct on (p.order_id) p.order_id, c.seq, p.resolve_due_at is null or p.at <= p.resolve_due_at as in_time
    from passed p join marks c on c.order_id = p.order_id and c.kind = 'resolve' and c.unit = p.unit and c.started_at <= p.at
    order by p.order_id, c.seq desc),
  verdicts as (
    select c.order_id, c.unit, c.kind,
      case
        when c.is_lifted then 'in_time'
        when c.kind = 'resolve' and p.seq = c.seq then
          case when p.in_time then 'in_time' when not c.provisional then 'late' end
        when c.state <> 'stopped' then
          case when c.state = 'running' and not c.provisional and c.due_at < $1::timestamptz then 'late' end
        when c.kind = 'sign' and c.stop_cause = 'sign_by_timeout' then 'late'
        when c.kind = 'sign' and c.stop_cause = 'sign' and c.stopped_at <= c.due_at then 'in_time'
        when c.kind = 'resolve' and c.stop_cause = 'submit' and w.ended_at is null and w.owner = c.unit then
          case when w.state not in ('submitted', 'verifying') and not c.provisional and c.due_at < $1::timestamptz then 'late' end
        when c.stopped_at > c.due_at and not c.provisional then 'late' end as verdict
    from marks c join work_orders w on w.id = c.order_id
      left join passed_on_clock p on p.order_id = c.order_id
    where c.kind in ('sign', 'resolve')),
  kept as (
    select distinct on (c.order_id, c.unit) c.order_id, c.unit,
      c.is_lifted or c.stop_cause = 'contact' and c.stopped_at <= c.due_at as in_time
    from marks c where c.kind = 'contact' order by c.order_id, c.unit, c.seq desc),

  -- What each unit did with each order it led.
  units as (select distinct order_id, unit from stints union select order_id, owner from matters),
  led as (
    select s.order_id, s.unit, count(*) as leads,
      count(*) filter (where s.next_cause in ('passed_down', 'handed_over') and (d.at is null or d.at > s.next_since)) as passed_on,
      count(*) filter (where s.cause in ('dispatched', 'redispatched', 'returned')) as dispatches,
      count(*) filter (where s.cause in ('dispatched', 'redispatched', 'returned')
        and exists (select from approvals a where a.order_id = s.order_id and a.asked_by_unit = s.unit and a.kind = 'return'
          and a.state = 'granted' and a.asked_at between s.since and coalesce(s.ended, 'infinity'))) as misdispatches
    from stints s left join first_deeds_of d on d.order_id = s.order_id and d.unit = s.unit group by 1, 2),
  timed as (
    select order_id, unit,
      count(*) filter (where kind = 'sign' and verdict = 'in_time') as signed_in_time,
      count(*) filter (where kind = 'sign' and verdict = 'late') as signed_late,
      count(*) filter (where kind = 'resolve' and verdict = 'in_time') as submitted_in_time,
      count(*) filter (where kind = 'resolve' and verdict = 'late') as submitted_late
    from verdicts group by 1, 2),
  wanted as (
    select order_id, asked_by_unit as unit,
      count(*) filter (where kind = 'return' and state = 'granted') as returns_granted,
      count(*) filter (where kind = 'return' and state = 'refused') as returns_refused,
      max((kind = 'extension' and state = 'granted')::int) as extended,
      max((kind = 'on_account' and state = 'granted')::int) as on_account
    from approvals group by 1, 2),
  worked as (
    select u.order_id, u.unit,
      coalesce(l.leads, 0) as leads, coalesce(l.passed_on, 0) as passed_on, coalesce(l.dispatches, 0) as dispatches,
      coalesce(l.misdispatches, 0) as misdispatches,
      coalesce(t.signed_in_time, 0) as signed_in_time, coalesce(t.signed_late, 0) as signed_late,
      coalesce(t.submitted_in_time, 0) as submitted_in_time, coalesce(t.submitted_late, 0) as submitted_late,
      exists (select from submissions s where s.order_id = u.order_id and s.unit = u.unit)::int as handed_in,
      exists (select from clocks c where c.order_id = u.order_id and c.kind = 'rework' and c.unit = u.unit)::int as reworked,
      coalesce(w.returns_granted, 0) as returns_granted, coalesce(w.returns_refused, 0) as returns_refused,
      coalesce(w.extended, 0) as extended, coalesce(w.on_account, 0) as on_account
    from units u
      left join led l on l.order_id = u.order_id and l.unit = u.unit
      left join timed t on t.order_id = u.order_id and t.unit = u.unit
      left join wanted w on w.order_id = u.order_id and w.unit = u.unit)

select j.order_id, k.unit, k.unit = j.owner as answers, j.due_at, j.street, j.community, j.grid, j.category, j.channel,
  j.standing, j.requests, j.ended_as,
  j.standing in ('merged', 'void', 'self_found') as is_none,
  coalesce(j.reached, 0) as reached, coalesce(j.not_reached, 0) as not_reached, coalesce(j.excluded, 0) as excluded,
  coalesce(j.solved, 0) as solved, coalesce(j.very_satisfied, 0) as very_satisfied, coalesce(j.satisfied, 0) as satisfied,
  coalesce(j.basically, 0) as basically, coalesce(j.dissatisfied, 0) as dissatisfied,
  coalesce(j.very_dissatisfied, 0) as very_dissatisfied, coalesce(j.first_solved, 0) as first_solved,
  coalesce(j.first_satisfied, 0) as first_satisfied, coalesce(j.first_basically, 0) as first_basically,
  coalesce(j.contacted, false) as contacted,
  j.contacted is null and coalesce(j.not_reached, 0) > 0 as is_silent,
  coalesce(n.in_time, false) or j.ended_as = 'answered' as logged_in_time,
  h.order_id is not null as is_dispatched, coalesce(h.hops, 0) as hops,
  k.leads, k.signed_in_time, k.signed_late, k.submitted_in_time, k.submitted_late, k.handed_in, k.reworked,
  k.returns_granted, k.returns_refused, k.extended, k.on_account, k.passed_on, k.dispatches, k.misdispatches
from judged j
  join worked k on k.order_id = j.order_id
  left join kept n on n.order_id = j.order_id and n.unit = j.owner
  left join hops h on h.order_id = j.order_id
where k.unit = j.owner or k.leads > 0
