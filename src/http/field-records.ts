import { z } from 'zod';
import {
  countEntries,
  countForAll,
  type FieldCounts,
  type FieldKey,
  fieldKeys,
  listFieldRecords,
  lookAtFieldRecord,
  record,
  withdrawEntry,
} from '../actions/field-records.ts';
import { type FieldRecord, type RecordCounts, recordKinds } from '../domain/field-record.ts';
import { nameOfKey } from '../domain/rated.ts';
import { iso } from '../domain/time.ts';
import { keepAMinute } from './kept.ts';
import { pageByCode, paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { readers as counters } from './statistics.ts';
import { collection } from './undertakings.ts';
import { areaRef, unitRef } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import type { HttpDeps, Routes } from './zod.ts';

const recorders = [
  ...unitRoles,
  'grid_worker',
  'supervisor',
  'inspector',
  'shift_leader',
  'centre_leader',
  'government',
] as const;
const readers = [...new Set([...recorders, ...hotlineRoles, 'auditor', 'legal_office'] as const)];
const tags = ['field records'];
const day = z.iso
  .date()
  .refine((date) => date >= '2000-01-01', 'lies too far back')
  .describe('a day of the city, from 2000 on');

const entry = {
  unit: s.code.nullable().default(null).describe('null: the own one'),
  area: s.code.nullable().default(null),
  on: day,
  title: s.said(200),
  evidence: z.array(s.evidence).max(20).default([]).describe('pictures belong to one of the work orders'),
  workOrderIds: z.array(s.id).max(100).default([]),
};
const done = {
  ...entry,
  words: s.text(5000).default(''),
  participants: z.number().int().min(0).max(10_000_000).nullable().default(null),
  hours: z
    .number()
    .min(0)
    .max(10_000_000)
    .refine(s.hasDecimals(2), 'has two decimals at most')
    .nullable()
    .default(null)
    .describe('service hours of all who took part'),
};
const recordIn = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('activity'), ...done }),
  z.object({ kind: z.literal('deed'), ...done }),
  z
    .object({
      kind: z.literal('visit'),
      ...entry,
      words: s.said(5000).describe('what was found'),
      visitors: z
        .array(z.object({ name: s.said(100), unit: s.code, post: s.said(100).nullable().default(null) }))
        .min(1)
        .max(50),
      about: s.code.nullable().default(null).describe('the unit that was visited'),
      followUp: z
        .object({ demand: s.said(5000), dueAt: s.moment.nullable().default(null) })
        .nullable()
        .default(null)
        .describe('what the visited unit owes by a date: a field task'),
    })
    .refine(({ about, followUp }) => followUp === null || about !== null, {
      path: ['about'],
      message: 'somebody has to owe it',
    }),
]);
const recordOut = z
  .object({
    id: z.string(),
    kind: z.enum(recordKinds),
    unit: s.unitRef,
    area: s.areaRef.nullable(),
    on: z.string(),
    title: z.string(),
    words: z.string(),
    participants: z.number().nullable(),
    hours: z.number().nullable(),
    visitors: z.array(z.object({ name: z.string(), unit: s.unitRef, post: z.string().nullable() })),
    about: s.unitRef.nullable(),
    workOrderIds: z.array(z.string()),
    evidence: z.array(s.evidence),
    fieldTaskId: z.string().nullable(),
    recordedBy: z.object({ name: z.string(), unit: z.string().nullable() }),
    recordedAt: s.momentOut,
    withdrawn: z.object({ by: z.string(), at: s.momentOut, reason: z.string() }).nullable(),
  })
  .meta({ id: 'FieldRecord' });

const key = z.object({ code: z.string().nullable(), name: z.string().nullable() });
const publicCounts = { activities: z.number(), deeds: z.number(), participants: z.number(), hours: z.number() };
export const recordCountsOut = { ...publicCounts, visits: z.number() };
const countsOut = z.object({
  from: s.momentOut,
  to: s.momentOut,
  by: z.enum(fieldKeys),
  all: z.object(recordCountsOut),
  items: z.array(z.object({ key, ...recordCountsOut })),
  nextCursor: z.string().nullable(),
});
const publicOut = z.object({
  period: z.string(),
  all: z.object(publicCounts),
  items: z.array(z.object({ key, ...publicCounts })),
});

const ofEverybody = ({ visits: _v, ...counts }: RecordCounts) => counts;

