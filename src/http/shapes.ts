import { z } from 'zod';
import { approvalKinds, rejectionClasses, suspensionCauses } from '../domain/approval.ts';
import { tiers } from '../domain/city.ts';
import { clockKinds } from '../domain/clocks.ts';
import { coordinationKinds, coordinationStates } from '../domain/coordination.ts';
import {
  attemptOutcomes,
  dissatisfactionReasons,
  followUpStates,
  occasions,
  satisfactions,
  solvedAnswers,
} from '../domain/follow-up.ts';
import { incidentStates } from '../domain/incident.ts';
import { findings, judgementCauses } from '../domain/judgement.ts';
import { actions } from '../domain/lifecycle.ts';
import { placeMethods } from '../domain/placement.ts';
import { dispositions, emergencyServices, requestKinds, urgencies } from '../domain/request.ts';
import { supervisionGrades, supervisionStates } from '../domain/supervision.ts';
import { type Instant, instant } from '../domain/time.ts';
import { undertakingKinds, undertakingStates } from '../domain/undertaking.ts';
import { contactOutcomes, noteMarks, outcomes, states } from '../domain/work-order.ts';

/** Text a client sends: no NUL, which PostgreSQL cannot keep, and no more than `most` characters. */
export const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((s) => !s.includes('\u0000'), 'must not hold NUL')
    .refine((s) => s.isWellFormed(), 'must be well-formed Unicode');
/** The same, and something must be said. */
export const said = (most: number) => text(most).refine((s) => s.trim() !== '', 'must not be empty');

/** Whether a number has so many decimals at most, exactly: what is kept has no more. */
export const hasDecimals =
  (most: number) =>
  (value: number): boolean =>
    value === Number(value.toFixed(most));

/** After this nothing a city says happens; no deadline counts further than a century ahead. */
const latest = Date.UTC(2100, 0);

/** A moment as clients write it: RFC 3339 with offset, between 1970 and 2100. */
export const moment = z.iso.datetime({ offset: true }).transform((s, ctx): Instant => {
  try {
    const at = instant(s);
    if (at >= 0 && at < latest) return at;
  } catch {
    // falls through to the issue below
  }
  ctx.addIssue({ code: 'custom', message: 'must be a moment between 1970 and 2100' });
  return z.NEVER;
});
/** A moment as it goes out, in the city's zone. */
export const momentOut = z.string();

export const id = z.uuid();
export const idParams = z.object({ id });
export const code = said(64);
export const reason = said(2000);
/** Yes or no: as JSON has it, or as it stands in a URL. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);
/** Some of these words: a list, or as they stand in a URL, parted by commas. */
export const someOf = <T extends string>(words: readonly T[]) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? given.split(',').filter((word) => word !== '') : given),
    z.array(z.enum(words)).max(100),
  );
export const limit = z.coerce.number().int().min(1).max(200).default(50);
export const cursor = text(200).optional();
/** A page of a list; `nextCursor` is null on the last one. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** An entry of a history. */
export const eventOut = z
  .object({
    id: z.string(),
    type: z.string(),
    at: momentOut,
    actor: z.object({
      client: z.string(),
      name: z.string(),
      unit: z.string().nullable(),
      as: z.string().optional().describe('whose post it is, where a stand-in acts'),
    }),
    unit: z.string().nullable(),
    body: z.unknown(),
  })
  .meta({ id: 'Event' });

/** Any JSON a client may attach: up to `most` characters once written. */
export const openObject = (most: number) =>
  z
    .record(z.string().max(100), z.unknown())
    .refine((o) => JSON.stringify(o).length <= most, 'is too large')
    .refine((o) => isKept(o), 'holds NUL or ill-formed Unicode');

/** Whether PostgreSQL can keep it: no text in it, names included, holds NUL or half a character. */
const isKept = (value: unknown): boolean => {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000');
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(([key, each]) => isKept(key) && isKept(each));
};

export const locationIn = z.object({
  lon: z.number().nullish(),
  lat: z.number().nullish(),
  crs: z.enum(['wgs84', 'gcj02', 'bd09', 'cgcs2000']).optional(),
  address: text(500).nullish(),
  areaCode: text(64).nullish(),
  buildingCode: text(64).nullish(),
});

export const requesterIn = z.object({
  name: text(100).nullish(),
  phone: text(40).nullish(),
  anonymous: z.boolean().default(false),
  onBehalfOf: text(200).nullish(),
});

export const diversionIn = z.object({ service: z.enum(emergencyServices), receipt: text(100).nullish() });

/** A request as a channel sends it. */
export const intakeIn = z.object({
  channel: said(40),
  externalId: said(200).nullish(),
  kind: z.enum(requestKinds),
  category: said(200).nullish(),
  disposition: z.enum(dispositions).optional(),
  title: said(200),
  description: text(10_000).default(''),
  urgency: z.enum(urgencies).default('normal'),
  location: locationIn.nullish(),
  requester: requesterIn.nullish(),
  confidential: z.boolean().default(false),
  answers: openObject(20_000).default({}),
  attachments: z.array(text(200)).max(20).default([]),
  callRecordId: text(200).nullish(),
  externalDueAt: moment.nullish(),
  replyTo: z.union([text(500), openObject(2000)]).nullish(),
  receivedAt: moment.nullish(),
  /** The caller was told of a planned outage that covers it and is content with that: registered, and answered with it. */
  noticeAccepted: z.boolean().optional(),
  diversion: diversionIn.nullish(),
});

