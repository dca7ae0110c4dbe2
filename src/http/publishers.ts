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
import { boards, publicationStates } from '../domain/publication.ts';
import type { PublicationCommand } from '../domain/publish.ts';
import * as c from './city-shapes.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import { publicationOut, publicationView } from './publication-shapes.ts';
import * as s from './shapes.ts';
import { etagOf, time } from './views.ts';
import { allRoles, type Right } from './who.ts';
import { versionOf } from './work-orders.ts';
import type { Routes } from './zod.ts';

export const publisher = ['publisher'] as const;
const stoppers = ['publisher', 'legal_office'] as const;
export const publicationReaders = allRoles.filter(
  (role) => !['survey_vendor', 'grid_worker', 'judge', 'follow_up_agent'].includes(role),
);
const tags = ['publication'];

const picturesChecked = z
  .array(s.id)
  .max(100)
  .optional()
  .describe('the ids of the pictures a person has looked at: of all that are laid out and not shown yet');
const evidence = z.array(z.object({ stage: z.enum(['before', 'after']).nullable(), text: s.text(2000) })).max(50);
const wordingIn = z.object({
  title: s.said(200).optional(),
  text: s.text(10_000).optional(),
  result: s.text(10_000).optional(),
  evidence: evidence.optional(),
});
type ActionRoute = Readonly<{ for: Right; summary: string; body: z.ZodObject }>;
const actions: Readonly<Record<'approve' | 'hold' | 'release' | 'withdraw', ActionRoute>> = {
  approve: {
    for: publisher,
    summary: 'Let it be published when its hold is over, in these words; they are screened like the resident’s own',
    body: wordingIn.extend({ picturesChecked }),
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
  const view = (seen: SeenPublication) => publicationView(seen, deps.city());
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
      config: { for: publicationReaders },
      schema: {
        summary: 'Publications within sight, newest first: what waits, what is shown and what was',
        tags,
        querystring: z.object({
          state: s.someOf(publicationStates).optional(),
          board: z.enum(boards).optional(),
          unit: s.code.optional(),
          area: s.code.optional(),
          workOrderId: s.id.optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(publicationOut) },
      },
    },
    async ({ query: { limit, ...filter }, actor }) => {
      const found = await listPublications(deps, { ...filter, limit: limit + 1 }, actor);
      return paged(found, limit, view, (last) => last.publication.id);
    },
  );

  app.get(
    '/publications/:id',
    {
      config: { for: publicationReaders },
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
        config: { for: right, ifMatch: 'heeded' },
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
      config: { for: publisher, create: true, ifMatch: 'heeded' },
      schema: {
        summary: 'Correct what is shown: another snapshot is appended, with a note everybody can read',
        tags,
        params: s.idParams,
        body: wordingIn.extend({ note: s.said(500), picturesChecked }),
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

  const policyView = (policy: CityThings['publication']) => structuredClone(policy) as z.output<typeof c.publicationIn>;

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
    async () => policyView(deps.city().publication),
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
      return { ...policyView(done.body), validFrom: time(done.validFrom) ?? '' };
    },
  );
};
