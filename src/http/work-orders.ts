import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { act, type Body } from '../actions/act.ts';
import { explainOrder, why } from '../actions/explain.ts';
import { history, list, look, seeAll } from '../actions/look.ts';
import type { Action } from '../domain/lifecycle.ts';
import { Refused, refuse } from '../domain/refusal.ts';
import { written } from '../domain/time.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import { states } from '../domain/work-order.ts';
import { historyOf } from './histories.ts';
import { orderOut } from './order-shapes.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import { diversionIn, locationIn, requesterIn } from './request-shapes.ts';
import * as s from './shapes.ts';
import { etagOf, orderView } from './views.ts';
import { allRoles, orderWorkers } from './who.ts';
import type { HttpDeps, Routes } from './zod.ts';

const everyone = allRoles.filter((role) => role !== 'survey_vendor' && role !== 'publisher');
const lead = { unit: s.code.optional(), basis: s.text(500).optional() };
const passed = { passed: z.boolean(), reason: s.text(2000).optional() };

/** What comes with each action a client may send; the action's name is the last part of its path. */
const bodies = {
  correct: z.object({
    category: s.said(200).optional(),
    location: locationIn.optional(),
    urgency: z.enum(['normal', 'urgent', 'emergency']).optional(),
    contact: requesterIn.optional(),
    diversion: diversionIn.optional(),
    requestId: s.id.optional(),
    reason: s.text(2000).optional(),
  }),
  place: z.object({ areaCode: s.code.optional(), location: locationIn.optional(), reason: s.text(2000).optional() }),
  accept: z.object({}),
  answer: z.object({ text: s.text(10_000).optional(), articleId: s.text(64).optional(), noticeId: s.id.optional() }),
  refer: z.object({ to: s.said(200), reason: s.reason }),
  void: z.object({ reason: s.reason }),
  'self-handle': z.object({
    result: z.enum(['solved', 'partly', 'explained', 'cannot']).default('solved'),
    text: s.text(5000).default(''),
    evidence: z.array(s.evidence).max(20),
  }),
  dispatch: z.object(lead),
  redispatch: z.object({ ...lead, reason: s.reason }),
  'pass-down': z.object({ unit: s.code, basis: s.text(500).optional() }),
  sign: z.object({ clerk: s.said(100).optional() }),
  designate: z.object({ unit: s.code, basis: s.said(500) }),
  contact: z.object({
    at: s.moment.optional(),
    how: s.said(100),
    whom: s.said(100),
    outcome: z.enum(['reached', 'no_answer', 'refused', 'not_applicable']),
  }),
  assign: z.object({ to: s.said(100), dueAt: s.moment.optional(), task: s.said(1000) }),
  promise: z.object({ dueAt: s.moment }),
  note: z.object({
    text: s.said(5000),
    public: z.boolean().default(false),
    mark: z.enum(['site_visit', 'make_safe', 'progress']).optional(),
  }),
  resume: z.object({}),
  restore: z.object({}),
  submit: z.object({
    result: z.enum(['solved', 'partly', 'explained', 'cannot']),
    text: s.text(5000).default(''),
    evidence: z.array(s.evidence).max(20).default([]),
    requesterTold: z.boolean().default(false),
  }),
  review: z.object(passed),
  verify: z.object({ ...passed, evidence: z.array(s.evidence).max(20).optional() }),
  take: z.object({}),
  reopen: z.object({ reason: s.text(2000).optional() }),
  withdraw: z.object({ requestId: s.id, recordId: s.text(200).optional() }),
  urge: z.object({ text: s.text(2000).optional() }),
  archive: z.object({}),
} as const satisfies Partial<Record<Action, z.ZodType>>;

/** What each of them does, in a line. */
const summaries: Readonly<Record<keyof typeof bodies, string>> = {
  correct: 'Correct category, place, urgency or contact; the clocks follow',
  place: 'Say where it is, where nothing else could',
  accept: 'Accept it: it has a category, and is to be dispatched (受理)',
  answer: 'Answer the resident at once, in words of one’s own, by an article or by a notice (直接答复)',
  refer: 'Tell the resident whose it is outside the hotline (转介)',
  void: 'Void what should not have been registered',
  'self-handle': 'It has been handled on the spot, with photos, by a grid worker or community',
  dispatch: 'Dispatch it to the unit the directory names, or with a basis to another (派单)',
  redispatch: 'Dispatch it anew, to another unit than the one that has it (改派)',
  'pass-down': 'Pass it down to a unit below, while there is time for it (下派)',
  sign: 'The unit signs for it (签收)',
  designate: 'Designate the unit of an order that nobody wants (指定承办)',
  contact: 'Record that the resident was contacted, or could not be',
  assign: 'Give somebody within the unit a part of it, with a date',
  promise: 'Promise the resident an earlier date than the limit',
  note: 'Add words to it; the resident reads them where they are public',
  resume: 'Go on before the suspension is over',
  restore: 'Go on with what was on account',
  submit: 'Hand the result in, with its evidence',
  review: 'Pass what was handed in on, or give it back with the reason (审核)',
  verify: 'Say whether it is really done, by whoever is to look (核实)',
  take: 'Take a rework up',
  reopen: 'Have what was closed handled again',
  withdraw: 'Withdraw one of its requests for the resident',
  urge: 'Urge the unit, in words it need not answer (催办)',
  archive: 'Put it away, thirty days after its end',
};

