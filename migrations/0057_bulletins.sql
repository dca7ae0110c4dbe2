-- What came in and what ended in a span of time: rows lie nearly in that order, so a coarse index finds them and costs next
-- to nothing when one is written.
create index requests_registered on requests using brin (registered_at);
create index work_orders_ended_when on work_orders using brin (ended_at);
