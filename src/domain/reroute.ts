import type { Setting } from './obstacles.ts';
import { route } from './routing.ts';
import type { WorkOrder } from './work-order.ts';

/** Asks the directory again, after a change of category or place. */
export function reroute(order: WorkOrder, setting: Setting): WorkOrder {
  const { city } = setting;
  const category = order.category === null ? undefined : city.categories.get(order.category);
  const placement =
    category?.needsPlace === false && order.placement.status === 'unplaced'
      ? { ...order.placement, status: 'not_needed' as const }
      : order.placement;
  const routing = route(
    city,
    category,
    placement.path.map((step) => step.code),
    placement.status,
  );
  return withTier({ ...order, placement, routing }, setting);
}

/** How long it may take: by urgency, then by kind, then as the directory or the category says. */
export function withTier(order: WorkOrder, { city }: Setting): WorkOrder {
  const category = order.category === null ? undefined : city.categories.get(order.category);
  if (order.urgency === 'emergency') return { ...order, tier: 'emergency' };
  if (order.kind === 'consult') return { ...order, tier: 'consult' };
  return { ...order, tier: order.routing.tier ?? category?.tier ?? 'ordinary' };
}
