-- A unit that a street does not command (联系执法) has a clock of its own by which it answers a call.
alter table coordination_calls add column answer_clock jsonb;
alter table coordination_calls drop column answer_by;
