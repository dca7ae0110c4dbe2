import { type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

type Row = typeof t.refusedPushes.$inferSelect;
const write = writer(t.refusedPushes, { without: ['id'] });

/** Records that an order was pushed to a unit that was not to be given it. */
export const writeRefusedPush = (to: Queryable, orderId: string, push: Omit<Row, 'id' | 'orderId'>): Promise<void> =>
  write(to, [{ ...push, orderId: orderId as Row['orderId'] }]);
