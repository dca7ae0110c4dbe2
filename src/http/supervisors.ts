import { z } from 'zod';
import {
  actOnSupervision,
  listSupervisions,
  lookAtSupervision,
  type SeenSupervision,
  supervise,
} from '../actions/supervise.ts';
import { supervisionGrades, supervisionLife, supervisionStates } from '../domain/supervision.ts';
import { iso } from '../domain/time.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { etagOf, time, unitRef } from './views.ts';
import { allRoles, unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const issuers = [...unitRoles, 'supervisor', 'shift_leader', 'centre_leader'] as const;
const readers = allRoles.filter((role) => !['survey_vendor', 'publisher', 'grid_worker', 'judge'].includes(role));
const tags = ['supervision'];

const supervisionOut = z
  .object({
    id: z.string(),
    number: z.string(),
    version: z.number(),
    unit: s.unitRef,
    by: s.unitRef,
    issuedBy: z.object({ name: z.string(), unit: z.string().nullable(), at: s.momentOut }),
    automatic: z.boolean(),
    causes: z.array(z.object({ rung: z.string(), policy: z.string(), about: z.string() })),
    grade: z.enum(supervisionGrades),
    demand: z.string(),
    state: z.enum(supervisionStates),
    workOrderIds: z.array(z.string()),
    leftWorkOrderIds: z.array(z.string()),
    replyBy: s.momentOut,
    replies: z.array(
      z.object({
        id: z.string(),
        text: z.string(),
        actor: z.string(),
        at: s.momentOut,
        inTime: z.boolean(),
        verdict: z.enum(['accepted', 'refused']).nullable(),
        reason: z.string().nullable(),
        decidedAt: s.momentOut.nullable(),
      }),
    ),
    escalations: z.array(
      z.object({ at: s.momentOut, from: z.enum(supervisionGrades), to: z.enum(supervisionGrades), by: z.string() }),
    ),
    endedAt: s.momentOut.nullable(),
    allowedActions: z.array(z.enum(Object.keys(supervisionLife) as [string, ...string[]])),
  })
  .meta({ id: 'SupervisionOrder' });

/** The supervision power (督办权): somebody above demands an answer of a unit, about one or many work orders. */
export const supervisors: Routes = async (app, deps) => {
  const view = ({ order, allowedActions }: SeenSupervision): z.input<typeof supervisionOut> => {
    const { clocks: _c, seq: _s, gatherKey: _g, issuedBy, ...rest } = order;
    return {
      ...rest,
      unit: unitRef(order.unit, deps.city()),
      by: unitRef(order.by, deps.city()),
      issuedBy: { name: issuedBy.actor.name, unit: issuedBy.actor.unit, at: iso(issuedBy.at) },
      causes: [...order.causes],
      workOrderIds: [...order.workOrderIds],
      leftWorkOrderIds: [...order.leftWorkOrderIds],
      replyBy: iso(order.replyBy),
      replies: order.replies.map(({ seq: _n, ...r }) => ({ ...r, at: iso(r.at), decidedAt: time(r.decidedAt) })),
      escalations: order.escalations.map((e) => ({ ...e, at: iso(e.at) })),
      endedAt: time(order.endedAt),
      allowedActions: [...allowedActions],
    };
  };

  app.post(
    '/supervision-orders',
    {
      config: { for: issuers, create: true },
      schema: {
        summary:
          'Supervise a unit on orders it answers for (督办): they stand on top of its queue until it has replied',
        tags,
        body: z.object({
          unit: s.code,
          workOrderIds: z.array(s.id).min(1).max(200),
          grade: z.enum(supervisionGrades),
          demand: s.said(2000),
          replyBy: s.moment.optional(),
        }),
        response: { 201: supervisionOut },
      },
    },
    async ({ body, actor }, reply) => {
      const seen = granted(await supervise(deps, body, actor));
      reply
        .code(201)
        .header('location', `/v1/supervision-orders/${seen.order.id}`)
        .header('etag', etagOf(seen.order.version));
      return view(seen);
    },
  );

  app.get(
    '/supervision-orders',
    {
      config: { for: readers },
      schema: {
        summary: 'Supervision orders within sight, newest first',
        tags,
        querystring: z.object({
          unit: s.code.optional(),
          by: s.code.optional(),
          grade: z.enum(supervisionGrades).optional(),
          state: z.enum(supervisionStates).optional(),
          workOrderId: s.id.optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(supervisionOut) },
      },
    },
    async ({ query, actor }) => {
      const found = await listSupervisions(deps, { ...query, limit: query.limit + 1 }, actor);
      return paged(found, query.limit, view, (last) => last.order.id);
    },
  );

  app.get(
    '/supervision-orders/:id',
    {
      config: { for: readers },
      schema: { summary: 'One supervision order', tags, params: s.idParams, response: { 200: supervisionOut } },
    },
    async ({ params, actor }, reply) => {
      const seen = granted(await lookAtSupervision(deps, params.id, actor));
      reply.header('etag', etagOf(seen.order.version));
      return view(seen);
    },
  );

  app.post(
    '/supervision-orders/:id/reply',
    {
      config: { for: unitRoles },
      schema: {
        summary: 'The unit replies in writing; its orders go back to their place in the queue',
        tags,
        params: s.idParams,
        body: z.object({ text: s.said(5000) }),
        response: { 200: supervisionOut },
      },
    },
    async ({ params, body, actor }) =>
      view(granted(await actOnSupervision(deps, params.id, { action: 'reply', said: body }, actor))),
  );

  app.post(
    '/supervision-orders/:id/accept',
    {
      config: { for: issuers },
      schema: {
        summary: 'The reply is accepted; the supervision order ends',
        tags,
        params: s.idParams,
        body: z.object({ reason: s.text(2000).optional() }).optional(),
        response: { 200: supervisionOut },
      },
    },
    async ({ params, body, actor }) =>
      view(granted(await actOnSupervision(deps, params.id, { action: 'accept', said: body ?? {} }, actor))),
  );

  app.post(
    '/supervision-orders/:id/refuse',
    {
      config: { for: issuers },
      schema: {
        summary: 'The reply is refused: the unit replies again, until a new date',
        tags,
        params: s.idParams,
        body: z.object({ reason: s.reason, replyBy: s.moment.optional() }),
        response: { 200: supervisionOut },
      },
    },
    async ({ params, body, actor }) =>
      view(granted(await actOnSupervision(deps, params.id, { action: 'refuse', said: body }, actor))),
  );
};
