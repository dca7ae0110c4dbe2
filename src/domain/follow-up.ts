import type { Instant } from './time.ts';

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

/** Asking one resident of one request afterwards (回访), once per round; never by the handling unit. */
export type FollowUp = Readonly<{
  seq: number;
  id: string;
  request: string;
  round: number;
  state: 'open' | 'answered' | 'not_reached' | 'cancelled';
  openedAt: Instant;
  answeredAt: Instant | null;
  by: string | null;
  answer: FollowUpAnswer | null;
}>;

/** A reason is asked of whoever is dissatisfied (差评必问). */
export const reasonMissing = (answer: FollowUpAnswer): boolean =>
  (answer.satisfaction === 'dissatisfied' || answer.satisfaction === 'very_dissatisfied') && answer.reason === null;

/** How many rounds of asking sent the matter back to work by what residents said, of the `reworks` there have been. */
export const unsolvedRounds = (followUps: readonly FollowUp[], reworks: number): number =>
  new Set(followUps.filter((f) => f.round <= reworks && f.answer !== null && sendsBack(f.answer)).map((f) => f.round))
    .size;

/** Not solved, in the resident's own word: the work starts again. Satisfaction alone never does that. */
export const sendsBack = (answer: FollowUpAnswer): boolean => answer.solved !== 'yes';
