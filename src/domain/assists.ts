import { allowedActions, type Decision, nameOf } from './decide.ts';
import type { Setting } from './obstacles.ts';
import { endClock } from './order-clocks.ts';
import { type Refusal, refuse } from './refusal.ts';
import { isOpen, type WorkOrder } from './work-order.ts';

/** The assisting unit says what it did; its clock stops and the owner goes on (协办). */
export function completeAssist(order: WorkOrder, id: string, result: string, setting: Setting): Decision | Refusal {
  const { actor, now } = setting;
  const assist = order.assists.find((a) => a.id === id);
  if (assist === undefined) return refuse('not-found');
  if (actor.unit !== assist.unit) return refuse('not-yours', { action: 'complete', allowedFor: [assist.unit] });
  if (assist.completedAt !== null) return refuse('assist-done', { completedAt: assist.completedAt });
  if (!isOpen(order.state))
    return refuse('wrong-state', {
      state: order.state,
      action: 'complete',
      allowedActions: allowedActions(order, setting),
    });
  const assists = order.assists.map((a) => (a.id === id ? { ...a, completedAt: now, result } : a));
  const clocks = order.clocks.map((c) => (c.about === id ? endClock(c, setting, 'completed') : c));
  const fact = {
    type: 'assist_completed',
    at: now,
    actor: nameOf(actor),
    unit: order.owner,
    body: { assist: id, unit: assist.unit, late: now > assist.dueAt },
  };
  return { kind: 'decided', order: { ...order, assists, clocks }, facts: [fact] };
}
