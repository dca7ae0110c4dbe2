-- The city as data. One row is one thing (a unit, a post, a category …) as it is between two dates.
create table city_rows (
  kind       text        not null,
  code       text        not null,
  valid_from timestamptz not null,
  valid_to   timestamptz,
  body       jsonb       not null,
  changed_by text        not null,
  changed_at timestamptz not null,
  primary key (kind, code, valid_from),
  check (valid_to is null or valid_to > valid_from)
);
create unique index city_rows_present on city_rows (kind, code) where valid_to is null;

create table directory_versions (
  id           uuid        primary key,
  name         text        not null,
  rows         jsonb       not null,
  report       jsonb       not null,
  valid_from   timestamptz not null,
  state        text        not null check (state in ('draft', 'active')),
  changed_by   text        not null,
  activated_at timestamptz
);

create table area_versions (
  id                uuid        primary key,
  name              text        not null,
  levels            jsonb       not null,
  boundary_roads    jsonb       not null,
  valid_from        timestamptz not null,
  state             text        not null check (state in ('draft', 'active')),
  report            jsonb       not null,
  accepted_warnings text,
  changed_by        text        not null,
  activated_at      timestamptz
);
create table areas (
  version_id uuid not null references area_versions,
  code       text not null,
  name       text not null,
  level      text not null,
  parent     text,
  scheme     text not null,
  shape      jsonb,
  primary key (version_id, code)
);

-- Who may call. Only the hash of a secret is kept.
create table clients (
  id          text        primary key,
  name        text        not null unique,
  secret_hash text        not null,
  roles       text[]      not null,
  unit        text,
  areas       text[],
  channels    text[],
  cidrs       text[]      not null default '{}',
  created_at  timestamptz not null,
  expires_at  timestamptz,
  revoked_at  timestamptz,
  used_at     timestamptz
);

-- Day numbers of requests and orders: YYYYMMDD and six digits.
create table day_numbers (
  day  date primary key,
  last int  not null check (last <= 999999)
);

create table work_orders (
  id             uuid        primary key,
  number         text        not null unique,
  version        int         not null,
  state          text        not null,
  title          text        not null,
  kind           text        not null,
  category       text,
  urgency        text        not null,
  tier           text        not null,
  disposition    text        not null,
  diversion      jsonb,
  placement      jsonb       not null,
  routing        jsonb       not null,
  owner          text        not null,
  designated     boolean     not null,
  problem        boolean     not null,
  leads          text[]      not null,
  returns        int         not null,
  reworks        int         not null,
  reopened       boolean     not null,
  clerk          text,
  signed_late    boolean     not null,
  signed_at      timestamptz,
  finder         jsonb,
  verifier       jsonb,
  unverified     boolean     not null,
  confidential   boolean     not null,
  reminders      int         not null,
  split_from     uuid,
  merged_into    uuid,
  ending         jsonb,
  received_at    timestamptz not null,
  registered_at  timestamptz not null,
  dispatched_at  timestamptz,
  ended_at       timestamptz,
  seq            int         not null,
  -- Derived when the order is saved, for the one index each list needs.
  area_path      text[]      not null,
  claimable      boolean     not null,
  priority       int         not null,
  due_at         timestamptz,
  -- The lease of the clerk who holds it; only claims write these.
  claim_token    bigint      not null default 0,
  lease_until    timestamptz
);
create index work_orders_queue on work_orders (owner, priority, due_at, registered_at) where claimable;
create index work_orders_state on work_orders (state, id desc);
create index work_orders_owner on work_orders (owner, id desc);
create index work_orders_area on work_orders using gin (area_path);
create index work_orders_category on work_orders (category, registered_at desc);
create index work_orders_ended on work_orders (ended_at) where ended_at is not null and state <> 'archived';

create table requests (
  id                uuid        primary key,
  number            text        not null unique,
  query_code_hash   text        not null,
  work_order_id     uuid        not null references work_orders,
  original_order_id uuid        not null references work_orders,
  channel           text        not null,
  external_id       text,
  kind              text        not null,
  category          text,
  title             text        not null,
  description       text        not null,
  normal_text       text        not null,
  urgency           text        not null,
  location          jsonb,
  point             jsonb,
  confidential      boolean     not null,
  reachable         boolean     not null,
  answers           jsonb       not null,
  attachments       jsonb       not null,
  call_record_id    text,
  external_due_at   timestamptz,
  reply_to          jsonb,
  received_at       timestamptz not null,
  registered_at     timestamptz not null,
  withdrawn_at      timestamptz,
  client            text        not null,
  actor             text        not null
);
create unique index requests_external on requests (channel, external_id) where external_id is not null;
create index requests_order on requests (work_order_id);
create index requests_original on requests (original_order_id);
create index requests_recent on requests (category, registered_at desc);
create index requests_text on requests (normal_text, registered_at desc);

