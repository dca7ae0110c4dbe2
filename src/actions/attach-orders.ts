import { decide, nameOf } from '../domain/decide.ts';
import { decideIncident } from '../domain/incident-decide.ts';
import { metAs } from '../domain/incident-request.ts';
import { absorb } from '../domain/merge.ts';
import { reaching } from '../domain/reach.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { isUrgent } from '../domain/request.ts';
import { canSee } from '../domain/visibility.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import { attachedTo, candidatesOf, writeMet } from '../store/incident-requests.ts';
import { lockIncident, saveIncident } from '../store/incidents.ts';
import { loadAll, lockBoth } from '../store/orders.ts';
import { transaction } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';
import { lookAtIncident } from './incidents.ts';
import { changeIn } from './perform.ts';

/** What came of one order that was to be attached; each stands alone. */
export type Attached = Readonly<{ workOrderId: string; refusal: Refusal | null }>;

/**
 * A person finds that orders registered before, or elsewhere, are about an incident too: each is merged into the lead
 * order, and its requests stand with those who joined. Urgent ones stay as they are.
 */
export async function attachOrders(
  deps: Deps,
  id: string,
  workOrderIds: readonly string[],
  actor: Actor,
): Promise<readonly Attached[] | Refusal> {
  const seen = await lookAtIncident(deps, id, actor);
  if (isRefusal(seen)) return seen;
  const results: Attached[] = [];
  for (const workOrderId of new Set(workOrderIds)) {
    const outcome = await attachOne(deps, id, seen.lead.id, workOrderId, actor);
    results.push({ workOrderId, refusal: isRefusal(outcome) ? outcome : null });
  }
  return results;
}

const attachOne = (
  deps: Deps,
  id: string,
  lead: string,
  workOrderId: string,
  actor: Actor,
): Promise<WorkOrder | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const [source, target] = await lockBoth(tx, workOrderId, lead);
    if (source === null || target === null || !canSee(actor, source, deps.city().city)) return refuse('not-found');
    const incident = await lockIncident(tx, id);
    if (incident === null) throw new Error('an incident is never deleted');
    const setting = settingOf(deps, actor);
    const said = { order: source.id };
    const noted = decideIncident(incident, { action: 'attach', said }, target.owner, setting);
    if (isRefusal(noted)) return noted;
    if (isUrgent(source.urgency)) return refuse('urgent-stays-alone');
    // A date from above binds the order that carries it; all others stand aside like those who joined.
    const carried = source.requests.filter((request) => request.externalDueAt !== null);
    const part = { ...source, requests: carried, confidential: carried.some((request) => request.confidential) };
    const joined = absorb(target, part, setting);
    if (isRefusal(joined)) return joined;
    const left = await changeIn(tx, deps, source.id, actor, null, (order, at) =>
      decide(order, { action: 'merge', said: { into: target.id, number: target.number } }, at),
    );
    if (isRefusal(left)) return left;
    const taken = await changeIn(tx, deps, target.id, actor, null, () => joined);
    if (isRefusal(taken)) throw new Error(`half an attachment: ${taken.code}`);
    const ids = source.requests.map((request) => request.id);
    await attachedTo(
      tx,
      target.id,
      ids,
      carried.map((request) => request.id),
    );
    const met = ids.map((request) => metAs(request, id, 'attached', setting.now));
    await writeMet(
      tx,
      met,
      met.map(() => nameOf(actor)),
    );
    await saveIncident(tx, noted.incident, noted.facts);
    return taken.order;
  });

/** Open orders that are about an incident by category, place and window, and have not joined it: up to a page of them. */
export async function attachable(
  deps: Deps,
  id: string,
  after: string | undefined,
  actor: Actor,
): Promise<Readonly<{ orders: readonly WorkOrder[]; next: string | null }> | Refusal> {
  const seen = await lookAtIncident(deps, id, actor);
  if (isRefusal(seen)) return seen;
  const reaches = reaching(seen.incident.reach);
  const { found, next } = await candidatesOf(deps.reading, seen.incident, after);
  const near = found.filter((one) => reaches(one)).map((one) => one.id);
  return { orders: await loadAll(deps.reading, [...new Set(near)]), next };
}
