import { type Asked, aboutOf, changed, notReached, sendLink, stamped } from './asking.ts';
import { callBackFault, callFault, failedCalls, isCalled, mostFailedCalls, nextCallAt } from './calling.ts';
import type { Decision } from './decide.ts';
import type { CallAttempt, FollowUp } from './follow-up.ts';
import type { Setting } from './obstacles.ts';
import { endClock } from './order-clocks.ts';
import { isPartyTo } from './panel.ts';
import { handledBy } from './parties.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { WorkOrder } from './work-order.ts';

/** What an asker says of a call. */
export type AttemptSaid = Omit<CallAttempt, 'by'>;

/**
 * Records a call (回访), made in another part of the day than those before it and at least four hours after the last, or
 * when the resident asked for it. After three that nobody answered a link is sent. The same call again changes nothing.
 */
export function recordAttempt(order: WorkOrder, id: string, said: AttemptSaid, setting: Setting): Decision | Refusal {
  const { actor, city, now } = setting;
  const { zone } = city.calendar;
  const asked = order.followUps.find((f) => f.id === id);
  if (asked === undefined) return refuse('not-found');
  if (isPartyTo(actor, order)) return refuse('recused');
  if (handledBy(order, setting)) return refuse('handling-unit-asks');
  if (asked.attempts.some((a) => isSame(a, said))) return { kind: 'decided', order, facts: [] };
  if (asked.state !== 'open') return refuse('follow-up-done', { state: asked.state });
  if (!isCalled(asked)) return refuse('calls-over', { linkSent: true });
  if (said.at > now) return refuse('in-the-future');
  const fault = callFault(asked, said.at, zone) ?? promiseFault(order, id, said, setting);
  if (fault !== null) return refuse(fault, { nextCallAt: nextCallAt(asked, zone) });

  const callBackAt = said.outcome === 'call_back_at' ? said.callBackAt : null;
  const called: FollowUp = { ...asked, attempts: [...asked.attempts, { ...said, callBackAt, by: actor.name }] };
  const begun: WorkOrder = {
    ...changed(order, called),
    clocks: order.clocks.map((c) =>
      c.about === id && c.kind === 'first_attempt' ? endClock(c, setting, 'attempted') : c,
    ),
  };
  const next = whatFollows(begun, called, setting);
  const fact = {
    type: 'follow_up_attempted',
    unit: null,
    body: { ...aboutOf(called), outcome: said.outcome, attempt: called.attempts.length },
  };
  return stamped({ order: next.order, facts: [fact, ...next.facts] }, setting);
}

/**
 * A wrong number gets no link, for a stranger would answer it. Whoever refuses to talk gets one at once: a word of the
 * asker's alone never ends the asking.
 */
function whatFollows(order: WorkOrder, called: FollowUp, setting: Setting): Asked {
  const { outcome } = called.attempts.at(-1) ?? {};
  if (outcome === 'wrong_number') return notReached(order, called, setting, 'wrong_number');
  if (outcome === 'refused' || failedCalls(called) >= mostFailedCalls) return sendLink(order, called, setting);
  return { order, facts: [] };
}

const promiseFault = (order: WorkOrder, id: string, { outcome, callBackAt, at }: AttemptSaid, { city }: Setting) => {
  if (outcome !== 'call_back_at') return null;
  const end = order.clocks.findLast((c) => c.about === id && c.kind === 'follow_up');
  return end === undefined ? null : callBackFault(callBackAt, at, end.dueAt, city.calendar.zone);
};

const isSame = (a: CallAttempt, { outcome, at, callRecordId }: AttemptSaid): boolean =>
  a.outcome === outcome && a.at === at && a.callRecordId === callRecordId;
