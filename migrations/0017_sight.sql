-- What one may see is found by an index for each way of being concerned, however many orders others have.
create index assists_unit on assists (unit);
create index inner_assignments_to on inner_assignments (given_to);
create index work_orders_finder on work_orders ((finder->>'actor')) where finder is not null;
create index work_orders_verifier on work_orders ((verifier->>'unit')) where verifier is not null;
