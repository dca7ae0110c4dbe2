import { nameOf } from '../domain/decide.ts';
import type { Incident } from '../domain/incident.ts';
import { answerRestored, type IncidentRequest } from '../domain/incident-request.ts';
import { tookPart } from '../domain/parties.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import { recordFacts } from '../store/facts.ts';
import { holdIncidentRequest, saveIncidentRequest } from '../store/incident-requests.ts';
import { loadIncidents } from '../store/incidents.ts';
import { type RequestRow, requestsById } from '../store/look.ts';
import { load } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';
import { openOwnOrder } from './own-order.ts';

/** What the requester says to the end of an incident; `danger` is what an agent hears that no word of the list tells. */
export type SaidRestored = Readonly<{ restored: boolean; words?: string | undefined; danger?: boolean | undefined }>;

type Standing = Readonly<{ one: IncidentRequest; incident: Incident; request: RequestRow }>;

/**
 * Records whether it is restored for one requester. "No" opens an order of its own, urgent where danger is told; the
 * same answer again changes nothing. `incidentId` is the one it is asked about, null for the requester's own.
 */
export const answerIncident = (
  deps: Deps,
  { requestId, incidentId }: Readonly<{ requestId: string; incidentId: string | null }>,
  { restored, words, danger = false }: SaidRestored,
  actor: Actor,
): Promise<IncidentRequest | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const standing = await hold(tx, requestId);
    if (standing === null || (incidentId !== null && standing.incident.id !== incidentId)) return refuse('not-found');
    const { one, incident, request } = standing;
    if (request.withdrawnAt !== null) return refuse('withdrawn-already');
    const lead = await load(tx, incident.leadOrderId);
    if (
      lead !== null &&
      actor.requests.length === 0 &&
      tookPart({ actor: actor.name, unit: actor.unit }, lead, deps.city().city)
    )
      return refuse('handling-unit-asks');
    const next = answerRestored(one, incident, restored, settingOf(deps, actor));
    if (isRefusal(next) || next === one) return next;
    if (restored) return keep(tx, deps, next, 'incident_restored', actor);
    const isUrgent = danger || tellsOfDanger(incident, words);
    const urgency = isUrgent ? 'urgent' : request.urgency;
    const order = await openOwnOrder(
      tx,
      deps,
      request,
      { incident, urgency, words: words ?? null, isHelp: true },
      actor,
    );
    return isRefusal(order) ? order : keep(tx, deps, { ...next, ownOrderId: order.id }, 'incident_not_restored', actor);
  });

/**
 * Words that come later and tell of danger: a request that joined an open incident then gets an urgent order of its own.
 * Null where it is no such request, or where they tell of none.
 */
export const hearDanger = (deps: Deps, requestId: string, words: string, actor: Actor): Promise<WorkOrder | null> =>
  transaction(deps.pool, async (tx) => {
    const standing = await hold(tx, requestId);
    if (standing === null || !isOnLead(standing) || !tellsOfDanger(standing.incident, words)) return null;
    const { one, incident, request } = standing;
    const order = await openOwnOrder(tx, deps, request, { incident, urgency: 'urgent', words, isHelp: true }, actor);
    if (isRefusal(order)) throw new Error(`a request in danger stays on order ${request.workOrderId}: ${order.code}`);
    await keep(tx, deps, { ...one, how: 'danger', ownOrderId: order.id }, 'incident_danger', actor);
    return order;
  });

/** A person takes a request out of an incident it has nothing to do with. Null where it is on no incident's lead order. */
export const takeOut = (deps: Deps, requestId: string, actor: Actor): Promise<WorkOrder | Refusal | null> =>
  transaction(deps.pool, async (tx) => {
    const standing = await hold(tx, requestId);
    if (standing === null || !isOnLead(standing)) return null;
    const { one, incident, request } = standing;
    if (request.withdrawnAt !== null) return refuse('withdrawn-already');
    const urgency = request.urgency;
    const order = await openOwnOrder(tx, deps, request, { incident, urgency, words: null, isHelp: false }, actor);
    if (!isRefusal(order))
      await keep(tx, deps, { ...one, ownOrderId: order.id, leftAt: deps.now() }, 'incident_left', actor);
    return order;
  });

async function hold(tx: Queryable, requestId: string): Promise<Standing | null> {
  const one = await holdIncidentRequest(tx, requestId);
  if (one === null) return null;
  const [[incident], [request]] = await Promise.all([
    loadIncidents(tx, [one.incidentId]),
    requestsById(tx, [requestId]),
  ]);
  if (incident === undefined || request === undefined) throw new Error(`request ${requestId} of no incident`);
  return { one, incident, request };
}

const isOnLead = ({ one, incident, request }: Standing): boolean =>
  one.how !== 'danger' && one.leftAt === null && request.workOrderId === incident.leadOrderId;

const tellsOfDanger = ({ danger }: Incident, words: string | undefined): boolean =>
  words !== undefined && danger.words.some((word) => words.includes(word));

async function keep(
  tx: Queryable,
  { now }: Deps,
  one: IncidentRequest,
  type: string,
  actor: Actor,
): Promise<IncidentRequest> {
  await saveIncidentRequest(tx, one);
  const body = { request: one.requestId, order: one.ownOrderId };
  await recordFacts(tx, { subject: 'incident', subjectId: one.incidentId }, [
    { type, at: now(), actor: nameOf(actor), unit: null, body },
  ]);
  return one;
}
