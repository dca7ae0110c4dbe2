-- What a new request may repeat is looked up by category and cell (0.004 degrees, some 440 m) and by the hash of its
-- words: no lookup grows with what else came in lately, and no index holds the words themselves.
create index requests_near on requests (
  category,
  (floor((point->>'lat')::float8 * 250)::int),
  (floor((point->>'lon')::float8 * 250)::int),
  registered_at desc
);
create index requests_words on requests (hashtextextended(normal_text, 0), registered_at desc);
drop index requests_recent;
drop index requests_text;
