-- What others measure of the city (公众安全感满意度测评 …), as it was taken in. A corrected value is another version and says
-- why; the greatest version of one area or unit in one period holds.
create table external_index_values (
  id          uuid         primary key,
  index_code  text         not null,
  kind        text         not null check (kind in ('area', 'unit')),
  code        text         not null,
  period      text         not null,
  starts      timestamptz  not null,
  ends        timestamptz  not null check (ends > starts),
  version     int          not null check (version > 0),
  value       numeric      not null check (value between 0 and 100 and value = round(value, 3)),
  sample      int          check (sample > 0),
  rank        jsonb,
  document    text         not null,
  reason      text,
  imported_by jsonb        not null,
  at          timestamptz  not null,
  check ((version = 1) = (reason is null)),
  unique (index_code, kind, code, period, version)
);
create index external_index_values_ends on external_index_values (ends, id);

create function refuse_change_of_index_value() returns trigger language plpgsql as $$
begin
  raise exception 'a value that was taken in does not change';
end $$;
create trigger external_index_values_kept before update or delete on external_index_values
  for each row execute function refuse_change_of_index_value();
