-- Who was drawn to decide a claim that an answer shall not count, and what they said.
alter table approvals add column seats jsonb;
create index approvals_exclusions on approvals (asked_at, id) where kind = 'exclusion';
create index approvals_appeals on approvals ((terms->>'against')) where kind = 'objection';
create index follow_ups_answered on follow_ups (answered_at) where answered_at is not null;

-- The ledger of exclusions (剔除): what units claimed, and what judges excluded by themselves, with the resident's appeal.
-- `counts` is whether the answer is out of the count now; `unit` is whom the answer rates.
create view exclusions as
select e.*, p.state as appeal_state, p.decided_at as appeal_decided_at,
       e.state = 'granted' and p.state is distinct from 'granted' as counts
from (
  select a.id, a.order_id, (a.terms->>'followUp')::uuid as follow_up, a.terms->>'class' as class, a.asked_by,
         a.asked_by_unit as unit, a.reason, a.terms->>'evidence' as evidence, a.asked_at, a.state, a.decided_at,
         a.decision_reason, (a.terms->>'judgement')::uuid as judgement, a.seats
  from approvals a where a.kind = 'exclusion'
  union all
  select j.id, j.order_id, f.id, null, 'judges', w.owner, null, null, j.opened_at, 'granted', j.decided_at,
         null, j.id, null
  from judgements j
  join work_orders w on w.id = j.order_id
  join follow_ups f on f.order_id = j.order_id
   and (f.id = any(j.follow_ups) or (j.cause <> 'exclusion' and f.round = j.round and f.answer->>'solved' <> 'yes'))
  where j.finding = 'exclude'
    and not exists (select from approvals a where a.order_id = j.order_id and a.kind = 'exclusion' and a.state = 'granted'
                    and a.terms->>'followUp' = f.id::text)
) e
left join lateral (
  select a.state, a.decided_at from approvals a
  where a.kind = 'objection' and a.terms->>'against' = e.id::text and a.state <> 'lapsed' and a.state <> 'withdrawn'
  order by a.seq desc limit 1
) p on true;

-- A unit is named once a month for having more answers excluded than the policy lets pass.
create table exclusion_warnings (
  unit  text not null,
  month date not null,
  primary key (unit, month)
);
