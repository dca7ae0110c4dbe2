-- Admissions (准入审批): what a street or community is to be given beyond its duty list, reviewed and then approved.
-- Steps and clocks are read whole. `decider` is whose word it waits for and `due_at` until when; null: it is over.
create sequence admission_numbers;
create table admissions (
  id              uuid        primary key,
  number          text        not null unique,
  version         int         not null,
  state           text        not null check (state in ('legal_review', 'government_approval', 'granted', 'refused', 'withdrawn')),
  category        text        not null,
  unit            text,
  unit_kind       text        check (unit_kind in ('street', 'community')),
  list            text        not null check (list in ('assist', 'purchase')),
  text            text        not null,
  power           text        not null,
  fund            text        not null,
  staff           text        not null,
  contract        jsonb       not null,
  effective_at    timestamptz not null,
  reason          text        not null,
  work_order_id   uuid        references work_orders,
  asked_by        text        not null,
  asked_by_unit   text,
  asked_by_client text        not null,
  asked_at        timestamptz not null,
  steps           jsonb       not null,
  clocks          jsonb       not null,
  ended_at        timestamptz,
  seq             int         not null,
  decider         text,
  due_at          timestamptz,
  check ((unit is null) <> (unit_kind is null)),
  check ((ended_at is null) = (state in ('legal_review', 'government_approval'))),
  check ((decider is null) = (ended_at is not null) and (due_at is null) = (ended_at is not null))
);
create index admissions_asked on admissions (asked_at desc, id desc);
create index admissions_waiting on admissions (decider, due_at, id) where decider is not null;
create index admissions_due on admissions (due_at, id) where due_at is not null;
create index admissions_work_order on admissions (work_order_id) where work_order_id is not null;

-- Refused pushes are counted by who pushed, and when (减负).
create index refused_pushes_at on refused_pushes (at);

-- A city that keeps limits of its own has them for the two looks as well.
update city_rows set body = jsonb_set(body, '{rows}', body->'rows' ||
  '[{"clock": "decision", "variant": "legal_review", "kind": "working_day", "amount": 5},
    {"clock": "decision", "variant": "government_approval", "kind": "working_day", "amount": 10}]')
where kind = 'clock_rules' and not body->'rows' @> '[{"clock": "decision", "variant": "legal_review"}]';
