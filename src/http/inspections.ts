import { z } from 'zod';
import {
  type CountedInspection,
  drawAgain,
  endInspection,
  type FoundItem,
  inspect,
  listInspections,
  listItems,
  lookAtInspection,
  recordInspection,
} from '../actions/inspect.ts';
import { largestSample } from '../domain/inspection.ts';
import { iso } from '../domain/time.ts';
import { inspectedUnits } from '../reports/inspections.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time, unitRef } from './views.ts';
import type { Routes } from './zod.ts';

const makers = ['inspector', 'shift_leader', 'centre_leader'] as const;
const readers = [...makers, 'dispatcher', 'auditor', 'government', 'legal_office'] as const;
const tags = ['inspections'];
const itemStates = ['open', 'passed', 'found', 'moot'] as const;

const scopeIn = z.object({
  unit: s.code.nullish().describe('and the units below it'),
  area: s.code.nullish(),
  category: s.said(200).nullish(),
  closedWithinDays: z.number().int().min(1).max(30).default(30),
});
const inspectionIn = z
  .object({
    name: s.said(200),
    scope: scopeIn.default({ closedWithinDays: 30 }),
    count: z.number().int().min(1).max(largestSample).optional(),
    share: z.number().gt(0).max(1).optional(),
    startAt: s.moment.nullish(),
    everyDays: z.number().int().min(1).max(366).nullish(),
  })
  .refine(({ count, share }) => (count === undefined) !== (share === undefined), 'needs either count or share');

const inspectionOut = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['random', 'scheduled']),
    scope: z.object({
      unit: z.string().nullable(),
      area: z.string().nullable(),
      category: z.string().nullable(),
      closedWithinDays: z.number(),
    }),
    size: z.union([z.object({ count: z.number() }), z.object({ share: z.number() })]),
    everyDays: z.number().nullable(),
    nextAt: s.momentOut.nullable(),
    draws: z.number(),
    counts: z.object({ open: z.number(), passed: z.number(), found: z.number(), moot: z.number() }),
    madeBy: z.string(),
    madeAt: s.momentOut,
    endedAt: s.momentOut.nullable(),
  })
  .meta({ id: 'Inspection' });
const itemOut = z
  .object({
    id: z.string(),
    inspectionId: z.string(),
    workOrder: z.object({ id: z.string(), number: z.string(), title: z.string() }),
    unit: s.unitRef,
    round: z.number(),
    post: z.string().nullable(),
    drawnAt: s.momentOut,
    dueAt: s.momentOut,
    state: z.enum(itemStates),
    finding: z.string().nullable(),
    evidence: z.array(s.evidence),
    by: z.string().nullable(),
    decidedAt: s.momentOut.nullable(),
  })
  .meta({ id: 'InspectionItem' });

