import type { UnitScore } from '../domain/evaluation.ts';
import {
  decideReview,
  type PeriodReview,
  type ReviewCommand,
  type ReviewDecision,
  type ReviewedPeriod,
  unspoken,
} from '../domain/period-review.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';
import { loadEvaluation } from '../store/evaluations.ts';
import { loadReview, reviewsOf, saveReviewOf } from '../store/period-reviews.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';
import { settingOf } from './deps.ts';
import { lookAtEvaluation, type SeenEvaluation } from './evaluate.ts';

/** The review of one unit in an evaluation, beside the unit's own score. */
export type SeenReview = Readonly<{ seen: SeenEvaluation; review: PeriodReview }>;

/** A unit's review as the actor may see it: the unit itself, whoever is above it, and who counts for the city. */
export async function lookAtReview(deps: Deps, id: string, unit: string, actor: Actor): Promise<SeenReview | Refusal> {
  const seen = await ofUnit(deps, id, unit, actor);
  return isRefusal(seen) ? seen : { seen, review: await loadReview(deps.reading, id, unit) };
}

/** How far the review of each unit within sight is: its score, whether it has reported, what is unanswered, its ratings. */
export async function listPeriodReviews(
  deps: Deps,
  id: string,
  actor: Actor,
): Promise<readonly Readonly<{ score: UnitScore; review: PeriodReview }>[] | Refusal> {
  const seen = await lookAtEvaluation(deps, id, actor);
  if (isRefusal(seen)) return seen;
  const reviews = await reviewsOf(deps.reading, id);
  return seen.results.map((score) => ({ score, review: reviews.get(score.unit) ?? unspoken(id, score.unit) }));
}

/** Reports, remarks, answers or rates. Said again, a report, an answer or a rating replaces what was said. */
export async function reviewPeriod(
  deps: Deps,
  { id, unit }: Readonly<{ id: string; unit: string }>,
  command: ReviewCommand,
  actor: Actor,
): Promise<SeenReview | Refusal> {
  const seen = await ofUnit(deps, id, unit, actor);
  if (isRefusal(seen)) return seen;
  const score = seen.results[0] ?? null;
  const decided = await transaction(deps.pool, (tx) => decideAndSave(tx, deps, { id, unit, score }, command, actor));
  return isRefusal(decided) ? decided : { seen, review: decided.review };
}

/** The evaluation is held meanwhile, so that it does not close in between and two words are not lost in one another. */
async function decideAndSave(
  tx: Queryable,
  deps: Deps,
  { id, unit, score }: Readonly<{ id: string; unit: string }> & Pick<ReviewedPeriod, 'score'>,
  command: ReviewCommand,
  actor: Actor,
): Promise<ReviewDecision | Refusal> {
  const evaluation = await loadEvaluation(tx, id, true);
  if (evaluation === null) return refuse('not-found');
  const final = evaluation.results?.find((each) => each.unit === unit);
  const period = { ...evaluation, score: final ?? score };
  const decided = decideReview(await loadReview(tx, id, unit), command, period, settingOf(deps, actor));
  if (!isRefusal(decided)) await saveReviewOf(tx, decided.review, decided.facts);
  return decided;
}

async function ofUnit(deps: Deps, id: string, unit: string, actor: Actor): Promise<SeenEvaluation | Refusal> {
  const seen = await lookAtEvaluation(deps, id, actor);
  if (isRefusal(seen)) return seen;
  const results = seen.results.filter((result) => result.unit === unit);
  return results.length === 0 ? refuse('not-found') : { ...seen, results };
}