/** Adding to an order changes neither its state nor its owner, so nobody has to know its version. */
const withoutVersion: ReadonlySet<string> = new Set(['note', 'urge']);

/** The order, its history, and every command on it. */
export const workOrders: Routes = async (app, deps) => {
  const viewing = () => ({ city: deps.city().city, now: deps.now() });

  app.get(
    '/work-orders/:id',
    {
      config: { for: everyone },
      schema: { summary: 'An order whole', tags: ['work orders'], params: s.idParams, response: { 200: orderOut } },
    },
    async (request, reply) => {
      const seen = granted(await look(deps, request.params.id, request.actor));
      reply.header('etag', etagOf(seen.order.version));
      return orderView(seen, viewing());
    },
  );

  app.get(
    '/work-orders',
    {
      config: { for: everyone },
      schema: {
        summary: 'Orders within sight, newest first',
        tags: ['work orders'],
        querystring: z.object({
          state: s.someOf(states).optional(),
          unit: s.code.optional(),
          area: s.code.optional(),
          category: s.text(200).optional(),
          light: z.enum(['green', 'yellow', 'red']).optional(),
          overdue: s.flag.optional(),
          from: s.moment.optional().describe('registered from then on'),
          to: s.moment.optional().describe('and before then'),
          q: s.text(100).optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(orderOut) },
      },
    },
    async (request) => {
      const { limit, ...filter } = request.query;
      const found = await list(deps, { ...filter, limit: limit + 1 }, request.actor);
      return paged(
        found,
        limit,
        (seen) => orderView(seen, viewing()),
        (last) => last.order.id,
      );
    },
  );

  historyOf(app, 'work-orders', {
    for: everyone,
    tags: ['work orders'],
    summary: 'What became true of the order, oldest first',
    read: (id, { after, limit }, actor) => history(deps, id, actor, after, limit),
  });

  app.get(
    '/work-orders/:id/clocks',
    {
      config: { for: everyone },
      schema: {
        summary: 'Every clock with its segments explained',
        tags: ['work orders'],
        params: s.idParams,
        response: { 200: z.object({ items: z.array(z.unknown()) }) },
      },
    },
    async (request) => ({
      items: written(granted(await explainOrder(deps, request.params.id, request.actor))) as never[],
    }),
  );

  app.get(
    '/work-orders/:id/why',
    {
      config: { for: everyone },
      schema: {
        summary: 'Placement, directory row and rules that led here',
        tags: ['work orders'],
        params: s.idParams,
        response: { 200: z.unknown() },
      },
    },
    async (request) => written(granted(await why(deps, request.params.id, request.actor))) as never,
  );

  for (const [action, body] of Object.entries(bodies))
    app.post(
      `/work-orders/:id/actions/${action}`,
      {
        config: { for: orderWorkers, ifMatch: withoutVersion.has(action) ? 'heeded' : 'needed' },
        schema: {
          summary: summaries[action as keyof typeof bodies],
          tags: ['work orders'],
          params: s.idParams,
          body,
          response: { 200: orderOut },
        },
      },
      async (request, reply) => {
        const { params, body: said, actor } = request;
        const order = granted(await act(deps, params.id, action as Action, said as Body, actor, versionOf(request)));
        return answerWith(deps, order, request, reply);
      },
    );
};

/** The order after a command, with its new ETag, as its actor may see it: one who has just handed it over sees it once more. */
export async function answerWith(deps: HttpDeps, order: WorkOrder, { actor }: FastifyRequest, reply: FastifyReply) {
  const [seen] = await seeAll(deps, [order], actor);
  if (seen === undefined) throw new Error('an order just changed is there');
  reply.header('etag', etagOf(order.version));
  return orderView(seen, { city: deps.city().city, now: deps.now() });
}

/** The version in If-Match: null where it is a star, or is absent from a route that does not need it. */
export function versionOf({ headers, routeOptions }: FastifyRequest): number | null {
  const given = headers['if-match'];
  const { ifMatch } = routeOptions.config;
  if (ifMatch === undefined) throw new Error(`${String(routeOptions.url)} says not that it goes by If-Match`);
  if (given === undefined && ifMatch === 'needed') throw new Refused(refuse('precondition-missing'));
  if (given === undefined || given.trim() === '*') return null;
  const version = /^"v(\d{1,9})"$/.exec(given.trim())?.[1];
  if (version === undefined) throw new Refused(refuse('stale-version'));
  return Number(version);
}
