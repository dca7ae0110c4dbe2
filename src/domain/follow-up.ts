import type { Instant } from './time.ts';
import type { WorkOrder } from './work-order.ts';

/** The three questions' answers, and why somebody is dissatisfied. */
export const solvedAnswers = ['yes', 'partly', 'no'] as const;
export const satisfactions = ['very_satisfied', 'satisfied', 'basically', 'dissatisfied', 'very_dissatisfied'] as const;
export const dissatisfactionReasons = ['not_done', 'slow', 'attitude', 'demand_not_supported', 'policy'] as const;

/** What the resident said. Three separate questions, and whether somebody asked them to change their rating. */
export type FollowUpAnswer = Readonly<{
  contacted: boolean;
  solved: (typeof solvedAnswers)[number];
  satisfaction: (typeof satisfactions)[number];
  reason: (typeof dissatisfactionReasons)[number] | null;
  askedToChange: boolean | null;
  comment: string | null;
}>;

/** What came of a call: only an answer tells what the resident thinks. */
export const attemptOutcomes = ['answered', 'no_answer', 'wrong_number', 'refused', 'call_back_at'] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** One call. `callBackAt` is when the resident asked to be called instead. */
export type CallAttempt = Readonly<{
  outcome: AttemptOutcome;
  at: Instant;
  by: string;
  callRecordId: string | null;
  callBackAt: Instant | null;
}>;

/**
 * Why the resident is asked: the work was handed in and looked at (`handled`), the resident's own limit passed before that
 * (`overdue`), or the hotline had answered by itself (`answered`). Only the first kind moves the order.
 */
export const occasions = ['handled', 'overdue', 'answered'] as const;
export const followUpStates = ['open', 'answered', 'not_reached', 'cancelled'] as const;

/**
 * Asking one resident of one request afterwards (回访), once per round; never by the handling unit. It is called until
 * somebody answers, then a survey link is sent (`linkSentAt`), and then it is `not_reached`: neither satisfied nor not.
 */
export type FollowUp = Readonly<{
  seq: number;
  id: string;
  request: string;
  round: number;
  occasion: (typeof occasions)[number];
  state: (typeof followUpStates)[number];
  openedAt: Instant;
  attempts: readonly CallAttempt[];
  linkSentAt: Instant | null;
  /** The handling unit talked to the resident while somebody else was asking. */
  unitContacted: boolean;
  answeredAt: Instant | null;
  by: string | null;
  answer: FollowUpAnswer | null;
}>;

/** A reason is asked of whoever is dissatisfied (差评必问). */
export const reasonMissing = (answer: FollowUpAnswer): boolean =>
  (answer.satisfaction === 'dissatisfied' || answer.satisfaction === 'very_dissatisfied') && answer.reason === null;

/** How many rounds of asking sent the matter back to work by what residents said, of the `reworks` there have been. */
export const unsolvedRounds = (followUps: readonly FollowUp[], reworks: number): number =>
  new Set(followUps.filter((f) => f.occasion === 'handled' && f.round <= reworks && isUnsolved(f)).map((f) => f.round))
    .size;

/** Not solved, in the resident's own word: the work starts again, or judges are asked. Satisfaction alone does neither. */
export const isUnsolved = ({ answer }: Pick<FollowUp, 'answer'>): boolean => answer !== null && answer.solved !== 'yes';

/** The follow-ups by which the order closes or goes back: those of the present round, the extra ones left out. */
export const inRound = ({ followUps, reworks }: Pick<WorkOrder, 'followUps' | 'reworks'>): readonly FollowUp[] =>
  followUps.filter((f) => f.round === reworks + 1 && f.occasion === 'handled');
