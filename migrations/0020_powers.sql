-- Supervision orders: their clocks, replies and escalations are read whole; what they are about is a table of its own.
create sequence supervision_numbers;
create table supervision_orders (
  id           uuid        primary key,
  number       text        not null unique,
  version      int         not null,
  unit         text        not null,
  grade        text        not null,
  demand       text        not null,
  state        text        not null check (state in ('issued', 'replied', 'accepted', 'withdrawn')),
  by_unit      text        not null,
  issued_by    jsonb       not null,
  automatic    boolean     not null,
  causes       jsonb       not null,
  gather_key   text,
  reply_by     timestamptz not null,
  replies      jsonb       not null,
  escalations  jsonb       not null,
  clocks       jsonb       not null,
  next_rung_at timestamptz,
  ended_at     timestamptz,
  seq          int         not null
);
-- All that falls on one unit on one day is in one order, as long as it waits for its reply.
create unique index supervision_orders_gathered on supervision_orders (gather_key) where state = 'issued';
create index supervision_orders_unit on supervision_orders (unit, id desc);
create index supervision_orders_by on supervision_orders (by_unit, id desc);
create index supervision_orders_waiting on supervision_orders (unit, reply_by, id) where state = 'issued';
create index supervision_orders_answered on supervision_orders (by_unit, reply_by, id) where state = 'replied';
create index supervision_orders_next on supervision_orders (next_rung_at) where next_rung_at is not null;

create table supervision_works (
  supervision_id uuid    not null references supervision_orders,
  order_id       uuid    not null references work_orders,
  seq            int     not null,
  gone           boolean not null,
  primary key (supervision_id, order_id)
);
create index supervision_works_order on supervision_works (order_id);

-- When a clock next leads to something: a rung of the ladder or its own passing. Null: to nothing more.
-- What runs already is looked at once; whoever finds nothing due writes the right moment.
alter table clocks add column next_rung_at timestamptz;
update clocks set next_rung_at = started_at where state = 'running';
drop index clocks_due;
create index clocks_next on clocks (next_rung_at) where next_rung_at is not null;

-- The ladder by which the moments above were worked out; no row: the one a city starts with.
create table ladder_applied (
  one    boolean primary key default true check (one),
  policy jsonb   not null
);

-- A supervised order stands before all others in the queue of its unit until that has replied.
alter table work_orders add column pressing boolean not null default false;
drop index work_orders_queue;
create index work_orders_queue on work_orders (owner, pressing desc, priority, due_at, registered_at) where claimable;