const step = z.object({ level: z.string(), code: z.string(), name: z.string() });
export const placementOut = z
  .object({
    status: z.enum(['placed', 'unplaced', 'not_needed']),
    method: z.enum(placeMethods),
    confidence: z.number(),
    path: z.array(step),
    hints: z.array(
      z.object({ code: z.string(), name: z.string(), level: z.string(), distanceM: z.number().nullable() }),
    ),
    edge: z
      .object({
        rule: z.enum(['boundary_road', 'smallest_code']),
        road: z.string().nullable(),
        between: z.array(z.string()),
      })
      .nullable(),
    versionId: z.string().nullable(),
  })
  .meta({ id: 'Placement' });
export const routingOut = z
  .object({
    status: z.enum(['decided', 'undecided']),
    unit: z.string().nullable(),
    row: z
      .object({
        line: z.string(),
        dutyBasis: z.string(),
        category: z.string(),
        area: z.string().nullable(),
        version: z.string(),
      })
      .nullable(),
    tier: z.enum(tiers).nullable(),
    coHandlers: z.array(z.string()),
    reason: z.string().nullable(),
    candidates: z.array(z.object({ unit: z.string(), reason: z.string() })),
  })
  .meta({ id: 'Routing' });
export const unitRef = z.object({ code: z.string(), name: z.string() }).meta({ id: 'UnitRef' });
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
export const requesterOut = z
  .object({
    name: z.string().nullable(),
    phone: z.string().nullable(),
    anonymous: z.boolean(),
    onBehalfOf: z.string().nullable(),
  })
  .meta({ id: 'Requester' });
/** A request as it goes out; `requester` is absent for whom it is not meant. */
export const requestOut = z
  .object({
    id: z.string(),
    number: z.string(),
    queryCode: z.string().optional(),
    workOrderId: z.string(),
    kind: z.enum(requestKinds),
    channel: z.string(),
    externalId: z.string().nullable(),
    category: z.string().nullable(),
    title: z.string(),
    description: z.string(),
    urgency: z.enum(urgencies),
    location: z.unknown().nullable(),
    confidential: z.boolean(),
    answers: z.unknown(),
    attachments: z.array(z.string()),
    callRecordId: z.string().nullable(),
    externalDueAt: momentOut.nullable(),
    replyTo: z.unknown().nullable(),
    receivedAt: momentOut,
    registeredAt: momentOut,
    withdrawnAt: momentOut.nullable(),
    requester: requesterOut.optional(),
  })
  .meta({ id: 'Request' });

const approvalOut0 = {
  id: z.string(),
  kind: z.enum([...approvalKinds, 'admission']),
  reason: z.string(),
  terms: z.unknown(),
  askedBy: z.string(),
  askedByUnit: z.string().nullable(),
  askedAt: momentOut,
  decider: z.object({ role: z.string().nullable(), unit: z.string().nullable() }),
  dueAt: momentOut.nullable(),
  state: z.enum(['pending', 'granted', 'refused', 'withdrawn', 'lapsed']),
  decidedBy: z.string().nullable(),
  decidedAt: momentOut.nullable(),
  decisionReason: z.string().nullable(),
  succeeds: z.string().nullable(),
};
export const approvalOut = z.object(approvalOut0).meta({ id: 'Approval' });
/** An approval outside its order, as lists show it. */
export const approvalInList = z
  .object({
    ...approvalOut0,
    workOrder: z
      .object({ id: z.string(), number: z.string(), title: z.string(), state: z.enum(states) })
      .nullable()
      .describe('null for an admission, which belongs to no order, unless one showed the need'),
  })
  .meta({ id: 'ApprovalInList' });

export const evidence = z
  .object({
    attachmentId: id.optional(),
    stage: z.enum(['before', 'after']).optional(),
    text: text(2000).optional(),
  })
  .meta({ id: 'Evidence' });
export const followUpAnswer = z.object({
  contacted: z.boolean(),
  solved: z.enum(solvedAnswers),
  satisfaction: z.enum(satisfactions),
  reason: z.enum(dissatisfactionReasons).nullish(),
  askedToChange: z.boolean().nullish(),
  comment: text(2000).nullish(),
});
/** A call as it was made. `callBackAt` is when the resident asked to be called instead. */
export const attemptIn = z.object({
  outcome: z.enum(attemptOutcomes),
  at: moment.optional(),
  callRecordId: said(128).nullish(),
  callBackAt: moment.nullish(),
});
export const followUpOut = z
  .object({
    id: z.string(),
    request: z.string(),
    round: z.number(),
    occasion: z.enum(occasions),
    state: z.enum(followUpStates),
    openedAt: momentOut,
    attempts: z.array(
      z.object({
        outcome: z.enum(attemptOutcomes),
        at: momentOut,
        by: z.string(),
        callRecordId: z.string().nullable(),
        callBackAt: momentOut.nullable(),
      }),
    ),
    /** The earliest moment of the next call; null where there are no more. */
    nextCallAt: momentOut.nullable(),
    linkSentAt: momentOut.nullable(),
    unitContacted: z.boolean(),
    answeredAt: momentOut.nullable(),
    by: z.string().nullable(),
    answer: z.unknown().nullable(),
  })
  .meta({ id: 'FollowUp' });

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
export const rejectionClass = z.enum(rejectionClasses);
export const suspensionCause = z.enum(suspensionCauses);
