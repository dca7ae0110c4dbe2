import { type Decision, decide, settle } from '../domain/decide.ts';
import { absorb, separate } from '../domain/merge.ts';
import type { Setting } from '../domain/obstacles.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import { canSee } from '../domain/visibility.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import { requestsById, requestsOn } from '../store/look.ts';
import { load, lockBoth } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';
import { changeIn, type Expected } from './perform.ts';
import { takeOut } from './restored.ts';

/** Joins an order to another one: its requests move, each keeps its number, thread and survey. The reply is the one that ended. */
export async function merge(
  deps: Deps,
  id: string,
  into: string,
  actor: Actor,
  expected: Expected,
): Promise<WorkOrder | Refusal> {
  if (!(await isSeen(deps, id, actor)) || !(await isSeen(deps, into, actor))) return refuse('not-found');
  return transaction(deps.pool, async (tx) => {
    const [source, target] = await lockBoth(tx, id, into);
    if (source === null || target === null) return refuse('not-found');
    const said = { into: target.id, number: target.number };
    const left = await changeIn(tx, deps, id, actor, expected, (order, setting) => {
      const leaves = decide(order, { action: 'merge', said }, setting);
      if (leaves.kind === 'refused') return leaves;
      const joined = absorb(target, order, setting);
      return joined.kind === 'refused' ? joined : leaves;
    });
    if (left.kind === 'refused') return left;
    await must(changeIn(tx, deps, into, actor, null, (order, setting) => absorb(order, source, setting)));
    return left.order;
  });
}

/**
 * Takes a request out of the order it was merged into, with every other one that came with it: the former order lives
 * again from its own registration, and goes on by its disposition. The reply is that order; of a request that joined an
 * incident, its own new one.
 */
export async function unmerge(
  deps: Deps,
  requestId: string,
  actor: Actor,
  expected: Expected,
): Promise<WorkOrder | Refusal> {
  const [request] = await requestsById(deps.pool, [requestId]);
  if (request === undefined || !(await isSeen(deps, request.workOrderId, actor))) return refuse('not-found');
  const { workOrderId: from, originalOrderId: original } = request;
  // What joined an incident never had an order to go back to: it gets one of its own.
  const own = await takeOut(deps, requestId, actor);
  if (own !== null) return own;
  if (from === original) return refuse('not-merged');
  return transaction(deps.pool, async (tx) => {
    const [target, former] = await lockBoth(tx, from, original);
    if (target === null || former === null) return refuse('not-found');
    const ids = await cameFrom(tx, from, original);
    if (!ids.has(requestId)) return refuse('not-merged'); // another un-merge was first
    const returned = target.requests.filter((r) => ids.has(r.id));
    if (returned.every((r) => r.withdrawnAt !== null)) return refuse('withdrawn-already');
    const revive = (order: WorkOrder, setting: Setting) => {
      const whole = { ...order, requests: returned, confidential: returned.some((r) => r.confidential) };
      return decide(whole, { action: 'unmerge', said: { disposition: order.disposition } }, setting);
    };
    const left = await changeIn(tx, deps, from, actor, expected, (order, setting) => {
      const revived = revive(former, setting);
      const ids = returned.map((r) => r.id);
      return revived.kind === 'refused' ? revived : separate(order, former, ids, setting);
    });
    if (left.kind === 'refused') return left;
    const back = await must(
      changeIn(tx, deps, original, actor, null, (order, setting) => {
        const revived = revive(order, setting);
        return revived.kind === 'refused' ? revived : settle(revived, setting);
      }),
    );
    return back.order;
  });
}

async function isSeen({ pool, city }: Deps, id: string, actor: Actor): Promise<boolean> {
  const order = await load(pool, id);
  return order !== null && canSee(actor, order, city().city);
}

const cameFrom = async (tx: Queryable, on: string, original: string): Promise<ReadonlySet<string>> =>
  new Set((await requestsOn(tx, [on])).filter((r) => r.originalOrderId === original).map((r) => r.id));

/** The second half of a change whose first half is written: a refusal here would be a bug, and takes both back. */
async function must(changed: ReturnType<typeof changeIn>): Promise<Decision> {
  const outcome = await changed;
  if (outcome.kind === 'refused') throw new Error(`half a merge: ${outcome.code}`);
  return outcome;
}
