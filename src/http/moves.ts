import { z } from 'zod';
import { type DutyMove, listMoves, lookAtMove, moveDuty, withdrawMove } from '../actions/move-duty.ts';
import { iso } from '../domain/time.ts';
import { cursorOf, readCursor } from './cursors.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import { allRoles } from './who.ts';
import type { Routes } from './zod.ts';

const readers = allRoles.filter((role) => !['survey_vendor', 'follow_up_agent', 'judge', 'publisher'].includes(role));
const tags = ['directory'];

const moveOut = z.object({
  id: z.string(),
  category: z.string(),
  area: z.string().nullable(),
  from: z.string(),
  to: z.string(),
  basis: z.string(),
  keepOpen: z.boolean(),
  movedBy: z.string(),
  madeAt: s.momentOut,
  effectiveAt: s.momentOut,
  doneAt: s.momentOut.nullable(),
  moved: z.number().nullable(),
  kept: z.number().nullable().describe('open orders that stayed, those named in refused among them'),
  refused: z.array(z.object({ workOrderId: z.string(), code: z.string() })),
  withdrawnAt: s.momentOut.nullable(),
  withdrawReason: z.string().nullable(),
});

const view = (move: DutyMove): z.input<typeof moveOut> => ({
  id: move.id,
  category: move.category,
  area: move.area,
  from: move.fromUnit,
  to: move.toUnit,
  basis: move.basis,
  keepOpen: move.keepOpen,
  movedBy: move.movedBy.name,
  madeAt: iso(move.madeAt),
  effectiveAt: iso(move.effectiveAt),
  doneAt: time(move.doneAt),
  moved: move.moved,
  kept: move.kept,
  refused: [...(move.refused ?? [])],
  withdrawnAt: time(move.withdrawnAt),
  withdrawReason: move.withdrawReason,
});

/** Duties that move take their open orders along (权随责走), or leave them where they are. */
export const moves: Routes = async (app, deps) => {
  app.post(
    '/directory/moves',
    {
      config: { for: ['dispatcher'], create: true },
      schema: {
        summary: 'Move a duty: its open orders are redispatched to the new unit, with history, or kept',
        tags,
        body: z.object({
          category: s.said(200),
          area: s.code.nullish(),
          from: s.code,
          to: s.code,
          basis: s.said(500),
          effectiveAt: s.moment.nullish(),
          keepOpen: z.boolean().default(false).describe('open orders stay with the former unit'),
        }),
        response: {
          201: moveOut.extend({
            stillNamed: z
              .array(z.string())
              .describe('lines of the directory that will still send the duty to the former unit then'),
          }),
        },
      },
    },
    async ({ body, actor }, reply) => {
      const moving = { ...body, area: body.area ?? null, effectiveAt: body.effectiveAt ?? null };
      const { move, stillNamed } = granted(await moveDuty(deps, moving, actor));
      reply.code(201).header('location', `/v1/directory/moves/${move.id}`);
      return { ...view(move), stillNamed: [...stillNamed] };
    },
  );

  app.get(
    '/directory/moves',
    {
      config: { for: readers },
      schema: {
        summary: 'Duties that have moved or will, the last made first',
        tags,
        querystring: z.object({
          unit: s.code.optional().describe('that gives or takes'),
          category: s.text(200).optional(),
          pending: s.flag.optional(),
          limit: s.limit,
          cursor: s.cursor,
        }),
        response: { 200: s.pageOf(moveOut) },
      },
    },
    async ({ query: { limit, cursor, ...filter } }) => {
      const found = await listMoves(deps, { ...filter, after: readCursor(cursor), limit: limit + 1 });
      return paged(found, limit, view, (last) => cursorOf({ at: last.madeAt, id: last.id }));
    },
  );

  app.get(
    '/directory/moves/:id',
    {
      config: { for: readers },
      schema: {
        summary: 'One move, and what became of its orders',
        tags,
        params: s.idParams,
        response: { 200: moveOut },
      },
    },
    async ({ params }) => view(granted(await lookAtMove(deps, params.id))),
  );

  app.post(
    '/directory/moves/:id/withdraw',
    {
      config: { for: ['dispatcher'] },
      schema: {
        summary: 'Take back a move whose moment has not come',
        tags,
        params: s.idParams,
        body: z.object({ reason: s.reason }),
        response: { 200: moveOut },
      },
    },
    async ({ params, body, actor }) => view(granted(await withdrawMove(deps, params.id, body.reason, actor))),
  );
};
