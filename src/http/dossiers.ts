import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { dossier } from '../actions/dossiers.ts';
import type { Dossier } from '../domain/dossier.ts';
import { dossierPage } from '../reports/dossier-page.ts';
import { printedPolicy } from '../reports/printed.ts';
import { dossierOut, dossierView } from './dossier-shapes.ts';
import { asksForPage, granted, languageOf } from './problem.ts';
import * as s from './shapes.ts';
import type { Routes } from './zod.ts';

/** Who reads how somebody does at the head of a unit: leaders, and those who look after the city. */
export const dossierReaders = [
  'unit_leader',
  'street_centre',
  'supervisor',
  'centre_leader',
  'government',
  'inspector',
  'auditor',
] as const;

/** Performance dossiers (履职档案): what the record shows of those who head a unit. */
export const dossiers: Routes = async (app, deps) => {
  app.get(
    '/units/:code/dossier',
    {
      config: { for: dossierReaders },
      schema: {
        summary: 'The performance dossier of a unit: who headed it in a span, and what the record shows of each term',
        description: 'As JSON, or with Accept: text/html as a page to print. `/v1/exports` gives it as a table.',
        tags: ['dossiers'],
        params: z.object({ code: s.code }),
        querystring: z.object({
          from: s.from,
          to: s.to,
          post: s.code.optional().describe('this post of the unit instead of its leader’s'),
        }),
        response: { 200: dossierOut },
      },
    },
    async (request, reply) => {
      const { params, query, actor } = request;
      const made = granted(await dossier(deps, { ...query, unit: params.code }, actor));
      return sendDossier(request, reply, made, null);
    },
  );
};

/** A dossier as data, or as a page to print for whoever asks for one. It is about a person: nothing on the way keeps it. */
export function sendDossier(request: FastifyRequest, reply: FastifyReply, of: Dossier, hash: string | null) {
  reply.header('vary', 'accept, accept-language').header('cache-control', 'no-store');
  if (!asksForPage(request)) return dossierView(of);
  return reply
    .header('content-security-policy', printedPolicy)
    .type('text/html; charset=utf-8')
    .serializer(String)
    .send(dossierPage(of, languageOf(request), hash));
}
