-- A lease changes nothing that is indexed: with room left on its page an order is leased and given back without a write to
-- any of its many indexes.
alter table work_orders set (fillfactor = 80);
