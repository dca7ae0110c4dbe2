import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { act, type Body } from '../actions/act.ts';
import { lookAtRequest } from '../actions/look.ts';
import { type Found, type Search, search } from '../actions/search.ts';
import type { Action } from '../domain/lifecycle.ts';
import { addDays, atLocal, type Instant } from '../domain/time.ts';
import { states } from '../domain/work-order.ts';
import { orderBriefOut } from './order-shapes.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import { requestOut } from './request-shapes.ts';
import * as s from './shapes.ts';
import { briefView, etagOf, requestView, unitRef } from './views.ts';
import { hotlineRoles, orderWorkers, unitRoles } from './who.ts';
import { versionOf } from './work-orders.ts';
import type { HttpDeps, Routes } from './zod.ts';

const seers = [
  ...hotlineRoles,
  ...unitRoles,
  'grid_worker',
  'supervisor',
  'inspector',
  'follow_up_agent',
  'auditor',
] as const;

/** The first or the last end of a day, or a moment as it is. */
const since = z.union([s.moment, z.iso.date().transform((day): Instant => atLocal(day, '00:00:00'))]);
const until = z.union([s.moment, z.iso.date().transform((day): Instant => atLocal(addDays(day, 1), '00:00:00'))]);

/** A request in a list, with what became of it. */
const found = requestOut.extend({
  workOrder: z.object({ id: z.string(), number: z.string(), state: z.enum(states), responsibleUnit: s.unitRef }),
});
const shown = z.object({ request: requestOut, workOrder: orderBriefOut });

/** Finding requests, and what residents add to them later by telephone or at a desk. */
export const requests: Routes = async (app, deps) => {
  app.get(
    '/requests',
    {
      config: { for: seers },
      schema: {
        summary: 'Requests within sight, newest first',
        tags: ['intake'],
        querystring: z.object({
          number: s.text(20).optional(),
          from: since.optional(),
          to: until.optional(),
          area: s.code.optional(),
          category: s.text(200).optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(found) },
      },
    },
    async (request) => page(deps, request.query, request),
  );

  app.post(
    '/requests/search',
    {
      config: { for: seers, remember: false },
      schema: {
        summary: 'The same by phone or by words: what is personal stands in no URL',
        tags: ['intake'],
        body: z.object({
          phone: s.said(40).optional(),
          text: s.said(200).optional(),
          number: s.text(20).optional(),
          channel: s.text(40).optional(),
          externalId: s.text(200).optional(),
          category: s.text(200).optional(),
          area: s.code.optional(),
          from: since.optional(),
          to: until.optional(),
          limit: s.limit,
          cursor: s.id.nullish(),
        }),
        response: { 200: s.pageOf(found) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return page(deps, { ...request.body, cursor: request.body.cursor ?? undefined }, request);
    },
  );

  app.post(
    '/requests/:id/notes',
    {
      config: { for: orderWorkers, ifMatch: 'heeded' },
      schema: {
        summary: 'Add what the resident says to a request',
        tags: ['intake'],
        params: s.idParams,
        body: z.object({ text: s.said(5000), public: z.boolean().default(false) }),
        response: { 200: shown },
      },
    },
    async (request, reply) => said(deps, 'note', request.params.id, request.body, request, reply),
  );

  app.post(
    '/requests/:id/urge',
    {
      config: { for: orderWorkers, ifMatch: 'heeded' },
      schema: {
        summary: 'The resident calls again about it: words and a count, no new order (催单)',
        tags: ['intake'],
        params: s.idParams,
        body: z.object({ text: s.text(2000).optional() }).nullish(),
        response: { 200: shown },
      },
    },
    async (request, reply) => said(deps, 'urge', request.params.id, request.body ?? {}, request, reply),
  );

  app.post(
    '/requests/:id/withdraw',
    {
      config: { for: orderWorkers, ifMatch: 'heeded' },
      schema: {
        summary: 'Withdraw one request for its resident, by a recorded call',
        tags: ['intake'],
        params: s.idParams,
        body: z.object({ recordId: s.text(200).optional() }).nullish(),
        response: { 200: shown },
      },
    },
    async (request, reply) => said(deps, 'withdraw', request.params.id, request.body ?? {}, request, reply),
  );
};

async function page(deps: HttpDeps, { limit, ...filter }: Search, { actor }: FastifyRequest) {
  const rows = granted(await search(deps, { ...filter, limit: limit + 1 }, actor));
  return paged(
    rows,
    limit,
    (row) => foundView(row, deps),
    (last) => last.request.id,
  );
}

const foundView = ({ request, order }: Found, deps: HttpDeps) => ({
  ...requestView(request),
  workOrder: {
    id: order.id,
    number: order.number,
    state: order.state,
    responsibleUnit: unitRef(order.owner, { city: deps.city().city }),
  },
});

/** An action on the order a request is on, said about this request. */
async function said(
  deps: HttpDeps,
  action: Action,
  requestId: string,
  body: object,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const { order } = granted(await lookAtRequest(deps, requestId, request.actor));
  const words: Body = { ...body, requestId };
  granted(await act(deps, order.id, action, words, request.actor, versionOf(request)));
  const after = granted(await lookAtRequest(deps, requestId, request.actor));
  reply.header('etag', etagOf(after.order.version));
  return {
    request: requestView(after.request),
    workOrder: briefView(after.order, { city: deps.city().city, now: deps.now() }),
  };
}
