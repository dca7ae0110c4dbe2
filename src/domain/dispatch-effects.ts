import { type Effects, withPart } from './change.ts';
import { withCoHandlers } from './co-handlers.ts';
import type { Setting } from './obstacles.ts';
import { strike } from './order-clocks.ts';
import { give } from './responsibility.ts';
import type { Instant } from './time.ts';
import type { WorkOrder } from './work-order.ts';

/** What makes a unit responsible, and what shows that it knows. */
export const dispatchEffects = {
  dispatch: (order, said, setting) =>
    withCoHandlers(give(order, { ...leadOf(order, said), cause: 'dispatched' }, setting), setting),
  redispatch: (order, said, setting) =>
    withCoHandlers(give(order, { ...leadOf(order, said), cause: 'redispatched' }, setting), setting),
  'move-duty': (order, said, setting) => {
    const given = give(order, { unit: said.unit, basis: said.basis, cause: 'redispatched' }, setting);
    return { ...given, body: { ...given.body, reason: said.reason } };
  },
  'pass-down': (order, said, setting) =>
    give(order, { unit: said.unit, basis: said.basis ?? 'passed down', cause: 'passed_down' }, setting),
  designate: (order, said, setting) =>
    give(struck(order, said.since, setting), { unit: said.unit, basis: said.basis, cause: 'designated' }, setting),
  return: (order, said, setting) =>
    give(struck(order, said.since, setting), { unit: said.unit, basis: said.basis, cause: 'returned' }, setting),
  hand_over: (order, said, setting) => {
    const finder = order.owner;
    const given = give(order, { ...said, cause: 'handed_over' }, setting);
    return {
      ...given,
      order: withPart(given.order, 'watchers', { unit: finder, actor: null, why: 'finder', since: setting.now }),
    };
  },
  sign: (order, said, { actor, now }) => ({
    order: { ...order, clerk: said.clerk ?? actor.name, signedAt: order.signedAt ?? now },
    body: { clerk: said.clerk ?? actor.name },
  }),
  sign_by_timeout: (order, _said, { now }) => ({
    order: { ...order, signedLate: true, signedAt: now },
  }),
} satisfies Effects;

const leadOf = (
  order: WorkOrder,
  said: { unit?: string | undefined; basis?: string | undefined },
): { unit: string; basis: string } => ({
  unit: said.unit ?? order.routing.unit ?? '',
  basis: said.basis ?? order.routing.row?.dutyBasis ?? '',
});

/** A unit whose return is granted does not answer for the time since it asked. */
const struck = (order: WorkOrder, since: Instant | undefined, setting: Setting): WorkOrder =>
  since === undefined
    ? order
    : { ...order, clocks: strike(order.clocks, order.owner, since, setting.actor.name, setting) };