-- Contacts of residents stand apart from everything else.
create table requesters (
  request_id   uuid    primary key references requests,
  name         text,
  phone        text,
  phone_key    text,
  anonymous    boolean not null,
  on_behalf_of text
);
create index requesters_phone on requesters (phone_key) where phone_key is not null;
create table nuisance_numbers (
  phone_key text primary key,
  until     timestamptz not null,
  reason    text not null,
  set_by    text not null
);

-- The ledger of who was responsible. Exactly one lead of an open order has no end.
create table assignments (
  order_id uuid        not null references work_orders,
  seq      int         not null,
  role     text        not null,
  unit     text        not null,
  cause    text        not null,
  basis    text        not null,
  since    timestamptz not null,
  ended    timestamptz,
  primary key (order_id, seq)
);
create unique index assignments_one_lead on assignments (order_id) where role = 'lead' and ended is null;

create table clocks (
  order_id         uuid        not null references work_orders,
  seq              int         not null,
  kind             text        not null,
  unit             text,
  rule             jsonb       not null,
  calendar_version text        not null,
  start_event      text        not null,
  started_at       timestamptz not null,
  not_before       timestamptz,
  pauses           jsonb       not null,
  grants           jsonb       not null,
  history          jsonb       not null,
  due_at           timestamptz not null,
  warn_at          timestamptz not null,
  provisional      boolean     not null,
  state            text        not null check (state in ('running', 'paused', 'stopped')),
  stopped_at       timestamptz,
  stop_cause       text,
  fired            text[]      not null,
  version          int         not null,
  about            uuid,
  primary key (order_id, seq)
);
create index clocks_due on clocks (due_at) where state = 'running' and fired = '{}';
create index clocks_running on clocks (kind, due_at) where state <> 'stopped';

create table approvals (
  order_id        uuid        not null references work_orders,
  seq             int         not null,
  id              uuid        not null unique,
  kind            text        not null,
  terms           jsonb       not null,
  reason          text        not null,
  asked_by        text        not null,
  asked_by_unit   text,
  asked_at        timestamptz not null,
  asked_in_state  text        not null,
  decider         jsonb       not null,
  state           text        not null,
  decided_by      text,
  decided_at      timestamptz,
  decision_reason text,
  succeeds        uuid,
  primary key (order_id, seq)
);
create index approvals_pending on approvals (asked_at) where state = 'pending';

create table assists (
  order_id     uuid        not null references work_orders,
  seq          int         not null,
  id           uuid        not null unique,
  unit         text        not null,
  task         text        not null,
  since        timestamptz not null,
  due_at       timestamptz not null,
  completed_at timestamptz,
  result       text,
  primary key (order_id, seq)
);
create index assists_open on assists (unit, due_at) where completed_at is null;
create table inner_assignments (
  order_id uuid        not null references work_orders,
  seq      int         not null,
  given_to text        not null,
  task     text        not null,
  at       timestamptz not null,
  due_at   timestamptz,
  given_by text        not null,
  primary key (order_id, seq)
);
create table watchers (
  order_id uuid        not null references work_orders,
  seq      int         not null,
  unit     text,
  actor    text,
  why      text        not null,
  since    timestamptz not null,
  primary key (order_id, seq)
);
create index watchers_unit on watchers (unit);
create table contacts (
  order_id  uuid        not null references work_orders,
  seq       int         not null,
  unit      text        not null,
  actor     text        not null,
  at        timestamptz not null,
  logged_at timestamptz not null,
  how       text        not null,
  whom      text        not null,
  outcome   text        not null,
  primary key (order_id, seq)
);
create table notes (
  order_id uuid        not null references work_orders,
  seq      int         not null,
  actor    text        not null,
  unit     text,
  at       timestamptz not null,
  text     text        not null,
  public   boolean     not null,
  mark     text,
  request  uuid,
  primary key (order_id, seq)
);
create table submissions (
  order_id       uuid        not null references work_orders,
  seq            int         not null,
  unit           text        not null,
  actor          text        not null,
  at             timestamptz not null,
  result         text        not null,
  text           text        not null,
  evidence       jsonb       not null,
  requester_told boolean     not null,
  resolve_due_at timestamptz,
  primary key (order_id, seq)
);
create table follow_ups (
  order_id    uuid        not null references work_orders,
  seq         int         not null,
  id          uuid        not null unique,
  request     uuid        not null references requests,
  round       int         not null,
  state       text        not null,
  opened_at   timestamptz not null,
  answered_at timestamptz,
  by          text,
  answer      jsonb,
  -- The lease of the agent who holds it; only claims write these.
  claim_token bigint      not null default 0,
  lease_until timestamptz,
  primary key (order_id, seq)
);
create index follow_ups_open on follow_ups (opened_at) where state = 'open';

