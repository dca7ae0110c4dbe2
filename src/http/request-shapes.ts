import { z } from 'zod';
import { tiers } from '../domain/city.ts';
import { placeMethods } from '../domain/placement.ts';
import { dispositions, emergencyServices, requestKinds, urgencies } from '../domain/request.ts';
import { moment, momentOut, openObject, said, text } from './shapes.ts';

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
