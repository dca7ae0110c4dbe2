-- The clocks whose passing changes something, until it has: what src/store/due.ts asks for, word for word.
drop index clocks_due;
create index clocks_due on clocks (due_at)
  where state = 'running' and not ('due' = any (fired))
    and kind in ('sign', 'decision', 'arbitration', 'pause_end', 'on_account_review', 'verify');

-- Whoever writes facts, the relays hear of it: one notice for a transaction, however many statements it has.
create function notify_facts() returns trigger language plpgsql as $$
begin
  perform pg_notify('facts', '');
  return null;
end $$;
create trigger facts_notify after insert on facts for each statement execute function notify_facts();
