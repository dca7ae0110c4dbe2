import type { UnitScore } from '../domain/evaluation.ts';
import type { EvaluationScheme } from '../domain/evaluation-scheme.ts';
import type { MutualReview } from '../domain/mutual-review.ts';
import type { Instant } from '../domain/time.ts';
import type { Fact } from '../domain/work-order.ts';
import type { DueSql } from './due.ts';
import { recordFacts } from './facts.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

/** A period judged by a scheme (考核). `results` stand from its closing on. */
export type Evaluation = Readonly<{
  id: string;
  scheme: EvaluationScheme;
  period: string;
  from: Instant;
  to: Instant;
  closesAt: Instant;
  openedBy: Fact['actor'];
  closedAt: Instant | null;
  results: readonly UnitScore[] | null;
}>;

/** What the level above says of a unit in an evaluation, 0 to 100. */
export type SuperiorMark = Readonly<{
  unit: string;
  mark: number;
  reason: string;
  by: string;
  actor: string;
  at: Instant;
}>;

const writeEvaluation = writer(t.evaluations, { key: ['id'] });
const writeReview = writer(t.mutualReviews, { key: ['cycle', 'by', 'about'], keep: ['id'] });
const writeMark = writer(t.superiorMarks, { key: ['evaluationId', 'unit'] });

type Row = Readonly<{ row: Record<string, unknown> }>;
const assemble = ({ row }: Row): Evaluation => {
  const { schemeCode: _c, ...evaluation } = fromJson(t.evaluations, row);
  return evaluation;
};

/** Reads one; with `hold`, against everybody else until the transaction ends. */
export async function loadEvaluation(from: Queryable, id: string, hold = false): Promise<Evaluation | null> {
  const { rows } = await from.query<Row>(
    `select row_to_json(e) as row from evaluations e where id = $1 ${hold ? 'for update' : ''}`,
    [id],
  );
  return rows[0] === undefined ? null : assemble(rows[0]);
}

/** Evaluations, the last opened first, below `cursor`. */
export async function findEvaluations(
  from: Queryable,
  { scheme, cursor, limit }: Readonly<{ scheme?: string | undefined; cursor?: string | undefined; limit: number }>,
): Promise<readonly Evaluation[]> {
  const { rows } = await from.query<Row>(
    `select row_to_json(e) as row from evaluations e
     where ($1::text is null or scheme_code = $1) and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [scheme ?? null, cursor ?? null, limit],
  );
  return rows.map(assemble);
}

/** Whether a scheme has been applied to a period already. Nobody else applies it until the transaction ends. */
export async function isEvaluated(tx: Queryable, scheme: string, period: string): Promise<boolean> {
  await tx.query('select pg_advisory_xact_lock(7358, hashtext($1))', [`${scheme} ${period}`]);
  const { rowCount } = await tx.query('select from evaluations where scheme_code = $1 and period = $2', [
    scheme,
    period,
  ]);
  return rowCount === 1;
}

/** Where what a scheme counted last ends, before a moment; null where it was never applied before. */
export async function lastEndBefore(from: Queryable, scheme: string, before: Instant): Promise<Instant | null> {
  const { rows } = await from.query<{ ends: Date | null }>(
    'select max(ends) as ends from evaluations where scheme_code = $1 and ends <= $2',
    [scheme, new Date(before).toISOString()],
  );
  return (rows[0]?.ends?.getTime() ?? null) as Instant | null;
}

/** Writes one with what became true of it. */
export async function saveEvaluation(tx: Queryable, evaluation: Evaluation, facts: readonly Fact[]): Promise<void> {
  await writeEvaluation(tx, [{ ...evaluation, schemeCode: evaluation.scheme.code }]);
  await recordFacts(tx, { subject: 'evaluation', subjectId: evaluation.id }, facts);
}

/** Writes what the level above says, instead of what it said before. */
export async function saveMark(
  tx: Queryable,
  evaluationId: string,
  mark: SuperiorMark,
  facts: readonly Fact[],
): Promise<void> {
  await writeMark(tx, [{ ...mark, evaluationId }]);
  await recordFacts(tx, { subject: 'evaluation', subjectId: evaluationId }, facts);
}

/** What the levels above have said in an evaluation. */
export async function marksOf(from: Queryable, evaluationId: string): Promise<readonly SuperiorMark[]> {
  const { rows } = await from.query<Row>(
    'select row_to_json(m) as row from superior_marks m where evaluation_id = $1 order by unit',
    [evaluationId],
  );
  return rows.map(({ row }) => {
    const { evaluationId: _e, ...mark } = fromJson(t.superiorMarks, row);
    return mark;
  });
}

/** Writes a review instead of what the same side said of the other before in the cycle, whose id it keeps. */
export async function saveReview(tx: Queryable, review: MutualReview, fact: Fact): Promise<MutualReview> {
  await writeReview(tx, [review]);
  const kept = await findReviews(tx, { cycle: review.cycle, by: review.by, about: review.about, limit: 1 });
  const [saved = review] = kept;
  await recordFacts(tx, { subject: 'mutual_review', subjectId: saved.id }, [fact]);
  return saved;
}

/** Which reviews are wanted; `party` names a unit on either side. */
export type ReviewFilter = Readonly<{
  cycle?: string | undefined;
  by?: string | undefined;
  about?: string | undefined;
  parties?: readonly string[] | null;
  cursor?: string | undefined;
  limit: number;
}>;

/** Reviews, the last begun first, below `cursor`. */
export async function findReviews(
  from: Queryable,
  { cycle, by, about, parties = null, cursor, limit }: ReviewFilter,
): Promise<readonly MutualReview[]> {
  const { rows } = await from.query<Row>(
    `select row_to_json(r) as row from mutual_reviews r
     where ($1::text is null or cycle = $1) and ($2::text is null or by_unit = $2)
       and ($3::text is null or about_unit = $3) and ($4::text[] is null or by_unit = any($4) or about_unit = any($4))
       and ($5::uuid is null or id < $5) order by id desc limit $6`,
    [cycle ?? null, by ?? null, about ?? null, parties, cursor ?? null, limit],
  );
  return rows.map(({ row }) => fromJson(t.mutualReviews, row));
}

/** The mean of what the other sides said of each unit in these cycles, 0 to 100, and how many said it. */
export async function meanMarks(
  from: Queryable,
  cycles: readonly string[],
): Promise<ReadonlyMap<string, Readonly<{ mean: number; reviews: number }>>> {
  const { rows } = await from.query<{ unit: string; mean: number; reviews: number }>(
    `select about_unit as unit, avg(m.value::numeric)::float8 as mean, count(distinct r.id)::int as reviews
     from mutual_reviews r cross join lateral jsonb_each_text(r.marks) m where r.cycle = any($1) group by about_unit`,
    [cycles],
  );
  return new Map(rows.map(({ unit, ...marks }) => [unit, marks]));
}

/** Evaluations that are to close. */
export const dueEvaluations: DueSql = (atMost) => `
  select id, closes_at as due_at from evaluations
  where closed_at is null and closes_at <= $1 and not (id = any($2)) order by closes_at, id limit ${atMost}`;
