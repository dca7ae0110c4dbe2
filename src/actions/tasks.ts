import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';
import { transaction } from '../store/rows.ts';
import { finishTask, holdTask, type Task } from '../store/tasks.ts';
import type { Deps } from './deps.ts';

export type { Task } from '../store/tasks.ts';

/** Whether a task is the actor's to do: by role, or as one of the unit's. */
const isFor = ({ role, unit }: Task, actor: Actor): boolean =>
  (role === null || (actor.roles as readonly string[]).includes(role)) && (unit === null || unit === actor.unit);

/** Marks a task as done. Somebody else's does not exist for the actor; one that is done stays as it was. */
export const doTask = (deps: Deps, id: string, outcome: string | null, actor: Actor): Promise<Task | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const task = await holdTask(tx, id);
    if (task === null || !isFor(task, actor)) return refuse('not-found');
    if (task.doneAt !== null) return refuse('task-done', { doneBy: task.doneBy });
    const at = deps.now();
    await finishTask(tx, id, { by: actor.name, outcome, at });
    return { ...task, doneAt: at, doneBy: actor.name };
  });
