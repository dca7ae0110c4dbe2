-- Cases before drawn judges: who has a seat and what was said is read whole with the order.
create table judgements (
  order_id   uuid        not null references work_orders,
  seq        int         not null,
  id         uuid        not null unique,
  cause      text        not null check (cause in ('follow_up', 'exclusion', 'inspection', 'complaint')),
  round      int         not null,
  follow_ups uuid[]      not null,
  asked_by   text        not null,
  reason     text,
  opened_at  timestamptz not null,
  seats      jsonb       not null,
  state      text        not null check (state in ('open', 'decided', 'cancelled')),
  reasonable boolean,
  dutiful    boolean,
  finding    text        check (finding in ('rework', 'explain', 'exclude', 'policy_problem')),
  decided_at timestamptz,
  primary key (order_id, seq),
  check ((state = 'decided') = (finding is not null and reasonable is not null and dutiful is not null and decided_at is not null))
);
create index judgements_open on judgements (opened_at) where state = 'open';
create index judgements_found on judgements (finding, id desc) where finding is not null;

-- Who is a party to a case is barred from it.
create table recusals (
  order_id uuid        not null references work_orders,
  seq      int         not null,
  name     text        not null,
  unit     text,
  reason   text        not null,
  by_actor text        not null,
  at       timestamptz not null,
  primary key (order_id, seq)
);
