import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type ExportListName, exportList, exportListNames } from '../actions/export-lists.ts';
import { askExport, type Export, linkOf, listExports, lookAtExport, openExport } from '../actions/exports.ts';
import { sheetFormats, sheets } from '../channels/sheets.ts';
import { Refused, refuse } from '../domain/refusal.ts';
import { iso } from '../domain/time.ts';
import { languages } from '../domain/words.ts';
import { paged } from './paging.ts';
import { granted, languageOf } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import type { Routes } from './zod.ts';

const tags = ['exports'];
const exportOut = z
  .object({
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
  })
  .meta({ id: 'Export' });

/**
 * What a list may be narrowed to when it is taken out: what its own route is asked with, in its path and behind it, beside
 * where a page begins and ends. Free words stay out: that somebody asked, and for what, is a fact.
 */
function filterOf({ params, querystring }: Readonly<{ params?: unknown; querystring?: unknown }>) {
  const [path, query] = [params, querystring].map((shape) => (shape instanceof z.ZodObject ? shape : z.object({})));
  const members = Object.entries({ ...path?.shape, ...query?.shape });
  const filter = z.strictObject(
    Object.fromEntries(members.filter(([name]) => !['limit', 'cursor', 'q'].includes(name))),
  );
  return filter.clone({ ...filter.def, checks: query?.def.checks ?? [] });
}

/**
 * Tables taken out of the system (导出): lists as CSV or XLSX, with the right and the parameters of the list's own route.
 * These routes come after all of those.
 */
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
  const routeOf = (list: ExportListName) => {
    const { route } = exportList(list);
    const found = app.rights.find(({ method, url }) => method === 'GET' && url === route);
    if (found === undefined) throw new Error(`no list is at ${route}, or only after this one`);
    return found;
  };
  const asking = (list: ExportListName) => {
    const filter = filterOf(routeOf(list).asks);
    return z.object({
      list: z.literal(list),
      format: z.enum(sheetFormats).describe('csv has a byte order mark, so that Excel reads its Chinese'),
      filter: (filter.safeParse({}).success ? filter.prefault({}) : filter).describe(
        'what the list’s own route is asked with',
      ),
    });
  };
  const [first, ...others] = exportListNames.map(asking);
  if (first === undefined) throw new Error('there are lists');
  const exportIn = z.discriminatedUnion('list', [first, ...others]);

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
      const { right } = routeOf(body.list);
      if (Array.isArray(right) && !right.some((role) => actor.roles.includes(role)))
        throw new Refused(refuse('forbidden', { allowedFor: right }));
      const made = granted(await askExport(deps, { ...body, language: languageOf(request) }, actor));
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
        querystring: z.object({ limit: s.limit, cursor: s.idCursor }),
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
        querystring: z.object({
          expires: z.coerce.number().int().min(0).max(1e15).describe('as the link has it'),
          signature: s.said(100).describe('as the link has it'),
        }),
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
