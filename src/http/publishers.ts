import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type CityThings, configure } from '../actions/configure.ts';
import {
  actOnPublication,
  listPublications,
  lookAtPublication,
  propose,
  type SeenPublication,
} from '../actions/publish.ts';
import { boards, publicationCauses, publicationLife, publicationStates } from '../domain/publication.ts';
import type { PublicationCommand } from '../domain/publish.ts';
import { refuse } from '../domain/refusal.ts';
import { iso } from '../domain/time.ts';
import * as c from './city-shapes.ts';
import { paged } from './paging.ts';
import { granted, Refused } from './problem.ts';
import * as s from './shapes.ts';
import { etagOf, time, unitRef } from './views.ts';
import { allRoles, type Right } from './who.ts';
import { versionOf } from './work-orders.ts';
import type { Routes } from './zod.ts';

const publisher = ['publisher'] as const;
const stoppers = ['publisher', 'legal_office'] as const;
const readers = allRoles.filter((role) => !['survey_vendor', 'grid_worker', 'judge', 'follow_up_agent'].includes(role));
const tags = ['publication'];

const evidence = z.array(z.object({ stage: z.enum(['before', 'after']).nullable(), text: s.text(2000) })).max(50);
const wordingIn = z.object({
  title: s.said(200).optional(),
  text: s.text(10_000).optional(),
  result: s.text(10_000).optional(),
  evidence: evidence.optional(),
});
const signed = z.object({ name: z.string(), unit: z.string().nullable() });
const publicationOut = z.object({
  id: z.string(),
  version: z.number(),
  board: z.enum(boards),
  round: z.number(),
  workOrderId: z.string(),
  unit: s.unitRef,
  category: z.string().nullable(),
  cause: z.enum(publicationCauses),
  state: z.enum(publicationStates),
  draft: z.object({
    title: z.string(),
    text: z.string(),
    result: z.string().nullable(),
    evidence: z.array(z.object({ stage: z.enum(['before', 'after']).nullable(), text: z.string() })),
    marked: z.record(z.string(), z.number()).describe('how many marks of each kind stand for what was taken out'),
    doubts: z.array(z.string()).describe('why a person must look before it is published'),
  }),
  proposedBy: signed,
  proposedAt: s.momentOut,
  holdUntil: s.momentOut,
  hold: signed.extend({ role: z.string(), reason: z.string(), at: s.momentOut }).nullable(),
  approvedBy: signed.nullable(),
  publishedAt: s.momentOut.nullable(),
  endedAt: s.momentOut.nullable(),
  problemId: z.string().nullable(),
  trail: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      at: s.momentOut,
      by: signed,
      reason: z.string().nullable(),
      title: z.string().nullable(),
    }),
  ),
  allowedActions: z.array(z.enum(Object.keys(publicationLife) as [string, ...string[]])),
});

const signature = ({ name, unit }: Readonly<{ name: string; unit: string | null }>) => ({ name, unit });

type ActionRoute = Readonly<{ for: Right; summary: string; body: z.ZodObject }>;
const actions: Readonly<Record<'approve' | 'hold' | 'release' | 'withdraw', ActionRoute>> = {
  approve: {
    for: publisher,
    summary: 'Let it be published when its hold is over, in these words; they are screened like the resident’s own',
    body: wordingIn,
  },
  hold: { for: stoppers, summary: 'Stop it for now (法制审核)', body: z.object({ reason: s.reason }) },
  release: {
    for: stoppers,
    summary: 'Let it go on; what the legal office stopped only the legal office lets go on',
    body: z.object({}),
  },
  withdraw: { for: stoppers, summary: 'Never publish it, or take it down', body: z.object({ reason: s.reason }) },
};

