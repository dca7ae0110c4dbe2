import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type ExportListName, exportLists } from '../actions/export-lists.ts';
import {
  type AskedExport,
  askExport,
  type Export,
  linkOf,
  listExports,
  lookAtExport,
  openExport,
} from '../actions/exports.ts';
import { sheetFormats, sheets } from '../channels/sheets.ts';
import { approvalKinds } from '../domain/approval.ts';
import { coordinationStates } from '../domain/coordination.ts';
import { boards, publicationStates } from '../domain/publication.ts';
import { refuse } from '../domain/refusal.ts';
import { supervisionGrades, supervisionStates } from '../domain/supervision.ts';
import { iso } from '../domain/time.ts';
import { undertakingStates } from '../domain/undertaking.ts';
import { languages } from '../domain/words.ts';
import { states } from '../domain/work-order.ts';
import { paged } from './paging.ts';
import { granted, languageOf, Refused } from './problem.ts';
import * as s from './shapes.ts';
import { by, narrowed, span, weight } from './statistics-shapes.ts';
import { time } from './views.ts';
import type { Right } from './who.ts';
import type { Routes } from './zod.ts';

const tags = ['exports'];
const several = <T extends readonly [string, ...string[]]>(of: T) =>
  z.array(z.enum(of)).min(1).max(of.length).optional();
const place = { unit: s.code.optional(), area: s.code.optional() };
const period = { from: s.moment.optional(), to: s.moment.optional(), category: s.said(200).optional() };

/** What each list may be narrowed to. */
const filters = {
  'work-orders': z.strictObject({ ...place, ...period, states: several(states), overdue: z.boolean().optional() }),
  requests: z.strictObject({ ...period, area: s.code.optional() }),
  approvals: z.strictObject({
    pending: z.boolean().optional(),
    kind: z.enum([...approvalKinds, 'admission']).optional(),
  }),
  'coordination-orders': z.strictObject({
    street: s.code.optional(),
    unit: s.code.optional(),
    states: several(coordinationStates),
  }),
  'supervision-orders': z.strictObject({
    unit: s.code.optional(),
    by: s.code.optional(),
    grade: z.enum(supervisionGrades).optional(),
    state: z.enum(supervisionStates).optional(),
  }),
  'follow-ups': z.strictObject({ ...place, ...period, states: several(states) }),
  rates: z
    .strictObject({ ...span, by, w: weight, ...narrowed })
    .refine(({ from, to }) => to > from, { path: ['to'], message: 'must be later than from' }),
  dossiers: z
    .strictObject({ ...span, unit: s.code, post: s.code.optional() })
    .refine(({ from, to }) => to > from, { path: ['to'], message: 'must be later than from' }),
  consents: z.strictObject({
    asked: s.code.optional(),
    by: s.code.optional(),
    about: s.code.optional().describe('the unit it is about'),
    state: z.enum(undertakingStates).optional(),
  }),
  publications: z.strictObject({ ...place, states: several(publicationStates), board: z.enum(boards).optional() }),
} as const satisfies Record<ExportListName, z.ZodType>;

const asking = <L extends ExportListName>(list: L) =>
  z.object({ list: z.literal(list), format: z.enum(sheetFormats), filter: filters[list].optional() });
const exportIn = z.discriminatedUnion('list', [
  asking('work-orders'),
  asking('requests'),
  asking('approvals'),
  asking('coordination-orders'),
  asking('supervision-orders'),
  asking('follow-ups'),
  z.object({ list: z.literal('rates'), format: z.enum(sheetFormats), filter: filters.rates }),
  z.object({ list: z.literal('dossiers'), format: z.enum(sheetFormats), filter: filters.dossiers }),
  asking('consents'),
  asking('publications'),
]);
const exportOut = z.object({
  id: z.string(),
  list: z.string(),
  format: z.enum(sheetFormats),
  language: z.enum(languages),
  state: z.enum(['waiting', 'running', 'ready', 'failed', 'expired']),
  failure: z.string().nullable(),
  rows: z.number().nullable(),
  bytes: z.number().nullable(),
  askedAt: s.momentOut,
  expiresAt: s.momentOut.nullable(),
  link: z.string().nullable().describe('where the file is; whoever has the link has the file, until it expires'),
});

/** Tables taken out of the system (导出): lists as CSV or XLSX, with the rights of the list's own route. */
export const exporting: Routes = async (app, deps) => {
  const view = (of: Export): z.input<typeof exportOut> => ({
    id: of.id,
    list: of.list,
    format: of.format,
    language: of.language,
    state: of.state,
    failure: of.failure,
    rows: of.rows,
    bytes: of.bytes,
    askedAt: iso(of.askedAt),
    expiresAt: time(of.expiresAt),
    link: linkOf(deps, of),
  });
  const rightOf = (route: string): Right => {
    const found = app.rights.find(({ method, url }) => method === 'GET' && url === route);
    if (found === undefined) throw new Error(`no list is at ${route}`);
    return found.right;
  };

  app.post(
    '/exports',
    {
      config: { for: 'anyone', create: true },
      schema: {
        summary: 'Take a list out as a table: 201 when it is ready, 202 when it is long and a worker writes it',
        tags,
        body: exportIn,
        response: { 201: exportOut, 202: exportOut },
      },
    },
    async (request, reply) => {
      const { body, actor } = request;
      const right = rightOf(exportLists[body.list].route);
      if (Array.isArray(right) && !right.some((role) => actor.roles.includes(role)))
        throw new Refused(refuse('forbidden', { allowedFor: right }));
      const made = granted(
        await askExport(deps, { filter: {}, ...body, language: languageOf(request) } as AskedExport, actor),
      );
      reply.code(made.state === 'ready' ? 201 : 202).header('location', `/v1/exports/${made.id}`);
      return view(made);
    },
  );

  app.get(
    '/exports',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'The exports of the caller’s client, newest first',
        tags,
        querystring: z.object({ limit: s.limit, cursor: s.id.optional() }),
        response: { 200: s.pageOf(exportOut) },
      },
    },
    async ({ query: { limit, cursor }, actor }) => {
      const found = await listExports(deps, { cursor, limit: limit + 1 }, actor);
      return paged(found, limit, view, (last) => last.id);
    },
  );

  app.get(
    '/exports/:id',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'One export: how far it is, and where its file is',
        tags,
        params: s.idParams,
        response: { 200: exportOut },
      },
    },
    async ({ params: { id }, actor }) => view(granted(await lookAtExport(deps, id, actor))),
  );

  app.get(
    '/exports/:id/file',
    {
      config: { for: 'public' },
      schema: {
        summary: 'The file of an export, by its signed link',
        tags,
        params: s.idParams,
        querystring: z.object({ expires: z.coerce.number().int().min(0).max(1e15), signature: s.said(100) }),
      },
    },
    async ({ params: { id }, query }, reply) => sendFile(reply, granted(await openExport(deps, { id, ...query }))),
  );
};

const sendFile = (
  reply: FastifyReply,
  { export: of, content }: Exclude<Awaited<ReturnType<typeof openExport>>, { kind: string }>,
) =>
  reply
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${of.list}-${iso(of.askedAt).slice(0, 10)}.${of.format}"`)
    .header('content-length', of.bytes ?? 0)
    .type(sheets[of.format].mediaType)
    .send(content);
