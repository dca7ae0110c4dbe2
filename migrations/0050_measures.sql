-- What every order counts in rates and statistics: a row for the unit that answers for it, and one for each that led it
-- before. It follows from the order and is made anew when a fact about it has been counted.
create table measures (
  order_id          uuid        not null references work_orders,
  unit              text        not null,
  due_at            timestamptz not null,
  area_path         text[]      not null,
  street            text,
  community         text,
  grid              text,
  category          text,
  channel           text,
  standing          text        not null,
  orders            int         not null,
  requests          int         not null,
  incidents         int         not null,
  incident_requests int         not null,
  upper_level       int         not null,
  first_contact     int         not null,
  ended             int         not null,
  dispatched        int         not null,
  hops              int         not null,
  contacted_by_word int         not null,
  contacted_by_log  int         not null,
  silent            int         not null,
  reached           int         not null,
  not_reached       int         not null,
  solved            int         not null,
  very_satisfied    int         not null,
  satisfied         int         not null,
  basically         int         not null,
  dissatisfied      int         not null,
  very_dissatisfied int         not null,
  first_solved      int         not null,
  first_satisfied   int         not null,
  first_basically   int         not null,
  leads             int         not null,
  signed_in_time    int         not null,
  signed_late       int         not null,
  submitted_in_time int         not null,
  submitted_late    int         not null,
  handed_in         int         not null,
  reworked          int         not null,
  returns_granted   int         not null,
  returns_refused   int         not null,
  extended          int         not null,
  on_account        int         not null,
  passed_on         int         not null,
  dispatches        int         not null,
  misdispatches     int         not null,
  sign_by           timestamptz,
  submit_by         timestamptz,
  primary key (order_id, unit)
);
create index measures_due on measures (due_at);
create index measures_unit on measures (unit, due_at);

-- Up to which fact has been counted: its place in the feed of facts, and when it happened.
create table measured (
  one     boolean     primary key default true check (one),
  xid     xid8        not null,
  fact_id bigint      not null,
  fact_at timestamptz
);
insert into measured (xid, fact_id) values ('0', 0);
