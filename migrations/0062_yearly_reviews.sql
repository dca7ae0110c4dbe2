-- A yearly evaluation may close in its December: what it counts then ends with it.
alter table evaluations drop constraint evaluations_check;
alter table evaluations add constraint evaluations_close_after_what_they_count check (closes_at >= ends);
