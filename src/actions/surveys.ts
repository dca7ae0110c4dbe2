import { answerFollowUp } from '../domain/answer.ts';
import { superiors } from '../domain/city.ts';
import { settle } from '../domain/decide.ts';
import type { FollowUp, FollowUpAnswer } from '../domain/follow-up.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Actor, Submission } from '../domain/work-order.ts';
import {
  type Askable,
  type Claim,
  claimFollowUps,
  finishFollowUp,
  holdFollowUp,
  ordersOfFollowUps,
} from '../store/claims.ts';
import { type RequestRow, requestsById } from '../store/look.ts';
import { followUpQueues, loadAll } from '../store/orders.ts';
import { transaction } from '../store/rows.ts';
import { claimingOf, giveBack, type Taking, takeOrWait, type WaitDeps } from './claim.ts';
import type { Deps } from './deps.ts';
import { changeIn } from './perform.ts';

/** One resident to ask. Who handled the matter is never said; `reply` is what that unit wrote, null for a vendor. */
export type ToAsk = Readonly<{
  claim: Claim;
  followUp: FollowUp;
  request: RequestRow;
  reply: Pick<Submission, 'result' | 'text' | 'at'> | null;
}>;

const isAgent = (actor: Actor): boolean => actor.roles.includes('follow_up_agent');

/**
 * Leases residents to be asked to an agent, or to a survey vendor, which never gets confidential ones. What the asker's own
 * unit or one above it handled is not among them.
 */
export async function claimSurveys(
  deps: WaitDeps,
  taking: Taking,
  actor: Actor,
  signal: AbortSignal,
): Promise<readonly ToAsk[] | Refusal> {
  const { city } = deps.city();
  const agent = isAgent(actor);
  const notOf = actor.unit === null ? [] : [actor.unit, ...superiors(city, actor.unit)];
  const askable: Askable = { unit: actor.unit, confidential: agent, notOf };
  const claims = await takeOrWait(deps, followUpQueues[agent ? 0 : 1], taking, signal, () =>
    claimFollowUps(deps.pool, askable, claimingOf(taking, actor)),
  );
  if (isRefusal(claims)) return claims;
  if (signal.aborted) {
    await giveBack(deps, claims);
    return [];
  }
  if (claims.length === 0) return [];
  const orderOf = await ordersOfFollowUps(
    deps.pool,
    claims.map((c) => c.subject),
  );
  const orders = await loadAll(deps.pool, [...new Set(orderOf.values())]);
  const followUps = orders.flatMap((order) => order.followUps.map((followUp) => ({ order, followUp })));
  const asked = claims.flatMap((claim) => {
    const found = followUps.find((f) => f.followUp.id === claim.subject);
    return found === undefined ? [] : [{ claim, ...found }];
  });
  const requests = await requestsById(
    deps.pool,
    asked.map((a) => a.followUp.request),
  );
  return asked.flatMap(({ claim, followUp, order }) => {
    const request = requests.find((r) => r.id === followUp.request);
    return request === undefined
      ? []
      : [{ claim, followUp, request, reply: agent ? (order.submissions.at(-1) ?? null) : null }];
  });
}

/**
 * Records the answer an asker was given; only who holds the lease may bring a new one. The order concludes in the same
 * transaction: closed when everybody has answered, back to the unit when anybody's matter is not solved.
 */
export async function answerSurvey(
  deps: Deps,
  id: string,
  answer: FollowUpAnswer,
  actor: Actor,
): Promise<FollowUp | Refusal> {
  const order = (await ordersOfFollowUps(deps.pool, [id])).get(id);
  if (order === undefined) return refuse('not-found');
  return transaction(deps.pool, async (tx) => {
    const holds = await holdFollowUp(tx, id, actor.client);
    const outcome = await changeIn(tx, deps, order, actor, null, (locked, setting) => {
      const answered = answerFollowUp(locked, id, answer, setting);
      if (answered.kind === 'refused' || answered.order === locked) return answered;
      return holds ? settle(answered, setting) : refuse('lease-lost');
    });
    if (outcome.kind === 'refused') return outcome;
    await finishFollowUp(tx, id);
    return outcome.order.followUps.find((f) => f.id === id) ?? refuse('not-found');
  });
}
