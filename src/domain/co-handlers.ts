import type { Change } from './change.ts';
import type { Said } from './commands.ts';
import type { Setting } from './obstacles.ts';
import { assistLimit, startClockOf } from './order-clocks.ts';
import { partId, type WorkOrder } from './work-order.ts';

/** Dispatched by the directory: the other units it names help from the start, each with a deadline of its own. */
export function withCoHandlers({ order, ...given }: Change, setting: Setting): Change {
  // An assist is due at a share of what the lead has, so the lead's clocks come first.
  const started = (['sign', 'contact', 'resolve'] as const).reduce((o, kind) => startClockOf(o, kind, setting), order);
  const helpers = order.routing.coHandlers.filter(
    (unit) =>
      setting.city.units.has(unit) &&
      unit !== order.owner &&
      !order.assists.some((a) => a.unit === unit && a.completedAt === null),
  );
  return helpers.reduce<Change>(
    (change, unit) => {
      const helped = assisted(change.order, { unit, task: 'co_handler' }, setting);
      const { id } = helped.assists.at(-1) ?? { id: null };
      return {
        ...change,
        order: helped,
        also: [...(change.also ?? []), { type: 'assist_given', unit, body: { assist: id, unit, why: 'co_handler' } }],
      };
    },
    { ...given, order: started },
  );
}

/** Adds an assist with its clock. */
export function assisted(order: WorkOrder, { unit, task }: Said['assist'], setting: Setting): WorkOrder {
  const seq = order.seq + 1;
  const id = partId(order.id, seq);
  const dueAt = assistLimit(order, setting);
  const assist = { seq, id, unit, task, from: setting.now, dueAt, completedAt: null, result: null };
  return startClockOf({ ...order, seq, assists: [...order.assists, assist] }, 'assist', setting, {
    dueAt,
    about: id,
    unit,
  });
}
