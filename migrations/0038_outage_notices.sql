-- Notices of planned outages (计划停电停水通告): they answer at intake. Past ones stay.
create sequence outage_numbers;
create table outage_notices (
  id              uuid        primary key,
  number          text        not null unique,
  version         int         not null,
  state           text        not null check (state in ('issued', 'withdrawn')),
  title           text        not null,
  category        text        not null,
  areas           text[]      not null,
  polygon         jsonb,
  since           timestamptz not null,
  until           timestamptz not null,
  announced_at    timestamptz not null,
  text            text        not null,
  contact         text,
  unit            text        not null,
  answers_at_once boolean     not null,
  issued_by       jsonb       not null,
  withdrawn_by    jsonb,
  withdrawn_because text,
  check (since < until)
);
create index outage_notices_until on outage_notices (until) where state = 'issued';
create index outage_notices_unit on outage_notices (unit, id desc);
