import { answerFollowUp } from '../domain/answer.ts';
import { settle } from '../domain/decide.ts';
import type { FollowUp, FollowUpAnswer } from '../domain/follow-up.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import type { Actor } from '../domain/work-order.ts';
import { finishFollowUp, ordersOfFollowUps } from '../store/claims.ts';
import { transaction } from '../store/rows.ts';
import { type Callback, givenToVendor, keepCallback, knownCallback } from '../store/vendors.ts';
import type { Deps } from './deps.ts';
import { changeIn } from './perform.ts';

/** What a vendor says a resident has said, and when. */
export type Called = Readonly<{ followUpId: string; answer: FollowUpAnswer; saidAt: Instant | null }>;

/**
 * An answer that a vendor brings by callback, its signature proved before. A vendor answers what it was given and nothing
 * else; the lease may be over by then, for it keeps residents from being called twice and takes nobody's word away. The
 * first answer counts: the same again changes nothing, another one is refused, and one that comes too late is told so.
 */
export async function takeCallback(deps: Deps, callback: Callback, called: Called): Promise<FollowUp | Refusal> {
  const { followUpId, answer, saidAt } = called;
  const order = (await ordersOfFollowUps(deps.pool, [followUpId])).get(followUpId);
  if (order === undefined) return refuse('not-found');
  return transaction(deps.pool, async (tx) => {
    const given = await givenToVendor(tx, followUpId, callback.vendor);
    if (given === null) return refuse('not-found');
    const known = await knownCallback(tx, callback);
    if (known === 'other') return refuse('idempotency-mismatch');
    const actor = asVendor(callback.vendor, given);
    const outcome = await changeIn(tx, deps, order, actor, null, (locked, setting) => {
      if (known === 'same') return { kind: 'decided', order: locked, facts: [] };
      const answered = answerFollowUp(locked, followUpId, answer, setting);
      if (answered.kind === 'refused')
        return answered.code === 'follow-up-done' ? refuse('survey-over', answered.details) : answered;
      return answered.order === locked ? answered : settle(answered, setting);
    });
    if (outcome.kind === 'refused') return outcome;
    await keepCallback(tx, callback, { followUp: followUpId, saidAt });
    await finishFollowUp(tx, followUpId);
    return outcome.order.followUps.find((f) => f.id === followUpId) ?? refuse('not-found');
  });
}

const asVendor = (name: string, { client, unit }: Readonly<{ client: string; unit: string | null }>): Actor => ({
  client,
  clientName: name,
  name,
  roles: ['survey_vendor'],
  unit,
  areas: null,
  requests: [],
  system: false,
});
