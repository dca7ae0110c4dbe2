import { z } from 'zod';
import {
  listEvaluations,
  lookAtEvaluation,
  markUnit,
  openEvaluation,
  type SeenEvaluation,
} from '../actions/evaluate.ts';
import type { City } from '../domain/city.ts';
import { termSources } from '../domain/evaluation-scheme.ts';
import { iso } from '../domain/time.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time, unitRef } from './views.ts';
import { unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const tags = ['evaluation'];
const openers = ['centre_leader', 'government', 'inspector'] as const;
const markers = ['unit_leader', 'street_centre', 'supervisor', 'centre_leader', 'government'] as const;
const readers = [...unitRoles, ...openers, 'supervisor', 'shift_leader', 'auditor', 'publisher'] as const;

const evaluationOut = z
  .object({
    id: z.string(),
    scheme: z.object({ code: z.string(), name: z.string(), unitKind: z.string() }),
    period: z.string(),
    from: s.momentOut,
    to: s.momentOut,
    closesAt: s.momentOut,
    openedBy: z.object({ name: z.string(), unit: z.string().nullable() }),
    closedAt: s.momentOut.nullable(),
  })
  .meta({ id: 'Evaluation' });
export const scored = evaluationOut.extend({
  provisional: z.boolean().describe('as it would be now: the evaluation is still open'),
  results: z.array(
    z.object({
      unit: s.unitRef,
      score: z.number().nullable(),
      because: z.enum(['too-few-answers', 'nothing-counted']).nullable().describe('why there is no score'),
      stars: z.number().nullable(),
      rank: z.number().nullable(),
      terms: z.array(
        z.object({
          code: z.string(),
          name: z.string(),
          source: z.enum(Object.keys(termSources) as [string, ...string[]]),
          weight: z.number(),
          numerator: z.number(),
          denominator: z.number(),
          points: z.number().nullable(),
        }),
      ),
    }),
  ),
});

const bare = ({ scheme, results: _r, openedBy, ...evaluation }: SeenEvaluation['evaluation']) => ({
  ...evaluation,
  scheme: { code: scheme.code, name: scheme.name, unitKind: scheme.unitKind },
  from: iso(evaluation.from),
  to: iso(evaluation.to),
  closesAt: iso(evaluation.closesAt),
  openedBy: { name: openedBy.name, unit: openedBy.unit },
  closedAt: time(evaluation.closedAt),
});

/** An evaluation with the scores that may be seen. */
export const scoredView = (
  { evaluation, results, provisional }: SeenEvaluation,
  city: City,
): z.input<typeof scored> => ({
  ...bare(evaluation),
  provisional,
  results: results.map(({ unit, terms, ...result }) => ({
    ...result,
    unit: unitRef(unit, { city }),
    terms: terms.map((term) => ({ ...term })),
  })),
});

/** Evaluations (考核): what a period was like for the units of a kind, by a scheme in which residents weigh most. */
export const evaluations: Routes = async (app, deps) => {
  const view = (seen: SeenEvaluation) => scoredView(seen, deps.city().city);

  app.post(
    '/evaluations',
    {
      config: { for: openers, create: true },
      schema: {
        summary:
          'Apply a scheme to a period; it closes thirty days after that, or at the date given (a yearly one from December on)',
        tags,
        body: z.object({
          scheme: s.code,
          period: s.said(10).describe('2026, 2026-H1, 2026-Q3, as the cut of the scheme is'),
          closesAt: s.moment.optional(),
        }),
        response: { 201: scored },
      },
    },
    async ({ body, actor }, reply) => {
      const opened = granted(await openEvaluation(deps, body, actor));
      reply.code(201).header('location', `/v1/evaluations/${opened.evaluation.id}`);
      return view(opened);
    },
  );

  app.get(
    '/evaluations',
    {
      config: { for: readers },
      schema: {
        summary: 'Evaluations, the last opened first',
        tags,
        querystring: z.object({ scheme: s.code.optional(), limit: s.limit, cursor: s.idCursor }),
        response: { 200: s.pageOf(evaluationOut) },
      },
    },
    async ({ query: { limit, ...filter } }) => {
      const found = await listEvaluations(deps, { ...filter, limit: limit + 1 });
      return paged(found, limit, bare, (last) => last.id);
    },
  );

  app.get(
    '/evaluations/:id',
    {
      config: { for: readers },
      schema: {
        summary: 'An evaluation with its scores: a unit sees its own and those below it',
        tags,
        params: s.idParams,
        response: { 200: scored },
      },
    },
    async ({ params: { id }, actor }) => view(granted(await lookAtEvaluation(deps, id, actor))),
  );

  app.post(
    '/evaluations/:id/marks',
    {
      config: { for: markers },
      schema: {
        summary: 'The level above marks a unit, 0 to 100, with its reason; said again it replaces what was said',
        tags,
        params: s.idParams,
        body: z.object({ unit: s.code, mark: z.number().int().min(0).max(100), reason: s.reason }),
        response: { 200: scored },
      },
    },
    async ({ params: { id }, body, actor }) => view(granted(await markUnit(deps, id, body, actor))),
  );
};
