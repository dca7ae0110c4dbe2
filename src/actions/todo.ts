import { deskOf } from '../domain/todo.ts';
import type { Actor } from '../domain/work-order.ts';
import { type DoneItem, findDone, findTodo, type TodoItem, type TodoPlace } from '../store/todo.ts';
import type { Deps } from './deps.ts';

export type { DoneItem, TodoItem, TodoPlace } from '../store/todo.ts';

/** Everything that waits for the actor's posts, the first due first (待办). */
export const todo = (
  { pool, city }: Deps,
  actor: Actor,
  page: Readonly<{ after: TodoPlace | null; limit: number }>,
): Promise<readonly TodoItem[]> => findTodo(pool, deskOf(actor, city().city, city().powers), page);

/** What the actor has done, the last first (已办). */
export const done = (
  { pool }: Deps,
  actor: Actor,
  { before, limit }: Readonly<{ before: number | null; limit: number }>,
): Promise<readonly DoneItem[]> => findDone(pool, actor, before, limit);
