import { completeAssist } from '../domain/assists.ts';
import { decide } from '../domain/decide.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import { canSee } from '../domain/visibility.ts';
import type { Actor, Assist, WorkOrder } from '../domain/work-order.ts';
import { orderOfAssist } from '../store/assists.ts';
import { load } from '../store/orders.ts';
import type { Deps } from './deps.ts';
import { change, countPush } from './perform.ts';

/** An assist and the order it helps. */
export type SeenAssist = Readonly<{ assist: Assist; order: WorkOrder }>;

/** Asks another unit to help, with a deadline of its own; the owner stays. */
export async function giveAssist(
  deps: Deps,
  orderId: string,
  said: Readonly<{ unit: string; task: string }>,
  actor: Actor,
): Promise<SeenAssist | Refusal> {
  const order = await load(deps.pool, orderId);
  if (order === null || !canSee(actor, order, deps.city().city)) return refuse('not-found');
  const outcome = await change(deps, orderId, actor, null, (now, setting) =>
    decide(now, { action: 'assist', said }, setting),
  );
  await countPush(deps.pool, deps.now(), { order: orderId, by: actor }, outcome);
  if (outcome.kind === 'refused') return outcome;
  const assist = outcome.order.assists.at(-1);
  if (assist === undefined) throw new Error('an assist just given is there');
  return { assist, order: outcome.order };
}

/** The assisting unit has done its part. */
export async function doAssist(deps: Deps, id: string, result: string, actor: Actor): Promise<SeenAssist | Refusal> {
  const orderId = await orderOfAssist(deps.pool, id);
  const order = orderId === null ? null : await load(deps.pool, orderId);
  if (order === null || !canSee(actor, order, deps.city().city)) return refuse('not-found');
  const outcome = await change(deps, order.id, actor, null, (now, setting) => completeAssist(now, id, result, setting));
  if (outcome.kind === 'refused') return outcome;
  const assist = outcome.order.assists.find((a) => a.id === id);
  if (assist === undefined) throw new Error(`assist ${id} is on its order`);
  return { assist, order: outcome.order };
}
