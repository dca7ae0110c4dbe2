-- Files that belong to nothing: written before what they are for is committed, or let go by it. In machines' time.
create table loose_files (
  id         uuid        primary key,
  store      text        not null check (store in ('attachments', 'pictures')),
  keep_until timestamptz not null
);
create index loose_files_over on loose_files (keep_until);
