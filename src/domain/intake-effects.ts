import type { Effects } from './change.ts';
import { retier, withStatutory } from './order-clocks.ts';
import { reroute, withTier } from './reroute.ts';

/** What is done to an order before anybody else is responsible for it. */
export const intakeEffects = {
  correct: (order, said, setting) => {
    const changed = {
      ...order,
      category: said.category ?? order.category,
      urgency: said.diversion ? ('emergency' as const) : (said.urgency ?? order.urgency),
      placement: said.placement ?? order.placement,
      diversion: said.diversion ?? order.diversion,
    };
    const asks = said.category !== undefined || said.placement !== undefined;
    const corrected = asks ? reroute(changed, setting) : withTier(changed, setting);
    return {
      order: withStatutory(retier(corrected, setting), setting),
      body: {
        category: corrected.category,
        urgency: corrected.urgency,
        area: corrected.placement.path.at(-1)?.code ?? null,
        reason: said.reason ?? null,
      },
    };
  },
  place: (order, said, setting) => ({
    order: reroute({ ...order, placement: said.placement }, setting),
    body: { area: said.placement.path.at(-1)?.code ?? null, method: said.placement.method, reason: said.reason },
  }),
  split: (order, said) => ({ order, body: { orders: said.orders } }),
} satisfies Effects;
