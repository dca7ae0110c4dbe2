import { expect, test } from 'vitest';
import { load, lock, save } from '../../src/store/orders.ts';
import { transaction } from '../../src/store/rows.ts';
import { aLight, demo } from '../support/city.ts';

const { call, deps, pool } = await demo();

test('a request is put on an order while somebody else changes it, and neither waits for the other', async () => {
  const made = (await call('operator', 'POST', 'requests', aLight())).body;
  const { id } = made.workOrder;
  await transaction(pool, async (tx) => {
    const order = await lock(tx, id);
    if (order === null) throw new Error('no order');
    await save(tx, { before: order, after: { ...order, reminders: 7 }, facts: [] }, deps.city());
    const other = await pool.connect();
    try {
      await other.query("set lock_timeout = '1s'");
      await other.query('begin');
      await other.query('update requests set work_order_id = $1 where id = $2', [id, made.request.id]);
      await other.query('select from work_orders where id = $1 for key share', [id]);
      await other.query('commit');
    } finally {
      other.release(true);
    }
  });
  expect((await load(pool, id))?.reminders).toBe(7);
});

test('two who change one order still wait for each other', async () => {
  const { id } = (await call('operator', 'POST', 'requests', aLight())).body.workOrder;
  await transaction(pool, async (tx) => {
    await lock(tx, id);
    const other = await pool.connect();
    try {
      await other.query("set lock_timeout = '50ms'");
      await expect(other.query('select from work_orders where id = $1 for no key update', [id])).rejects.toThrow(
        'lock',
      );
    } finally {
      other.release(true);
    }
  });
});
