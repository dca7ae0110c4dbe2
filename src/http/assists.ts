import { z } from 'zod';
import { doAssist, giveAssist, type SeenAssist } from '../actions/assist.ts';
import { iso } from '../domain/time.ts';
import { states } from '../domain/work-order.ts';
import { assistOut } from './order-shapes.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time, unitRef } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const helpers = [...hotlineRoles, ...unitRoles, 'supervisor'] as const;
const assistWithOrder = assistOut.extend({
  workOrder: z.object({ id: z.string(), number: z.string(), title: z.string(), state: z.enum(states) }),
});

/** Units that help the one that answers for an order (协办): asked, and done with their part. */
export const assists: Routes = async (app, deps) => {
  const assistView = ({ assist: { seq: _s, ...a }, order }: SeenAssist) => ({
    ...a,
    unit: unitRef(a.unit, deps.city()),
    from: iso(a.from),
    dueAt: iso(a.dueAt),
    completedAt: time(a.completedAt),
    workOrder: { id: order.id, number: order.number, title: order.title, state: order.state },
  });

  app.post(
    '/work-orders/:id/assists',
    {
      config: { for: helpers, create: true },
      schema: {
        summary: 'Ask another unit to help, with a deadline of its own; the owner stays (协办)',
        tags: ['work orders'],
        params: s.idParams,
        body: z.object({ unit: s.code, task: s.said(1000) }),
        response: { 201: assistWithOrder },
      },
    },
    async ({ params, body, actor }, reply) => {
      const given = granted(await giveAssist(deps, params.id, body, actor));
      reply.code(201).header('location', `/v1/work-orders/${params.id}`);
      return assistView(given);
    },
  );

  app.post(
    '/assists/:id/complete',
    {
      config: { for: unitRoles },
      schema: {
        summary: 'The assisting unit has done its part',
        tags: ['work orders'],
        params: s.idParams,
        body: z.object({ result: s.said(2000) }),
        response: { 200: assistWithOrder },
      },
    },
    async ({ params, body, actor }) => assistView(granted(await doAssist(deps, params.id, body.result, actor))),
  );
};
