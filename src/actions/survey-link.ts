import { settle } from '../domain/decide.ts';
import type { FollowUpAnswer } from '../domain/follow-up.ts';
import { answerByLink, linkUntil } from '../domain/link.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import { theResident } from '../domain/work-order.ts';
import { requestsById } from '../store/look.ts';
import { load } from '../store/orders.ts';
import type { Deps } from './deps.ts';
import { linked } from './links.ts';
import { change } from './perform.ts';

/** What a link shows: nothing of who asked, nor of the matter but its number and day. */
export type Survey = Readonly<{ number: string; registeredAt: Instant; until: Instant }>;

/** The survey a link leads to, while it can be answered. Looking at it uses nothing up. */
export async function lookAtSurvey(deps: Deps, token: string, address: string): Promise<Survey | Refusal> {
  const found = await linked(deps, token, 'follow_up', address);
  if (isRefusal(found)) return found;
  const order = await load(deps.pool, found.orderId);
  const followUp = order?.followUps.find((f) => f.id === found.followUpId);
  if (order === null || followUp === undefined)
    throw new Error(`a link to follow-up ${found.followUpId} leads nowhere`);
  const until = linkUntil(order, followUp.id, deps.now());
  const [request] = await requestsById(deps.pool, [followUp.request]);
  if (until === null || request === undefined) return refuse('survey-over');
  return { number: request.number, registeredAt: request.registeredAt, until };
}

/** The resident answers, once; what follows for the order follows at once. */
export async function answerSurveyLink(
  deps: Deps,
  token: string,
  answer: FollowUpAnswer,
  address: string,
): Promise<Readonly<{ kind: 'answered' }> | Refusal> {
  const found = await linked(deps, token, 'follow_up', address);
  if (isRefusal(found)) return found;
  const outcome = await change(deps, found.orderId, theResident(), null, (order, setting) => {
    const answered = answerByLink(order, found.followUpId, answer, setting);
    return answered.kind === 'refused' ? answered : settle(answered, setting);
  });
  return isRefusal(outcome) ? outcome : { kind: 'answered' };
}
