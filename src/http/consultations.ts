import { z } from 'zod';
import { recordConsultation } from '../actions/consult.ts';
import { consultationOut } from './order-shapes.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { consultationView } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const recorders = [...hotlineRoles, ...unitRoles, 'supervisor', 'inspector', 'legal_office', 'government'] as const;

/** Consultations on a case (会商). */
export const consultations: Routes = async (app, deps) => {
  app.post(
    '/work-orders/:id/consultations',
    {
      config: { for: recorders, create: true },
      schema: {
        summary: 'Record a consultation on the case (会商): who was heard, what each thought, what came of it',
        tags: ['work orders'],
        params: s.idParams,
        body: z.object({
          opinions: z
            .array(
              z
                .object({ name: s.said(100), unit: s.code.nullish(), opinion: s.said(5000) })
                .transform(({ unit = null, ...rest }) => ({ ...rest, unit })),
            )
            .min(1)
            .max(50),
          outcome: s.said(5000),
        }),
        response: { 201: consultationOut },
      },
    },
    async ({ params: { id }, body, actor }, reply) => {
      const { consultation } = granted(await recordConsultation(deps, id, body, actor));
      reply.code(201).header('location', `/v1/work-orders/${id}`);
      return consultationView(consultation, { city: deps.city().city });
    },
  );
};
