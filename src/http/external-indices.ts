import { z } from 'zod';
import { cityLists } from '../actions/city-lists.ts';
import { listIndexValues, type SeenValue, takeValuesIn } from '../actions/external-indices.ts';
import { readSheet } from '../channels/sheets-in.ts';
import { indexCuts, indexMeasures } from '../domain/external-index.ts';
import { Refused, refuse } from '../domain/refusal.ts';
import { iso } from '../domain/time.ts';
import { type Language } from '../domain/words.ts';
import { externalIndexIn } from './city-shapes.ts';
import { serve } from './city-things.ts';
import { cursorOf, readCursor } from './cursors.ts';
import { faultsOf } from './faults.ts';
import { paged } from './paging.ts';
import { granted, languageOf } from './problem.ts';
import * as s from './shapes.ts';
import { readers } from './statistics.ts';
import { areaRef, unitRef } from './views.ts';
import type { HttpDeps, Routes } from './zod.ts';

const importers = ['inspector', 'centre_leader', 'government', 'admin'] as const;
const tags = ['external indices'];
const mostItems = 5000;

const item = z
  .object({
    area: s.code.optional(),
    unit: s.code.optional(),
    period: s.said(10).describe('2026-07, 2026-Q3, 2026-H2 or 2026, as the index is cut'),
    value: z.number().min(0).max(100).refine(s.hasDecimals(3), 'has three decimals at most'),
    sample: z.number().int().min(1).max(2_000_000_000).nullable().default(null).describe('how many were asked'),
    rank: z
      .object({ place: z.number().int().min(1).max(100_000), of: z.number().int().min(1).max(100_000) })
      .refine(({ place, of }) => place <= of, 'is no place among so many')
      .nullable()
      .default(null)
      .describe('the place among so many that the source tells'),
  })
  .refine(({ area, unit }) => (area === undefined) !== (unit === undefined), 'is of an area or of a unit');
const items = z.array(item).min(1).max(mostItems);
const importIn = z
  .object({
    document: s.said(500).describe('the document the values stand in'),
    reason: s.reason.nullable().default(null).describe('why values that stand there already are corrected'),
    items: items.optional(),
    csv: s
      .text(500_000)
      .optional()
      .describe('the same as a sheet: a first row with area, unit, period, value, sample, place and of'),
  })
  .refine(({ items: given, csv }) => (given === undefined) !== (csv === undefined), 'needs either items or csv');

const importedOut = z.object({ added: z.number(), corrected: z.number(), unchanged: z.number() });
const indexValueOut = z
  .object({
    id: z.string(),
    index: s.named.extend({ measure: z.enum(indexMeasures).nullable(), source: z.string().nullable() }),
    kind: z.enum(['area', 'unit']),
    of: s.named,
    period: z.string(),
    cut: z.enum(indexCuts).nullable(),
    from: s.momentOut,
    to: s.momentOut,
    value: z.number(),
    sample: z.number().nullable(),
    rank: z.object({ place: z.number(), of: z.number() }).nullable(),
    change: z.object({ onBefore: z.number().nullable(), onLastYear: z.number().nullable() }),
    version: z.number(),
    document: z.string(),
    reason: z.string().nullable(),
    importedBy: z.string(),
    at: s.momentOut,
  })
  .meta({ id: 'IndexValue' });

/** A value with the names of what it is of as they are now. */
function indexValueView(
  { value, onBefore, onLastYear }: SeenValue,
  deps: Pick<HttpDeps, 'city' | 'now'>,
): z.input<typeof indexValueOut> {
  const { indices, city, areasAt } = deps.city();
  const { index, kind, code, starts, ends, importedBy, at, rank, ...rest } = value;
  const found = indices.get(index);
  return {
    ...rest,
    index: {
      code: index,
      name: found?.name ?? index,
      measure: found?.measure ?? null,
      source: found?.source ?? null,
    },
    kind,
    of: kind === 'unit' ? unitRef(code, { city }) : areaRef(code, areasAt(deps.now()).tree),
    cut: found?.cut ?? null,
    from: iso(starts),
    to: iso(ends),
    rank: rank && { ...rank },
    change: { onBefore, onLastYear },
    importedBy: importedBy.name,
    at: iso(at),
  };
}

