-- What a unit undertakes to answer for by a date: tasks of meetings, task forces, deliberations, suggestions, and the
-- governance of high-frequency matters. One table, because all of them are urged, answered and told of alike.
create sequence undertaking_numbers;
create table undertakings (
  id            uuid        primary key,
  number        text        not null unique,
  version       int         not null,
  kind          text        not null check (kind in ('meeting_task', 'task_force', 'deliberation', 'suggestion', 'governance')),
  state         text        not null check (state in ('open', 'done', 'cancelled')),
  unit          text        not null,
  by_unit       text        not null,
  leader        text,
  members       jsonb       not null,
  title         text        not null,
  demand        text        not null,
  plan          text,
  work_order_id uuid        references work_orders,
  meeting_id    uuid,
  item_id       uuid,
  about         jsonb       not null,
  due_at        timestamptz not null,
  clocks        jsonb       not null,
  notes         jsonb       not null,
  answers       jsonb       not null,
  opened_by     jsonb       not null,
  cancel_reason text,
  ended_at      timestamptz,
  seq           int         not null,
  -- Derived when it is saved: who helps, and when the ladder next has something to do.
  member_units  text[]      not null,
  next_rung_at  timestamptz,
  check ((state = 'open') = (ended_at is null))
);
create index undertakings_unit on undertakings (unit, id desc);
create index undertakings_by on undertakings (by_unit, id desc);
create index undertakings_members on undertakings using gin (member_units);
create index undertakings_kind on undertakings (kind, id desc);
create index undertakings_work on undertakings (work_order_id) where work_order_id is not null;
create index undertakings_meeting on undertakings (meeting_id) where meeting_id is not null;
create index undertakings_waiting on undertakings (unit, due_at, id) where state = 'open';
create index undertakings_next on undertakings (next_rung_at) where next_rung_at is not null;
