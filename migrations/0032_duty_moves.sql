-- Open orders may stay where they are when a duty moves; a move that has not begun may be taken back.
alter table duty_moves
  add column keep_open       boolean     not null default false,
  add column kept            int,
  add column withdrawn_at    timestamptz,
  add column withdrawn_by    text,
  add column withdraw_reason text;
create index duty_moves_made on duty_moves (made_at desc, id desc);
