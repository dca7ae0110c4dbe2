import { z } from 'zod';
import { directoryRows } from '../actions/city-lists.ts';
import { explainRoute } from '../actions/explain-route.ts';
import { type DirectoryVersion, draftDirectory, versionOf } from '../actions/versions.ts';
import { type DirectoryRow, tiers } from '../domain/city.ts';
import { pageByCode } from './paging.ts';
import { granted } from './problem.ts';
import { routingOut } from './request-shapes.ts';
import * as s from './shapes.ts';
import { versionOut, versionsOf, versionView } from './versions.ts';
import type { Routes } from './zod.ts';

const tags = ['directory'];
const nullable = <T extends z.ZodType>(type: T) => type.nullable().default(null);
const rowIn = z.object({
  line: s.said(64),
  category: s.said(200),
  area: nullable(s.code),
  unit: nullable(s.code),
  level: nullable(z.enum(['community', 'street'])),
  dutyBasis: s.said(500),
  tier: nullable(z.enum(tiers)),
  coHandlers: z.array(s.code).max(20).default([]),
  ceiling: nullable(z.enum(['community', 'street', 'district'])),
});
const rowOut = z.object({
  line: z.string(),
  category: z.string(),
  area: z.string().nullable(),
  unit: z.string().nullable(),
  level: z.string().nullable(),
  dutyBasis: z.string(),
  tier: z.string().nullable(),
  coHandlers: z.array(z.string()),
  ceiling: z.string().nullable(),
});
const rowView = (row: DirectoryRow) => ({ ...row, coHandlers: [...row.coHandlers] });
const directoryVersionOut = versionOut.extend({ versionId: z.string(), report: z.unknown() });
const directoryVersionView = (v: DirectoryVersion) => ({ ...versionView(v), versionId: v.id, report: v.report });

/** The directory (派单目录): who is responsible for what, why, and from when on that changes. */
export const directory: Routes = async (app, deps) => {
  app.get(
    '/directory',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'The rows of the directory in force, by line',
        tags,
        querystring: z.object({
          category: s.said(200).optional(),
          unit: s.code.optional(),
          limit: s.limit,
          cursor: s.cursor,
        }),
        response: { 200: s.pageOf(rowOut).extend({ version: z.string() }) },
      },
    },
    async ({ query }) => {
      const { version } = deps.city().city.directory;
      const { items, nextCursor } = pageByCode(directoryRows(deps, query), (row) => row.line, query);
      return { version, items: items.map(rowView), nextCursor };
    },
  );

  app.get(
    '/directory/explain',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'Who is responsible for a category in an area, by which row, and what else was looked at',
        tags,
        querystring: z.object({ category: s.said(200), area: s.code.optional() }),
        response: {
          200: z.object({
            version: z.string(),
            path: z.array(z.string()),
            rows: z.array(rowOut.extend({ chosen: z.boolean(), responsible: z.string().nullable() })),
            routing: routingOut,
            admission: z
              .object({
                unit: z.string(),
                admitted: z.boolean(),
                line: z.string().nullable(),
                text: z.string().nullable(),
              })
              .nullable(),
          }),
        },
      },
    },
    async ({ query }) => {
      const { rows, ...rest } = granted(explainRoute(deps, query.category, query.area ?? null));
      return {
        ...rest,
        rows: rows.map(({ row, chosen, responsible }) => ({ ...rowView(row), chosen, responsible })),
      } as never;
    },
  );

  versionsOf(app, deps, 'directory', {
    path: '/directory/versions',
    tags,
    list: 'Versions of the directory, the latest made first',
    activate: 'Let a draft decide from its date on, never from an earlier one; warnings are accepted in writing',
  });

  app.get(
    '/directory/versions/:id',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'A version of the directory with its rows and its report',
        tags,
        params: s.idParams,
        response: { 200: directoryVersionOut.extend({ rows: z.array(rowOut) }) },
      },
    },
    async ({ params }) => {
      const version = granted(await versionOf(deps, 'directory', params.id));
      return { ...directoryVersionView(version), rows: version.rows.map(rowView) };
    },
  );

  app.post(
    '/directory/versions',
    {
      config: { for: ['admin'], create: true },
      bodyLimit: 8 * 1_048_576,
      schema: {
        summary: 'A draft of the whole directory, with a report on it',
        tags,
        body: z.object({ name: s.said(100), validFrom: s.moment.nullish(), rows: z.array(rowIn).min(1).max(5000) }),
        response: { 201: directoryVersionOut },
      },
    },
    async ({ body: { name, validFrom, rows }, actor }, reply) => {
      const made = await draftDirectory(deps, actor, { name, validFrom: validFrom ?? deps.now(), rows });
      return reply.code(201).header('location', `/v1/directory/versions/${made.id}`).send(directoryVersionView(made));
    },
  );
};
