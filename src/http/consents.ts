import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { consentStates, dossierOfConsent, listConsents, wantConsent } from '../actions/consents.ts';
import { actOnUndertaking, lookAtUndertaking, type SeenUndertaking, undertakingHistory } from '../actions/undertake.ts';
import { consentPurposes, organiserRoles } from '../domain/consent.ts';
import { iso } from '../domain/time.ts';
import type { UndertakingCommand } from '../domain/undertake.ts';
import { resultsOf } from '../domain/undertaking.ts';
import { dossierOut } from './dossier-shapes.ts';
import { sendDossier } from './dossiers.ts';
import { historyOf } from './histories.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { etagOf, time, unitRef } from './views.ts';
import { versionOf } from './work-orders.ts';
import type { Routes } from './zod.ts';

const tags = ['consents'];
const readers = [...organiserRoles, 'inspector', 'auditor'] as const;

const actionNames = { finish: 'answer', decide: 'decision', cancel: 'withdraw' } as const;
type Acting = keyof typeof actionNames;
const isActing = (action: string): action is Acting => action in actionNames;

const consentOut = z
  .object({
    id: z.string(),
    number: z.string(),
    version: z.number(),
    state: z.enum(Object.values(consentStates)),
    asked: s.unitRef.describe('the street or community whose consent is asked'),
    by: s.unitRef.describe('who appoints'),
    unit: s.unitRef,
    post: s.unitRef,
    candidate: z.string().nullable().describe('null: whoever holds the post'),
    purpose: z.enum(consentPurposes),
    text: z.string(),
    dossier: z.object({ id: z.string(), hash: z.string() }),
    askedAt: s.momentOut,
    askedBy: z.object({ name: z.string(), unit: z.string().nullable() }),
    dueAt: s.momentOut,
    overdue: z.boolean(),
    answer: z
      .object({
        answer: z.enum(resultsOf.consent),
        text: z.string(),
        inTime: z.boolean(),
        actor: z.string(),
        at: s.momentOut,
      })
      .nullable(),
    decision: z
      .object({ taken: z.boolean(), reason: z.string().nullable(), actor: z.string(), at: s.momentOut })
      .nullable(),
    withdrawnBecause: z.string().nullable(),
    endedAt: s.momentOut.nullable(),
    allowedActions: z.array(z.enum(Object.values(actionNames))),
  })
  .meta({ id: 'Consent' });

