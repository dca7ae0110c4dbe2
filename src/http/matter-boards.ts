import { z } from 'zod';
import { hideMatter, type MatterEntry, showMatter } from '../actions/publish-matters.ts';
import { iso } from '../domain/time.ts';
import { resultsOf } from '../domain/undertaking.ts';
import { type ShownMatter, shownMatters } from '../reports/matter-boards.ts';
import { cursorOf, readCursor } from './cursors.ts';
import { keepAMinute } from './kept.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import type { Routes } from './zod.ts';

const asked = z.object({ from: z.string(), to: z.string(), orders: z.number(), people: z.number() });
const content = {
  category: s.named,
  street: s.named,
  lead: s.named,
  plan: z.string(),
  dueOn: z.string(),
  state: z.enum(['open', 'done']),
  result: z.enum(resultsOf.governance).nullable(),
  text: z.string().nullable(),
  before: asked.describe('what made it a matter'),
  after: asked.nullable().describe('as long a time since it was taken on, or since it was done'),
};
const matterOut = z.object({ id: z.string(), publishedAt: s.momentOut, updatedAt: s.momentOut, ...content });
const entryOut = z.object({
  hotMatterId: z.string(),
  seq: z.number(),
  at: s.momentOut,
  by: z.string(),
  reason: z.string().nullable(),
  content: z.object(content).nullable(),
});

const matterView = ({ id, publishedAt, updatedAt, content: shown }: ShownMatter): z.input<typeof matterOut> => ({
  id,
  publishedAt: iso(publishedAt),
  updatedAt: iso(updatedAt),
  ...(shown as z.input<z.ZodObject<typeof content>>),
});
const entryView = ({
  undertakingId,
  seq,
  at,
  actor,
  reason,
  content: shown,
}: MatterEntry): z.input<typeof entryOut> => ({
  hotMatterId: undertakingId,
  seq,
  at: iso(at),
  by: actor.name,
  reason,
  content: shown as z.input<z.ZodObject<typeof content>> | null,
});

/** High-frequency matters in public (每月一题): what is done about what many ask, by whom, until when, and what came of it. */
export const matterBoards: Routes = async (app, deps) => {
  app.post(
    '/publications/hot-matters',
    {
      config: { for: ['publisher'], create: true },
      schema: {
        summary: 'Publish how a high-frequency matter is governed, as it is now; again to publish what has changed',
        description: 'What its unit wrote is screened; doubtful words are published only in the publisher’s own.',
        tags: ['publication'],
        body: z.object({ hotMatterId: s.id, plan: s.said(5000).optional(), text: s.said(5000).optional() }),
        response: { 201: entryOut },
      },
    },
    async ({ body: { hotMatterId, ...words }, actor }, reply) => {
      reply.code(201).header('location', '/v1/public/hot-matters');
      return entryView(granted(await showMatter(deps, hotMatterId, words, actor)));
    },
  );

  app.post(
    '/publications/hot-matters/:id/withdraw',
    {
      config: { for: ['publisher', 'legal_office'] },
      schema: {
        summary: 'Take a published matter down, with a reason; the trail is kept',
        tags: ['publication'],
        params: s.idParams,
        body: z.object({ reason: s.reason }),
        response: { 200: entryOut },
      },
    },
    async ({ params: { id }, body, actor }) => entryView(granted(await hideMatter(deps, id, body.reason, actor))),
  );

  app.get(
    '/public/hot-matters',
    {
      config: { for: 'public' },
      onSend: keepAMinute,
      schema: {
        summary: 'What many have asked about, and who does what about it until when (每月一题)',
        tags: ['public'],
        querystring: z.object({ street: s.code.optional(), limit: s.limit, cursor: s.cursor }),
        response: { 200: s.pageOf(matterOut) },
      },
    },
    async ({ query: { street, limit, cursor } }) => {
      const found = await shownMatters(deps.reading, { street, after: readCursor(cursor), limit: limit + 1 });
      return paged(found, limit, matterView, (last) => cursorOf({ at: last.updatedAt, id: last.id }));
    },
  );
};
