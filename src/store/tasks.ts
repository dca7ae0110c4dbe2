import type { NewTask } from '../domain/tasks.ts';
import type { Instant } from '../domain/time.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

export type Task = typeof t.tasks.$inferSelect;

const writeTasks = writer(t.tasks);

/** Writes tasks that were opened at one moment about one order. */
export const openTasks = (
  tx: Queryable,
  orderId: string,
  at: Instant,
  tasks: readonly (NewTask & Readonly<{ id: string }>)[],
): Promise<void> =>
  writeTasks(
    tx,
    tasks.map((task) => ({ ...task, orderId: orderId as Task['orderId'], openedAt: at, doneAt: null, doneBy: null })),
  );

/** The order a task is about; null where it is about none, or is none itself. */
export async function orderOfTask(from: Queryable, id: string): Promise<string | null> {
  const { rows } = await from.query<{ order_id: string | null }>({
    name: 'order of task',
    text: 'select order_id from tasks where id = $1',
    values: [id],
  });
  return rows[0]?.order_id ?? null;
}

/** A task as it is, held until the transaction ends. */
export async function holdTask(tx: Queryable, id: string): Promise<Task | null> {
  const { rows } = await tx.query<{ task: Record<string, unknown> }>({
    name: 'hold task',
    text: 'select row_to_json(t) as task from tasks t where id = $1 for update',
    values: [id],
  });
  return rows[0] ? fromJson(t.tasks, rows[0].task) : null;
}

/** Ends what is still to be done about an order that has ended, of these kinds. */
export const dropTasks = (tx: Queryable, orderId: string, kinds: readonly string[], at: Instant): Promise<unknown> =>
  tx.query({
    name: 'drop tasks',
    text: `update tasks set done_at = $3, done_by = 'system' where order_id = $1 and done_at is null and kind = any($2)`,
    values: [orderId, kinds, new Date(at).toISOString()],
  });

/** Marks a task as done, with what came of it. */
export const finishTask = (
  tx: Queryable,
  id: string,
  { by, outcome, at }: Readonly<{ by: string; outcome: string | null; at: Instant }>,
): Promise<unknown> =>
  tx.query({
    name: 'finish task',
    text: `update tasks set done_at = $2, done_by = $3, body = body || jsonb_strip_nulls(jsonb_build_object('outcome', $4::text))
           where id = $1`,
    values: [id, new Date(at).toISOString(), by, outcome],
  });

/** Whether a human word is waited for about an order that nobody signs. */
export async function isAlarmed(from: Queryable, orderId: string): Promise<boolean> {
  const { rowCount } = await from.query({
    name: 'is alarmed',
    text: `select from tasks where order_id = $1 and kind = 'unacknowledged' and done_at is null`,
    values: [orderId],
  });
  return (rowCount ?? 0) > 0;
}

/** Ends the wait for it. */
export const finishAlarm = (tx: Queryable, orderId: string, by: string, at: Instant): Promise<unknown> =>
  tx.query({
    name: 'finish alarm',
    text: `update tasks set done_at = $3, done_by = $2
           where order_id = $1 and kind = 'unacknowledged' and done_at is null`,
    values: [orderId, by, new Date(at).toISOString()],
  });
