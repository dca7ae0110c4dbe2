import { z } from 'zod';
import {
  type AnyApproval,
  askFor,
  askForAdmission,
  decideApproval,
  listApprovals,
  lookAtApproval,
  withdrawApproval,
} from '../actions/approve.ts';
import { approvalKinds } from '../domain/approval.ts';
import { type ExclusionClass, exclusionClasses } from '../domain/exclusion.ts';
import { lateMarks } from '../domain/late-mark.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';
import { admissionAsApproval, proposalIn, proposalOf } from './admissions.ts';
import { approvalInList, rejectionClass, suspensionCause } from './approval-shapes.ts';
import { cursorOf, readCursor } from './cursors.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { approvalView } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const askers = [...unitRoles, ...hotlineRoles] as const;
const deciders = [...unitRoles, ...hotlineRoles, 'supervisor', 'inspector', 'legal_office', 'government'] as const;
const readers = [...deciders, 'auditor'] as const;
const tags = ['approvals'];

/** What each kind says beside its reason. */
const askingIn = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('return'), reason: s.reason, basis: s.said(500), proposedUnit: s.code }),
  z.object({ kind: z.literal('dispute'), reason: s.reason, basis: s.said(500), proposedUnit: s.code.optional() }),
  z.object({ kind: z.literal('extension'), reason: s.reason, dueAt: s.moment }),
  z.object({ kind: z.literal('suspension'), reason: s.reason, cause: suspensionCause, until: s.moment }),
  z.object({
    kind: z.literal('on_account'),
    reason: s.reason,
    plan: s.said(2000),
    until: s.moment,
    cause: suspensionCause.optional(),
  }),
  z.object({ kind: z.literal('hand_over'), reason: s.reason, unit: s.code, power: s.said(500) }),
  z.object({ kind: z.literal('termination'), reason: s.reason, explanation: s.said(2000).optional() }),
  z.object({
    kind: z.literal('rejection'),
    reason: s.reason,
    class: rejectionClass,
    explanation: s.said(2000),
  }),
  z.object({ kind: z.literal('objection'), reason: s.reason }),
  z.object({
    kind: z.literal('late_mark'),
    reason: s.reason,
    mark: z.enum(lateMarks),
    evidence: s.said(2000),
    assist: s.id.optional(),
  }),
  z.object({ kind: z.literal('admission'), reason: s.reason, ...proposalIn }),
  z.object({
    kind: z.literal('exclusion'),
    reason: s.reason,
    class: z.enum(Object.keys(exclusionClasses) as [ExclusionClass, ...ExclusionClass[]]),
    evidence: s.said(2000),
    followUp: s.id.optional(),
  }),
]);

const approvalOf = (seen: AnyApproval): z.input<typeof approvalInList> => {
  const { order } = seen;
  return {
    ...('admission' in seen ? admissionAsApproval(seen.admission) : approvalView(seen.approval, seen.order)),
    workOrder: order && { id: order.id, number: order.number, title: order.title, state: order.state },
  };
};

/** Asking for what one may not do alone, and deciding it (审批). Granting performs the transition. */
export const approvals: Routes = async (app, deps) => {
  const asking = (id: string, body: z.output<typeof askingIn>, actor: Actor): Promise<AnyApproval | Refusal> => {
    if (body.kind === 'admission') return askForAdmission(deps, id, proposalOf(body), actor);
    const { kind, reason, ...terms } = body;
    return askFor(deps, id, { kind, reason, terms }, actor);
  };

  app.post(
    '/work-orders/:id/approvals',
    {
      config: { for: askers, create: true },
      schema: {
        summary:
          'Ask for a return, a dispute, an extension, a pause, a hand-over, an end, the lifting of a late mark, an answer not to count, an admission; nothing changes until granted',
        tags,
        params: s.idParams,
        body: askingIn,
        response: { 201: approvalInList },
      },
    },
    async (request, reply) => {
      const { body, params, actor } = request;
      const asked = approvalOf(granted(await asking(params.id, body, actor)));
      reply.code(201).header('location', `/v1/approvals/${asked.id}`);
      return asked;
    },
  );

  app.get(
    '/approvals',
    {
      config: { for: readers },
      schema: {
        summary: 'Approvals the caller may decide or has asked, the last asked first; for the hotline all',
        tags,
        querystring: z.object({
          pending: s.flag.optional(),
          kind: z.enum([...approvalKinds, 'admission']).optional(),
          limit: s.limit,
          cursor: s.cursor,
        }),
        response: { 200: s.pageOf(approvalInList) },
      },
    },
    async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const page = { after: readCursor(cursor), limit: limit + 1 };
      const found = await listApprovals(deps, { ...filter, ...page }, request.actor);
      return paged(found, limit, approvalOf, (end) => {
        const last = 'admission' in end ? end.admission : end.approval;
        return cursorOf({ at: last.askedAt, id: last.id });
      });
    },
  );

  app.get(
    '/approvals/:id',
    {
      config: { for: readers },
      schema: { summary: 'One approval', tags, params: s.idParams, response: { 200: approvalInList } },
    },
    async ({ params, actor }) => approvalOf(granted(await lookAtApproval(deps, params.id, actor))),
  );

  app.post(
    '/approvals/:id/decision',
    {
      config: { for: deciders },
      schema: {
        summary: 'Grant or refuse; granting performs the transition',
        tags,
        params: s.idParams,
        body: z.object({
          granted: z.boolean(),
          reason: s.reason,
          unit: s.code.optional(),
          basis: s.said(500).optional(),
        }),
        response: { 200: approvalInList },
      },
    },
    async ({ params, body, actor }) => approvalOf(granted(await decideApproval(deps, params.id, body, actor))),
  );

  app.post(
    '/approvals/:id/withdraw',
    {
      config: { for: askers },
      schema: {
        summary: 'Take back what was asked and is not decided yet',
        tags,
        params: s.idParams,
        response: { 200: approvalInList },
      },
    },
    async ({ params, actor }) => approvalOf(granted(await withdrawApproval(deps, params.id, actor))),
  );
};
