-- One side's word about the other in a half year (双向评议): one for each pair and direction, changed until the cycle is over.
create table mutual_reviews (
  id             uuid        primary key,
  cycle          text        not null,
  by_unit        text        not null,
  about_unit     text        not null check (about_unit <> by_unit),
  marks          jsonb       not null,
  comment        text        not null,
  work_order_ids uuid[]      not null,
  evidence       jsonb       not null,
  actor          text        not null,
  at             timestamptz not null,
  unique (cycle, by_unit, about_unit)
);
create index mutual_reviews_about on mutual_reviews (about_unit, cycle);
create index mutual_reviews_by on mutual_reviews (by_unit, cycle);

-- A period judged by a scheme. The scheme is kept as it was when the evaluation was opened, the results as they were when
-- it closed; after that neither changes any more.
create table evaluations (
  id          uuid        primary key,
  scheme      jsonb       not null,
  scheme_code text        not null,
  period      text        not null,
  starts      timestamptz not null,
  ends        timestamptz not null,
  closes_at   timestamptz not null check (closes_at > ends),
  opened_by   jsonb       not null,
  closed_at   timestamptz,
  results     jsonb,
  check ((closed_at is null) = (results is null)),
  unique (scheme_code, period)
);
create index evaluations_closing on evaluations (closes_at) where closed_at is null;

create function refuse_change_of_closed_evaluation() returns trigger language plpgsql as $$
begin
  raise exception 'a closed evaluation does not change';
end $$;
create trigger evaluations_closed before update or delete on evaluations
  for each row when (old.closed_at is not null) execute function refuse_change_of_closed_evaluation();

-- What the level above says of a unit, 0 to 100.
create table superior_marks (
  evaluation_id uuid        not null references evaluations,
  unit          text        not null,
  mark          int         not null check (mark between 0 and 100),
  reason        text        not null,
  by_unit       text        not null,
  actor         text        not null,
  at            timestamptz not null,
  primary key (evaluation_id, unit)
);

create index coordination_calls_of on coordination_calls (unit, called_at) where called_at is not null;