/** Who publishes (公示): the queue of what is on its way to the boards, and the trail of what was on them. */
export const publishers: Routes = async (app, deps) => {
  const view = ({ publication: p, allowedActions }: SeenPublication): z.input<typeof publicationOut> => ({
    id: p.id,
    version: p.version,
    board: p.board,
    round: p.round,
    workOrderId: p.workOrderId,
    unit: unitRef(p.unit, deps.city()),
    category: p.category,
    cause: p.cause,
    state: p.state,
    draft: {
      ...p.draft,
      evidence: [...p.draft.evidence],
      marked: { ...p.draft.marked },
      doubts: [...p.draft.doubts],
    },
    proposedBy: signature(p.proposedBy),
    proposedAt: iso(p.proposedAt),
    holdUntil: iso(p.holdUntil),
    hold: p.hold && { ...signature(p.hold.by), role: p.hold.role, reason: p.hold.reason, at: iso(p.hold.at) },
    approvedBy: p.approvedBy && signature(p.approvedBy),
    publishedAt: time(p.publishedAt),
    endedAt: time(p.endedAt),
    problemId: p.problemId,
    trail: p.snapshots.map(({ id, kind, at, actor, reason, content }) => ({
      id,
      kind,
      at: iso(at),
      by: signature(actor),
      reason,
      title: content?.title ?? null,
    })),
    allowedActions: [...allowedActions],
  });
  const answer = (seen: SeenPublication, reply: FastifyReply) => {
    reply.header('etag', etagOf(seen.publication.version));
    return view(seen);
  };

  app.post(
    '/publications',
    {
      config: { for: publisher, create: true },
      schema: {
        summary: 'Propose an order for a board: an open one as a problem, one that ended as a result',
        tags,
        body: z.object({ workOrderId: s.id, board: z.enum(boards) }),
        response: { 201: publicationOut },
      },
    },
    async ({ body, actor }, reply) => {
      const seen = granted(await propose(deps, body, actor));
      reply.code(201).header('location', `/v1/publications/${seen.publication.id}`);
      return answer(seen, reply);
    },
  );

  app.get(
    '/publications',
    {
      config: { for: readers },
      schema: {
        summary: 'Publications within sight, newest first: what waits, what is shown and what was',
        tags,
        querystring: z.object({
          state: s.text(200).optional(),
          board: z.enum(boards).optional(),
          unit: s.code.optional(),
          area: s.code.optional(),
          workOrderId: s.id.optional(),
          limit: s.limit,
          cursor: s.id.optional(),
        }),
        response: { 200: s.pageOf(publicationOut) },
      },
    },
    async ({ query: { state, limit, ...rest }, actor }) => {
      const states = state?.split(',').filter((each) => each !== '');
      if (states?.some((each) => !(publicationStates as readonly string[]).includes(each)))
        throw new Refused(refuse('invalid', { state: states }));
      const found = await listPublications(deps, { ...rest, states, limit: limit + 1 }, actor);
      return paged(found, limit, view, (last) => last.publication.id);
    },
  );

  app.get(
    '/publications/:id',
    {
      config: { for: readers },
      schema: {
        summary: 'A publication with its trail and what the caller may do',
        tags,
        params: s.idParams,
        response: { 200: publicationOut },
      },
    },
    async ({ params: { id }, actor }, reply) => answer(granted(await lookAtPublication(deps, id, actor)), reply),
  );

  for (const [action, { summary, body, for: right }] of Object.entries(actions))
    app.post(
      `/publications/:id/${action}`,
      {
        config: { for: right },
        schema: { summary, tags, params: s.idParams, body, response: { 200: publicationOut } },
      },
      async (request, reply) => {
        const command = { action, said: request.body } as PublicationCommand;
        const { actor, params } = request;
        return answer(granted(await actOnPublication(deps, params.id, command, actor, versionOf(request))), reply);
      },
    );

  app.post(
    '/publications/:id/corrections',
    {
      config: { for: publisher, create: true },
      schema: {
        summary: 'Correct what is shown: another snapshot is appended, with a note everybody can read',
        tags,
        params: s.idParams,
        body: wordingIn.extend({ note: s.said(500) }),
        response: { 201: publicationOut },
      },
    },
    async (request, reply) => {
      const { actor, params, body: said } = request;
      const command = { action: 'correct', said } as PublicationCommand;
      reply.code(201);
      return answer(granted(await actOnPublication(deps, params.id, command, actor, versionOf(request))), reply);
    },
  );

  const publicationView = (policy: CityThings['publication']) =>
    structuredClone(policy) as z.output<typeof c.publicationIn>;

  app.get(
    '/policies/publication',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'How long a publication can be stopped before it appears, and what never appears',
        tags: ['policies'],
        response: { 200: c.publicationIn },
      },
    },
    async () => publicationView(deps.city().publication),
  );

  app.put(
    '/policies/publication',
    {
      config: { for: ['admin'] },
      schema: {
        summary: 'Another publication policy, from now or from a later moment on',
        description: 'What waits keeps the hold it began with; what it leaves out is not published any more.',
        tags: ['policies'],
        body: c.publicationIn.extend({ validFrom: s.moment.nullish() }),
        response: { 200: c.publicationIn.extend({ validFrom: s.momentOut }) },
      },
    },
    async ({ body: { validFrom, ...policy }, actor }) => {
      const about = { kind: 'publication', code: 'publication', validFrom: validFrom ?? null } as const;
      const done = granted(await configure(deps, actor, about, () => policy));
      return { ...publicationView(done.body), validFrom: time(done.validFrom) ?? '' };
    },
  );
};
