import type { FollowUp } from './follow-up.ts';
import { contactRoles, seesEverything } from './visibility.ts';
import type { Actor, Fact } from './work-order.ts';

/** What no unit is told: that somebody pressed a resident, or spoke of how it behaved, is the inspector's business. */
export const hiddenFacts: readonly string[] = ['asked_to_change_rating', 'conduct_remarked'];

/** Whether an actor sees who asked a resident, and all that was said. A unit sees what came of it and nothing else. */
export const canSeeAsking = (actor: Actor): boolean =>
  actor.system || seesEverything(actor) || contactRoles.some((role) => actor.roles.includes(role));

/** A follow-up for who sees its outcome alone: neither the calls nor who made them, and of what was said the answers. */
export const outcomeOf = (followUp: FollowUp): FollowUp => ({
  ...followUp,
  by: null,
  attempts: [],
  answer: followUp.answer && { ...followUp.answer, askedToChange: null, comment: null },
});

const ofAskers = /^(follow_up|survey)_/;

/** A fact for who does not see who asked. */
export const withoutAsker = <F extends Fact>(fact: F): F =>
  ofAskers.test(fact.type) ? { ...fact, actor: { client: 'follow-up', name: 'follow-up', unit: null } } : fact;
