-- What everybody reads of the governance of a high-frequency matter (每月一题): entries are appended, the last one counts, one
-- without content takes it down. Nothing of it ever changes.
create table matter_boards (
  undertaking_id uuid        not null references undertakings,
  seq            int         not null check (seq > 0),
  content        jsonb,
  reason         text,
  actor          jsonb       not null,
  at             timestamptz not null,
  check ((content is null) = (reason is not null)),
  primary key (undertaking_id, seq)
);
create function refuse_change_of_matter_board() returns trigger language plpgsql as $$
begin
  raise exception 'what was published of a matter does not change';
end $$;
create trigger matter_boards_stay before update or delete on matter_boards
  for each row execute function refuse_change_of_matter_board();
create trigger matter_boards_stay_all before truncate on matter_boards
  for each statement execute function refuse_change_of_matter_board();
