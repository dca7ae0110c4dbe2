import { z } from 'zod';
import { evidenceOn, listReviews, reviewMutually } from '../actions/review-mutually.ts';
import { periodNamed } from '../domain/evaluation-period.ts';
import { type MutualReview, reviewAspects } from '../domain/mutual-review.ts';
import { refuse } from '../domain/refusal.ts';
import { iso } from '../domain/time.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { unitRef } from './views.ts';
import { unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const tags = ['evaluation'];
const readers = [
  ...unitRoles,
  'supervisor',
  'shift_leader',
  'centre_leader',
  'inspector',
  'government',
  'auditor',
] as const;

const mark = z.number().int().min(0).max(100);
const marks = z.object({ response: mark, attendance: mark, result: mark, conduct: mark });
export const evidenceOut = z.object({
  calls: z.number().describe('calls of a street to this unit'),
  reportedIn: z.number(),
  reportedInTime: z.number(),
  accepted: z.number().describe('calls whose result the street accepted'),
  refused: z.number().describe('results the street refused'),
  supervised: z.number().describe('supervision orders it had to answer'),
  repliedInTime: z.number(),
  assists: z.number().describe('assists that fell due'),
  assistsInTime: z.number(),
});
const reviewOut = z.object({
  id: z.string(),
  cycle: z.string(),
  by: s.unitRef,
  about: s.unitRef,
  marks: z.record(z.enum(reviewAspects), z.number()),
  comment: z.string(),
  workOrderIds: z.array(z.string()),
  evidence: evidenceOut,
  actor: z.string(),
  at: s.momentOut,
});

/** The half-yearly mutual review (双向评议): streets and communities of those who serve them, and these of them. */
export const mutualReviews: Routes = async (app, deps) => {
  const view = ({ by, about, at, workOrderIds, ...review }: MutualReview): z.input<typeof reviewOut> => ({
    ...review,
    by: unitRef(by, deps.city()),
    about: unitRef(about, deps.city()),
    workOrderIds: [...workOrderIds],
    at: iso(at),
  });

  app.post(
    '/evaluations/reviews',
    {
      config: { for: unitRoles, create: true },
      schema: {
        summary: 'Say what your unit thinks of the other side in a half year; said again it replaces what was said',
        tags,
        body: z.object({
          cycle: s.said(10).describe('2026-H1, 2026-H2'),
          about: s.code,
          marks,
          comment: s.text(2000).default(''),
          workOrderIds: z.array(s.id).max(100).default([]),
        }),
        response: { 201: reviewOut },
      },
    },
    async ({ body, actor }, reply) => {
      const review = granted(await reviewMutually(deps, body, actor));
      reply.code(201);
      return view(review);
    },
  );

  app.get(
    '/evaluations/reviews',
    {
      config: { for: readers },
      schema: {
        summary: 'Reviews within sight, both directions of a unit’s own, the last begun first',
        tags,
        querystring: z.object({
          cycle: s.text(10).optional(),
          by: s.code.optional(),
          about: s.code.optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(reviewOut) },
      },
    },
    async ({ query: { limit, ...filter }, actor }) => {
      const found = await listReviews(deps, { ...filter, limit: limit + 1 }, actor);
      return paged(found, limit, view, (last) => last.id);
    },
  );

  app.get(
    '/evaluations/evidence',
    {
      config: { for: readers },
      schema: {
        summary: 'What the record of a quarter, half year or year shows of a unit: calls, supervision, assists',
        tags,
        querystring: z.object({ unit: s.code, period: s.said(10).describe('2026, 2026-H1, 2026-Q3') }),
        response: { 200: evidenceOut.extend({ unit: s.unitRef, from: s.momentOut, to: s.momentOut }) },
      },
    },
    async ({ query: { unit, period: name }, actor }) => {
      const period = granted(periodNamed(name) ?? refuse('period-unknown'));
      const evidence = granted(await evidenceOn(deps, unit, period, actor));
      return { ...evidence, unit: unitRef(unit, deps.city()), from: iso(period.from), to: iso(period.to) };
    },
  );
};
