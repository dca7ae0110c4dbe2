import { z } from 'zod';
import { listPeriodReviews, lookAtReview, reviewPeriod, type SeenReview } from '../actions/review-period.ts';
import { type RatedPart, type RatingGrade, ratedParts, ratingGrades } from '../domain/period-review.ts';
import { iso } from '../domain/time.ts';
import { dossierReaders } from './dossiers.ts';
import { scored, scoredView } from './evaluations.ts';
import { pageByCode } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time, unitRef } from './views.ts';
import type { Routes } from './zod.ts';

const tags = ['evaluation'];
// Ratings are of persons: leaders read them, and those who look after the city, as they read dossiers.
const readers = dossierReaders;
const raters = ['unit_leader', 'street_centre', 'supervisor', 'centre_leader', 'government'] as const;

const params = z.object({ id: s.id, code: s.code });
const written = z.object({ text: z.string(), actor: z.string(), at: s.momentOut });
const ratingOut = z
  .object({ grade: z.enum(ratingGrades), reason: z.string(), by: s.unitRef, actor: z.string(), at: s.momentOut })
  .nullable();
const reviewOut = z
  .object({
    evaluation: scored.describe('with the score of this unit alone'),
    unit: s.unitRef,
    report: written.nullable().describe('述职报告'),
    remarks: z.array(written.extend({ seq: z.number(), by: s.unitRef.nullable(), answer: written.nullable() })),
    ratings: z.object(
      Object.fromEntries(ratedParts.map((part) => [part, ratingOut])) as Record<RatedPart, typeof ratingOut>,
    ),
  })
  .meta({ id: 'PeriodReview' });

const stageOut = z.object({
  unit: s.unitRef,
  score: z.number().nullable(),
  stars: z.number().nullable(),
  rank: z.number().nullable(),
  reportedAt: s.momentOut.nullable(),
  remarks: z.number(),
  unanswered: z.number(),
  ratings: z.object(
    Object.fromEntries(ratedParts.map((part) => [part, z.enum(ratingGrades).nullable()])) as Record<
      RatedPart,
      z.ZodNullable<z.ZodEnum<{ [G in RatingGrade]: G }>>
    >,
  ),
});

/** The review of a period (述职评议): what the leader reports, what is asked of it, and the ratings it ends in. */
export const periodReviews: Routes = async (app, deps) => {
  const view = ({ seen, review }: SeenReview): z.input<typeof reviewOut> => {
    const { city } = deps.city();
    const word = <T extends { text: string; actor: string; at: Parameters<typeof iso>[0] }>(said: T | null) =>
      said && { text: said.text, actor: said.actor, at: iso(said.at) };
    return {
      evaluation: scoredView(seen, city),
      unit: unitRef(review.unit, { city }),
      report: word(review.report),
      remarks: review.remarks.map(({ seq, by, text, actor, at, answer }) => ({
        seq,
        text,
        actor,
        at: iso(at),
        by: by === null ? null : unitRef(by, { city }),
        answer: word(answer),
      })),
      ratings: Object.fromEntries(
        ratedParts.map((part) => {
          const rating = review.ratings[part];
          return [part, rating ? { ...rating, by: unitRef(rating.by, { city }), at: iso(rating.at) } : null];
        }),
      ) as z.input<typeof reviewOut>['ratings'],
    };
  };
  const path = '/evaluations/:id/units/:code';

  app.get(
    '/evaluations/:id/units',
    {
      config: { for: readers },
      schema: {
        summary: 'How far the review of each unit is: its score, who has reported, what is unanswered, who is rated',
        tags,
        params: s.idParams,
        querystring: z.object({ limit: s.limit, cursor: s.cursor }),
        response: { 200: s.pageOf(stageOut) },
      },
    },
    async ({ params: { id }, query, actor }) => {
      const all = granted(await listPeriodReviews(deps, id, actor));
      const { items, nextCursor } = pageByCode(all, ({ score }) => score.unit, query);
      return {
        items: items.map(({ score: { unit, score, stars, rank }, review }) => ({
          unit: unitRef(unit, deps.city()),
          score,
          stars,
          rank,
          reportedAt: time(review.report?.at ?? null),
          remarks: review.remarks.length,
          unanswered: review.remarks.filter(({ answer }) => answer === null).length,
          ratings: Object.fromEntries(ratedParts.map((part) => [part, review.ratings[part]?.grade ?? null])) as Record<
            RatedPart,
            RatingGrade | null
          >,
        })),
        nextCursor,
      };
    },
  );

  app.get(
    path,
    {
      config: { for: readers },
      schema: {
        summary: 'The review of one unit in an evaluation: its score, its leader’s report, remarks, ratings',
        tags,
        params,
        response: { 200: reviewOut },
      },
    },
    async ({ params: { id, code }, actor }) => view(granted(await lookAtReview(deps, id, code, actor))),
  );

  app.post(
    `${path}/report`,
    {
      config: { for: ['unit_leader'] },
      schema: {
        summary:
          'The unit’s leader reports on the period (述职报告); said again before it closes, it replaces what was said',
        tags,
        params,
        body: z.object({ text: s.said(20_000) }),
        response: { 200: reviewOut },
      },
    },
    async ({ params: { id, code: unit }, body: { text }, actor }) =>
      view(granted(await reviewPeriod(deps, { id, unit }, { action: 'report', text }, actor))),
  );

  app.post(
    `${path}/remarks`,
    {
      config: { for: readers, create: true },
      schema: {
        summary: 'A remark or a question of the review meeting (评议意见)',
        tags,
        params,
        body: z.object({ text: s.said(2000) }),
        response: { 201: reviewOut },
      },
    },
    async ({ params: { id, code: unit }, body: { text }, actor }, reply) => {
      const seen = granted(await reviewPeriod(deps, { id, unit }, { action: 'remark', text }, actor));
      reply.code(201);
      return view(seen);
    },
  );

  app.post(
    `${path}/remarks/:seq/answer`,
    {
      config: { for: ['unit_leader'] },
      schema: {
        summary: 'The unit’s leader answers a remark',
        tags,
        params: params.extend({ seq: z.coerce.number().int().min(1).max(10_000) }),
        body: z.object({ text: s.said(5000) }),
        response: { 200: reviewOut },
      },
    },
    async ({ params: { id, code: unit, seq }, body: { text }, actor }) =>
      view(granted(await reviewPeriod(deps, { id, unit }, { action: 'answer', seq, text }, actor))),
  );

  app.post(
    `${path}/ratings`,
    {
      config: { for: raters },
      schema: {
        summary: 'The level above rates the head, or the leadership as a body, once the evaluation has closed',
        tags,
        params,
        body: z.object({ part: z.enum(ratedParts), grade: z.enum(ratingGrades), reason: s.reason }),
        response: { 200: reviewOut },
      },
    },
    async ({ params: { id, code: unit }, body, actor }) =>
      view(granted(await reviewPeriod(deps, { id, unit }, { action: 'rate', ...body }, actor))),
  );
};
