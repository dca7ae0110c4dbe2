-- A dossier somebody was asked about, as it was when they were asked. Nothing of it ever changes.
create table dossiers (
  id      uuid        primary key,
  unit    text        not null,
  dossier jsonb       not null,
  hash    text        not null,
  made_at timestamptz not null
);
create function refuse_change_of_dossier() returns trigger language plpgsql as $$
begin
  raise exception 'a dossier somebody was asked about does not change';
end $$;
create trigger dossiers_stay before update or delete on dossiers
  for each row execute function refuse_change_of_dossier();
create trigger dossiers_stay_all before truncate on dossiers
  for each statement execute function refuse_change_of_dossier();

-- Consent to an appointment is owed by a date, too; what was then decided is a state of its own.
alter table undertakings drop constraint undertakings_kind_check;
alter table undertakings add constraint undertakings_kind_check
  check (kind in ('meeting_task', 'task_force', 'deliberation', 'suggestion', 'governance', 'consent'));
alter table undertakings drop constraint undertakings_state_check;
alter table undertakings add constraint undertakings_state_check
  check (state in ('open', 'done', 'decided', 'cancelled'));
alter table undertakings add constraint undertakings_only_consents_are_decided
  check (kind = 'consent' or state <> 'decided');
-- One that was answered waits for whoever appoints.
create index undertakings_to_decide on undertakings (by_unit, id) where kind = 'consent' and state = 'done';
create index undertakings_consent_about on undertakings ((about->'consent'->>'unit')) where kind = 'consent';
