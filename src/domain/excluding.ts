import type { Approval } from './approval.ts';
import { endApproval, stopClockAbout, withApproval } from './approval-end.ts';
import { approvalFact } from './approval-fact.ts';
import { withPart } from './change.ts';
import { type Decision, nameOf } from './decide.ts';
import { type ExclusionClass, exclusionClasses, exclusionOf, isForJudges, judgementOn } from './exclusion.ts';
import type { Verdict } from './granting.ts';
import type { Judgement } from './judgement.ts';
import { withJudgement } from './judging.ts';
import type { Setting } from './obstacles.ts';
import { startClockOf } from './order-clocks.ts';
import { awaited, postsOf, seated } from './panel.ts';
import { type Refusal, refuse } from './refusal.ts';
import { type Fact, theSystem, type WorkOrder } from './work-order.ts';

/** How many drawn reviewers decide a claim that is not for judges: all must grant, one refuses. */
export const reviewersNeeded = 2;

/**
 * A claim that an answer shall not count, on its way: to the judges who weigh the answer already, to others where none
 * do, or to two reviewers whose seats are filled by lot.
 */
export function claimed(order: WorkOrder, approval: Approval, setting: Setting): WorkOrder {
  const answer = order.followUps.find((f) => f.id === approval.terms.followUp);
  if (answer === undefined) throw new Error('a claim is about an answer');
  if (!isForJudges(approval.terms))
    return startClockOf(withApproval(order, approval.id, { seats: [] }), 'decision', setting, { about: approval.id });
  const known = judgementOn(order, answer);
  const asked = { cause: 'exclusion', followUps: [answer.id], reason: approval.reason } as const;
  const judged = known === undefined ? withJudgement(order, asked, setting) : order;
  const judgement = (known ?? judged.judgements.at(-1))?.id;
  return withApproval(judged, approval.id, {
    terms: { ...approval.terms, judgement },
    decider: { role: 'judge', unit: null },
  });
}

/** A drawn reviewer's word. One refusal refuses; it is granted when all have granted. */
export function review(order: WorkOrder, approval: Approval, verdict: Verdict, setting: Setting): Decision | Refusal {
  const { actor, city, now } = setting;
  const { seats, terms, decider } = approval;
  const posts = new Set(postsOf(actor, city).map(({ code }) => code));
  const seat = seated(seats ?? []).find(({ post }) => posts.has(post));
  if (seat === undefined) return refuse('not-the-decider', { decider, judgement: terms.judgement ?? null });
  if (seat.opinion !== null) return refuse('opinion-given');
  if (verdict.reason.trim() === '') return refuse('reason-missing');
  const opinion = { granted: verdict.granted, reason: verdict.reason, actor: actor.name, at: now };
  const said = (seats ?? []).map((each) => (each === seat ? { ...each, opinion } : each));
  const given = seated(said).filter((each) => each.opinion !== null);
  const heard = withApproval(order, approval.id, { seats: said });
  const spoke = approvalFact('reviewer_spoke', approval, setting, { spoken: given.length, of: reviewersNeeded });
  if (verdict.granted && given.length < reviewersNeeded) return { kind: 'decided', order: heard, facts: [spoke] };
  const state = verdict.granted ? 'granted' : 'refused';
  // Decided by all of them together, and not by whoever happened to be the last to speak.
  const done = decidedAs(heard, approval, state, verdict.reason, { ...setting, actor: theSystem });
  return { kind: 'decided', order: done.order, facts: [spoke, ...done.facts] };
}

/** Reviewers who have said nothing by the limit are replaced; those drawn instead have the whole limit again. */
export function replaceReviewers(order: WorkOrder, approval: Approval, setting: Setting): Decision {
  const { id, seats = [] } = approval;
  const silent = awaited(seats ?? []);
  const left = withApproval(order, id, {
    seats: (seats ?? []).map((seat) => (silent.includes(seat) ? { ...seat, left: 'silent' } : seat)),
  });
  const waiting = startClockOf(stopClockAbout(left, id, 'replaced', setting), 'decision', setting, { about: id });
  const posts = silent.map(({ post }) => post);
  return { kind: 'decided', order: waiting, facts: [approvalFact('reviewers_silent', approval, setting, { posts })] };
}

