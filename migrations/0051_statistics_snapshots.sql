-- Frozen figures of a span: what was answered, by which rules, from which rows. Nothing of it ever changes; a correction
-- is another snapshot that names the one it corrects.
create table statistics_snapshots (
  id               uuid        primary key,
  span_from        timestamptz not null,
  span_to          timestamptz not null check (span_to > span_from),
  counted_by       text        not null,
  weight           int         not null check (weight between 0 and 1000),
  definition       text        not null,
  versions         jsonb       not null,
  -- Limits that still ran at this moment and had passed count as late.
  as_of            timestamptz not null,
  fact_id          bigint      not null,
  fact_at          timestamptz,
  figures          jsonb       not null,
  row_count        int         not null,
  rows_hash        text        not null,
  hash             text        not null,
  corrects         uuid        references statistics_snapshots,
  reason           text,
  made_by          jsonb       not null,
  made_at          timestamptz not null,
  check ((corrects is null) = (reason is null))
);
create index statistics_snapshots_corrects on statistics_snapshots (corrects) where corrects is not null;

-- The rows a snapshot was counted from. They are written before it, and never after.
create table snapshot_measures (
  snapshot_id uuid not null references statistics_snapshots deferrable initially deferred,
  like measures,
  primary key (snapshot_id, order_id, unit)
);

create function refuse_change_of_statistics() returns trigger language plpgsql as $$
begin
  raise exception 'a snapshot of statistics does not change';
end $$;
create trigger statistics_snapshots_stay before update or delete on statistics_snapshots
  for each row execute function refuse_change_of_statistics();
create trigger statistics_snapshots_stay_all before truncate on statistics_snapshots
  for each statement execute function refuse_change_of_statistics();
create trigger snapshot_measures_stay before update or delete on snapshot_measures
  for each row execute function refuse_change_of_statistics();
create trigger snapshot_measures_stay_all before truncate on snapshot_measures
  for each statement execute function refuse_change_of_statistics();

create function refuse_rows_of_snapshot() returns trigger language plpgsql as $$
begin
  if exists (select from added join statistics_snapshots s on s.id = added.snapshot_id) then
    raise exception 'a snapshot of statistics does not change';
  end if;
  return null;
end $$;
create trigger snapshot_measures_closed after insert on snapshot_measures
  referencing new table as added for each statement execute function refuse_rows_of_snapshot();
