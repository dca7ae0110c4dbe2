import { z } from 'zod';
import {
  judgeAdmission,
  listAdmissions,
  lookAtAdmission,
  proposeAdmission,
  type SeenAdmission,
  withdrawAdmission,
} from '../actions/admit.ts';
import {
  type Admission,
  admissionLife,
  admissionStates,
  admissionSteps,
  admittedLists,
  dueOfAdmission,
  pendingStep,
} from '../domain/admission.ts';
import type { AdmissionProposal } from '../domain/admit.ts';
import { iso } from '../domain/time.ts';
import { approvalInList } from './approval-shapes.ts';
import { cursorOf, readCursor } from './cursors.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { etagOf, time } from './views.ts';
import { allRoles, hotlineRoles, unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const proposers = [...unitRoles, ...hotlineRoles] as const;
const judges = ['legal_office', 'government'] as const;
const readers = allRoles.filter((role) => !['survey_vendor', 'publisher', 'judge', 'grid_worker'].includes(role));
const tags = ['admissions'];

const unitKind = z.enum(['street', 'community']);
/** What an admission says; power, fund and staff may not stay unsaid, and the refusal names which did. */
export const proposalIn = {
  category: s.said(200),
  unit: s.code.nullish().describe('the receiving unit, or unitKind for all of a kind'),
  unitKind: unitKind.nullish(),
  list: z.enum(admittedLists),
  text: s.said(500).describe('how the line of the duty list will read'),
  power: s.text(1000).default('').describe('the power that goes with the matter (权随责走)'),
  fund: s.text(1000).default('').describe('the fund that goes with it (费随事转)'),
  staff: s.text(1000).default('').describe('the staff that goes with it'),
  contract: z
    .object({ number: s.text(100), between: s.text(500), text: s.text(5000) })
    .default({ number: '', between: '', text: '' })
    .describe('the record it is done under (契约化管理)'),
  effectiveAt: s.moment,
};

/** What was sent as a proposal: whom it is for is one unit or a kind, and null is neither. */
export const proposalOf = (
  body: Readonly<
    z.output<z.ZodObject<typeof proposalIn>> & { reason: string; workOrderId?: string | null | undefined }
  >,
): AdmissionProposal => {
  const { category, list, text, power, fund, staff, contract, effectiveAt, reason } = body;
  const { unit = null, unitKind = null, workOrderId = null } = body;
  return { category, unit, unitKind, list, text, power, fund, staff, contract, effectiveAt, reason, workOrderId };
};

const admissionOut = z
  .object({
    id: z.string(),
    number: z.string(),
    version: z.number(),
    state: z.enum(admissionStates),
    category: z.string(),
    unit: z.string().nullable(),
    unitKind: unitKind.nullable(),
    list: z.enum(admittedLists),
    text: z.string(),
    power: z.string(),
    fund: z.string(),
    staff: z.string(),
    contract: z.object({ number: z.string(), between: z.string(), text: z.string() }),
    effectiveAt: s.momentOut,
    reason: z.string(),
    workOrderId: z.string().nullable(),
    askedBy: z.string(),
    askedByUnit: z.string().nullable(),
    askedAt: s.momentOut,
    decider: z.string().nullable().describe('whose word it waits for; null once it is over'),
    dueAt: s.momentOut.nullable(),
    endedAt: s.momentOut.nullable(),
    steps: z.array(
      z.object({
        id: z.string(),
        step: z.enum(admissionSteps),
        decider: z.string(),
        askedAt: s.momentOut,
        state: z.enum(['pending', 'granted', 'refused', 'withdrawn', 'lapsed']),
        decidedBy: z.string().nullable(),
        decidedAt: s.momentOut.nullable(),
        reason: z.string().nullable(),
        succeeds: z.string().nullable(),
      }),
    ),
    allowedActions: z.array(z.enum(Object.keys(admissionLife) as [string, ...string[]])),
  })
  .meta({ id: 'Admission' });

const view = ({ admission, allowedActions }: SeenAdmission): z.input<typeof admissionOut> => {
  const { clocks: _c, seq: _s, askedByClient: _a, ...rest } = admission;
  return {
    ...rest,
    effectiveAt: iso(admission.effectiveAt),
    askedAt: iso(admission.askedAt),
    decider: pendingStep(admission)?.decider ?? null,
    dueAt: time(dueOfAdmission(admission)),
    endedAt: time(admission.endedAt),
    steps: admission.steps.map(({ seq: _n, ...step }) => ({
      ...step,
      askedAt: iso(step.askedAt),
      decidedAt: time(step.decidedAt),
    })),
    allowedActions: [...allowedActions],
  };
};

/** An admission among other approvals: one that has the same id through both looks. */
export function admissionAsApproval(admission: Admission): Omit<z.input<typeof approvalInList>, 'workOrder'> {
  const { id, number, state, reason, askedBy, askedByUnit, askedAt, steps } = admission;
  const last = steps.findLast((step) => step.state !== 'pending' && step.state !== 'lapsed');
  const isOver = admission.endedAt !== null;
  const pending = state === 'legal_review' || state === 'government_approval';
  return {
    id,
    kind: 'admission',
    reason,
    terms: {
      number,
      step: pending ? state : null,
      category: admission.category,
      unit: admission.unit,
      unitKind: admission.unitKind,
      list: admission.list,
      text: admission.text,
      power: admission.power,
      fund: admission.fund,
      staff: admission.staff,
      contract: admission.contract,
      effectiveAt: iso(admission.effectiveAt),
    },
    askedBy,
    askedByUnit,
    askedAt: iso(askedAt),
    decider: { role: (pendingStep(admission) ?? steps.at(-1))?.decider ?? null, unit: null },
    dueAt: time(dueOfAdmission(admission)),
    state: pending ? 'pending' : state,
    decidedBy: isOver ? (last?.decidedBy ?? null) : null,
    decidedAt: time(admission.endedAt),
    decisionReason: isOver ? (last?.reason ?? null) : null,
    succeeds: null,
  };
}

/** Admissions (准入审批): how a matter off the duty lists comes to a street or community, reviewed and then approved. */
export const admissions: Routes = async (app, deps) => {
  app.post(
    '/admissions',
    {
      config: { for: proposers, create: true },
      schema: {
        summary: 'Propose that a matter be admitted to a duty list, with the power, the fund and the staff it takes',
        tags,
        body: z.object({ ...proposalIn, reason: s.reason, workOrderId: s.id.nullish() }),
        response: { 201: admissionOut },
      },
    },
    async ({ body, actor }, reply) => {
      const seen = granted(await proposeAdmission(deps, proposalOf(body), actor));
      const { id, version } = seen.admission;
      reply.code(201).header('location', `/v1/admissions/${id}`).header('etag', etagOf(version));
      return view(seen);
    },
  );

  app.get(
    '/admissions',
    {
      config: { for: readers },
      schema: {
        summary: 'Admissions within sight, the last asked first',
        tags,
        querystring: z.object({
          state: z.enum(admissionStates).optional(),
          pending: s.flag.optional(),
          category: s.text(200).optional(),
          unit: s.code.optional(),
          unitKind: unitKind.optional(),
          askedByUnit: s.code.optional(),
          workOrderId: s.id.optional(),
          limit: s.limit,
          cursor: s.cursor,
        }),
        response: { 200: s.pageOf(admissionOut) },
      },
    },
    async ({ query: { limit, cursor, ...filter }, actor }) => {
      const found = await listAdmissions(deps, { ...filter, after: readCursor(cursor), limit: limit + 1 }, actor);
      return paged(found, limit, view, ({ admission: last }) => cursorOf({ at: last.askedAt, id: last.id }));
    },
  );

  app.get(
    '/admissions/:id',
    {
      config: { for: readers },
      schema: { summary: 'One admission', tags, params: s.idParams, response: { 200: admissionOut } },
    },
    async ({ params, actor }, reply) => {
      const seen = granted(await lookAtAdmission(deps, params.id, actor));
      reply.header('etag', etagOf(seen.admission.version));
      return view(seen);
    },
  );

  app.post(
    '/admissions/:id/decision',
    {
      config: { for: judges },
      schema: {
        summary: 'The legal office reviews, then the government approves: granted, the line of the duty list is made',
        tags,
        params: s.idParams,
        body: z.object({ granted: z.boolean(), reason: s.reason }),
        response: { 200: admissionOut },
      },
    },
    async ({ params, body, actor }) => view(granted(await judgeAdmission(deps, params.id, body, actor))),
  );

  app.post(
    '/admissions/:id/withdraw',
    {
      config: { for: proposers },
      schema: {
        summary: 'Take back a proposal that is not decided yet',
        tags,
        params: s.idParams,
        response: { 200: admissionOut },
      },
    },
    async ({ params, actor }) => view(granted(await withdrawAdmission(deps, params.id, actor))),
  );
};