/** What units do among residents: activities (公益活动), things done (实事), visits to the front line (一线考察). */
export const fieldRecords: Routes = async (app, deps) => {
  const view = ({ areaPath: _p, undertakingId, recordedBy, ...r }: FieldRecord): z.input<typeof recordOut> => ({
    ...r,
    unit: unitRef(r.unit, deps.city()),
    area: r.area === null ? null : areaRef(r.area, deps.city().areasAt(deps.now()).tree),
    visitors: r.visitors.map((visitor) => ({ ...visitor, unit: unitRef(visitor.unit, deps.city()) })),
    about: r.about === null ? null : unitRef(r.about, deps.city()),
    workOrderIds: [...r.workOrderIds],
    evidence: [...r.evidence],
    fieldTaskId: undertakingId,
    recordedBy: { name: recordedBy.name, unit: recordedBy.unit },
    recordedAt: iso(r.recordedAt),
    withdrawn: r.withdrawn && { ...r.withdrawn, at: iso(r.withdrawn.at) },
  });

  app.post(
    '/field-records',
    {
      config: { for: recorders, create: true },
      schema: {
        summary: 'Record an activity, something done for people, or a visit with what it found and asks for',
        tags,
        body: recordIn,
        response: { 201: recordOut },
      },
    },
    async ({ body, actor }, reply) => {
      const draft =
        body.kind === 'visit'
          ? { ...body, participants: null, hours: null }
          : { ...body, visitors: [], about: null, followUp: null };
      const made = granted(await record(deps, draft, actor));
      reply.code(201).header('location', `/v1/field-records/${made.id}`);
      return view(made);
    },
  );

  app.get(
    '/field-records',
    {
      config: { for: readers },
      schema: {
        summary: 'Entries within sight, the last recorded first',
        tags,
        querystring: z.object({
          kind: z.enum(recordKinds).optional(),
          unit: s.code.optional().describe('and those below it'),
          area: s.code.optional().describe('and all below it'),
          about: s.code.optional(),
          workOrderId: s.id.optional(),
          from: day.optional(),
          to: day.optional().describe('the last day'),
          withdrawn: s.flag.optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(recordOut) },
      },
    },
    async ({ query: { limit, ...filter }, actor }) => {
      const found = await listFieldRecords(deps, { ...filter, limit: limit + 1 }, actor);
      return paged(found, limit, view, ({ id }) => id);
    },
  );

  app.get(
    '/field-records/:id',
    {
      config: { for: readers },
      schema: { summary: 'One entry', tags, params: s.idParams, response: { 200: recordOut } },
    },
    async ({ params: { id }, actor }) => view(granted(await lookAtFieldRecord(deps, id, actor))),
  );

  app.post(
    '/field-records/:id/withdraw',
    {
      config: { for: recorders },
      schema: {
        summary: 'Withdraw a wrong entry with a reason; it stays, and counts no more',
        tags,
        params: s.idParams,
        body: z.object({ reason: s.reason }),
        response: { 200: recordOut },
      },
    },
    async ({ params: { id }, body, actor }) => view(granted(await withdrawEntry(deps, id, body.reason, actor))),
  );

  app.get(
    '/statistics/field-records',
    {
      config: { for: counters },
      schema: {
        summary: 'How many activities, things done and visits there were in a period or a span, by whom or where',
        description: 'Entries count by their day; what was withdrawn does not count.',
        tags: ['statistics'],
        querystring: z
          .object({
            period: s.said(10).optional().describe('2026, 2026-H1, 2026-Q3; or a span'),
            from: s.from.optional(),
            to: s.to.optional(),
            by: z.enum(fieldKeys).default('unit').describe('what the rows are counted by: one row for each'),
            unit: s.code.optional().describe('this unit and those below it'),
            area: s.code.optional().describe('this area and all below it'),
            limit: s.limit,
            cursor: s.cursor,
          })
          .refine(
            ({ period, from, to }) => (period === undefined) === (from !== undefined && to !== undefined),
            'needs either a period or a span',
          ),
        response: { 200: countsOut },
      },
    },
    async ({ query: { limit, cursor, ...asked }, actor }) => {
      const found = granted(await countEntries(deps, asked, actor));
      const { span, all } = found;
      const page = pageByCode(itemsOf(found, asked.by, deps), (item) => item.key.code ?? '', { limit, cursor });
      return { from: iso(span.from), to: iso(span.to), by: asked.by, all, ...page };
    },
  );

  app.get(
    '/public/field-records',
    {
      config: { for: 'public' },
      onSend: keepAMinute,
      schema: {
        summary: 'How many activities there were and how much was done for people in a period; nothing but counts',
        tags: ['public'],
        querystring: z.object({
          period: s.said(10).describe('2026, 2026-H1, 2026-Q3'),
          by: z.enum(['street', 'month']).default('month'),
        }),
        response: { 200: publicOut },
      },
    },
    async ({ query: { period, by } }) => {
      const found = granted(await countForAll(deps, { period, by }));
      const items = itemsOf(found, by, deps).map(({ key: of, ...counts }) => ({ key: of, ...ofEverybody(counts) }));
      return { period, all: ofEverybody(found.all), items };
    },
  );

  collection(app, deps, { path: 'field-tasks', kind: 'field_task', tag: 'field tasks' });
};

/** Counts with the names of their keys; months are called what they are. */
const itemsOf = ({ by }: FieldCounts, key: FieldKey, deps: Pick<HttpDeps, 'city' | 'now'>) =>
  [...by].map(([code, counts]) => ({
    key: {
      code,
      name:
        code === null || key === 'month'
          ? code
          : nameOfKey(key, code, deps.city().city, deps.city().areasAt(deps.now()).tree),
    },
    ...counts,
  }));
