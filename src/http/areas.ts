import { createHash } from 'node:crypto';
import { z } from 'zod';
import { withImport } from '../actions/area-check.ts';
import { cityCoverage, findArea, listAreas, locate } from '../actions/areas.ts';
import { type AreaVersion, draftAreas, versionOf } from '../actions/versions.ts';
import type { Area } from '../domain/area.ts';
import { isRefusal, Refused, refuse } from '../domain/refusal.ts';
import { faultsOf } from './faults.ts';
import { pageByCode } from './paging.ts';
import { granted, languageOf } from './problem.ts';
import { placementOut } from './request-shapes.ts';
import * as s from './shapes.ts';
import { versionOut, versionsOf, versionView } from './versions.ts';
import type { Routes } from './zod.ts';

const tags = ['areas'];
const areaOut = z.object({
  code: z.string(),
  name: z.string(),
  level: z.string(),
  parent: z.string().nullable(),
  scheme: z.string(),
});
const step = z.object({ level: z.string(), code: z.string(), name: z.string() });
const draftedOut = versionOut.extend({ versionId: z.string(), report: z.unknown() });
const areaVersionOut = draftedOut.extend({ levels: z.array(z.string()), boundaryRoads: z.number() });

const word = s.said(64);
const source = z.union([
  word,
  z.object({ const: word }),
  z.object({
    of: word,
    first: z.number().int().min(1).max(64).optional(),
    rename: z.record(z.string().max(64), word).optional(),
  }),
]);
const mapping = z.object({
  when: word.optional(),
  code: source,
  name: source,
  level: source,
  parent: source.optional(),
  scheme: source.optional(),
});
const position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
/** What stands in an import beside its features. */
const envelope = z.object({
  name: s.said(100),
  validFrom: s.moment,
  levels: z.array(s.said(40)).min(1).max(10).optional(),
  mappings: z.array(mapping).min(1).max(20).optional(),
  also: z
    .array(
      z.object({
        code: s.code.regex(/^\S+$/),
        name: s.said(100),
        level: s.said(40),
        parent: s.code.nullable().default(null),
        scheme: z.enum(['free', 'db11-15', 'cjt349-20']).default('free'),
      }),
    )
    .max(1000)
    .default([]),
  boundaryRoads: z
    .array(
      z.object({
        id: s.code,
        line: z.array(position).min(2).max(10_000),
        toleranceM: z.number().min(0).max(500),
        areaCode: s.code,
        between: z.array(s.code).max(20).nullable().default(null),
      }),
    )
    .max(10_000)
    .default([]),
});
const features = z.object({ type: z.literal('FeatureCollection'), features: z.array(z.unknown()) });
const importIn = envelope.extend({
  collection: features.optional(),
  collections: z.array(features).optional(),
  features: z.array(z.unknown()).optional(),
});

/** A file of this size, with what stands around it. */
const largestImport = 32 * 1_048_576 + 65_536;

/** Bytes that nobody on this thread parses; what they hold is told apart by their digest. */
type Unparsed = Readonly<{ bytes: Buffer; toJSON: () => string }>;

const areaVersionView = (v: AreaVersion) => ({
  ...versionView(v),
  versionId: v.id,
  report: v.report,
  levels: [...v.levels],
  boundaryRoads: v.boundaryRoads.length,
});
const areaView = ({ code, name, level, parent, scheme }: Area) => ({ code, name, level, parent, scheme });

