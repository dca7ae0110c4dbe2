import { uuidv7 } from 'uuidv7';
import { holderOf, type Post } from '../domain/city.ts';
import { handOver, mayStaff, withHolder } from '../domain/hand-over.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import { canSee } from '../domain/visibility.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import { type HandOver, ordersOfPerson, writeHandOver } from '../store/hand-overs.ts';
import { transaction } from '../store/rows.ts';
import { configure } from './configure.ts';
import type { Deps } from './deps.ts';
import { changeIn } from './perform.ts';

/** A post as it is after a change. */
export type Staffed = Readonly<{ post: Post; validFrom: Instant }>;

/** Switches a post to its holder A or B from now on; the record keeps who acted when. */
export async function setActing(deps: Deps, code: string, acting: 'A' | 'B', actor: Actor): Promise<Staffed | Refusal> {
  const known = postFor(deps, code, actor);
  return isRefusal(known) ? known : change(deps, code, actor, (post) => ({ ...post, acting }));
}

/** Leaving: everything open of the post's holder, and the post itself, are somebody else's. */
export async function leavePost(
  deps: Deps,
  code: string,
  { to, note }: Readonly<{ to: string; note: string }>,
  actor: Actor,
): Promise<HandOver | Refusal> {
  const post = postFor(deps, code, actor);
  if (isRefusal(post)) return post;
  const from = holderOf(post);
  if (from === to) return refuse('same-holder', { holder: to });
  const seen = new Set<string>();
  // The orders first: where the second step fails, the same call again finishes what is left.
  const record = await transaction(deps.pool, async (tx) => {
    const orders: WorkOrder[] = [];
    for (const id of await ordersOfPerson(tx, post.unit, from)) {
      const outcome = await changeIn(tx, deps, id, actor, null, (order, setting) =>
        handOver(order, { from, to, post: code }, setting),
      );
      if (outcome.kind === 'refused') throw new Error(`order ${id} cannot be handed over: ${outcome.code}`);
      if (outcome.facts.length > 0) orders.push(outcome.order);
      if (canSee(actor, outcome.order, deps.city().city)) seen.add(id);
    }
    const items = orders.map(({ id, number, title, state }) => ({
      kind: 'handle',
      id,
      dueAt: null,
      about: null,
      workOrder: { id, number, title, state },
    }));
    const made = { id: uuidv7(), shift: code, fromActor: from, toActor: to, note, items, at: deps.now() };
    await writeHandOver(tx, made);
    return made;
  });
  const staffed = await change(deps, code, actor, (now) => withHolder(now, to));
  return isRefusal(staffed)
    ? staffed
    : {
        ...record,
        items: record.items.map(({ workOrder, ...item }) => ({
          ...item,
          workOrder: seen.has(workOrder.id) ? workOrder : null,
        })),
      };
}

/** The post, where the actor may staff it. */
function postFor({ city }: Deps, code: string, actor: Actor): Post | Refusal {
  const state = city().city;
  const post = state.posts.find((p) => p.code === code);
  if (post === undefined) return refuse('not-found');
  return mayStaff(actor, post, state) ? post : refuse('not-yours', { action: 'staff' });
}

async function change(deps: Deps, code: string, actor: Actor, next: (post: Post) => Post): Promise<Staffed | Refusal> {
  const outcome = await configure(deps, actor, { kind: 'post', code, validFrom: null }, (before) =>
    before === null ? refuse('not-found') : next(before),
  );
  return isRefusal(outcome) ? outcome : { post: outcome.body, validFrom: outcome.validFrom };
}
