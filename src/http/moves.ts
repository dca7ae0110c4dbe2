import { z } from 'zod';
import { moveDuty } from '../actions/move-duty.ts';
import { iso } from '../domain/time.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import type { Routes } from './zod.ts';

/** Duties that move take their open orders along (权随责走). */
export const moves: Routes = async (app, deps) => {
  app.post(
    '/directory/moves',
    {
      config: { for: ['dispatcher'], create: true },
      schema: {
        summary: 'Move a duty: its open orders are redispatched to the new unit, with history',
        tags: ['directory'],
        body: z.object({
          category: s.said(200),
          area: s.code.nullish(),
          from: s.code,
          to: s.code,
          basis: s.said(500),
          effectiveAt: s.moment.nullish(),
        }),
        response: {
          201: z.object({
            id: z.string(),
            category: z.string(),
            area: z.string().nullable(),
            from: z.string(),
            to: z.string(),
            basis: z.string(),
            effectiveAt: s.momentOut,
            doneAt: s.momentOut.nullable(),
            moved: z.number().nullable(),
            refused: z.array(z.object({ workOrderId: z.string(), code: z.string() })),
          }),
        },
      },
    },
    async ({ body, actor }, reply) => {
      const moving = { ...body, area: body.area ?? null, effectiveAt: body.effectiveAt ?? null };
      const move = granted(await moveDuty(deps, moving, actor));
      reply.code(201);
      return {
        id: move.id,
        category: move.category,
        area: move.area,
        from: move.fromUnit,
        to: move.toUnit,
        basis: move.basis,
        effectiveAt: iso(move.effectiveAt),
        doneAt: time(move.doneAt),
        moved: move.moved,
        refused: [...(move.refused ?? [])],
      };
    },
  );
};
