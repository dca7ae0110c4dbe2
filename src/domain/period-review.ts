import type { City } from './city.ts';
import { nameOf } from './decide.ts';
import { evaluated, notAbove } from './evaluating.ts';
import type { UnitScore } from './evaluation.ts';
import type { EvaluationScheme } from './evaluation-scheme.ts';
import type { Setting } from './obstacles.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Instant } from './time.ts';
import type { Actor, Fact } from './work-order.ts';

/** What is rated after a period: who leads the unit (个人评优), and its leadership as a body (班子考核). */
export const ratedParts = ['head', 'team'] as const;
export type RatedPart = (typeof ratedParts)[number];

/** The grades of an annual rating (优秀、称职、基本称职、不称职), the best first. */
export const ratingGrades = ['excellent', 'competent', 'basically_competent', 'incompetent'] as const;
export type RatingGrade = (typeof ratingGrades)[number];

type Written = Readonly<{ text: string; actor: string; at: Instant }>;

/** What was said or asked at the review meeting, by which unit, and what the unit answered. */
export type ReviewRemark = Written & Readonly<{ seq: number; by: string | null; answer: Written | null }>;
export type Rating = Readonly<{ grade: RatingGrade; reason: string; by: string; actor: string; at: Instant }>;

/**
 * What was said of a unit around the score of a period (述职评议): the report its leader gives of it (述职报告), remarks on
 * it and the answers, and the ratings in which it ends (结果与个人评优、班子考核挂钩).
 */
export type PeriodReview = Readonly<{
  evaluationId: string;
  unit: string;
  report: Written | null;
  remarks: readonly ReviewRemark[];
  ratings: Readonly<Partial<Record<RatedPart, Rating>>>;
}>;

/** The review of a unit nobody has spoken of yet. */
export const unspoken = (evaluationId: string, unit: string): PeriodReview => ({
  evaluationId,
  unit,
  report: null,
  remarks: [],
  ratings: {},
});

/** The evaluation a review belongs to, as far as its rules look at it; `score` is the unit's, final or as it would be now. */
export type ReviewedPeriod = Readonly<{
  scheme: EvaluationScheme;
  closesAt: Instant;
  closedAt: Instant | null;
  score: Pick<UnitScore, 'stars'> | null;
}>;

/** What is done to a review, with what comes with it. */
export type ReviewCommand =
  | Readonly<{ action: 'report'; text: string }>
  | Readonly<{ action: 'remark'; text: string }>
  | Readonly<{ action: 'answer'; seq: number; text: string }>
  | Readonly<{ action: 'rate'; part: RatedPart; grade: RatingGrade; reason: string }>;
export type ReviewDecision = Readonly<{ kind: 'decided'; review: PeriodReview; facts: readonly Fact[] }>;

/** "Excellent" takes at least so many stars: who is praised in person has been found good by residents. */
const starsForExcellent = 4;

/** Whether an actor speaks as the head of a unit. */
const headsUnit = (actor: Actor, unit: string): boolean => actor.unit === unit && actor.roles.includes('unit_leader');

/**
 * What happens to a unit's review. Its leader reports until the evaluation closes, and answers what is asked; whoever sees
 * it and is not of the unit may remark; the level above rates once the score stands. "Excellent" needs a report and the
 * stars. Errors: not-evaluated, not-yours, evaluation-closed, too-early, not-superior, not-excellent, not-found.
 */
export function decideReview(
  review: PeriodReview,
  command: ReviewCommand,
  period: ReviewedPeriod,
  setting: Setting,
): ReviewDecision | Refusal {
  if (!evaluated(period.scheme, setting.city).includes(review.unit))
    return refuse('not-evaluated', { unit: review.unit });
  const fault = faultOf(review, command, period, setting);
  if (fault !== null) return fault;
  const { actor, now } = setting;
  const { unit } = review;
  const body = command.action === 'rate' ? { part: command.part, grade: command.grade } : {};
  const fact: Fact = { type: `period_${command.action}`, at: now, actor: nameOf(actor), unit, body };
  return { kind: 'decided', review: after(review, command, setting), facts: [fact] };
}

function faultOf(
  { unit, report, remarks }: PeriodReview,
  command: ReviewCommand,
  { closesAt, closedAt, score }: ReviewedPeriod,
  { actor, city }: Readonly<{ actor: Actor; city: City }>,
): Refusal | null {
  switch (command.action) {
    case 'report':
      if (!headsUnit(actor, unit)) return refuse('not-yours', { action: 'report', allowedFor: ['unit_leader'] });
      return closedAt === null ? null : refuse('evaluation-closed');
    case 'remark':
      return actor.unit === unit ? refuse('not-yours', { action: 'remark' }) : null;
    case 'answer':
      if (!headsUnit(actor, unit)) return refuse('not-yours', { action: 'answer', allowedFor: ['unit_leader'] });
      return remarks.some(({ seq }) => seq === command.seq) ? null : refuse('not-found');
    case 'rate': {
      const above = notAbove(actor, unit, city);
      if (above !== null) return above;
      if (closedAt === null) return refuse('too-early', { from: closesAt });
      const stars = score?.stars ?? null;
      const isEarned = report !== null && stars !== null && stars >= starsForExcellent;
      return command.grade !== 'excellent' || isEarned
        ? null
        : refuse('not-excellent', { stars, least: starsForExcellent, reported: report !== null });
    }
  }
}

function after(review: PeriodReview, command: ReviewCommand, { actor, now }: Setting): PeriodReview {
  const written = (text: string): Written => ({ text, actor: actor.name, at: now });
  switch (command.action) {
    case 'report':
      return { ...review, report: written(command.text) };
    case 'remark': {
      const remark = { ...written(command.text), seq: review.remarks.length + 1, by: actor.unit, answer: null };
      return { ...review, remarks: [...review.remarks, remark] };
    }
    case 'answer': {
      const answer = written(command.text);
      return { ...review, remarks: review.remarks.map((r) => (r.seq === command.seq ? { ...r, answer } : r)) };
    }
    case 'rate': {
      const { part, grade, reason } = command;
      const rating = { grade, reason, by: actor.unit ?? '', actor: actor.name, at: now };
      return { ...review, ratings: { ...review.ratings, [part]: rating } };
    }
  }
}
