import { isRefusal } from '../domain/refusal.ts';
import { listEvaluations, lookAtEvaluation } from './evaluate.ts';
import { byId, eachOf, number, said, several, share, table, time, unit, whole, yes } from './export-table.ts';
import { listReviews } from './review-mutually.ts';
import { listPeriodReviews } from './review-period.ts';

/** Evaluations (考核), without their scores. */
export const evaluations = table(
  byId(
    '/v1/evaluations',
    (deps, filter: Parameters<typeof listEvaluations>[1]) => listEvaluations(deps, filter),
    ({ id }) => id,
  ),
  [
    ['考核方案', 'scheme', ({ scheme }) => scheme.name],
    ['单位类型', 'unit kind', ({ scheme }, r) => said('unitKind', scheme.unitKind, r)],
    ['考核期', 'period', ({ period }) => period],
    ['开始时间', 'from', ({ from }) => time(from)],
    ['结束时间', 'to', ({ to }) => time(to)],
    ['截止时间', 'closes', ({ closesAt }) => time(closesAt)],
    ['发起人', 'opened by', ({ openedBy }) => openedBy.name],
    ['关闭时间', 'closed', ({ closedAt }) => time(closedAt)],
  ],
);

/** The scores of one evaluation: a row for each term of each unit. A unit reads its own and those below it. */
export const evaluationScores = table(
  eachOf(
    whole('/v1/evaluations/:id', async (deps, { id }: Readonly<{ id: string }>, actor) => {
      const seen = await lookAtEvaluation(deps, id, actor);
      if (isRefusal(seen)) return seen;
      const { evaluation, results, provisional } = seen;
      return results.map((result) => ({
        scheme: evaluation.scheme.name,
        period: evaluation.period,
        provisional,
        result,
      }));
    }),
    (row) => row.result.terms.map((term) => ({ ...row, term })),
  ),
  [
    ['考核方案', 'scheme', ({ scheme }) => scheme],
    ['考核期', 'period', ({ period }) => period],
    ['暂计', 'provisional', ({ provisional }, r) => yes(provisional, r)],
    ['排名', 'rank', ({ result }) => result.rank],
    ['单位', 'unit', ({ result }, r) => unit(result.unit, r)],
    ['总分', 'score', ({ result }) => result.score],
    ['星级', 'stars', ({ result }) => result.stars],
    ['无分原因', 'no score because', ({ result }, r) => said('noScore', result.because, r)],
    ['指标', 'term', ({ term }) => term.name],
    ['来源', 'source', ({ term }, r) => said('termSource', term.source, r)],
    ['权重', 'weight', ({ term }) => share(term.weight)],
    ['分子', 'numerator', ({ term }) => term.numerator],
    ['分母', 'denominator', ({ term }) => term.denominator],
    ['得分', 'points', ({ term }) => term.points],
  ],
);

/** What both sides think of each other in a half year (双向评议). */
export const mutualReviews = table(
  byId('/v1/evaluations/reviews', listReviews, ({ id }) => id),
  [
    ['评议周期', 'cycle', ({ cycle }) => cycle],
    ['评议单位', 'by', ({ by }, r) => unit(by, r)],
    ['被评议单位', 'about', ({ about }, r) => unit(about, r)],
    ['响应得分', 'response', ({ marks }) => marks.response],
    ['到场得分', 'attendance', ({ marks }) => marks.attendance],
    ['结果得分', 'result', ({ marks }) => marks.result],
    ['作风得分', 'conduct', ({ marks }) => marks.conduct],
    ['评语', 'comment', ({ comment }) => comment],
    ['相关工单', 'work orders', ({ workOrderIds }, r) => several(workOrderIds, number, r)],
    ['吹哨数', 'calls', ({ evidence }) => evidence.calls],
    ['报到数', 'reported in', ({ evidence }) => evidence.reportedIn],
    ['按时报到数', 'reported in time', ({ evidence }) => evidence.reportedInTime],
    ['被督办数', 'supervised', ({ evidence }) => evidence.supervised],
    ['按时答复数', 'replied in time', ({ evidence }) => evidence.repliedInTime],
    ['填报人', 'actor', ({ actor }) => actor],
    ['时间', 'at', ({ at }) => time(at)],
  ],
  ({ workOrderIds }) => workOrderIds,
);

/** How far the review of each unit in an evaluation is (述职评议). */
export const periodReviews = table(
  whole('/v1/evaluations/:id/units', (deps, { id }: Readonly<{ id: string }>, actor) =>
    listPeriodReviews(deps, id, actor),
  ),
  [
    ['单位', 'unit', ({ score }, r) => unit(score.unit, r)],
    ['总分', 'score', ({ score }) => score.score],
    ['星级', 'stars', ({ score }) => score.stars],
    ['排名', 'rank', ({ score }) => score.rank],
    ['述职时间', 'reported', ({ review }) => time(review.report?.at)],
    ['评议意见数', 'remarks', ({ review }) => review.remarks.length],
    ['未答复意见数', 'unanswered', ({ review }) => review.remarks.filter(({ answer }) => answer === null).length],
    ['主要负责人评定', 'rating of the head', ({ review }, r) => said('ratingGrade', review.ratings.head?.grade, r)],
    ['领导班子评定', 'rating of the team', ({ review }, r) => said('ratingGrade', review.ratings.team?.grade, r)],
  ],
);
