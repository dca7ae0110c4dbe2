-- Answers that were taken out of the count (剔除), counted beside it; kept apart from whole orders that are.
alter table measures add column excluded int not null default 0;
alter table snapshot_measures add column excluded int not null default 0;
-- Everything is counted anew, from the first fact on.
update measured set xid = '0', fact_id = 0, fact_at = null;

-- Which columns the hash of a snapshot's rows covers: those there were when it was made.
alter table statistics_snapshots add column columns text[] not null default array[
  'order_id', 'unit', 'due_at', 'area_path', 'street', 'community', 'grid', 'category',
  'channel', 'standing', 'orders', 'requests', 'incidents', 'incident_requests', 'upper_level', 'first_contact',
  'ended', 'dispatched', 'hops', 'contacted_by_word', 'contacted_by_log', 'silent', 'reached', 'not_reached',
  'solved', 'very_satisfied', 'satisfied', 'basically', 'dissatisfied', 'very_dissatisfied', 'first_solved', 'first_satisfied',
  'first_basically', 'leads', 'signed_in_time', 'signed_late', 'submitted_in_time', 'submitted_late', 'handed_in', 'reworked',
  'returns_granted', 'returns_refused', 'extended', 'on_account', 'passed_on', 'dispatches', 'misdispatches', 'sign_by',
  'submit_by'];
alter table statistics_snapshots alter column columns drop default;
