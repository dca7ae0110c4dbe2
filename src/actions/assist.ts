import { completeAssist } from '../domain/assists.ts';
import { decide, nameOf } from '../domain/decide.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import { canSee } from '../domain/visibility.ts';
import type { Actor, Assist, WorkOrder } from '../domain/work-order.ts';
import { orderOfAssist } from '../store/assists.ts';
import { load } from '../store/orders.ts';
import { transaction } from '../store/rows.ts';
import { finishAlarm, isAlarmed } from '../store/tasks.ts';
import type { Deps } from './deps.ts';
import { change, changeIn, countPush } from './perform.ts';

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
  const outcome = await transaction(deps.pool, async (tx) => {
    // Sending somebody to make the place safe is a human word too (现场先行处置).
    const answers = actor.roles.includes('shift_leader') && (await isAlarmed(tx, orderId));
    const given = await changeIn(tx, deps, orderId, actor, null, (now, setting) => {
      const decided = decide(now, { action: 'assist', said }, setting);
      if (decided.kind === 'refused' || !answers) return decided;
      const body = { outcome: 'assist', unit: said.unit };
      const word = { type: 'human_acknowledged', at: setting.now, actor: nameOf(actor), unit: now.owner, body };
      return { ...decided, facts: [...decided.facts, word] };
    });
    if (given.kind === 'decided' && answers) await finishAlarm(tx, orderId, actor.name, deps.now());
    return given;
  });
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
