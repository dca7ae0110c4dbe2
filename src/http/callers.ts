import { z } from 'zod';
import * as callers from '../actions/callers.ts';
import { iso } from '../domain/time.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import { orderBriefOut } from './order-shapes.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { briefView, time } from './views.ts';
import type { Routes } from './zod.ts';

const desks = ['operator', 'shift_leader', 'centre_leader'] as const;

const phone = s.said(40);
const about = z.object({ workOrderId: z.string(), number: z.string(), title: z.string() });
const limitOut = z.object({
  until: s.momentOut,
  reason: z.string(),
  setBy: z.string(),
  setAt: s.momentOut,
  appeal: z.string().nullable(),
});
const callOut = z.object({
  id: z.string(),
  phone: z.string(),
  callRecordId: z.string().nullable(),
  openedAt: s.momentOut,
  dueAt: s.momentOut.nullable(),
});
const cardOut = z.object({
  openOrders: z.array(orderBriefOut),
  promises: z.array(about.extend({ dueAt: s.momentOut })),
  lastReplies: z.array(about.extend({ at: s.momentOut, text: z.string() })),
  nuisance: limitOut.nullable(),
  missedCalls: z.array(callOut),
});
const taskOut = z.object({ id: z.string() });
const nothing = z.object({});

/** What the desk knows of who is calling. Numbers travel in bodies only. */
export const callersDesk: Routes = async (app, deps) => {
  // Nothing said of a caller is left in a cache on the way.
  app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));

  app.post(
    '/callers/search',
    {
      config: { for: desks, remember: false },
      schema: {
        summary: 'The caller card: open orders, promises, last replies, nuisance flag (来电弹屏)',
        tags: ['callers'],
        body: z.object({ phone }),
        response: { 200: cardOut },
      },
    },
    async (request) => {
      const card = await callers.callerCard(deps, request.body.phone);
      const viewing = { city: deps.city().city, now: deps.now() };
      return {
        openOrders: card.openOrders.map((order) => briefView(order, viewing)),
        promises: card.promises.map(({ order, dueAt }) => ({ ...aboutOrder(order), dueAt: iso(dueAt) })),
        lastReplies: card.lastReplies.map(({ order, at, text }) => ({ ...aboutOrder(order), at: iso(at), text })),
        nuisance: card.nuisance === null ? null : limitView(card.nuisance),
        missedCalls: card.missedCalls.map(callView),
      };
    },
  );

  app.put(
    '/callers/nuisance',
    {
      config: { for: ['shift_leader'] },
      schema: {
        summary: 'Limit a number for a day at most; urgent calls pass',
        tags: ['callers'],
        body: z.object({ phone, until: s.moment.nullish(), reason: s.reason }),
        response: { 200: limitOut },
      },
    },
    async (request) => {
      const { until, ...body } = request.body;
      return limitView(granted(await callers.limitCaller(deps, { ...body, until: until ?? null }, request.actor)));
    },
  );

  app.post(
    '/callers/nuisance/release',
    {
      config: { for: ['shift_leader'] },
      schema: {
        summary: 'End a limit before its time',
        tags: ['callers'],
        body: z.object({ phone, reason: s.reason }),
        response: { 200: nothing },
      },
    },
    async (request) => {
      granted(await callers.releaseCaller(deps, request.body, request.actor));
      return {};
    },
  );

  app.post(
    '/callers/nuisance/appeal',
    {
      config: { for: desks },
      schema: {
        summary: 'Note that the caller objects to the limit; the shift leader gets a task',
        tags: ['callers'],
        body: z.object({ phone, text: s.said(2000) }),
        response: { 200: taskOut },
      },
    },
    async (request) => ({ id: granted(await callers.appealForCaller(deps, request.body)) }),
  );

  app.post(
    '/callers/missed',
    {
      config: { for: desks },
      schema: {
        summary: 'A call nobody took becomes a call back',
        tags: ['callers'],
        body: z.object({ phone, callRecordId: s.said(200).nullish() }),
        response: { 201: taskOut },
      },
    },
    async (request, reply) => {
      const { phone, callRecordId = null } = request.body;
      const id = granted(await callers.missedCall(deps, { phone, callRecordId }));
      return reply.code(201).send({ id });
    },
  );

  app.get(
    '/callers/missed',
    {
      config: { for: desks },
      schema: {
        summary: 'Who is still to be called back, oldest first',
        tags: ['callers'],
        querystring: z.object({ limit: s.limit, cursor: s.idCursor }),
        response: { 200: s.pageOf(callOut) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const found = await callers.missedCalls(deps, { after: cursor, limit: limit + 1 });
      return paged(found, limit, callView, (last) => last.id);
    },
  );

  app.post(
    '/callers/missed/:id/done',
    {
      config: { for: desks },
      schema: {
        summary: 'The call back was made',
        tags: ['callers'],
        params: s.idParams,
        body: z.object({ outcome: z.enum(['reached', 'no_answer', 'wrong_number', 'refused']) }),
        response: { 200: nothing },
      },
    },
    async (request) => {
      granted(await callers.calledBack(deps, request.params.id, request.body.outcome, request.actor));
      return {};
    },
  );
};

const aboutOrder = (order: WorkOrder) => ({ workOrderId: order.id, number: order.number, title: order.title });

const limitView = (limit: callers.NuisanceLimit) => ({ ...limit, until: iso(limit.until), setAt: iso(limit.setAt) });

const callView = ({ id, phone, callRecordId, openedAt, dueAt }: callers.CallerTask) => ({
  id,
  phone,
  callRecordId,
  openedAt: iso(openedAt),
  dueAt: time(dueAt),
});