/** Consent to appointments (选拔任用征得同意权): asked by whoever appoints, given or refused by the street or community. */
export const consents: Routes = async (app, deps) => {
  const kind = 'consent' as const;
  const view = ({ undertaking: u, allowedActions }: SeenUndertaking): z.input<typeof consentOut> => {
    const { city } = deps.city();
    const { consent } = u.about;
    if (consent === undefined) throw new Error(`undertaking ${u.id} asks for nobody's consent`);
    const { unit, post, candidate, purpose, dossier, decision } = consent;
    const answer = u.answers.at(-1);
    return {
      id: u.id,
      number: u.number,
      version: u.version,
      state: consentStates[u.state],
      asked: unitRef(u.unit, { city }),
      by: unitRef(u.by, { city }),
      unit: unitRef(unit, { city }),
      post: { code: post, name: u.title },
      candidate,
      purpose,
      text: u.demand,
      dossier,
      askedAt: iso(u.openedBy.at),
      askedBy: { name: u.openedBy.actor.name, unit: u.openedBy.actor.unit },
      dueAt: iso(u.dueAt),
      overdue: u.state === 'open' && u.dueAt < deps.now(),
      answer:
        answer === undefined
          ? null
          : {
              answer: answer.result as (typeof resultsOf.consent)[number],
              text: answer.text,
              inTime: answer.inTime,
              actor: answer.actor,
              at: iso(answer.at),
            },
      decision: decision && { ...decision, at: iso(decision.at) },
      withdrawnBecause: u.cancelReason,
      endedAt: time(u.endedAt),
      allowedActions: allowedActions.filter(isActing).map((action) => actionNames[action]),
    };
  };
  const answered = (seen: SeenUndertaking, reply: FastifyReply) => {
    reply.header('etag', etagOf(seen.undertaking.version)).header('cache-control', 'no-store');
    return view(seen);
  };

  app.post(
    '/consents',
    {
      config: { for: organiserRoles, create: true },
      schema: {
        summary: 'Ask a street or community for its consent to an appointment; the dossier is kept as it is now',
        tags,
        body: z
          .object({
            asked: s.code,
            unit: s.code,
            post: s.code,
            candidate: s.said(100).nullable().default(null),
            purpose: z.enum(consentPurposes),
            text: s.text(5000).default(''),
            from: s.moment.describe('the span of the dossier'),
            to: s.moment,
            dueAt: s.moment.optional().describe('the city’s limit, five working days, where nothing is said'),
          })
          .refine(({ from, to }) => to > from, { path: ['to'], message: 'must be later than from' }),
        response: { 201: consentOut },
      },
    },
    async ({ body: { from, to, ...body }, actor }, reply) => {
      const made = granted(await wantConsent(deps, { ...body, span: { from, to } }, actor));
      reply.code(201).header('location', `/v1/consents/${made.undertaking.id}`);
      return answered(made, reply);
    },
  );

  app.get(
    '/consents',
    {
      config: { for: readers },
      schema: {
        summary: 'Consents asked of and by the caller’s unit, newest first; those who look after appointments see all',
        tags,
        querystring: z.object({
          asked: s.code.optional(),
          by: s.code.optional(),
          unit: s.code.optional().describe('whom it is about'),
          state: z.enum(Object.values(consentStates)).optional(),
          overdue: s.flag.optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(consentOut) },
      },
    },
    async ({ query: { limit, ...query }, actor }, reply) => {
      reply.header('cache-control', 'no-store');
      const found = await listConsents(deps, { ...query, limit: limit + 1 }, actor);
      return paged(found, limit, view, (last) => last.undertaking.id);
    },
  );

  app.get(
    '/consents/:id',
    {
      config: { for: readers },
      schema: { summary: 'One consent', tags, params: s.idParams, response: { 200: consentOut } },
    },
    async ({ params: { id }, actor }, reply) =>
      answered(granted(await lookAtUndertaking(deps, { id, kind }, actor)), reply),
  );

  app.get(
    '/consents/:id/dossier',
    {
      config: { for: readers },
      schema: {
        summary: 'The dossier as it was when consent was asked; with Accept: text/html as a page to print',
        tags,
        params: s.idParams,
        response: { 200: dossierOut },
      },
    },
    async (request, reply) => {
      const { dossier, hash } = granted(await dossierOfConsent(deps, request.params.id, request.actor));
      return sendDossier(request, reply.header('etag', `"${hash}"`), dossier, hash);
    },
  );

  historyOf(app, 'consents', {
    for: readers,
    tags,
    summary: 'What became true of it, oldest first: also who was urged and who was told',
    read: (id, page, actor) => undertakingHistory(deps, { id, kind }, actor, page),
  });

  const action = <B extends z.ZodType>(
    name: Acting,
    summary: string,
    body: B,
    command: (said: z.output<B>) => UndertakingCommand,
  ) =>
    app.post(
      `/consents/:id/${actionNames[name]}`,
      {
        config: { for: organiserRoles, ifMatch: 'heeded' },
        schema: { summary, tags, params: s.idParams, body, response: { 200: consentOut } },
      },
      async (request, reply) => {
        const { params, actor } = request;
        const said = command(request.body as z.output<B>);
        return answered(
          granted(await actOnUndertaking(deps, { id: params.id, kind }, said, actor, versionOf(request))),
          reply,
        );
      },
    );

  action(
    'finish',
    'The leader consents, with remarks or without, or refuses with the reason',
    z.object({ answer: z.enum(resultsOf.consent), text: s.text(5000).default('') }),
    ({ answer: result, text }) => ({ action: 'finish', said: { result, text } }),
  );
  action(
    'decide',
    'What was then decided; to go against a refusal takes a reason',
    z.object({ taken: z.boolean(), reason: s.reason.optional() }),
    (said) => ({ action: 'decide', said }),
  );
  action('cancel', 'It is no longer asked', z.object({ reason: s.reason }), (said) => ({ action: 'cancel', said }));
};
