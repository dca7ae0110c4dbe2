import { questionOf } from '../domain/incident-request.ts';
import { fifteenDaysAfter } from '../domain/obstacles.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { theResident } from '../domain/work-order.ts';
import { incidentOf } from '../store/incident-requests.ts';
import { requestsById } from '../store/look.ts';
import type { Deps } from './deps.ts';
import { linked } from './links.ts';
import { answerIncident } from './restored.ts';
import type { Survey } from './survey-link.ts';

/** The question behind a link, while nobody has answered it. Looking at it uses nothing up. */
export async function lookAtQuestion(deps: Deps, token: string, address: string): Promise<Survey | Refusal> {
  const found = await linked(deps, token, 'restored', address);
  if (isRefusal(found)) return found;
  const [standing, [request]] = await Promise.all([
    incidentOf(deps.pool, found.requestId),
    requestsById(deps.pool, [found.requestId]),
  ]);
  if (standing === null || request === undefined)
    throw new Error(`a link to request ${found.requestId} of no incident`);
  const { one, incident } = standing;
  if (request.withdrawnAt !== null || incident.endedAt === null || questionOf(one, incident) !== 'open')
    return refuse('survey-over');
  const until = fifteenDaysAfter(incident.endedAt);
  return deps.now() > until
    ? refuse('survey-over')
    : { number: request.number, registeredAt: request.registeredAt, until };
}

/** The resident says whether it is restored; "no" opens an order of its own. */
export async function answerQuestion(
  deps: Deps,
  token: string,
  said: Readonly<{ restored: boolean; words?: string | undefined }>,
  address: string,
): Promise<Readonly<{ kind: 'answered' }> | Refusal> {
  const found = await linked(deps, token, 'restored', address);
  if (isRefusal(found)) return found;
  const { requestId } = found;
  const outcome = await answerIncident(deps, { requestId, incidentId: null }, said, theResident(requestId));
  return isRefusal(outcome) ? outcome : { kind: 'answered' };
}
