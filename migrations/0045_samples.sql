-- Direct answers are asked about by sample. Units that talked to a resident while they were being asked are marked.
alter table follow_ups
  add column unit_contacted boolean not null default false,
  drop constraint follow_ups_occasion_check,
  add constraint follow_ups_occasion_check check (occasion in ('handled', 'overdue', 'answered'));
alter table follow_ups alter column unit_contacted drop default;
