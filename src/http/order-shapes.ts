import { z } from 'zod';
import { tiers } from '../domain/city.ts';
import { clockKinds } from '../domain/clocks.ts';
import { coordinationKinds, coordinationStates } from '../domain/coordination.ts';
import { incidentStates } from '../domain/incident.ts';
import { findings, judgementCauses } from '../domain/judgement.ts';
import { actions } from '../domain/lifecycle.ts';
import { dispositions, emergencyServices, requestKinds, urgencies } from '../domain/request.ts';
import { supervisionGrades, supervisionStates } from '../domain/supervision.ts';
import { undertakingKinds, undertakingStates } from '../domain/undertaking.ts';
import { contactOutcomes, noteMarks, outcomes, states } from '../domain/work-order.ts';
import { approvalOut } from './approval-shapes.ts';
import { followUpOut } from './follow-up-shapes.ts';
import { placementOut, requestOut, routingOut } from './request-shapes.ts';
import { evidence, momentOut, unitRef } from './shapes.ts';

export const clockOut = z
  .object({
    kind: z.enum(clockKinds as readonly [string, ...string[]]),
    unit: z.string().nullable(),
    startedAt: momentOut,
    dueAt: momentOut,
    light: z.enum(['green', 'yellow', 'red']),
    state: z.enum(['running', 'paused', 'stopped']),
    provisional: z.boolean(),
    stoppedAt: momentOut.nullable(),
    about: z.string().nullable(),
  })
  .meta({ id: 'Clock' });

export const duplicateHintOut = z
  .object({
    workOrderId: z.string(),
    number: z.string(),
    title: z.string(),
    state: z.string(),
    why: z.array(z.enum(['place', 'phone', 'text'])),
  })
  .meta({ id: 'DuplicateHint' });

export const promptOut = z.object({ service: z.enum(emergencyServices), word: z.string() });

export const assistOut = z
  .object({
    id: z.string(),
    unit: unitRef,
    task: z.string(),
    from: momentOut,
    dueAt: momentOut,
    completedAt: momentOut.nullable(),
    result: z.string().nullable(),
  })
  .meta({ id: 'Assist' });

export const consultationOut = z
  .object({
    id: z.string(),
    at: momentOut,
    actor: z.string(),
    unit: unitRef.nullable(),
    opinions: z.array(z.object({ name: z.string(), unit: unitRef.nullable(), opinion: z.string() })),
    outcome: z.string(),
  })
  .meta({ id: 'Consultation' });

const undertakingBriefOut = z
  .object({
    id: z.string(),
    number: z.string(),
    kind: z.enum(undertakingKinds),
    state: z.enum(undertakingStates),
    unit: unitRef,
    leader: z.string().nullable(),
    title: z.string(),
    dueAt: momentOut,
  })
  .meta({ id: 'UndertakingBrief' });

/** What every list and every create shows of an order. */
export const orderBrief = {
  id: z.string(),
  number: z.string(),
  state: z.enum(states),
  version: z.number(),
  title: z.string(),
  kind: z.enum(requestKinds),
  category: z.string().nullable(),
  urgency: z.enum(urgencies),
  tier: z.enum(tiers),
  responsibleUnit: unitRef,
  assists: z.array(assistOut),
  placement: placementOut,
  routing: routingOut,
  clocks: z.array(clockOut),
  registeredAt: momentOut,
  dispatchedAt: momentOut.nullable(),
  endedAt: momentOut.nullable(),
};

export const orderBriefOut = z.object(orderBrief).meta({ id: 'WorkOrderBrief' });

