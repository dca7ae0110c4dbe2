-- A unit's open orders are counted without touching the archive; its deliveries are listed newest first.
create index work_orders_open on work_orders (owner) where ended_at is null;
create index webhook_deliveries_unit on webhook_deliveries (unit, id desc);
