import { z } from 'zod';
import {
  drawJudges,
  listJudgements,
  lookAtJudgement,
  markParty,
  type SeenJudgement,
  sayOpinion,
  stepDown,
} from '../actions/judge.ts';
import { findings, judgementCauses } from '../domain/judgement.ts';
import type { Opinion } from '../domain/judging.ts';
import { iso } from '../domain/time.ts';
import { states } from '../domain/work-order.ts';
import { caseFileOut, caseFileView } from './case-files.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time, unitRef } from './views.ts';
import { hotlineRoles } from './who.ts';
import type { Routes } from './zod.ts';

const readers = ['judge', 'inspector', ...hotlineRoles, 'legal_office', 'government', 'auditor'] as const;
const drawers = ['inspector', 'shift_leader'] as const;
const tags = ['judging'];

const answered = z.object({ yes: z.boolean(), reason: z.string() });
const judgementOut = z
  .object({
    id: z.string(),
    workOrder: z.object({ id: z.string(), number: z.string(), state: z.enum(states) }),
    cause: z.enum(judgementCauses),
    round: z.number(),
    followUpIds: z.array(z.string()),
    reason: z.string().nullable(),
    askedBy: z.string(),
    openedAt: s.momentOut,
    dueAt: s.momentOut.nullable(),
    state: z.enum(['open', 'decided', 'cancelled']),
    reasonable: z.boolean().nullable(),
    dutiful: z.boolean().nullable(),
    finding: z.enum(findings).nullable(),
    decidedAt: s.momentOut.nullable(),
    /** A judge sees the own seat; what was said is sealed until all have spoken. */
    judges: z.array(
      z.object({
        post: z.string(),
        unit: s.unitRef,
        holder: z.string().nullable(),
        drawnAt: s.momentOut,
        left: z.enum(['silent', 'recused']).nullable(),
        spoken: z.boolean(),
        mine: z.boolean(),
        opinion: z.object({ reasonable: answered, dutiful: answered, at: s.momentOut }).nullable(),
      }),
    ),
    /** What was asked, done and answered: of one case alone, lists leave it out. */
    case: caseFileOut.optional(),
  })
  .meta({ id: 'Judgement' });

/** One reason may stand for both answers. */
const opinionIn = z.object({
  reasonable: z.boolean(),
  dutiful: z.boolean(),
  reason: s.text(2000).default(''),
  reasonableReason: s.text(2000).optional(),
  dutifulReason: s.text(2000).optional(),
});

const opinionOf = (body: z.output<typeof opinionIn>): Opinion => ({
  reasonable: { yes: body.reasonable, reason: body.reasonableReason ?? body.reason },
  dutiful: { yes: body.dutiful, reason: body.dutifulReason ?? body.reason },
});

/** Third-party judges (评价员): drawn by lot from nobody's side, they say whether a demand is fair and a unit did its duty. */
export const judges: Routes = async (app, deps) => {
  const view = ({ judgement, order, dueAt, seats, file }: SeenJudgement): z.input<typeof judgementOut> => {
    const { seq: _q, seats: _s, followUps, ...rest } = judgement;
    return {
      ...rest,
      followUpIds: [...followUps],
      workOrder: { id: order.id, number: order.number, state: order.state },
      openedAt: iso(judgement.openedAt),
      decidedAt: time(judgement.decidedAt),
      dueAt: time(dueAt),
      judges: seats.map(({ opinion, ...seat }) => ({
        ...seat,
        unit: unitRef(seat.unit, deps.city()),
        drawnAt: iso(seat.drawnAt),
        opinion: opinion && { reasonable: opinion.reasonable, dutiful: opinion.dutiful, at: iso(opinion.at) },
      })),
      ...(file === null ? {} : { case: caseFileView(file, deps.city()) }),
    };
  };

  app.post(
    '/judgements',
    {
      config: { for: drawers, create: true },
      schema: {
        summary: 'Have judges drawn by hand for an order, after an inspection or a complaint',
        tags,
        body: z.object({ workOrderId: s.id, cause: z.enum(['inspection', 'complaint']), reason: s.reason }),
        response: { 201: judgementOut },
      },
    },
    async ({ body, actor }, reply) => {
      const seen = granted(await drawJudges(deps, body, actor));
      reply.code(201).header('location', `/v1/judgements/${seen.judgement.id}`);
      return view(seen);
    },
  );

  app.get(
    '/judgements',
    {
      config: { for: readers },
      schema: {
        summary: 'Cases before judges, newest first: a judge’s own, for whoever sees every order all',
        tags,
        querystring: z.object({
          state: z.enum(['open', 'decided', 'cancelled']).optional(),
          finding: z.enum(findings).optional(),
          cause: z.enum(judgementCauses).optional(),
          unit: s.code.optional(),
          workOrderId: s.id.optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(judgementOut) },
      },
    },
    async ({ query, actor }) => {
      const found = await listJudgements(deps, { ...query, limit: query.limit + 1 }, actor);
      return paged(found, query.limit, view, (last) => last.judgement.id);
    },
  );

  app.get(
    '/judgements/:id',
    {
      config: { for: readers },
      schema: {
        summary: 'One case: what was asked, done and answered, without who asked',
        tags,
        params: s.idParams,
        response: { 200: judgementOut },
      },
    },
    async ({ params, actor }) => view(granted(await lookAtJudgement(deps, params.id, actor))),
  );

  app.post(
    '/judgements/:id/opinion',
    {
      config: { for: ['judge'] },
      schema: {
        summary: 'Is the demand reasonable, was the unit dutiful? With the last of the bench the majority decides',
        description:
          'By whoever holds a drawn post: on a key that judges share, the holder is named by Gridcall-Actor.',
        tags,
        params: s.idParams,
        body: opinionIn,
        response: { 200: judgementOut },
      },
    },
    async ({ params, body, actor }) => view(granted(await sayOpinion(deps, params.id, opinionOf(body), actor))),
  );

  app.post(
    '/judgements/:id/recuse',
    {
      config: { for: ['judge'] },
      schema: {
        summary: 'A drawn judge is a party to the case (回避): somebody else is drawn',
        tags,
        params: s.idParams,
        body: z.object({ reason: s.reason }),
        response: { 200: z.object({ recused: z.literal(true) }) },
      },
    },
    async ({ params, body, actor }) => {
      granted(await stepDown(deps, params.id, body.reason, actor));
      return { recused: true as const };
    },
  );

  app.post(
    '/work-orders/:id/recusals',
    {
      config: { for: [...hotlineRoles, 'inspector'] },
      schema: {
        summary: 'Mark somebody as a party to the case: barred from it, and from every seat they were drawn for',
        tags,
        params: s.idParams,
        body: z.object({ name: s.said(100), unit: s.code.nullish(), reason: s.reason }),
        response: {
          200: z.object({
            recusals: z.array(
              z.object({
                name: z.string(),
                unit: z.string().nullable(),
                reason: z.string(),
                by: z.string(),
                at: s.momentOut,
              }),
            ),
          }),
        },
      },
    },
    async ({ params, body, actor }) => {
      const marked = granted(await markParty(deps, params.id, { ...body, unit: body.unit ?? null }, actor));
      return { recusals: marked.map(({ seq: _s, at, ...each }) => ({ ...each, at: iso(at) })) };
    },
  );
};
