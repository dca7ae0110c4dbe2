import { z } from 'zod';
import { listRemarks, remark } from '../actions/remark.ts';
import { conductAbouts, conductTones, type Remark } from '../domain/conduct.ts';
import { iso } from '../domain/time.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { unitRef } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const readers = [...hotlineRoles, 'inspector', 'auditor'] as const;
const tags = ['conduct'];

const remarkOut = z.object({
  id: z.string(),
  workOrderId: z.string(),
  requestId: z.string().nullable(),
  about: z.enum(conductAbouts),
  tone: z.enum(conductTones),
  text: z.string(),
  /** The unit it is by or about. */
  unit: s.unitRef,
  side: z.enum(['unit', 'resident', 'hotline']),
  actor: z.string(),
  at: s.momentOut,
});

/** What residents and units say of one another's conduct (双向监督): read by the hotline and inspectors alone. */
export const conduct: Routes = async (app, deps) => {
  const view = ({ orderId, actorUnit: _u, ...rest }: Remark): z.input<typeof remarkOut> => ({
    ...rest,
    workOrderId: orderId,
    unit: unitRef(rest.unit, deps.city()),
    at: iso(rest.at),
  });

  app.post(
    '/work-orders/:id/conduct',
    {
      config: { for: [...unitRoles, 'operator', 'follow_up_agent', 'shift_leader'], create: true },
      schema: {
        summary: 'A unit speaks of a resident’s conduct; the hotline writes down what either says of the other’s',
        tags,
        params: s.idParams,
        body: z.object({
          about: z.enum(conductAbouts),
          tone: z.enum(conductTones),
          text: s.said(2000),
          requestId: s.id.optional(),
        }),
        response: { 201: remarkOut },
      },
    },
    async ({ params, body, actor }, reply) => {
      const made = granted(await remark(deps, params.id, body, actor));
      reply.code(201);
      return view(made);
    },
  );

  app.get(
    '/conduct',
    {
      config: { for: readers },
      schema: {
        summary: 'What was said of anybody’s conduct, newest first',
        tags,
        querystring: z.object({
          workOrderId: s.id.optional(),
          unit: s.code.optional(),
          about: z.enum(conductAbouts).optional(),
          tone: z.enum(conductTones).optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(remarkOut) },
      },
    },
    async ({ query }) => {
      const found = await listRemarks(deps, { ...query, limit: query.limit + 1 });
      return paged(found, query.limit, view, (last) => last.id);
    },
  );
};