/** Indices that others measure (公众安全感满意度测评 …): which there are, what they have said, and how it moves. */
export const externalIndices: Routes = async (app, deps) => {
  serve(app, deps, {
    path: 'external-indices',
    kind: 'external_index',
    noun: 'index that others measure',
    body: externalIndexIn,
    make: (code, body) => ({ ...body, code }),
    list: cityLists.external_index,
  });

  app.post(
    '/external-indices/:code/values',
    {
      config: { for: importers, create: true },
      schema: {
        summary: 'Take values of a document in, all or none; a value that stands there is corrected only with a reason',
        description: 'Sent again, what stands there word for word is left as it is: 200 where nothing was new.',
        tags,
        params: z.object({ code: s.said(200) }),
        body: importIn,
        response: { 200: importedOut, 201: importedOut },
      },
    },
    async ({ params: { code }, body: { document, reason, items: given, csv }, actor, headers }, reply) => {
      const said = (given ?? itemsOf(csv ?? '', languageOf({ headers }))).map(({ area, unit, ...rest }) => ({
        ...rest,
        ...(area === undefined ? { kind: 'unit' as const, code: unit ?? '' } : { kind: 'area' as const, code: area }),
      }));
      const { outcomes, written } = granted(await takeValuesIn(deps, code, { items: said, document, reason }, actor));
      const count = (what: (typeof outcomes)[number]) => outcomes.filter((each) => each === what).length;
      reply.code(written.length > 0 ? 201 : 200);
      return { added: count('added'), corrected: count('corrected'), unchanged: count('unchanged') };
    },
  );

  app.get(
    '/external-indices/:code/values',
    {
      config: { for: [...new Set([...readers, ...importers])] },
      schema: {
        summary: 'What an index has said of areas and units, the latest periods first, and how it has moved since',
        tags,
        params: z.object({ code: s.said(200) }),
        querystring: z
          .object({
            area: s.code.optional(),
            unit: s.code.optional(),
            period: s.said(10).optional(),
            superseded: s.flag.default(false).describe('also values that were corrected'),
            limit: s.limit,
            cursor: s.cursor,
          })
          .refine(({ area, unit }) => area === undefined || unit === undefined, 'is of an area or of a unit'),
        response: { 200: s.pageOf(indexValueOut) },
      },
    },
    async ({ params, query: { limit, cursor, ...filter } }) => {
      const page = { after: readCursor(cursor), limit: limit + 1 };
      const found = granted(await listIndexValues(deps, { ...params, ...filter, ...page }));
      return paged(
        found,
        limit,
        (seen) => indexValueView(seen, deps),
        ({ value }) => cursorOf({ at: value.ends, id: value.id }),
      );
    },
  );
};

/** The items of a sheet; what is wrong in it is named by its row, of which the first after the names is 0. */
function itemsOf(csv: string, language: Language): z.output<typeof items> {
  const rows = readSheet(csv);
  if (rows === null) throw new Refused(refuse('malformed'));
  const given = rows.map(({ place, of, value, sample, ...row }) => ({
    ...row,
    ...(value === undefined ? {} : { value: numberOf(value) }),
    ...(sample === undefined ? {} : { sample: numberOf(sample) }),
    ...(place === undefined && of === undefined ? {} : { rank: { place: numberOf(place), of: numberOf(of) } }),
  }));
  const read = items.safeParse(given);
  if (read.success) return read.data;
  const errors = faultsOf(items, given, language)
    .slice(0, 100)
    .map(({ pointer, message }) => ({ pointer: `/csv${pointer}`, message }));
  throw new Refused(refuse('invalid', { errors }));
}

/** A number as a sheet shows it; programs read `0x10` and `1e1` as numbers, too, and nobody means them. */
const numberOf = (field: string | undefined): number =>
  field !== undefined && /^\d+(\.\d+)?$/.test(field) ? Number(field) : Number.NaN;
