-- Publications about work orders (晾问题、晒结果) on their way to a board, on it, or off it.
create table publications (
  id           uuid        primary key,
  version      int         not null,
  board        text        not null check (board in ('problem', 'result')),
  round        int         not null check (round > 0),
  order_id     uuid        not null references work_orders,
  unit         text        not null,
  area_path    text[]      not null,
  category     text,
  cause        text        not null,
  state        text        not null,
  draft        jsonb       not null,
  proposed_by  jsonb       not null,
  proposed_at  timestamptz not null,
  hold_until   timestamptz not null,
  hold         jsonb,
  approved_by  jsonb,
  published_at timestamptz,
  ended_at     timestamptz,
  may_return   boolean     not null,
  problem_id   uuid        references publications,
  seq          int         not null,
  check ((state in ('replaced', 'withdrawn')) = (ended_at is not null)),
  check ((state = 'held') = (hold is not null) or ended_at is not null),
  unique (order_id, board, round)
);
-- Of one order at most one stands for each board.
create unique index publications_one_each on publications (order_id, board) where ended_at is null;
create index publications_due on publications (hold_until) where state = 'waiting';
create index publications_queue on publications (id) where state in ('waiting', 'doubtful', 'held');
create index publications_board on publications (board, published_at desc, id desc) where state = 'published';
create index publications_of_unit on publications (unit, board, published_at desc, id desc) where state = 'published';
create index publications_in_area on publications using gin (area_path) where state = 'published';

-- What was shown, and when it was corrected or taken down. Nothing here is ever changed: what follows is appended.
create table publication_snapshots (
  id             uuid        primary key,
  publication_id uuid        not null references publications,
  seq            int         not null,
  kind           text        not null check (kind in ('published', 'corrected', 'replaced', 'withdrawn')),
  at             timestamptz not null,
  actor          jsonb       not null,
  reason         text,
  content        jsonb,
  check ((kind in ('published', 'corrected')) = (content is not null)),
  unique (publication_id, seq)
);
create function refuse_change_of_snapshot() returns trigger language plpgsql as $$
begin
  raise exception 'a snapshot of a publication does not change';
end $$;
create trigger publication_snapshots_stay before update or delete on publication_snapshots
  for each row execute function refuse_change_of_snapshot();
create trigger publication_snapshots_stay_all before truncate on publication_snapshots
  for each statement execute function refuse_change_of_snapshot();

-- Whether a requester lets the own request be published; no row: nothing was said.
create table publication_wishes (
  request_id uuid        primary key references requests,
  publish    boolean     not null,
  at         timestamptz not null
);

-- What makes an order a problem to be shown: a limit of the work that is over, or a supervision order of a high grade.
create index clocks_overdue on clocks (due_at) where state = 'running' and kind in ('resolve', 'rework') and not provisional;
create index supervision_orders_listed on supervision_orders (id) where grade <> 'daily' and state in ('issued', 'replied');
