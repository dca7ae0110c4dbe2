-- Decrees by which a district or the city pauses non-urgent categories in an area.
create sequence decree_numbers;
create table decrees (
  id            uuid        primary key,
  number        text        not null unique,
  version       int         not null,
  state         text        not null check (state in ('published', 'ended')),
  title         text        not null,
  text          text        not null,
  categories    text[]      not null,
  areas         text[]      not null,
  begins_at     timestamptz not null,
  until         timestamptz not null,
  authority     text,
  published_by  jsonb       not null,
  ended_at      timestamptz,
  ended_by      jsonb,
  ended_because text,
  -- How far its beginning, or its early end, has gone through the open orders. What ends at its date ends by the clocks.
  walks_at      timestamptz,
  walked        uuid,
  check (begins_at < until),
  check ((state = 'ended') = (ended_at is not null))
);
create index decrees_until on decrees (until) where state = 'published';
create index decrees_walks on decrees (walks_at) where walks_at is not null;

-- Open orders are walked in the order of their ids, and what stands still is found, however many there ever were.
create index work_orders_walk on work_orders (id) where ended_at is null;
create index clocks_paused on clocks (order_id) where state = 'paused';