/** The areas (辖区): what lies where, how far it is covered, and new versions of the map. */
export const areas: Routes = async (app, deps) => {
  const at = z.object({ at: s.moment.optional() });

  app.get(
    '/areas',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'Areas valid at a moment, now if none is given, by code',
        tags,
        querystring: at.extend({
          level: s.said(40).optional(),
          parent: s.code.optional(),
          limit: s.limit,
          cursor: s.cursor,
        }),
        response: { 200: s.pageOf(areaOut) },
      },
    },
    async ({ query }) => {
      const found = granted(listAreas(deps, query.at ?? deps.now(), query));
      const { items, nextCursor } = pageByCode(found, (a) => a.code, query);
      return { items: items.map(areaView), nextCursor };
    },
  );

  app.get(
    '/areas/locate',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'The path of a point, or the nearest areas where it lies in none',
        tags,
        querystring: at.extend({
          lon: z.coerce.number().min(-180).max(180),
          lat: z.coerce.number().min(-90).max(90),
          crs: z.enum(['wgs84', 'gcj02', 'bd09', 'cgcs2000']).optional(),
        }),
        response: { 200: placementOut },
      },
    },
    async ({ query }) => locate(deps, query, query.at ?? deps.now()) as z.input<typeof placementOut>,
  );

  app.get(
    '/areas/coverage',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'Grids that lack a worker, a stand-in, a community or a street (消除空白)',
        tags,
        response: {
          200: z.object({
            grids: z.number(),
            covered: z.number(),
            blanks: z.array(z.object({ code: z.string(), name: z.string(), missing: z.array(z.string()) })),
          }),
        },
      },
    },
    async () => {
      const { grids, covered, blanks } = cityCoverage(deps);
      return { grids, covered, blanks: blanks.map((b) => ({ ...b, missing: [...b.missing] })) };
    },
  );

  versionsOf(app, deps, 'area', {
    path: '/areas/versions',
    tags,
    list: 'Versions of the areas, the latest made first',
    activate: 'Let a draft place what is received from its date on; warnings are accepted in writing',
  });

  app.get(
    '/areas/versions/:id',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'A version of the areas with its report',
        tags,
        params: s.idParams,
        response: { 200: areaVersionOut },
      },
    },
    async ({ params }) => areaVersionView(granted(await versionOf(deps, 'area', params.id))),
  );

  app.get(
    '/areas/:code',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'An area with its path and its polygon as GeoJSON',
        tags,
        params: z.object({ code: s.code }),
        querystring: at,
        response: {
          200: areaOut.extend({
            path: z.array(step),
            versionId: z.string().nullable(),
            geometry: z.object({ type: z.literal('MultiPolygon'), coordinates: z.unknown() }).nullable(),
          }),
        },
      },
    },
    async ({ params, query }) => {
      const { area, path, versionId } = granted(findArea(deps, params.code, query.at ?? deps.now()));
      return {
        ...areaView(area),
        path: path.map(({ level, code, name }) => ({ level, code, name })),
        versionId,
        geometry: area.shape === null ? null : { type: 'MultiPolygon' as const, coordinates: area.shape },
      };
    },
  );

  await app.register(async (imports: typeof app) => {
    imports.removeContentTypeParser('application/json');
    imports.addContentTypeParser(
      ['application/json', 'application/geo+json'],
      { parseAs: 'buffer' },
      (_request, bytes, done) => {
        const digest = createHash('sha256').update(bytes).digest('hex');
        done(null, { bytes, toJSON: () => digest });
      },
    );

    imports.post(
      '/areas/import',
      {
        config: { for: ['admin'], create: true },
        bodyLimit: largestImport,
        // The body is judged in a thread of its own; the schema is for who reads the documentation.
        validatorCompiler: () => (value: unknown) => ({ value }),
        schema: {
          summary: 'A new version of the areas from GeoJSON of up to 32 MiB: a draft, with a report on it',
          tags,
          body: importIn,
          response: { 201: areaVersionOut },
        },
      },
      async (request, reply) => {
        const sent = request.body as unknown as Unparsed | null | undefined;
        const made = await withImport(sent?.bytes ?? Buffer.alloc(0), async (opened) => {
          if (opened.envelope === null) return refuse('malformed');
          const about = envelope.safeParse(opened.envelope);
          const errors = [...faultsOf(envelope, opened.envelope, languageOf(request))];
          if (opened.features === 0) errors.push({ pointer: '/collection', message: 'there are no features' });
          if (!about.success || errors.length > 0) return refuse('invalid', { errors });
          const { levels = deps.city().areasAt(deps.now()).tree.levels, also, ...rest } = about.data;
          return draftAreas(deps, request.actor, opened, {
            ...rest,
            levels,
            mappings: rest.mappings,
            also: also.map((area) => ({ ...area, shape: null })),
          });
        });
        if (isRefusal(made)) throw new Refused(made);
        return reply.code(201).header('location', `/v1/areas/versions/${made.id}`).send(areaVersionView(made));
      },
    );
  });
};