-- A clerk's or an agent's lease on something to do, with the fencing token it was given.
create table claims (
  id          uuid        primary key,
  kind        text        not null check (kind in ('work_order', 'follow_up')),
  subject_id  uuid        not null,
  unit        text,
  post        text,
  clerk       text        not null,
  client      text        not null,
  token       bigint      not null,
  lease_until timestamptz not null,
  state       text        not null check (state in ('leased', 'final', 'released')),
  made_at     timestamptz not null
);
create index claims_subject on claims (subject_id, token desc);

create table attachments (
  id         uuid        primary key,
  order_id   uuid        not null references work_orders,
  media_type text        not null,
  bytes      int         not null,
  sha256     text        not null,
  name       text        not null,
  added_by   text        not null,
  added_at   timestamptz not null
);
create index attachments_order on attachments (order_id);

-- Facts are history and outbox. `published_at is null` = still to be handed to the queue; `handled_at is null` = a consumer still owes its effect.
create table facts (
  id           bigint generated always as identity primary key,
  xid          xid8 not null default pg_current_xact_id(),
  subject      text not null,
  subject_id   uuid not null,
  type         text not null,
  at           timestamptz not null,
  actor        jsonb not null,
  unit         text,
  body         jsonb not null,
  leased_until timestamptz,   -- a relay holds the row while it talks to the queue
  published_at timestamptz,   -- handed to the queue
  handled_at   timestamptz    -- every consumer has acted, or has given up and is listed in fact_failures
);
create index facts_unpublished on facts (id) where published_at is null;
create index facts_unhandled on facts (published_at) where published_at is not null and handled_at is null;
create index facts_subject on facts (subject_id, id);
create index facts_changes on facts (xid, id);

-- Which consumer has acted on which fact: inserted in the consumer's own transaction, so each acts once.
create table deliveries (
  fact_id  bigint      not null references facts,
  consumer text        not null,
  done_at  timestamptz not null,
  primary key (fact_id, consumer)
);

-- Facts a consumer gave up on: kept until somebody re-offers them.
create table fact_failures (
  fact_id    bigint      not null references facts,
  consumer   text        not null,
  attempts   int         not null,
  last_error text        not null,
  at         timestamptz not null,
  primary key (fact_id, consumer)
);

-- The first answer to a create, kept to the byte for 72 hours.
create table idempotency (
  client    text        not null,
  key       text        not null,
  hash      text        not null,
  status    int,
  headers   jsonb,
  body      bytea,
  made_at   timestamptz not null,
  primary key (client, key)
);
create index idempotency_age on idempotency (made_at);

-- Matters a unit was not to be given: counted by who pushed.
create table refused_pushes (
  id         bigint generated always as identity primary key,
  order_id   uuid        not null references work_orders,
  pushed_by  text        not null,
  pushed_unit text,
  unit       text        not null,
  category   text        not null,
  line       text,
  at         timestamptz not null
);

-- Small things to do that belong to no clock: call back, repair the directory.
create table tasks (
  id        uuid        primary key,
  kind      text        not null,
  order_id  uuid        references work_orders,
  role      text,
  unit      text,
  body      jsonb       not null,
  opened_at timestamptz not null,
  due_at    timestamptz,
  done_at   timestamptz,
  done_by   text
);
create index tasks_open on tasks (opened_at) where done_at is null;

create table hand_overs (
  id        uuid        primary key,
  shift     text        not null,
  from_actor text       not null,
  to_actor  text        not null,
  note      text        not null,
  items     jsonb       not null,
  at        timestamptz not null
);

-- Push instead of pull: a unit's webhook and what was sent to it.
create table webhooks (
  unit       text        primary key,
  url        text        not null,
  secrets    text[]      not null,
  changed_by text        not null,
  changed_at timestamptz not null,
  disabled_at timestamptz
);
create table webhook_deliveries (
  id         uuid        primary key,
  fact_id    bigint      not null references facts,
  unit       text        not null,
  state      text        not null check (state in ('pending', 'delivered', 'dead')),
  attempts   int         not null,
  next_at    timestamptz not null,
  last_error text,
  made_at    timestamptz not null,
  done_at    timestamptz,
  unique (fact_id, unit)
);
create index webhook_deliveries_due on webhook_deliveries (next_at) where state = 'pending';

-- The drill clock: how far it is ahead of the real one, in milliseconds.
create table drill_clock (
  one       boolean primary key default true check (one),
  offset_ms bigint  not null
);
