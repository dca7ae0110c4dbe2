import { customType, integer, text, uuid } from 'drizzle-orm/pg-core';
import type { WorkOrderId } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';

/** A moment: milliseconds here, timestamptz there. */
export const instant = customType<{ data: Instant; driverData: string }>({
  dataType: () => 'timestamptz',
  toDriver: (at) => new Date(at).toISOString(),
  fromDriver: (value) => Date.parse(value) as Instant,
});
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });
export const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' });
export const date = customType<{ data: string; driverData: string }>({ dataType: () => 'date' });
export const texts = () => text().array().$type<readonly string[]>();
export const orderId = () => uuid('order_id').notNull().$type<WorkOrderId>();
export const seq = () => integer().notNull();
