-- Survey vendors that call back: what they sign with, the newest secret first; two while one is exchanged.
create table survey_vendors (
  -- The name of the vendor's client, by which it also takes its tasks.
  vendor     text        primary key,
  secrets    text[]      not null check (cardinality(secrets) between 1 and 2),
  changed_by text        not null,
  changed_at timestamptz not null
);

-- Callbacks that were taken, so that the same one again is no other answer. `received_at` is real time.
create table survey_callbacks (
  vendor       text        not null,
  webhook_id   text        not null,
  body_hash    text        not null,
  follow_up_id uuid        not null references follow_ups (id),
  -- When the vendor says that the resident answered.
  said_at      timestamptz,
  received_at  timestamptz not null,
  primary key (vendor, webhook_id)
);
