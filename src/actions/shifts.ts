import { uuidv7 } from 'uuidv7';
import type { City, Role } from '../domain/city.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import { deskOf } from '../domain/todo.ts';
import type { Actor } from '../domain/work-order.ts';
import { type HandOver, writeHandOver } from '../store/hand-overs.ts';
import { transaction } from '../store/rows.ts';
import { findTodo } from '../store/todo.ts';
import type { Deps } from './deps.ts';

/** Desks that are manned in shifts. */
const deskRoles: readonly Role[] = ['operator', 'dispatcher', 'shift_leader', 'centre_leader', 'follow_up_agent'];

/** A desk by its role, or by the code of a post of the hotline that has it. */
function roleOf(id: string, { posts }: City): Role | null {
  const named = id.replaceAll('-', '_');
  const role = posts.find((p) => p.code === id)?.role ?? (named === 'follow_up' ? 'follow_up_agent' : named);
  return deskRoles.find((r) => r === role) ?? null;
}

/** The most open items a hand-over lists; a desk with more has other worries. */
const mostItems = 1000;

/** Hands a desk over to the next shift (交接班): lists what is open, by due time, and keeps the list. */
export async function handOverShift(
  deps: Deps,
  shift: string,
  { to, note }: Readonly<{ to: string; note: string }>,
  actor: Actor,
): Promise<HandOver | Refusal> {
  const { city } = deps.city();
  const role = roleOf(shift, city);
  if (role === null) return refuse('shift-unknown');
  const may = [role, 'shift_leader', 'centre_leader'] as const;
  if (!may.some((r) => actor.roles.includes(r))) return refuse('not-yours', { action: 'hand over', allowedFor: may });
  return transaction(deps.pool, async (tx) => {
    const desk = deskOf({ ...actor, roles: [role] }, city, deps.city().powers);
    const items = (await findTodo(tx, desk, { after: null, limit: mostItems })).map(
      ({ kind, id, dueAt, workOrder, about }) => ({ kind, id, dueAt, workOrder, about }),
    );
    const record = { id: uuidv7(), shift, fromActor: actor.name, toActor: to, note, items, at: deps.now() };
    await writeHandOver(tx, record);
    return record;
  });
}
