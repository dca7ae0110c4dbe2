-- An admission has moments before the end of its look: the ladder warns of it, as of everything else that is owed by a date.
alter table admissions add column next_rung_at timestamptz;
update admissions set next_rung_at = due_at;
alter table admissions add check ((next_rung_at is null) = (ended_at is not null));
drop index admissions_due;
create index admissions_next on admissions (next_rung_at, id) where next_rung_at is not null;
