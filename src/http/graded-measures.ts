import { z } from 'zod';
import { actOnMeasure, listMeasures, lookAtMeasure, type SeenMeasure, take } from '../actions/take-measures.ts';
import { measureGrades, measureLife, measureStates } from '../domain/graded-measure.ts';
import { iso } from '../domain/time.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { etagOf, time, unitRef } from './views.ts';
import { allRoles, unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const takers = [...unitRoles, 'supervisor', 'inspector', 'shift_leader', 'centre_leader'] as const;
const readers = allRoles.filter((role) => !['survey_vendor', 'publisher', 'grid_worker', 'judge'].includes(role));
const tags = ['measures'];

const measureOut = z
  .object({
    id: z.string(),
    number: z.string(),
    version: z.number(),
    unit: s.unitRef,
    grade: z.enum(measureGrades),
    demand: z.string(),
    workOrderIds: z.array(z.string()),
    by: s.unitRef,
    raisedBy: z.string(),
    raisedAt: s.momentOut,
    automatic: z.boolean(),
    /** How often the unit was found at fault, where the rule took the measure. */
    faults: z.number().nullable(),
    rectifyBy: s.momentOut.nullable(),
    state: z.enum(measureStates),
    replies: z.array(
      z.object({
        text: z.string(),
        actor: z.string(),
        at: s.momentOut,
        inTime: z.boolean().nullable(),
        verdict: z.enum(['accepted', 'refused']).nullable(),
        reason: z.string().nullable(),
      }),
    ),
    outcome: z.string().nullable(),
    follows: z.string().nullable(),
    endedAt: s.momentOut.nullable(),
    allowedActions: z.array(z.enum(Object.keys(measureLife) as [string, ...string[]])),
  })
  .meta({ id: 'GradedMeasure' });

/** Graded measures against a unit: remind, rectify by a date, refer for accountability (及时提醒、限期整改、追责问责). */
export const gradedMeasures: Routes = async (app, deps) => {
  const view = ({ measure, allowedActions }: SeenMeasure): z.input<typeof measureOut> => ({
    ...measure,
    unit: unitRef(measure.unit, deps.city()),
    by: unitRef(measure.by, deps.city()),
    workOrderIds: [...measure.workOrderIds],
    raisedBy: measure.raisedBy.name,
    raisedAt: iso(measure.raisedAt),
    rectifyBy: time(measure.rectifyBy),
    replies: measure.replies.map((reply) => ({ ...reply, at: iso(reply.at) })),
    endedAt: time(measure.endedAt),
    allowedActions: [...allowedActions],
  });

  app.post(
    '/measures',
    {
      config: { for: takers, create: true },
      schema: {
        summary: 'Take a measure against a unit below; without a grade the one that follows from the last',
        tags,
        body: z.object({
          unit: s.code,
          grade: z.enum(measureGrades).optional(),
          demand: s.said(2000),
          workOrderIds: z.array(s.id).max(200).default([]),
          rectifyBy: s.moment.optional(),
        }),
        response: { 201: measureOut },
      },
    },
    async ({ body, actor }, reply) => {
      const seen = granted(await take(deps, body, actor));
      reply
        .code(201)
        .header('location', `/v1/measures/${seen.measure.id}`)
        .header('etag', etagOf(seen.measure.version));
      return view(seen);
    },
  );

  app.get(
    '/measures',
    {
      config: { for: readers },
      schema: {
        summary: 'Measures within sight, newest first',
        tags,
        querystring: z.object({
          unit: s.code.optional(),
          by: s.code.optional(),
          grade: z.enum(measureGrades).optional(),
          state: z.enum(measureStates).optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(measureOut) },
      },
    },
    async ({ query, actor }) => {
      const found = await listMeasures(deps, { ...query, limit: query.limit + 1 }, actor);
      return paged(found, query.limit, view, (last) => last.measure.id);
    },
  );

  app.get(
    '/measures/:id',
    {
      config: { for: readers },
      schema: { summary: 'One measure', tags, params: s.idParams, response: { 200: measureOut } },
    },
    async ({ params, actor }) => view(granted(await lookAtMeasure(deps, params.id, actor))),
  );

  app.post(
    '/measures/:id/reply',
    {
      config: { for: unitRoles },
      schema: {
        summary: 'The unit says what it has put right; a reminder ends with that',
        tags,
        params: s.idParams,
        body: z.object({ text: s.said(5000) }),
        response: { 200: measureOut },
      },
    },
    async ({ params, body, actor }) =>
      view(granted(await actOnMeasure(deps, params.id, { action: 'reply', said: body }, actor))),
  );

  app.post(
    '/measures/:id/accept',
    {
      config: { for: takers },
      schema: {
        summary: 'What the unit says is accepted; the measure ends',
        tags,
        params: s.idParams,
        body: z.object({ outcome: s.text(2000).optional() }).optional(),
        response: { 200: measureOut },
      },
    },
    async ({ params, body, actor }) =>
      view(granted(await actOnMeasure(deps, params.id, { action: 'accept', said: body ?? {} }, actor))),
  );

  app.post(
    '/measures/:id/refuse',
    {
      config: { for: takers },
      schema: {
        summary: 'What the unit says is not enough: it answers again, until a new date',
        tags,
        params: s.idParams,
        body: z.object({ reason: s.reason, rectifyBy: s.moment.optional() }),
        response: { 200: measureOut },
      },
    },
    async ({ params, body, actor }) =>
      view(granted(await actOnMeasure(deps, params.id, { action: 'refuse', said: body }, actor))),
  );

  app.post(
    '/measures/:id/close',
    {
      config: { for: takers },
      schema: {
        summary: 'The measure ends with an outcome: that of a referral, or why it is taken back',
        tags,
        params: s.idParams,
        body: z.object({ outcome: s.said(2000) }),
        response: { 200: measureOut },
      },
    },
    async ({ params, body, actor }) =>
      view(granted(await actOnMeasure(deps, params.id, { action: 'close', said: body }, actor))),
  );
};
