-- What units do among residents: public-benefit activities (公益活动), things done for people (实事), visits to the front line
-- (一线考察). A wrong entry is withdrawn with a reason and stays; nothing else of it changes.
create table field_records (
  id             uuid        primary key,
  kind           text        not null check (kind in ('activity', 'deed', 'visit')),
  unit           text        not null,
  area           text,
  area_path      text[]      not null,
  on_date        date        not null,
  title          text        not null,
  words          text        not null,
  participants   int         check (participants >= 0),
  hours          numeric     check (hours >= 0),
  visitors       jsonb       not null,
  about          text,
  work_order_ids uuid[]      not null,
  evidence       jsonb       not null,
  undertaking_id uuid        references undertakings,
  recorded_by    jsonb       not null,
  recorded_at    timestamptz not null,
  withdrawn      jsonb,
  check (kind <> 'visit' or words <> '')
);
create index field_records_date on field_records (on_date) where withdrawn is null;
create index field_records_unit on field_records (unit, id desc);
create index field_records_about on field_records (about, id desc) where about is not null;

create function refuse_change_of_field_record() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or old.withdrawn is not null or new.withdrawn is null
    or to_jsonb(new) - 'withdrawn' <> to_jsonb(old) - 'withdrawn' then
    raise exception 'an entry is withdrawn, once, and does not change';
  end if;
  return new;
end $$;
create trigger field_records_kept before update or delete on field_records
  for each row execute function refuse_change_of_field_record();
create trigger field_records_kept_all before truncate on field_records
  for each statement execute function refuse_change_of_field_record();
create trigger external_index_values_kept_all before truncate on external_index_values
  for each statement execute function refuse_change_of_index_value();

-- What a visit asks of the unit it was about.
alter table undertakings drop constraint undertakings_kind_check;
alter table undertakings add constraint undertakings_kind_check
  check (kind in ('meeting_task', 'task_force', 'deliberation', 'suggestion', 'governance', 'consent', 'field_task'));
