import { canSeeAsking, hiddenFacts, outcomeOf, withoutAsker } from '../domain/asking-sight.ts';
import { allowedActions } from '../domain/decide.ts';
import type { Action } from '../domain/lifecycle.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import { canSee, canSeeContact, contactRoles, sightOf } from '../domain/visibility.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import { type Beside, besideOrders } from '../store/consultations.ts';
import { briefsOf, type CoordinationBrief } from '../store/coordination.ts';
import { incidentOf } from '../store/incident-requests.ts';
import { type IncidentBrief, incidentBriefs } from '../store/incidents.ts';
import {
  factsOf,
  findOrders,
  type OrderFilter,
  type RequestRow,
  requestsById,
  requestsOn,
  type StoredFact,
} from '../store/look.ts';
import { load, loadAll } from '../store/orders.ts';
import { onOne } from '../store/rows.ts';
import { type SupervisionBrief, supervisionBriefs } from '../store/supervisions.ts';
import type { Deps } from './deps.ts';
import type { MetIncident } from './intake.ts';

export type { OrderFilter, RequestRow, StoredFact } from '../store/look.ts';

/** An order as an actor may see it: contacts are absent, not masked, for whom they are not meant. */
export type Seen = Readonly<{
  order: WorkOrder;
  requests: readonly SeenRequest[];
  /** Whom somebody talked to says who asked. */
  contactShown: boolean;
  /** The coordination orders it is or was on. */
  coordination: readonly CoordinationBrief[];
  /** The supervision orders issued on it. */
  supervision: readonly SupervisionBrief[];
  /** The task forces, deliberations, tasks of meetings and consultations about it. */
  beside: Beside;
  /** The incident it leads. */
  incident: IncidentBrief | null;
  allowedActions: readonly Action[];
}>;
export type SeenRequest = RequestRow & Readonly<{ contactShown: boolean }>;

/** One order, or a refusal that does not tell whether it exists. */
export async function look(deps: Deps, id: string, actor: Actor): Promise<Seen | Refusal> {
  const order = await load(deps.pool, id);
  if (order === null || !canSee(actor, order, deps.city().city)) return refuse('not-found');
  const [seen] = await seeAll(deps, [order], actor);
  return seen ?? refuse('not-found');
}

/** The same for an order already at hand, such as one just decided about. */
export async function seeAll(deps: Deps, orders: readonly WorkOrder[], actor: Actor): Promise<readonly Seen[]> {
  const { city } = deps.city();
  const ids = orders.map((o) => o.id);
  const leads = orders.filter((order) => order.incident !== null).map((order) => order.id);
  const [rows, briefs, supervision, beside, incidents] = await onOne(deps.pool, (from) =>
    Promise.all([
      requestsOn(from, ids),
      briefsOf(from, ids),
      supervisionBriefs(from, ids),
      besideOrders(from, ids),
      incidentBriefs(from, leads),
    ]),
  );
  const asking = canSeeAsking(actor);
  return orders.map((order) => ({
    order: asking ? order : { ...order, followUps: order.followUps.map(outcomeOf) },
    requests: rows.filter((r) => r.workOrderId === order.id).map((r) => shown(r, order, actor)),
    contactShown: canSeeContact(actor, order, order.confidential),
    supervision: supervision.get(order.id) ?? [],
    beside: beside.get(order.id) ?? { undertakings: [], consultations: [] },
    coordination: briefs.get(order.id) ?? [],
    incident: incidents.get(order.id) ?? null,
    allowedActions: allowedActions(order, { actor, city }),
  }));
}

/** Orders within the actor's sight, newest first, without what stands around them. */
export const listOrders = (deps: Deps, filter: OrderFilter, actor: Actor): Promise<readonly WorkOrder[]> =>
  findOrders(deps.reading, sightOf(actor, deps.city().city), filter, deps.now());

/** Orders within the actor's sight, newest first. */
export async function list(deps: Deps, filter: OrderFilter, actor: Actor): Promise<readonly Seen[]> {
  return seeAll({ ...deps, pool: deps.reading }, await listOrders(deps, filter, actor), actor);
}

