-- Asking a resident: the calls that were made, the link that was sent instead, and when the next call may be.
alter table follow_ups
  add column occasion     text        not null default 'handled' check (occasion in ('handled', 'overdue')),
  add column attempts     jsonb       not null default '[]',
  add column link_sent_at timestamptz,
  -- Derived when the order is saved: from when an asker may take it, in which parts of the day (null: at any hour), and
  -- whether the resident asked for that moment; all null where there are no more calls.
  add column take_from    timestamptz,
  add column take_parts   text[],
  add column call_agreed  boolean,
  add constraint follow_ups_state check (state in ('open', 'answered', 'not_reached', 'cancelled')),
  add constraint follow_ups_answered check ((state = 'answered') = (answer is not null)),
  add constraint follow_ups_called check (state = 'open' or take_from is null),
  add constraint follow_ups_once unique (order_id, request, round, occasion);
update follow_ups set take_from = opened_at, call_agreed = false where state = 'open';
alter table follow_ups alter column occasion drop default, alter column attempts drop default;

-- Whom an asker may be given now: who asked to be called first, then who waits longest.
drop index follow_ups_open;
create index follow_ups_calls on follow_ups (call_agreed desc, take_from, id) where take_from is not null;
create index follow_ups_leased on follow_ups (lease_until) where state = 'open' and lease_until is not null;
