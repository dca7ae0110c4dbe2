-- Incidents (突发事件): one cause, many requests on one lead order.
create sequence incident_numbers;
create table incidents (
  id             uuid        primary key,
  number         text        not null unique,
  version        int         not null,
  state          text        not null check (state in ('open', 'ended')),
  title          text        not null,
  category       text        not null,
  areas          text[]      not null,
  polygon        jsonb,
  since          timestamptz not null,
  until          timestamptz,
  lead_order_id  uuid        not null unique references work_orders,
  answer         text        not null,
  next_update_at timestamptz,
  -- The moment above until somebody was told that it passed in silence.
  update_due_at  timestamptz,
  danger         jsonb       not null,
  opened_by      jsonb       not null,
  opened_at      timestamptz not null,
  ended_by       jsonb,
  ended_at       timestamptz,
  check ((state = 'ended') = (ended_at is not null))
);
create index incidents_state on incidents (state, id desc);
create index incidents_update_due on incidents (update_due_at) where update_due_at is not null;

create table incident_updates (
  incident_id uuid        not null references incidents,
  seq         int         not null,
  text        text        not null,
  at          timestamptz not null,
  actor       jsonb       not null,
  primary key (incident_id, seq)
);

-- The requests an incident has met: those on its lead order, and those in danger, which have an order of their own.
-- They are asked by its end; what they answered stands here, and with a "no" the order it opened.
create table incident_requests (
  request_id   uuid        primary key references requests,
  incident_id  uuid        not null references incidents,
  how          text        not null check (how in ('joined', 'attached', 'danger')),
  at           timestamptz not null,
  restored     boolean,
  answered_at  timestamptz,
  answered_by  jsonb,
  own_order_id uuid        references work_orders,
  left_at      timestamptz,
  check ((restored is null) = (answered_at is null))
);
create index incident_requests_incident on incident_requests (incident_id, request_id);

-- Requests that stand aside are on the order and not carried by it: however many join, it is read as fast as before.
alter table requests add column aside boolean not null default false;
drop index requests_order;
create index requests_order on requests (work_order_id) where not aside;
