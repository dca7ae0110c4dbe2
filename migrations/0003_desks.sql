-- Approvals a unit decides or has asked, and all of them, the last asked first.
create index approvals_asked on approvals (asked_at desc, id desc);
create index approvals_asker on approvals (asked_by_unit, asked_at desc);
create index approvals_unit on approvals ((decider->>'unit'), asked_at desc) where decider->>'unit' is not null;

-- What waits for somebody, by the moment it is due: one index for each desk's list.
create index todo_claim on work_orders (owner, coalesce(due_at, 'infinity'), id) where claimable;
create index todo_handle on work_orders (owner, clerk, coalesce(due_at, 'infinity'), id) where state in ('signed', 'handling');
create index todo_place on work_orders (coalesce(due_at, 'infinity'), id)
  where state in ('registered', 'accepted') and placement->>'status' = 'unplaced';
create index todo_answer on work_orders (coalesce(due_at, 'infinity'), id)
  where state = 'registered' and placement->>'status' <> 'unplaced';
create index todo_dispatch on work_orders (coalesce(due_at, 'infinity'), id)
  where state = 'accepted' and placement->>'status' <> 'unplaced';
create index todo_review on work_orders (coalesce(due_at, 'infinity'), id) where state = 'submitted';
create index todo_verify on work_orders (coalesce(due_at, 'infinity'), id) where state = 'verifying';
create index approvals_by_role on approvals ((decider->>'role')) where state = 'pending';
drop index approvals_pending;
create index clocks_about on clocks (about) where about is not null and state <> 'stopped';
create index todo_tasks on tasks (coalesce(due_at, 'infinity'), id) where done_at is null;
create index tasks_order on tasks (order_id) where order_id is not null;
drop index tasks_open;

-- What somebody has done, the last first. Nobody asks what time and rules have done.
create index facts_by_whom on facts ((actor->>'client'), (actor->>'name'), id desc) where actor->>'client' <> 'system';

-- Duties that move from one unit to another, and take their open orders along at the date.
create table duty_moves (
  id           uuid        primary key,
  category     text        not null,
  area         text,
  from_unit    text        not null,
  to_unit      text        not null,
  basis        text        not null,
  effective_at timestamptz not null,
  moved_by     jsonb       not null,
  made_at      timestamptz not null,
  done_at      timestamptz,
  moved        int,
  refused      jsonb
);
create index duty_moves_due on duty_moves (effective_at) where done_at is null;

-- Orders that lie in a queue, whoever's it is.
create index work_orders_unclaimed on work_orders (id) where claimable and urgency = 'normal';
