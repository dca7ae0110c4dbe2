-- Coordination orders (吹哨单): a street, the work orders it is about, and the units it calls. They run beside the work
-- orders and change nothing about who owns them.
create table coordination_orders (
  id               uuid        primary key,
  number           text        not null unique,
  version          int         not null,
  kind             text        not null,
  street           text        not null,
  state            text        not null check (state in ('draft', 'issued', 'closed', 'cancelled')),
  demand           text        not null,
  slot             jsonb,
  matter           text,
  power_item       text,
  lead             text,
  quorum           int,
  outcome          text,
  cancel_reason    text,
  outcome_asked_at timestamptz,
  drafted_by       jsonb       not null,
  issued_by        jsonb,
  issued_at        timestamptz,
  ended_at         timestamptz,
  seq              int         not null
);
create index coordination_orders_street on coordination_orders (street, id desc);
create index coordination_orders_open on coordination_orders (street, id) where state in ('draft', 'issued');
create index coordination_orders_issued on coordination_orders (issued_at) where issued_at is not null;

-- What it is about. A work order that ends leaves, and stays in the record.
create table coordination_works (
  order_id      uuid    not null references coordination_orders,
  work_order_id uuid    not null references work_orders,
  seq           int     not null,
  has_left      boolean not null,
  primary key (order_id, work_order_id)
);
create index coordination_works_of on coordination_works (work_order_id);

-- One row for each call of a unit, with the clock by which it reports in. next_rung_at is when the ladder next has
-- something to do about it, null where nothing is to come.
create table coordination_calls (
  order_id        uuid        not null references coordination_orders,
  seq             int         not null,
  id              uuid        not null unique,
  unit            text        not null,
  task            text        not null,
  state           text        not null,
  called_at       timestamptz,
  answer_by       timestamptz,
  acknowledged_at timestamptz,
  reported_in_at  timestamptz,
  in_time         boolean,
  silent          boolean     not null,
  result          jsonb,
  refusals        jsonb       not null,
  accepted_at     timestamptz,
  released_at     timestamptz,
  release_reason  text,
  clock           jsonb,
  report_in_due   timestamptz,
  next_rung_at    timestamptz,
  primary key (order_id, seq)
);
create index coordination_calls_held on coordination_calls (unit, order_id) where state not in ('named', 'released');
create index coordination_calls_due on coordination_calls (next_rung_at) where next_rung_at is not null;