/** What judges found decides the claims before them, and takes the answers they weighed out of the count. */
export function decidedByJudges(order: WorkOrder, judgement: Judgement, setting: Setting): Decision {
  const bySystem = { ...setting, actor: theSystem };
  const isExcluding = judgement.finding === 'exclude';
  let done: Decision = { kind: 'decided', order, facts: [] };
  const claims = order.approvals.filter((a) => a.state === 'pending' && a.terms.judgement === judgement.id);
  for (const claim of claims) {
    const state = isExcluding ? 'granted' : 'refused';
    const next = decidedAs(done.order, claim, state, `judged: ${judgement.finding}`, bySystem);
    done = { ...next, facts: [...done.facts, ...next.facts] };
  }
  if (!isExcluding) return done;
  const claimedAnswers = new Set(claims.map((a) => a.terms.followUp));
  const others = judgement.followUps.filter((id) => !claimedAnswers.has(id));
  return {
    ...done,
    facts: [...done.facts, ...others.map((id) => excludedFact(done.order, id, 'judges', null, bySystem))],
  };
}

function decidedAs(
  order: WorkOrder,
  claim: Approval,
  state: 'granted' | 'refused',
  reason: string,
  setting: Setting,
): Decision {
  const ended = endApproval(order, claim, state, reason, setting);
  const said = approvalFact(`approval_${state}`, claim, setting, { reason });
  if (state === 'refused') return { kind: 'decided', order: ended, facts: [said] };
  const { followUp = '', class: of } = claim.terms;
  const by = isForJudges(claim.terms) ? 'judges' : 'reviewers';
  const words = exclusionClasses[of as ExclusionClass];
  return {
    kind: 'decided',
    order: tellResident(
      ended,
      followUp,
      `您的评价未计入统计，情形：${words}。如不认可，十五日内可以提出异议。`,
      setting,
    ),
    facts: [said, excludedFact(ended, followUp, by, of ?? null, setting)],
  };
}

/** A resident's appeal was granted: the answer counts again. */
export function countedAgain(order: WorkOrder, appeal: Approval, setting: Setting): Decision {
  const against = appeal.terms.against ?? '';
  const answers = order.followUps.filter((f) => wasExcludedBy(order, f.id, against));
  const told = answers.reduce(
    (before, f) => tellResident(before, f.id, '经复核，您的评价已恢复计入统计。', setting),
    order,
  );
  const facts = answers.map(({ id, request }) => ({
    ...approvalFact('exclusion_overturned', appeal, setting, { exclusion: against, followUp: id, request }),
    unit: order.owner,
  }));
  return { kind: 'decided', order: told, facts };
}

/** The granted appeal itself already makes it count; so it is asked without it. */
const wasExcludedBy = (order: WorkOrder, followUp: string, by: string): boolean => {
  const before = { ...order, approvals: order.approvals.filter((a) => a.terms.against !== by) };
  const answer = order.followUps.find((f) => f.id === followUp);
  return answer !== undefined && exclusionOf(before, answer)?.id === by;
};

const tellResident = (order: WorkOrder, followUp: string, text: string, { now }: Setting): WorkOrder => {
  const request = order.followUps.find((f) => f.id === followUp)?.request ?? null;
  return withPart(order, 'notes', { actor: 'system', unit: null, at: now, text, public: true, mark: null, request });
};

function excludedFact(
  order: WorkOrder,
  followUp: string,
  by: 'judges' | 'reviewers',
  of: string | null,
  { actor, now }: Setting,
): Fact {
  const answer = order.followUps.find((f) => f.id === followUp);
  return {
    type: 'excluded',
    at: now,
    actor: nameOf(actor),
    unit: order.owner,
    body: { followUp, request: answer?.request ?? null, round: answer?.round ?? null, by, class: of },
  };
}
