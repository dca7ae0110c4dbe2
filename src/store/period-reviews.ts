import { type PeriodReview, unspoken } from '../domain/period-review.ts';
import type { Fact } from '../domain/work-order.ts';
import { recordFacts } from './facts.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const write = writer(t.periodReviews, { key: ['evaluationId', 'unit'] });

/** What has been said of a unit in an evaluation; of one nobody spoke of, nothing. */
export async function loadReview(from: Queryable, evaluationId: string, unit: string): Promise<PeriodReview> {
  const { rows } = await from.query<{ row: Record<string, unknown> }>(
    'select row_to_json(r) as row from period_reviews r where evaluation_id = $1 and unit = $2',
    [evaluationId, unit],
  );
  const [found] = rows;
  return found === undefined ? unspoken(evaluationId, unit) : fromJson(t.periodReviews, found.row);
}

/** What has been said of every unit in an evaluation, by unit; of those nobody spoke of, nothing. */
export async function reviewsOf(from: Queryable, evaluationId: string): Promise<ReadonlyMap<string, PeriodReview>> {
  const { rows } = await from.query<{ row: Record<string, unknown> }>(
    'select row_to_json(r) as row from period_reviews r where evaluation_id = $1',
    [evaluationId],
  );
  return new Map(rows.map(({ row }) => fromJson(t.periodReviews, row)).map((review) => [review.unit, review]));
}

/** Writes a review with what became true of it. */
export async function saveReviewOf(tx: Queryable, review: PeriodReview, facts: readonly Fact[]): Promise<void> {
  await write(tx, [review]);
  await recordFacts(tx, { subject: 'evaluation', subjectId: review.evaluationId }, facts);
}
