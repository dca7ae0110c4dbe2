-- A transaction that notifies commits only after every other one that does, each with a flush to disk of its own. Whoever
-- writes facts now tells of them right after the commit (src/store/announce.ts), and relays look by themselves as well.
drop trigger facts_notify on facts;
drop function notify_facts();
