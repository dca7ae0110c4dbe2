-- Joint meetings, and what is on their agendas. An item without a meeting waits for the next one of its unit.
create sequence meeting_numbers;
create table meetings (
  id            uuid        primary key,
  number        text        not null unique,
  version       int         not null,
  unit          text        not null,
  title         text        not null,
  meets_at      timestamptz not null,
  place         text,
  every_weeks   int         check (every_weeks between 1 and 52),
  previous_id   uuid        references meetings,
  state         text        not null check (state in ('drafted', 'held', 'closed', 'cancelled', 'missed')),
  members       jsonb       not null,
  minutes       text,
  held_at       timestamptz,
  drafted_by    jsonb       not null,
  cancel_reason text,
  ended_at      timestamptz,
  seq           int         not null,
  -- Derived when it is saved: who is invited, and when one of a series counts as missed.
  member_units  text[]      not null,
  missed_at     timestamptz,
  check ((state in ('drafted', 'held')) = (ended_at is null))
);
create index meetings_unit on meetings (unit, id desc);
create index meetings_members on meetings using gin (member_units);
create index meetings_open on meetings (unit, meets_at, id) where state in ('drafted', 'held');
create index meetings_missed on meetings (missed_at) where missed_at is not null;

create table meeting_items (
  id             uuid        primary key,
  meeting_id     uuid        references meetings,
  unit           text        not null,
  seq            int         not null,
  root           uuid        not null,
  source         text        not null check (source in ('stuck', 'by_hand', 'passed_up', 'rolled_over')),
  came_from      jsonb,
  work_order_id  uuid        references work_orders,
  subject        text,
  why            text[]      not null,
  state          text        not null check (state in ('open', 'tasked', 'resolved', 'unresolved', 'deferred', 'removed')),
  decisions      jsonb       not null,
  removed_reason text,
  added_at       timestamptz not null,
  check ((work_order_id is null) <> (subject is null))
);
create index meeting_items_meeting on meeting_items (meeting_id, seq) where meeting_id is not null;
create index meeting_items_waiting on meeting_items (unit, id) where meeting_id is null;
create index meeting_items_root on meeting_items (root, added_at, id);
create index meeting_items_order on meeting_items (work_order_id) where work_order_id is not null;
alter table undertakings add foreign key (meeting_id) references meetings;

-- Orders that are stuck are few, and found without looking at the others.
create index work_orders_problem on work_orders (id) where problem and ended_at is null;
create index coordination_calls_silent on coordination_calls (order_id) where silent and state in ('called', 'acknowledged');
