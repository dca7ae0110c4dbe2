import { type Refusal, refuse } from '../domain/refusal.ts';
import { contactRoles, sightOf } from '../domain/visibility.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import { phoneKey } from '../store/intake.ts';
import { loadAll } from '../store/orders.ts';
import { findRequests, type RequestFilter } from '../store/search.ts';
import type { Deps } from './deps.ts';
import { type SeenRequest, shown } from './look.ts';

/** What a client searches for. A phone is compared in the form that all ways of writing it share. */
export type Search = Omit<RequestFilter, 'phoneKey'> & Readonly<{ phone?: string | undefined }>;

/** A request that was found, with the order it is on now. */
export type Found = Readonly<{ request: SeenRequest; order: WorkOrder }>;

/** Requests within the actor's sight, newest first. Only who may see contacts may search by them. */
export async function search(
  deps: Deps,
  { phone, ...filter }: Search,
  actor: Actor,
): Promise<readonly Found[] | Refusal> {
  if (phone !== undefined && !contactRoles.some((role) => actor.roles.includes(role)))
    return refuse('forbidden', { allowedFor: contactRoles });
  const key = phoneKey(phone);
  if (phone !== undefined && key === null) return [];
  const sight = sightOf(actor, deps.city().city);
  const rows = await findRequests(deps.reading, sight, { ...filter, ...(key === null ? {} : { phoneKey: key }) });
  const orders = await loadAll(deps.reading, [...new Set(rows.map((r) => r.workOrderId))]);
  return rows.flatMap((row) => {
    const order = orders.find((o) => o.id === row.workOrderId);
    return order === undefined ? [] : [{ request: shown(row, order, actor), order }];
  });
}
