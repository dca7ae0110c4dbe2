-- Secrets of this installation, drawn once: what query codes are hashed with.
create table secrets (
  name    text        primary key,
  value   bytea       not null,
  made_at timestamptz not null
);

-- Wrong query codes within the last quarter of an hour, by request number and by (hashed) address. Real time.
create table code_failures (
  subject  text        primary key,
  failures int         not null,
  since    timestamptz not null
);
create index code_failures_age on code_failures (since);

-- Who set a limit on a number and how it ended; the latest limit of each number.
alter table nuisance_numbers
  add column set_at         timestamptz not null default now(),
  add column released_by    text,
  add column release_reason text,
  add column appeal         text,
  add column appealed_at    timestamptz;

-- Whom a task is about, where it is a caller. The task itself names nobody.
create table caller_tasks (
  task_id        uuid primary key references tasks,
  phone          text not null,
  phone_key      text not null,
  call_record_id text
);
create index caller_tasks_phone on caller_tasks (phone_key);
create unique index caller_tasks_call on caller_tasks (call_record_id) where call_record_id is not null;

-- What a resident said on a request follows it from order to order.
create index notes_request on notes (request) where request is not null;
