-- Inspections of closed orders (检查): drawn once, or by a schedule.
create table inspections (
  id         uuid        primary key,
  name       text        not null,
  scope      jsonb       not null,
  size       jsonb       not null,
  every_days int         check (every_days > 0),
  next_at    timestamptz,
  draws      int         not null,
  made_by    jsonb       not null,
  made_at    timestamptz not null,
  ended_at   timestamptz,
  check (ended_at is null or next_at is null)
);
create index inspections_next on inspections (next_at) where next_at is not null;

-- What was drawn: an order in the round in which it had closed, once, and the post that looks at it.
create table inspection_items (
  id            uuid        primary key,
  inspection_id uuid        not null references inspections,
  order_id      uuid        not null references work_orders,
  round         int         not null,
  post          text,
  former_posts  text[]      not null,
  drawn_at      timestamptz not null,
  due_at        timestamptz not null,
  state         text        not null check (state in ('open', 'passed', 'found', 'moot')),
  finding       text,
  evidence      jsonb       not null,
  by_actor      text,
  decided_at    timestamptz,
  unique (order_id, round),
  check ((state = 'open') = (decided_at is null)),
  check ((state = 'found') = (finding is not null))
);
create index inspection_items_of on inspection_items (inspection_id, id desc);
create index inspection_items_open on inspection_items (due_at, id) where state = 'open';
create index inspection_items_waiting on inspection_items (post, due_at, id) where state = 'open';
create index inspection_items_found on inspection_items (decided_at) where state = 'found';
-- Closed orders by when they closed, from which samples are drawn.
create index work_orders_closed on work_orders (ended_at) where state = 'closed';
