import { type IncidentRequest, type IncidentStanding, type Question, questionOf } from '../domain/incident-request.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';
import { requestsOfIncident } from '../store/incident-requests.ts';
import { loadAll } from '../store/orders.ts';
import type { Deps } from './deps.ts';
import { incidentSight, lookAtIncident } from './incidents.ts';
import { type SeenRequest, shown } from './look.ts';

/** A request an incident has met, as an actor may see it: contacts are absent for whom they are not meant. */
export type ListedRequest = Readonly<{ request: SeenRequest; one: IncidentRequest; question: Question }>;

/** The requests of an incident, in the order they came; those that have an order of their own as far as that is in sight. */
export async function listMet(
  deps: Deps,
  id: string,
  filter: Readonly<{ standing?: IncidentStanding | undefined; cursor?: string | undefined; limit: number }>,
  actor: Actor,
): Promise<readonly ListedRequest[] | Refusal> {
  const seen = await lookAtIncident(deps, id, actor);
  if (isRefusal(seen)) return seen;
  const found = await requestsOfIncident(deps.reading, id, incidentSight(deps, actor), filter);
  const orders = await loadAll(deps.reading, [...new Set(found.map(({ request }) => request.workOrderId))]);
  return found.flatMap(({ one, request }) => {
    const order = orders.find((each) => each.id === request.workOrderId);
    return order === undefined
      ? []
      : [{ one, request: shown(request, order, actor), question: questionOf(one, seen.incident) }];
  });
}
