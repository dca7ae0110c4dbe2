import { answerFollowUp } from '../domain/answer.ts';
import { type AttemptSaid, recordAttempt } from '../domain/attempt.ts';
import { dayPartOf } from '../domain/calling.ts';
import { superiors } from '../domain/city.ts';
import { type Decision, settle } from '../domain/decide.ts';
import type { FollowUp, FollowUpAnswer } from '../domain/follow-up.ts';
import type { Setting } from '../domain/obstacles.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { answerOf } from '../domain/resident.ts';
import type { Instant } from '../domain/time.ts';
import type { Actor, Submission, WorkOrder } from '../domain/work-order.ts';
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

/**
 * One resident to ask. Who handled the matter is never said; `reply` is what that unit wrote, null for a vendor, `before`
 * what the resident answered in the round before.
 */
export type ToAsk = Readonly<{
  claim: Claim;
  followUp: FollowUp;
  request: RequestRow;
  reply: Readonly<{ result: Submission['result'] | 'answered'; text: string; at: Instant }> | null;
  before: Readonly<{ answer: FollowUpAnswer; at: Instant }> | null;
}>;

/** The last answer of the same requester before this asking. */
function answeredBefore(order: WorkOrder, { request, seq }: FollowUp): ToAsk['before'] {
  const last = order.followUps.findLast((f) => f.request === request && f.seq < seq && f.answer !== null);
  return last?.answer == null || last.answeredAt === null ? null : { answer: last.answer, at: last.answeredAt };
}

/** What the unit wrote, or the hotline itself where it answered. */
function replyOf(order: WorkOrder): ToAsk['reply'] {
  const last = order.submissions.at(-1);
  if (last !== undefined) return last;
  const answer = answerOf(order);
  return answer === null ? null : { ...answer, result: 'answered' };
}

const isAgent = (actor: Actor): boolean => actor.roles.includes('follow_up_agent');

/**
 * Leases residents to be asked to an agent, or to a survey vendor, which never gets confidential ones; who was called in
 * vain only when the next call may be. What the asker's own unit or one above it handled is not among them.
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
  const claims = await takeOrWait(deps, followUpQueues[agent ? 0 : 1], taking, signal, () => {
    const at = deps.now();
    const askable: Askable = {
      at,
      part: dayPartOf(at, city.calendar.zone),
      unit: actor.unit,
      confidential: agent,
      notOf,
    };
    return claimFollowUps(deps.pool, askable, claimingOf(taking, actor));
  });
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
    if (request === undefined) return [];
    const [reply, before] = agent ? [replyOf(order), answeredBefore(order, followUp)] : [null, null];
    return [{ claim, followUp, request, reply, before }];
  });
}

/**
 * Records the answer an asker was given; only who holds the lease may bring a new one. The order concludes in the same
 * transaction: closed when everybody has answered, back to the unit when anybody's matter is not solved.
 */
export const answerSurvey = (
  deps: Deps,
  id: string,
  answer: FollowUpAnswer,
  actor: Actor,
): Promise<FollowUp | Refusal> =>
  asAsker(
    deps,
    id,
    actor,
    () => true,
    (order, setting) => answerFollowUp(order, id, answer, setting),
  );

/**
 * Records a call and what came of it. The task goes back until the resident may be called again; where somebody has
 * answered the asker keeps it, and brings the answer.
 */
export const logAttempt = (deps: Deps, id: string, said: AttemptSaid, actor: Actor): Promise<FollowUp | Refusal> =>
  asAsker(
    deps,
    id,
    actor,
    ({ attempts }) => attempts.at(-1)?.outcome !== 'answered',
    (order, setting) => recordAttempt(order, id, said, setting),
  );

/** Decides something about a follow-up for who holds the lease on it. What was recorded before is told to anybody who asks. */
async function asAsker(
  deps: Deps,
  id: string,
  actor: Actor,
  isDone: (followUp: FollowUp) => boolean,
  deciding: (order: WorkOrder, setting: Setting) => Decision | Refusal,
): Promise<FollowUp | Refusal> {
  const order = (await ordersOfFollowUps(deps.pool, [id])).get(id);
  if (order === undefined) return refuse('not-found');
  return transaction(deps.pool, async (tx) => {
    const holds = await holdFollowUp(tx, id, actor.client);
    let isNew = false;
    const outcome = await changeIn(tx, deps, order, actor, null, (locked, setting) => {
      const decided = deciding(locked, setting);
      if (decided.kind === 'refused' || decided.order === locked) return decided;
      isNew = true;
      return holds ? settle(decided, setting) : refuse('lease-lost');
    });
    if (outcome.kind === 'refused') return outcome;
    const followUp = outcome.order.followUps.find((f) => f.id === id);
    if (followUp === undefined) return refuse('not-found');
    if (isNew && isDone(followUp)) await finishFollowUp(tx, id);
    return followUp;
  });
}
