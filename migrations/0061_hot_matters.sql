-- Categories at streets about which something was counted that nobody has looked at yet: whether they are high-frequency
-- matters. Filled with the counting of rates and emptied by the look, so nothing is missed and nothing is looked at twice.
create table hot_watch (
  category text not null,
  street   text not null,
  primary key (category, street)
);
create index measures_place on measures (street, category, due_at) where orders > 0;

-- One category at one street is governed once at a time.
create unique index undertakings_governed on undertakings ((about->'hot'->>'street'), (about->'hot'->>'category'))
  where kind = 'governance' and state = 'open';
create index undertakings_matter on undertakings ((about->'hot'->>'street'), (about->'hot'->>'category'), ended_at)
  where kind = 'governance';