/** Inspections of closed orders (定期检查和随机抽查), by people outside the unit; what they find is worked on again. */
export const inspections: Routes = async (app, deps) => {
  const view = ({ inspection, counts }: CountedInspection): z.input<typeof inspectionOut> => ({
    ...inspection,
    kind: inspection.nextAt === null && inspection.everyDays === null ? 'random' : 'scheduled',
    counts,
    nextAt: time(inspection.nextAt),
    madeBy: inspection.madeBy.name,
    madeAt: iso(inspection.madeAt),
    endedAt: time(inspection.endedAt),
  });
  const itemView = ({ item, number, title, owner }: FoundItem): z.input<typeof itemOut> => ({
    id: item.id,
    inspectionId: item.inspectionId,
    workOrder: { id: item.orderId, number, title },
    unit: unitRef(owner, deps.city()),
    round: item.round,
    post: item.post,
    drawnAt: iso(item.drawnAt),
    dueAt: iso(item.dueAt),
    state: item.state,
    finding: item.finding,
    evidence: [...item.evidence],
    by: item.by,
    decidedAt: time(item.decidedAt),
  });

  app.post(
    '/inspections',
    {
      config: { for: makers, create: true },
      schema: {
        summary: 'Draw closed orders to be looked at: now, or from a moment on every so many days',
        tags,
        body: inspectionIn,
        response: { 201: inspectionOut },
      },
    },
    async ({ body: { name, scope, count, share, startAt, everyDays }, actor }, reply) => {
      const { unit = null, area = null, category = null, closedWithinDays } = scope;
      const made = granted(
        await inspect(
          deps,
          {
            name,
            scope: { unit, area, category, closedWithinDays },
            size: count === undefined ? { share: share ?? 1 } : { count },
            startAt: startAt ?? null,
            everyDays: everyDays ?? null,
          },
          actor,
        ),
      );
      reply.code(201).header('location', `/v1/inspections/${made.inspection.id}`);
      return view(made);
    },
  );

  app.get(
    '/inspections',
    {
      config: { for: readers },
      schema: {
        summary: 'Inspections with what came of them, newest first',
        tags,
        querystring: z.object({ limit: s.limit, cursor: s.idCursor }),
        response: { 200: s.pageOf(inspectionOut) },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const found = await listInspections(deps, { cursor, limit: limit + 1 });
      return paged(found, limit, view, (last) => last.inspection.id);
    },
  );

  app.get(
    '/inspections/summary',
    {
      config: { for: readers },
      schema: {
        summary: 'What inspectors saw, by the unit that had closed the orders, the worst first',
        tags,
        querystring: z.object({ from: s.moment, to: s.moment }),
        response: {
          200: z.object({
            items: z.array(z.object({ unit: s.unitRef, inspected: z.number(), found: z.number(), share: z.number() })),
          }),
        },
      },
    },
    async ({ query }) => ({
      items: (await inspectedUnits(deps.reading, query)).map((row) => ({
        ...row,
        unit: unitRef(row.unit, deps.city()),
      })),
    }),
  );

  app.get(
    '/inspections/:id',
    {
      config: { for: readers },
      schema: { summary: 'One inspection', tags, params: s.idParams, response: { 200: inspectionOut } },
    },
    async ({ params }) => view(granted(await lookAtInspection(deps, params.id))),
  );

  for (const [path, summary, act] of [
    ['draw', 'Draw once more, beside the schedule', drawAgain],
    ['end', 'Draw no more; what was drawn is still looked at', endInspection],
  ] as const)
    app.post(
      `/inspections/:id/${path}`,
      {
        config: { for: makers },
        schema: { summary, tags, params: s.idParams, response: { 200: inspectionOut } },
      },
      async ({ params }) => view(granted(await act(deps, params.id))),
    );

  app.get(
    '/inspection-items',
    {
      config: { for: readers },
      schema: {
        summary: 'Orders that were drawn, the last drawn first; `mine` are those the caller is to look at',
        tags,
        querystring: z.object({
          inspectionId: s.id.optional(),
          state: z.enum(itemStates).optional(),
          unit: s.code.optional(),
          workOrderId: s.id.optional(),
          mine: s.flag.default(false),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(itemOut) },
      },
    },
    async ({ query: { limit, ...filter }, actor }) => {
      const found = await listItems(deps, { ...filter, limit: limit + 1 }, actor);
      return paged(found, limit, itemView, (last) => last.item.id);
    },
  );

  app.post(
    '/inspection-items/:id/finding',
    {
      config: { for: ['inspector'] },
      schema: {
        summary: 'What the drawn inspector saw; with a finding the order goes back to work at once',
        tags,
        params: s.idParams,
        body: z.object({
          passed: z.boolean(),
          finding: s.text(2000).optional(),
          evidence: z.array(s.evidence).max(20).default([]),
        }),
        response: { 200: itemOut },
      },
    },
    async ({ params, body, actor }) => itemView(granted(await recordInspection(deps, params.id, body, actor))),
  );
};
