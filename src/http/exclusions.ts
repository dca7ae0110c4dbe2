import { z } from 'zod';
import { listExclusions } from '../actions/exclusions.ts';
import { type ExclusionClass, exclusionClasses } from '../domain/exclusion.ts';
import { iso } from '../domain/time.ts';
import type { ExclusionRow } from '../reports/exclusions.ts';
import { cursorOf, readCursor } from './cursors.ts';
import { paged } from './paging.ts';
import * as s from './shapes.ts';
import { time, unitRef } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const readers = [
  ...hotlineRoles,
  ...unitRoles,
  'supervisor',
  'inspector',
  'legal_office',
  'government',
  'auditor',
] as const;
const approvalStates = ['pending', 'granted', 'refused', 'withdrawn', 'lapsed'] as const;
const classes = Object.keys(exclusionClasses) as [ExclusionClass, ...ExclusionClass[]];

const exclusionOut = z
  .object({
    id: z.string(),
    workOrder: z.object({ id: z.string(), number: z.string() }),
    followUp: z.string(),
    unit: s.unitRef,
    /** Null where judges excluded it without a claim. */
    class: z.enum(classes).nullable(),
    classText: z.string().nullable(),
    proposedBy: z.string(),
    reason: z.string().nullable(),
    evidence: z.string().nullable(),
    askedAt: s.momentOut,
    state: z.enum(approvalStates),
    decidedAt: s.momentOut.nullable(),
    decisionReason: z.string().nullable(),
    judgementId: z.string().nullable(),
    /** Those drawn to decide it; a unit does not learn who they are. */
    deciders: z
      .array(
        z.object({
          post: z.string(),
          unit: s.unitRef,
          left: z.enum(['silent', 'recused']).nullable(),
          granted: z.boolean().nullable(),
          reason: z.string().nullable(),
          at: s.momentOut.nullable(),
        }),
      )
      .nullable(),
    appeal: z.object({ state: z.enum(approvalStates), decidedAt: s.momentOut.nullable() }).nullable(),
    /** Whether the answer is out of the count now. */
    excluded: z.boolean(),
  })
  .meta({ id: 'Exclusion' });

/** The ledger of exclusions (剔除台账): what was claimed, on what evidence, who decided, what came of it and of an appeal. */
export const exclusions: Routes = async (app, deps) => {
  const view = (row: ExclusionRow): z.input<typeof exclusionOut> => ({
    id: row.id,
    workOrder: row.workOrder,
    followUp: row.followUp,
    unit: unitRef(row.unit, deps.city()),
    class: row.class,
    classText: row.class === null ? null : exclusionClasses[row.class],
    proposedBy: row.proposedBy,
    reason: row.reason,
    evidence: row.evidence,
    askedAt: iso(row.askedAt),
    state: row.state,
    decidedAt: time(row.decidedAt),
    decisionReason: row.decisionReason,
    judgementId: row.judgement,
    deciders:
      row.seats?.map(({ post, unit, left, opinion }) => ({
        post,
        unit: unitRef(unit, deps.city()),
        left,
        granted: opinion?.granted ?? null,
        reason: opinion?.reason ?? null,
        at: time(opinion?.at ?? null),
      })) ?? null,
    appeal: row.appeal && { state: row.appeal.state, decidedAt: time(row.appeal.decidedAt) },
    excluded: row.counts,
  });

  app.get(
    '/exclusions',
    {
      config: { for: readers },
      schema: {
        summary: 'Answers that were, or were to be, taken out of the count, the last asked first; a unit reads its own',
        tags: ['judging'],
        querystring: z.object({
          unit: s.code.optional(),
          class: z.enum(classes).optional(),
          state: z.enum(approvalStates).optional(),
          from: s.moment.optional(),
          to: s.moment.optional(),
          limit: s.limit,
          cursor: s.cursor,
        }),
        response: { 200: s.pageOf(exclusionOut) },
      },
    },
    async ({ query: { cursor, limit, ...filter }, actor }) => {
      const found = await listExclusions(deps, { ...filter, after: readCursor(cursor), limit: limit + 1 }, actor);
      return paged(found, limit, view, (last) => cursorOf({ at: last.askedAt, id: last.id }));
    },
  );
};
