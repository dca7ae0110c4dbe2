import { withPart } from '../domain/change.ts';
import { nameOf } from '../domain/decide.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';
import { hold } from '../store/due.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { finishTask, holdTask, orderOfTask, type Task } from '../store/tasks.ts';
import type { Deps } from './deps.ts';
import { changeIn } from './perform.ts';

export type { Task } from '../store/tasks.ts';

/** Whether a task is the actor's to do: by role, or as one of the unit's. */
const isFor = ({ role, unit }: Task, actor: Actor): boolean =>
  (role === null || (actor.roles as readonly string[]).includes(role)) && (unit === null || unit === actor.unit);

/** That somebody has taken an unsigned urgent order to heart, and what they did, is in its record. */
const acknowledge = (tx: Queryable, deps: Deps, orderId: string, outcome: string | null, actor: Actor) =>
  changeIn(tx, deps, orderId, actor, null, (order, { now }) => ({
    kind: 'decided',
    order,
    facts: [{ type: 'human_acknowledged', at: now, actor: nameOf(actor), unit: order.owner, body: { outcome } }],
  }));

/** Tasks whose outcome is told to somebody, and so has to be said. */
const isWritten = ({ kind }: Task): boolean => kind === 'unacknowledged' || kind === 'explanation_owed';

/** What judges found that a unit owed: its explanation, which the residents read with the order. */
const explain = (tx: Queryable, deps: Deps, orderId: string, text: string, actor: Actor) =>
  changeIn(tx, deps, orderId, actor, null, (order, { now }) => ({
    kind: 'decided',
    order: withPart(order, 'notes', {
      actor: actor.name,
      unit: actor.unit,
      at: now,
      text,
      public: true,
      mark: null,
      request: null,
    }),
    facts: [{ type: 'explained', at: now, actor: nameOf(actor), unit: actor.unit, body: {} }],
  }));

/** Marks a task as done. Somebody else's does not exist for the actor; one that is done stays as it was. */
export const doTask = (deps: Deps, id: string, outcome: string | null, actor: Actor): Promise<Task | Refusal> =>
  transaction(deps.pool, async (tx) => {
    // The order before what is to be done about it, as whoever changes an order holds them.
    const orderId = await orderOfTask(tx, id);
    if (orderId !== null) await hold(tx, orderId, true);
    const task = await holdTask(tx, id);
    if (task === null || !isFor(task, actor)) return refuse('not-found');
    if (task.doneAt !== null) return refuse('task-done', { doneBy: task.doneBy });
    if (isWritten(task) && !outcome?.trim()) return refuse('reason-missing');
    const at = deps.now();
    if (task.kind === 'unacknowledged' && task.orderId !== null)
      await acknowledge(tx, deps, task.orderId, outcome, actor);
    if (task.kind === 'explanation_owed' && task.orderId !== null)
      await explain(tx, deps, task.orderId, outcome ?? '', actor);
    await finishTask(tx, id, { by: actor.name, outcome, at });
    return { ...task, doneAt: at, doneBy: actor.name };
  });
