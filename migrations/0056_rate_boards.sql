-- Frozen rates that were published: what everybody reads of a snapshot, as it was when it was published. It never changes;
-- it can be taken down once, with a reason.
create table rate_boards (
  snapshot_id  uuid        primary key references statistics_snapshots,
  content      jsonb       not null,
  published_by jsonb       not null,
  published_at timestamptz not null,
  withdrawn_by jsonb,
  withdrawn_at timestamptz,
  reason       text,
  check ((withdrawn_at is null) = (reason is null) and (withdrawn_at is null) = (withdrawn_by is null))
);
create index rate_boards_shown on rate_boards (published_at desc, snapshot_id desc) where withdrawn_at is null;

create function refuse_change_of_rate_board() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.withdrawn_at is null and new.withdrawn_at is not null
     and (new.snapshot_id, new.content, new.published_by, new.published_at)
       = (old.snapshot_id, old.content, old.published_by, old.published_at) then
    return new;
  end if;
  raise exception 'published rates do not change';
end $$;
create trigger rate_boards_stay before update or delete on rate_boards
  for each row execute function refuse_change_of_rate_board();
create trigger rate_boards_stay_all before truncate on rate_boards
  for each statement execute function refuse_change_of_rate_board();
