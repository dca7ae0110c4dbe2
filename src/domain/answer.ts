import { aboutOf, finished } from './asking.ts';
import { type Decision, nameOf } from './decide.ts';
import { type FollowUp, type FollowUpAnswer, reasonMissing } from './follow-up.ts';
import type { Setting } from './obstacles.ts';
import { isPartyTo } from './panel.ts';
import { handledBy } from './parties.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Fact, WorkOrder } from './work-order.ts';

/**
 * Records what a resident said, whoever brings it: an agent, a vendor, the resident's own link. The same answer again
 * changes nothing and is no error; another one is refused, as are answers of the handling unit and of those under it.
 * What follows for the order is left to `settle`.
 */
export function answerFollowUp(
  order: WorkOrder,
  id: string,
  answer: FollowUpAnswer,
  setting: Setting,
): Decision | Refusal {
  const { actor, now } = setting;
  const asked = order.followUps.find((f) => f.id === id);
  if (asked === undefined) return refuse('not-found');
  if (isPartyTo(actor, order)) return refuse('recused');
  if (handledBy(order, setting)) return refuse('handling-unit-asks');
  if (asked.answer !== null)
    return isSame(asked.answer, answer) ? { kind: 'decided', order, facts: [] } : refuse('answer-differs');
  if (asked.state !== 'open') return refuse('follow-up-done', { state: asked.state });
  if (reasonMissing(answer)) return refuse('reason-missing');
  const answered: FollowUp = { ...asked, state: 'answered', answeredAt: now, by: actor.name, answer };
  // The resident's own words stay out of the record of facts, and who pressed them out of a unit's sight.
  const { comment: _words, askedToChange: _pressed, ...told } = answer;
  const fact = (type: string, unit: string | null): Fact => ({
    type,
    at: now,
    actor: nameOf(actor),
    unit,
    body: { ...aboutOf(asked), ...told },
  });
  return {
    kind: 'decided',
    order: finished(order, answered, setting, 'answered'),
    facts: [
      fact('follow_up_answered', order.owner),
      // Pressure on a resident is the inspector's business, not the unit's.
      ...(answer.askedToChange === true ? [fact('asked_to_change_rating', null)] : []),
    ],
  };
}

const isSame = (a: FollowUpAnswer, b: FollowUpAnswer): boolean =>
  (Object.keys(a) as (keyof FollowUpAnswer)[]).every((key) => a[key] === b[key]);
