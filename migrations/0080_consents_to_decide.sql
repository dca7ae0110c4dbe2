-- A consent that was answered waits for whoever appoints.
create index undertakings_to_decide on undertakings (by_unit, id) where kind = 'consent' and state = 'done';
