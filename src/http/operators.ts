import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { hintsOf, type Intake, type Registered } from '../actions/intake.ts';
import { lookAtFirst, lookAtRequest } from '../actions/look.ts';
import { preview } from '../actions/preview.ts';
import { keepAnswer, type Outcome } from '../actions/register.ts';
import { isRefusal, type RefusalCode, refuse } from '../domain/refusal.ts';
import { createdView, hintsView, incidentView } from './created-views.ts';
import { faultsOf } from './faults.ts';
import { createdOut, orderBriefOut } from './order-shapes.ts';
import { codeOfFailure, granted, languageOf, problemOf } from './problem.ts';
import { intakeIn, requestOut } from './request-shapes.ts';
import { idParams } from './shapes.ts';
import { briefView, etagOf, requestView } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import type { HttpDeps, Routes } from './zod.ts';

/** Who may bring requests in: people at desks and in the field, and channels with a key of their own. */
const registrars = [
  'operator',
  'dispatcher',
  'shift_leader',
  'grid_worker',
  'community_clerk',
  'street_centre',
] as const;

/** Intake (受理): everything a hotline's operator and every other channel does with a new request. */
export const operators: Routes = async (app, deps) => {
  const viewing = () => ({ city: deps.city().city, now: deps.now() });

  app.post(
    '/requests',
    {
      config: { for: registrars, create: 'own' },
      schema: {
        summary: 'Register a request: placed, dispatched and durable before the answer',
        tags: ['intake'],
        body: intakeIn,
        response: { 200: createdOut, 201: createdOut },
      },
    },
    async (request, reply) => {
      const intake = intakeOf(request.body);
      const answering =
        request.attempt === null
          ? undefined
          : { attempt: request.attempt, render: (made: Registered) => answerOf(made, intake) };
      const outcome = granted(await deps.register(intake, request.actor, answering));
      const { answer, replayed } =
        outcome.kind === 'answered'
          ? outcome
          : { answer: await firstAnswer(deps, outcome.requestId, request), replayed: false };
      if (replayed) reply.header('idempotent-replayed', 'true');
      return reply
        .code(answer.status as 200)
        .headers(answer.headers)
        .send(answer.body as never);
    },
  );

  const answerOf = (made: Registered, intake: Intake) =>
    bytesOf(201, createdView(made, intake, viewing()), made.order.version);

  /** A repeated `(channel, externalId)` is answered with the first one, without its code; a retry of that gets the same bytes. */
  const firstAnswer = async (deps: HttpDeps, requestId: string, { actor, attempt }: FastifyRequest) => {
    const { request, order, incident } = granted(await lookAtFirst(deps, requestId, actor));
    const hints = hintsOf(deps, { category: request.category, answers: request.answers });
    const body = {
      request: requestView(request),
      workOrder: { ...briefView(order, viewing()), duplicateHints: [] },
      prompts: [],
      incident: incidentView(incident),
      notices: [],
      ...hintsView({ ...hints, nuisance: false }),
    };
    const answer = bytesOf(200, body, order.version);
    return attempt === null ? answer : keepAnswer(deps, attempt, answer);
  };

  app.post(
    '/requests/batch',
    {
      config: { for: registrars, create: true },
      schema: {
        summary: 'Register up to 1000 requests; each stands alone',
        tags: ['intake'],
        body: z.object({ items: z.array(z.unknown()).min(1).max(1000) }),
        response: {
          200: z.object({
            results: z.array(
              z.object({
                index: z.number(),
                status: z.number(),
                requestId: z.string().optional(),
                number: z.string().optional(),
                problem: z.unknown().optional(),
              }),
            ),
          }),
        },
      },
    },
    async (request) => ({
      results: await Promise.all(request.body.items.map((item, index) => one(item, index, request))),
    }),
  );

  /** An item that fails, fails alone: what its neighbours asked is registered by then and has to be told. */
  const one = async (item: unknown, index: number, request: FastifyRequest) => {
    try {
      return await registered(item, index, request);
    } catch (error) {
      request.log.error({ index, stack: (error as Error).stack?.split('\n').slice(1, 6).join('\n') }, 'an item failed');
      return failed(index, codeOfFailure(error), request);
    }
  };

  const failed = (index: number, code: RefusalCode, request: FastifyRequest) => {
    const problem = problemOf(refuse(code), request);
    return { index, status: problem.status, problem: problem as never };
  };

  const registered = async (item: unknown, index: number, request: FastifyRequest) => {
    const parsed = intakeIn.safeParse(item);
    if (!parsed.success) {
      const errors = faultsOf(intakeIn, item, languageOf(request));
      return {
        index,
        status: 400,
        problem: problemOf({ kind: 'refused', code: 'invalid', details: {} }, request, errors) as never,
      };
    }
    const outcome: Outcome = await deps.register(intakeOf(parsed.data), request.actor);
    if (isRefusal(outcome)) {
      const problem = problemOf(outcome, request);
      return { index, status: problem.status, problem: problem as never };
    }
    if (outcome.kind === 'answered') throw new Error('items of a batch carry no key');
    if (outcome.kind === 'repeated') {
      const first = await lookAtFirst(deps, outcome.requestId, request.actor);
      if (isRefusal(first)) {
        const problem = problemOf(first, request);
        return { index, status: problem.status, problem: problem as never };
      }
      return { index, status: 200, requestId: outcome.requestId, number: first.request.number };
    }
    return { index, status: 201, requestId: outcome.requestId, number: outcome.number };
  };

  app.post(
    '/dispatch/preview',
    {
      config: { for: registrars },
      schema: {
        summary: 'What a create would lead to, with nothing stored (试派)',
        tags: ['intake'],
        body: intakeIn,
        response: { 200: createdOut.omit({ request: true }) },
      },
    },
    async (request) => {
      const intake = intakeOf(request.body);
      const made = granted(await preview(deps, intake, request.actor));
      const { request: _none, ...body } = createdView(made, intake, viewing());
      return body;
    },
  );

  app.get(
    '/requests/:id',
    {
      config: { for: [...registrars, ...hotlineRoles, ...unitRoles, 'inspector', 'follow_up_agent', 'supervisor'] },
      schema: {
        summary: 'One request with its order',
        tags: ['intake'],
        params: idParams,
        response: { 200: z.object({ request: requestOut, workOrder: orderBriefOut }) },
      },
    },
    async (request, reply) => {
      const { request: seen, order } = granted(await lookAtRequest(deps, request.params.id, request.actor));
      reply.header('etag', etagOf(order.version));
      return { request: requestView(seen), workOrder: briefView(order, viewing()) };
    },
  );
};