/** An order whole, for whoever may see it. */
export const orderOut = z
  .object({
    ...orderBrief,
    disposition: z.enum(dispositions),
    diversion: z.object({ service: z.enum(emergencyServices), receipt: z.string().nullable() }).nullable(),
    receivedAt: momentOut,
    designated: z.boolean(),
    problem: z.boolean(),
    clerk: z.string().nullable(),
    signedAt: momentOut.nullable(),
    signedLate: z.boolean(),
    leads: z.array(z.string()),
    returns: z.number(),
    reworks: z.number(),
    reminders: z.number(),
    unverified: z.boolean(),
    confidential: z.boolean(),
    finder: z.object({ actor: z.string(), unit: z.string().nullable() }).nullable(),
    verifier: z.object({ party: z.string(), unit: z.string().nullable(), actor: z.string().nullable() }).nullable(),
    splitFrom: z.string().nullable(),
    mergedInto: z.string().nullable(),
    ending: z.unknown().nullable(),
    requests: z.array(requestOut),
    assignments: z.array(
      z.object({
        unit: unitRef,
        role: z.string(),
        cause: z.string(),
        basis: z.string(),
        from: momentOut,
        to: momentOut.nullable(),
      }),
    ),
    innerAssignments: z.array(
      z.object({ to: z.string(), task: z.string(), at: momentOut, dueAt: momentOut.nullable(), by: z.string() }),
    ),
    watchers: z.array(
      z.object({ unit: z.string().nullable(), actor: z.string().nullable(), why: z.string(), since: momentOut }),
    ),
    contacts: z.array(
      z.object({
        unit: z.string(),
        actor: z.string(),
        at: momentOut,
        how: z.string(),
        /** Absent for whom the requester's name is not meant. */
        whom: z.string().optional(),
        outcome: z.enum(contactOutcomes),
      }),
    ),
    notes: z.array(
      z.object({
        actor: z.string(),
        unit: z.string().nullable(),
        at: momentOut,
        text: z.string(),
        public: z.boolean(),
        mark: z.enum(noteMarks).nullable(),
      }),
    ),
    submissions: z.array(
      z.object({
        unit: z.string(),
        actor: z.string(),
        at: momentOut,
        result: z.enum(outcomes),
        text: z.string(),
        evidence: z.array(evidence),
        requesterTold: z.boolean(),
        inTime: z.boolean().nullable(),
      }),
    ),
    approvals: z.array(approvalOut),
    /** `excluded`: the answer is out of the count (剔除). */
    followUps: z.array(followUpOut.extend({ excluded: z.boolean() })),
    judgements: z.array(
      z.object({
        id: z.string(),
        cause: z.enum(judgementCauses),
        round: z.number(),
        state: z.enum(['open', 'decided', 'cancelled']),
        reasonable: z.boolean().nullable(),
        dutiful: z.boolean().nullable(),
        finding: z.enum(findings).nullable(),
        openedAt: momentOut,
        decidedAt: momentOut.nullable(),
      }),
    ),
    coordinationOrders: z.array(
      z.object({
        id: z.string(),
        number: z.string(),
        kind: z.enum(coordinationKinds),
        street: unitRef,
        state: z.enum(coordinationStates),
        units: z.array(unitRef),
      }),
    ),
    supervisionOrders: z.array(
      z.object({
        id: z.string(),
        number: z.string(),
        unit: unitRef,
        by: unitRef,
        grade: z.enum(supervisionGrades),
        state: z.enum(supervisionStates),
        replyBy: momentOut,
      }),
    ),
    taskForces: z.array(undertakingBriefOut),
    deliberations: z.array(undertakingBriefOut),
    meetingTasks: z.array(undertakingBriefOut),
    consultations: z.array(consultationOut),
    /** The incident it leads; those who joined are listed with that. */
    incident: z
      .object({
        id: z.string(),
        number: z.string(),
        title: z.string(),
        state: z.enum(incidentStates),
        joined: z.number(),
      })
      .nullable(),
    allowedActions: z.array(z.enum(actions)),
  })
  .meta({ id: 'WorkOrder' });

/** What the caller is told at once of an incident: the standard answer, and when more is known. */
export const metIncidentOut = z
  .object({
    id: z.string(),
    number: z.string(),
    title: z.string(),
    answer: z.string(),
    nextUpdateAt: momentOut.nullable(),
    /** Handled with the others; else it has an urgent order of its own. */
    joined: z.boolean(),
    /** What told of danger or life support. */
    danger: z.array(z.string()),
    /** The number has asked about it before. */
    again: z.boolean(),
  })
  .meta({ id: 'MetIncident' });

export const createdOut = z
  .object({
    request: requestOut,
    workOrder: orderBriefOut.extend({ duplicateHints: z.array(duplicateHintOut) }),
    prompts: z.array(promptOut),
    incident: metIncidentOut.nullable(),
    /** Planned outages that cover it, to be told while the caller is there. */
    notices: z.array(
      z.object({
        id: z.string(),
        number: z.string(),
        title: z.string(),
        text: z.string(),
        contact: z.string().nullable(),
        from: momentOut,
        to: momentOut,
        /** The request was answered with it. */
        answered: z.boolean(),
      }),
    ),
    /** Required questions of the category that nobody has answered yet. */
    missingAnswers: z.array(z.object({ key: z.string(), text: z.string() })),
    /** What to say of an item that is no longer asked for. */
    retired: z.object({ reason: z.string(), rightPath: z.string() }).nullable(),
    /** The number is under a limit: the request is registered and waits for a person. */
    nuisance: z.boolean(),
  })
  .meta({ id: 'Created' });
