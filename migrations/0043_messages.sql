-- What residents are to be told by the city's message gateway. The words are made when the gateway takes it: no phone, no
-- link and no token stands here.
create table messages (
  id          uuid        primary key,
  kind        text        not null check (kind in ('survey_link')),
  order_id    uuid        not null references work_orders,
  request_id  uuid        not null references requests,
  about       uuid        not null references follow_ups (id),
  made_at     timestamptz not null,
  expires_at  timestamptz not null,
  state       text        not null check (state in ('waiting', 'sent', 'failed', 'overtaken')),
  done_at     timestamptz,
  -- The gateway's own number of what it sent, or why it could not.
  receipt     text,
  -- The lease of the gateway that holds it; only claims write these.
  claim_token bigint      not null default 0,
  lease_until timestamptz,
  unique (kind, about),
  check ((state = 'waiting') = (done_at is null))
);
create index messages_waiting on messages (made_at, id) where state = 'waiting';
create index messages_order on messages (order_id);

-- The links residents answer by: a token is drawn when a message is handed to the gateway, and only its hash is kept.
create table survey_links (
  token_hash   bytea       primary key,
  follow_up_id uuid        not null references follow_ups (id),
  made_at      timestamptz not null
);

alter table claims drop constraint claims_kind_check,
  add constraint claims_kind_check check (kind in ('work_order', 'follow_up', 'message'));
