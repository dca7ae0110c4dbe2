import { answerFollowUp } from './answer.ts';
import { notReached, stamped } from './asking.ts';
import type { Decision } from './decide.ts';
import type { FollowUpAnswer } from './follow-up.ts';
import type { Setting } from './obstacles.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Instant } from './time.ts';
import type { WorkOrder } from './work-order.ts';

/** Until when a link may be answered; null once the asking is over: answered, by whatever way, given up, or too late. */
export function linkUntil({ followUps, clocks }: WorkOrder, id: string, now: Instant): Instant | null {
  const isOpen = followUps.some((f) => f.id === id && f.state === 'open');
  const clock = clocks.findLast((c) => c.kind === 'link' && c.about === id);
  return isOpen && clock !== undefined && now <= clock.dueAt ? clock.dueAt : null;
}

/** What the resident says by link: once, and until it expires. */
export const answerByLink = (
  order: WorkOrder,
  id: string,
  answer: FollowUpAnswer,
  setting: Setting,
): Decision | Refusal =>
  linkUntil(order, id, setting.now) === null ? refuse('survey-over') : answerFollowUp(order, id, answer, setting);

/** The link cannot be delivered, as to a telephone without messages: nobody waits seven days for what never arrived. */
export function linkUndelivered(order: WorkOrder, id: string, setting: Setting): Decision {
  const followUp = order.followUps.find((f) => f.id === id && f.state === 'open');
  return followUp === undefined
    ? { kind: 'decided', order, facts: [] }
    : stamped(notReached(order, followUp, setting, 'undeliverable'), setting);
}