/** One request with its order. */
export async function lookAtRequest(
  deps: Deps,
  id: string,
  actor: Actor,
): Promise<Readonly<{ request: SeenRequest; order: WorkOrder }> | Refusal> {
  const [request] = await requestsById(deps.pool, [id]);
  if (request === undefined) return refuse('not-found');
  const [order] = await loadAll(deps.pool, [request.workOrderId]);
  if (order === undefined || !canSee(actor, order, deps.city().city)) return refuse('not-found');
  return { request: shown(request, order, actor), order };
}

/**
 * The request a channel has brought in before, for whoever brings it in again. Where it is by now out of their sight
 * they are told what they sent, and nothing of who asked; what somebody else sent they are told nothing of.
 */
export async function lookAtFirst(
  deps: Deps,
  id: string,
  actor: Actor,
): Promise<Readonly<{ request: SeenRequest; order: WorkOrder; incident: MetIncident | null }> | Refusal> {
  const [request] = await requestsById(deps.pool, [id]);
  const [order] = request === undefined ? [] : await loadAll(deps.pool, [request.workOrderId]);
  if (request === undefined || order === undefined) throw new Error(`request ${id} was there before`);
  const seen = shown(request, order, actor);
  const met = await incidentOf(deps.pool, id);
  const incident = met && { incident: met.incident, joined: met.one.how !== 'danger', danger: [], again: true };
  if (canSee(actor, order, deps.city().city)) return { request: seen, order, incident };
  return request.client === actor.client
    ? { request: { ...seen, requester: null }, order, incident }
    : refuse('code-taken');
}

/** The history of an order, oldest first. */
export async function history(
  deps: Deps,
  id: string,
  actor: Actor,
  after: number,
  limit: number,
): Promise<readonly StoredFact[] | Refusal> {
  const order = await load(deps.pool, id);
  if (order === null || !canSee(actor, order, deps.city().city)) return refuse('not-found');
  const asking = canSeeAsking(actor);
  const found = await factsOf(deps.pool, id, after, limit, asking ? [] : hiddenFacts);
  const facts = asking ? found : found.map(withoutAsker);
  const shownFacts = canSeeContact(actor, order, order.confidential) ? facts : facts.map(withoutRecord);
  return sightOf(actor, deps.city().city).all ? shownFacts : shownFacts.map(withoutJudges);
}

/** Who was drawn to judge or to inspect is not for those who are judged. */
const withoutJudges = (fact: StoredFact): StoredFact => {
  if (!/^((judges?|reviewers?|inspector)_|recused$)/.test(fact.type)) return fact;
  const { seed: _s, from: _f, drawn: _d, posts: _p, post: _q, unit: _u, before: _b, after: _a, ...body } = fact.body;
  return { ...fact, actor: { client: 'judges', name: 'judges', unit: null }, body };
};

/** The recording of the call in which a request was withdrawn is its caller's voice too. */
const withoutRecord = (fact: StoredFact): StoredFact => {
  const { recordId: _record, ...body } = fact.body;
  return { ...fact, body };
};

/** A request as this actor may see it. */
export const shown = (request: RequestRow, order: WorkOrder, actor: Actor): SeenRequest => {
  const contactShown = canSeeContact(actor, order, request.confidential);
  const { requester } = request;
  // The recording of a call is its caller's voice, and the channel's own id leads to it.
  const isHidden = request.confidential && !contactShown;
  const isNamed = requester?.anonymous !== true || contactRoles.some((role) => actor.roles.includes(role));
  return {
    ...request,
    externalId: isHidden ? null : request.externalId,
    callRecordId: isHidden ? null : request.callRecordId,
    replyTo: contactShown ? request.replyTo : null,
    requester: !contactShown || requester === null ? null : isNamed ? requester : nameless(requester),
    contactShown,
  };
};

/** Who would not be named is named to the hotline at most. */
const nameless = (requester: NonNullable<RequestRow['requester']>): NonNullable<RequestRow['requester']> => ({
  ...requester,
  name: null,
  phone: null,
  phoneKey: null,
  onBehalfOf: null,
});
