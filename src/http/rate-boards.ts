import { z } from 'zod';
import { hideRates, type PublishedRates, showRates } from '../actions/publish-rates.ts';
import { leastShown, publicKeys, publicRates } from '../domain/rate-board.ts';
import { iso } from '../domain/time.ts';
import { type ShownRates, shownRates } from '../reports/rate-boards.ts';
import { cursorOf, readCursor } from './cursors.ts';
import { keepAMinute } from './kept.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { rateOut } from './statistics-shapes.ts';
import { time } from './views.ts';
import type { Routes } from './zod.ts';

const rates = z
  .object(
    Object.fromEntries(publicRates.map((name) => [name, rateOut.nullable()])) as Record<
      (typeof publicRates)[number],
      z.ZodNullable<typeof rateOut>
    >,
  )
  .describe(
    `null where fewer than ${leastShown} stand in the denominator: it would tell what single residents have answered`,
  );
const shown = { assessed: z.number(), excluded: z.number(), rates };
const boardOut = z.object({
  id: z.string().describe('of the snapshot'),
  from: s.momentOut,
  to: s.momentOut,
  by: z.enum(publicKeys),
  w: z.number().describe('of "basically satisfied" in satisfaction'),
  definition: z.string(),
  hash: z.string(),
  corrects: z.string().nullable(),
  reason: z.string().nullable(),
  correctedBy: z.array(z.string()),
  publishedAt: s.momentOut,
  all: z.object(shown),
  items: z.array(z.object({ key: z.object({ code: z.string().nullable(), name: z.string().nullable() }), ...shown })),
});
const publishedOut = z.object({
  snapshotId: z.string(),
  publishedBy: z.string(),
  publishedAt: s.momentOut,
  withdrawnBy: z.string().nullable(),
  withdrawnAt: s.momentOut.nullable(),
  reason: z.string().nullable(),
});

const boardView = ({ id, publishedAt, content, correctedBy }: ShownRates): z.input<typeof boardOut> => ({
  id,
  from: iso(content.from),
  to: iso(content.to),
  by: content.by,
  w: content.w / 1000,
  definition: content.definition,
  hash: content.hash,
  corrects: content.corrects,
  reason: content.reason,
  correctedBy: [...correctedBy],
  publishedAt: iso(publishedAt),
  all: content.all,
  items: [...content.items],
});
const publishedView = (of: PublishedRates): z.input<typeof publishedOut> => ({
  snapshotId: of.snapshotId,
  publishedBy: of.publishedBy.name,
  publishedAt: iso(of.publishedAt),
  withdrawnBy: of.withdrawnBy?.name ?? null,
  withdrawnAt: time(of.withdrawnAt),
  reason: of.reason,
});

/** Rates that are published: chosen by a publisher out of the frozen ones, read by everybody. */
export const rateBoards: Routes = async (app, deps) => {
  const params = z.object({ snapshotId: s.id });

  app.post(
    '/publications/rates',
    {
      config: { for: ['publisher'], create: true },
      schema: {
        summary: 'Publish the rates of a frozen span',
        tags: ['publication'],
        body: params,
        response: { 201: publishedOut },
      },
    },
    async ({ body, actor }, reply) => {
      const made = granted(await showRates(deps, body.snapshotId, actor));
      reply.code(201).header('location', '/v1/public/rates');
      return publishedView(made);
    },
  );

  app.post(
    '/publications/rates/:snapshotId/withdraw',
    {
      config: { for: ['publisher', 'legal_office'] },
      schema: {
        summary: 'Take published rates down, with a reason; the trail is kept',
        tags: ['publication'],
        params,
        body: z.object({ reason: s.reason }),
        response: { 200: publishedOut },
      },
    },
    async ({ params: { snapshotId }, body, actor }) =>
      publishedView(granted(await hideRates(deps, snapshotId, body.reason, actor))),
  );

  app.get(
    '/public/rates',
    {
      config: { for: 'public' },
      onSend: keepAMinute,
      schema: {
        summary: 'Published rates, each with numerator, denominator, who was not reached and what was excluded',
        tags: ['public'],
        querystring: z.object({
          by: z.enum(publicKeys).optional().describe('only tables counted by this'),
          limit: s.limit,
          cursor: s.cursor,
        }),
        response: { 200: s.pageOf(boardOut) },
      },
    },
    async ({ query: { by, limit, cursor } }) => {
      const found = await shownRates(deps.reading, { by, after: readCursor(cursor), limit: limit + 1 });
      return paged(found, limit, boardView, (last) => cursorOf({ at: last.publishedAt, id: last.id }));
    },
  );
};
