import { z } from 'zod';
import { callStates, coordinationKinds, coordinationStates } from '../domain/coordination.ts';
import { callLife, coordinationLife } from '../domain/coordination-life.ts';
import { locationIn } from './request-shapes.ts';
import * as s from './shapes.ts';
import { portionOut } from './statistics-shapes.ts';

const names = <T extends string>(of: Readonly<Record<T, unknown>>) => Object.keys(of) as [T, ...T[]];

const slotIn = z.object({ from: s.moment, to: s.moment });
const units = z.array(z.object({ code: s.code, task: s.said(1000) })).max(100);
const workOrderIds = z.array(s.id).max(1000);

export const draftIn = z.object({
  kind: z.enum(coordinationKinds),
  street: s.code,
  workOrderIds: workOrderIds.default([]),
  units: units.default([]),
  demand: s.said(5000),
  slot: slotIn.nullish(),
  matter: s.code.nullish(),
});

export const gridCallIn = z.object({
  workOrderId: s.id.optional(),
  location: locationIn.optional(),
  text: s.said(2000),
});

const nothing = z.object({}).nullish();
const because = z.object({ reason: s.reason });

/** What a client may do to an order, and what comes with it. */
export const orderActions = {
  amend: {
    summary: 'Change a draft: what is not named stays',
    body: z.object({
      units: units.optional(),
      workOrderIds: workOrderIds.optional(),
      demand: s.said(5000).optional(),
      slot: slotIn.nullish(),
      matter: s.code.nullish(),
    }),
  },
  issue: { summary: 'Issue the order: every unit named is called, and its time to report in runs', body: nothing },
  attach: {
    summary: 'Put further work orders on an issued order',
    body: z.object({ workOrderIds: workOrderIds.min(1) }),
  },
  call: { summary: 'Call further units, or one again', body: z.object({ units: units.min(1) }) },
  close: { summary: 'Close the order with what came of it', body: z.object({ outcome: s.said(5000) }) },
  cancel: { summary: 'Cancel the order; every unit is let go', body: because },
} as const;

/** What a client may do to the call of a unit, and what comes with it. */
export const unitActions = {
  acknowledge: { summary: 'The unit has read the call', body: nothing },
  'report-in': { summary: 'The unit is there (到场)', body: nothing },
  result: {
    summary: 'The unit says what it did',
    body: z.object({ text: s.said(5000), evidence: z.array(s.evidence).max(20).default([]) }),
  },
  accept: { summary: 'The street accepts the result', body: nothing },
  refuse: { summary: 'The street refuses the result: the unit is on the spot again', body: because },
  release: {
    summary: 'The street lets the unit go (销哨); with a reason, unless its result was accepted',
    body: z.object({ reason: s.text(2000).optional() }).nullish(),
  },
} as const;

const slotOut = z.object({ from: s.momentOut, to: s.momentOut });
const signature = z.object({ client: z.string(), name: z.string(), unit: z.string().nullable(), at: s.momentOut });

const callOut = z.object({
  unit: s.unitRef,
  task: z.string(),
  state: z.enum(callStates),
  calledAt: s.momentOut.nullable(),
  answerBy: s.momentOut.nullable().describe('for a unit that the street does not command'),
  reportInBy: s.momentOut.nullable(),
  acknowledgedAt: s.momentOut.nullable(),
  reportedInAt: s.momentOut.nullable(),
  inTime: z.boolean().nullable(),
  silent: z.boolean(),
  result: z.object({ text: z.string(), evidence: z.array(s.evidence), at: s.momentOut, actor: z.string() }).nullable(),
  refusals: z.array(z.object({ at: s.momentOut, actor: z.string(), reason: z.string() })),
  acceptedAt: s.momentOut.nullable(),
  releasedAt: s.momentOut.nullable(),
  releaseReason: z.string().nullable(),
  allowedActions: z.array(z.enum(names(callLife))),
});

/** A coordination order whole. */
export const coordinationOut = z
  .object({
    id: z.string(),
    number: z.string(),
    version: z.number(),
    kind: z.enum(coordinationKinds),
    street: s.unitRef,
    state: z.enum(coordinationStates),
    workOrderIds: z.array(z.string()),
    leftWorkOrderIds: z.array(z.string()),
    demand: z.string(),
    slot: slotOut.nullable(),
    matter: z.string().nullable(),
    powerItem: z.string().nullable(),
    lead: z.string().nullable(),
    quorum: z.number().nullable(),
    units: z.array(callOut),
    attendance: z.object({
      called: z.number(),
      present: z.number(),
      quorum: z.number().nullable(),
      met: z.boolean(),
    }),
    outcome: z.string().nullable(),
    cancelReason: z.string().nullable(),
    outcomeAskedAt: s.momentOut.nullable(),
    draftedBy: signature,
    issuedBy: signature.nullable(),
    endedAt: s.momentOut.nullable(),
    allowedActions: z.array(z.enum(names(coordinationLife))),
  })
  .meta({ id: 'CoordinationOrder' });

/** The queue of a unit's calls. */
export const loadOut = z.object({
  unit: s.unitRef,
  held: z.number(),
  waiting: z.number(),
  streets: z.number(),
  atOnce: z.number().describe('the most calls whose slots want the unit at the same moment'),
  clashes: z.array(z.array(z.string())),
  items: z.array(
    z.object({
      coordinationOrderId: z.string(),
      number: z.string(),
      kind: z.enum(coordinationKinds),
      street: s.unitRef,
      task: z.string(),
      state: z.enum(callStates),
      slot: slotOut.nullable(),
      reportInBy: s.momentOut.nullable(),
      calledAt: s.momentOut,
    }),
  ),
});

const summary = {
  units: z.number().describe('different units called'),
  calls: z.number().describe('coordination orders issued'),
  cases: z.number().describe('different work orders they were about'),
  closure: portionOut.describe('of the cases, those that have ended'),
  reportInOnTime: portionOut.describe('of the units that came or whose time to is over, those that came within it'),
};
export const summaryOut = z.object({
  unit: s.unitRef,
  from: s.momentOut,
  to: s.momentOut,
  ...summary,
  streets: z.array(z.object({ street: s.unitRef, ...summary })),
});
