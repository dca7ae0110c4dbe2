-- An attempt that runs holds its key for a while of real time, however the city's clock jumps.
alter table idempotency add column leased_until timestamptz;