/** An answer as it goes out and is kept. */
const bytesOf = (status: number, body: z.input<typeof createdOut>, version: number) => ({
  status,
  headers: {
    'content-type': 'application/json; charset=utf-8',
    location: `/v1/requests/${body.request.id}`,
    etag: etagOf(version),
  },
  body: Buffer.from(JSON.stringify(createdOut.parse(body))),
});

/** What was sent, with everything left out said explicitly. */
export const intakeOf = (body: z.output<typeof intakeIn>): Intake => ({
  channel: body.channel,
  externalId: body.externalId ?? null,
  kind: body.kind,
  category: body.category ?? null,
  disposition: body.disposition ?? null,
  title: body.title,
  description: body.description,
  urgency: body.urgency,
  location: body.location ?? null,
  requester: body.requester
    ? {
        name: body.requester.name ?? null,
        phone: body.requester.phone ?? null,
        anonymous: body.requester.anonymous,
        onBehalfOf: body.requester.onBehalfOf ?? null,
      }
    : null,
  confidential: body.confidential,
  answers: body.answers,
  attachments: body.attachments,
  callRecordId: body.callRecordId ?? null,
  externalDueAt: body.externalDueAt ?? null,
  replyTo: body.replyTo ?? null,
  receivedAt: body.receivedAt ?? null,
  noticeAccepted: body.noticeAccepted ?? false,
  diversion: body.diversion ? { service: body.diversion.service, receipt: body.diversion.receipt ?? null } : null,
});
