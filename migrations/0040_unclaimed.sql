-- Who is told of what nobody has claimed is said by rungs of the ladder now; nothing walks through all queues any more.
drop index work_orders_unclaimed;
