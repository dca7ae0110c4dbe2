-- Consultations on orders (会商): who was heard, what each thought, and what came of it. Nothing in them is ever changed.
create table consultations (
  id       uuid        primary key,
  order_id uuid        not null references work_orders,
  at       timestamptz not null,
  actor    text        not null,
  unit     text,
  opinions jsonb       not null,
  outcome  text        not null
);
create index consultations_order on consultations (order_id, id);
