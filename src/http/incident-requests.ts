import { z } from 'zod';
import { attachable, attachOrders } from '../actions/attach-orders.ts';
import { type ListedRequest, listMet } from '../actions/met-requests.ts';
import { answerIncident } from '../actions/restored.ts';
import { incidentStandings } from '../domain/incident-request.ts';
import { incidentReaders } from './incidents.ts';
import { orderBriefOut } from './order-shapes.ts';
import { paged } from './paging.ts';
import { granted, problemOf } from './problem.ts';
import * as s from './shapes.ts';
import { metRequestOut } from './surge-shapes.ts';
import { briefView, requestView, time } from './views.ts';
import type { Routes } from './zod.ts';

const shift = ['shift_leader', 'centre_leader'] as const;
const attachers = [...shift, 'operator', 'dispatcher'] as const;
const askers = ['follow_up_agent', 'operator', 'shift_leader'] as const;
const tags = ['surge'];

/** The many requests of an incident: who joined, who is still to be asked, and what a person adds to them. */
export const incidentRequests: Routes = async (app, deps) => {
  const met = ({ request, one, question }: ListedRequest): z.input<typeof metRequestOut> => ({
    request: requestView(request),
    how: one.how,
    question,
    answeredAt: time(one.answeredAt),
    ownOrderId: one.ownOrderId,
  });

  app.get(
    '/incidents/:id/candidates',
    {
      config: { for: attachers },
      schema: {
        summary: 'Open orders that are about an incident by category, place and time, and have not joined it',
        tags,
        params: s.idParams,
        querystring: z.object({ cursor: s.idCursor }),
        response: { 200: s.pageOf(orderBriefOut) },
      },
    },
    async ({ params, query, actor }) => {
      const { orders, next } = granted(await attachable(deps, params.id, query.cursor, actor));
      const viewing = { city: deps.city().city, now: deps.now() };
      return { items: orders.map((order) => briefView(order, viewing)), nextCursor: next };
    },
  );

  app.post(
    '/incidents/:id/attach',
    {
      config: { for: shift },
      schema: {
        summary: 'Merge open orders into the lead order, by a person; each stands alone',
        tags,
        params: s.idParams,
        body: z.object({ workOrderIds: z.array(s.id).min(1).max(200) }),
        response: {
          200: z.object({
            results: z.array(
              z.object({ workOrderId: z.string(), status: z.number(), problem: z.unknown().optional() }),
            ),
          }),
        },
      },
    },
    async (request) => ({
      results: granted(await attachOrders(deps, request.params.id, request.body.workOrderIds, request.actor)).map(
        ({ workOrderId, refusal }) => {
          if (refusal === null) return { workOrderId, status: 200 };
          const problem = problemOf(refusal, request);
          return { workOrderId, status: problem.status, problem: problem as never };
        },
      ),
    }),
  );

  app.get(
    '/incidents/:id/requests',
    {
      config: { for: incidentReaders },
      schema: {
        summary: 'The requests an incident has met, oldest first',
        tags,
        params: s.idParams,
        querystring: z.object({
          standing: z.enum(incidentStandings).optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(metRequestOut) },
      },
    },
    async ({ params, query, actor }, reply) => {
      reply.header('cache-control', 'no-store');
      const found = granted(await listMet(deps, params.id, { ...query, limit: query.limit + 1 }, actor));
      return paged(found, query.limit, met, (last) => last.request.id);
    },
  );

  app.post(
    '/incidents/:id/requests/:requestId/restored',
    {
      config: { for: askers },
      schema: {
        summary: 'What one of those who joined answered to the end; "no" opens an order of its own',
        tags,
        params: z.object({ id: s.id, requestId: s.id }),
        body: z.object({ restored: z.boolean(), words: s.said(2000).optional(), danger: z.boolean().optional() }),
        response: { 200: z.object({ restored: z.boolean().nullable(), ownOrderId: z.string().nullable() }) },
      },
    },
    async ({ params: { id, requestId }, body, actor }) => {
      const { restored, ownOrderId } = granted(await answerIncident(deps, { requestId, incidentId: id }, body, actor));
      return { restored, ownOrderId };
    },
  );
};
