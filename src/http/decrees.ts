import { z } from 'zod';
import { endEarly, listDecrees, lookAtDecree, publicDecrees, publish, type SeenDecree } from '../actions/decrees.ts';
import { type Decree, decreeLife, decreeStates, isInForce, overAt } from '../domain/decree.ts';
import { iso } from '../domain/time.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { areaRef, etagOf, time, unitRef } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const authorities = ['government', 'centre_leader'] as const;
const readers = [
  ...hotlineRoles,
  ...unitRoles,
  'government',
  'legal_office',
  'supervisor',
  'inspector',
  'auditor',
] as const;
const tags = ['surge'];

const publicOut = z.object({
  number: z.string(),
  title: z.string(),
  text: z.string(),
  categories: z.array(z.string()),
  areas: z.array(s.areaRef),
  from: s.momentOut,
  to: s.momentOut,
  /** The unit that decreed; null is the city itself. */
  authority: s.unitRef.nullable(),
  publishedAt: s.momentOut,
  phase: z.enum(['to_come', 'in_force', 'over']),
  endedAt: s.momentOut.nullable(),
  endedBecause: z.string().nullable(),
});
const decreeOut = publicOut
  .extend({
    id: z.string(),
    version: z.number(),
    state: z.enum(decreeStates),
    publishedBy: z.string(),
    /** Orders with a clock it holds now. */
    held: z.number(),
    allowedActions: z.array(z.enum(Object.keys(decreeLife) as [string, ...string[]])),
  })
  .meta({ id: 'Decree' });
const paging = z.object({ limit: s.limit, cursor: s.idCursor });

/** Decrees (决定): a district or the city pauses non-urgent categories in an area, for everybody to read. */
export const decrees: Routes = async (app, deps) => {
  const publicView = (decree: Decree): z.input<typeof publicOut> => {
    const { tree } = deps.city().areasAt(decree.beginsAt);
    const now = deps.now();
    return {
      number: decree.number,
      title: decree.title,
      text: decree.text,
      categories: [...decree.categories],
      areas: decree.areas.map((code) => areaRef(code, tree)),
      from: iso(decree.beginsAt),
      to: iso(decree.until),
      authority: decree.authority === null ? null : unitRef(decree.authority, deps.city()),
      publishedAt: iso(decree.publishedBy.at),
      phase: isInForce(decree, now) ? 'in_force' : overAt(decree) <= now ? 'over' : 'to_come',
      endedAt: time(decree.endedAt),
      endedBecause: decree.endedBecause,
    };
  };
  const view = ({ decree, held, allowedActions }: SeenDecree): z.input<typeof decreeOut> => ({
    ...publicView(decree),
    id: decree.id,
    version: decree.version,
    state: decree.state,
    publishedBy: decree.publishedBy.actor.name,
    held,
    allowedActions: [...allowedActions],
  });

  app.post(
    '/decrees',
    {
      config: { for: authorities, create: true },
      schema: {
        summary: 'Pause the clocks of non-urgent categories in an area, published; by the district or the city',
        tags,
        body: z.object({
          title: s.said(200),
          text: s.said(10_000),
          categories: z.array(s.said(200)).min(1).max(100),
          areas: z.array(s.code).min(1).max(500),
          from: s.moment.optional(),
          to: s.moment,
        }),
        response: { 201: decreeOut },
      },
    },
    async ({ body, actor }, reply) => {
      const { from = deps.now(), to, ...rest } = body;
      const seen = granted(await publish(deps, { ...rest, beginsAt: from, until: to }, actor));
      reply.code(201).header('location', `/v1/decrees/${seen.decree.id}`).header('etag', etagOf(seen.decree.version));
      return view(seen);
    },
  );

  app.get(
    '/decrees',
    {
      config: { for: readers },
      schema: {
        summary: 'Decrees, newest first, past ones too',
        tags,
        querystring: paging,
        response: { 200: s.pageOf(decreeOut) },
      },
    },
    async ({ query: { limit, cursor }, actor }) => {
      const found = await listDecrees(deps, { limit: limit + 1, cursor }, actor);
      return paged(found, limit, view, (last) => last.decree.id);
    },
  );

  app.get(
    '/decrees/:id',
    {
      config: { for: readers },
      schema: { summary: 'One decree', tags, params: s.idParams, response: { 200: decreeOut } },
    },
    async ({ params, actor }, reply) => {
      const seen = granted(await lookAtDecree(deps, params.id, actor));
      reply.header('etag', etagOf(seen.decree.version));
      return view(seen);
    },
  );

  app.post(
    '/decrees/:id/end',
    {
      config: { for: authorities },
      schema: {
        summary: 'End a decree before its date: what it holds goes on from now',
        tags,
        params: s.idParams,
        body: z.object({ reason: s.reason }),
        response: { 200: decreeOut },
      },
    },
    async ({ params, body, actor }) => view(granted(await endEarly(deps, params.id, body.reason, actor))),
  );

  app.get(
    '/public/decrees',
    {
      config: { for: 'public' },
      schema: {
        summary: 'Decrees as everybody may read them, newest first, past ones too',
        tags: ['public'],
        querystring: paging,
        response: { 200: s.pageOf(publicOut) },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const found = await publicDecrees(deps, { limit: limit + 1, cursor });
      return paged(found, limit, publicView, (last) => last.id);
    },
  );
};
