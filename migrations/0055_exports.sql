-- Tables that were taken out of the system: who asked for what, and where the file is until its link runs out.
create table exports (
  id           uuid        primary key,
  list         text        not null,
  format       text        not null check (format in ('csv', 'xlsx')),
  language     text        not null check (language in ('zh', 'en')),
  filter       jsonb       not null,
  asked_by     jsonb       not null,
  client       text        not null,
  asked_at     timestamptz not null,
  state        text        not null check (state in ('waiting', 'running', 'ready', 'failed', 'expired')),
  failure      text,
  rows         int,
  bytes        int,
  expires_at   timestamptz,
  leased_until timestamptz,
  attempts     int         not null default 0,
  check ((state in ('ready', 'expired')) = (expires_at is not null)),
  check ((state = 'running') = (leased_until is not null))
);
create index exports_of on exports (client, id);
create index exports_to_do on exports (id) where state in ('waiting', 'running');
create index exports_kept on exports (expires_at) where state = 'ready';
