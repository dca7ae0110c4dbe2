import { bigint, boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Approval } from '../domain/approval.ts';
import type { DayPart } from '../domain/calling.ts';
import type { CalledUnit, CoordinationOrder } from '../domain/coordination.ts';
import type { FollowUp } from '../domain/follow-up.ts';
import type { RequestId, WorkOrderId } from '../domain/request.ts';
import type { SupervisionOrder } from '../domain/supervision.ts';
import type {
  Actor,
  Assignment,
  Contact,
  Evidence,
  Fact,
  Note,
  OrderClock,
  Submission,
  WorkOrder,
} from '../domain/work-order.ts';
import { bytea, date, instant, orderId, seq, texts, xid8 } from './columns.ts';

export const cityRows = pgTable('city_rows', {
  kind: text().notNull(),
  code: text().notNull(),
  validFrom: instant('valid_from').notNull(),
  validTo: instant('valid_to'),
  body: jsonb().notNull(),
  changedBy: text('changed_by').notNull(),
  changedAt: instant('changed_at').notNull(),
});

export const directoryVersions = pgTable('directory_versions', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  rows: jsonb().notNull(),
  report: jsonb().notNull(),
  validFrom: instant('valid_from').notNull(),
  state: text().notNull().$type<'draft' | 'active'>(),
  acceptedWarnings: text('accepted_warnings'),
  changedBy: text('changed_by').notNull(),
  activatedAt: instant('activated_at'),
});

export const areaVersions = pgTable('area_versions', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  levels: jsonb().notNull().$type<readonly string[]>(),
  boundaryRoads: jsonb('boundary_roads').notNull(),
  validFrom: instant('valid_from').notNull(),
  state: text().notNull().$type<'draft' | 'active'>(),
  report: jsonb().notNull(),
  acceptedWarnings: text('accepted_warnings'),
  changedBy: text('changed_by').notNull(),
  activatedAt: instant('activated_at'),
});

export const areas = pgTable('areas', {
  versionId: uuid('version_id').notNull(),
  code: text().notNull(),
  name: text().notNull(),
  level: text().notNull(),
  parent: text(),
  scheme: text().notNull(),
  shape: jsonb(),
});

export const clients = pgTable('clients', {
  id: text().primaryKey(),
  name: text().notNull(),
  secretHash: text('secret_hash').notNull(),
  roles: texts().notNull(),
  unit: text(),
  areas: texts(),
  channels: texts(),
  cidrs: texts().notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at'),
  revokedAt: instant('revoked_at'),
  usedAt: instant('used_at'),
});

export const dayNumbers = pgTable('day_numbers', { day: date().primaryKey(), last: integer().notNull() });

export const workOrders = pgTable('work_orders', {
  id: uuid().primaryKey().$type<WorkOrderId>(),
  number: text().notNull(),
  version: integer().notNull(),
  state: text().notNull().$type<WorkOrder['state']>(),
  title: text().notNull(),
  kind: text().notNull().$type<WorkOrder['kind']>(),
  category: text(),
  urgency: text().notNull().$type<WorkOrder['urgency']>(),
  tier: text().notNull().$type<WorkOrder['tier']>(),
  disposition: text().notNull().$type<WorkOrder['disposition']>(),
  diversion: jsonb().$type<WorkOrder['diversion']>(),
  placement: jsonb().notNull().$type<WorkOrder['placement']>(),
  routing: jsonb().notNull().$type<WorkOrder['routing']>(),
  owner: text().notNull(),
  designated: boolean().notNull(),
  problem: boolean().notNull(),
  leads: texts().notNull(),
  returns: integer().notNull(),
  reworks: integer().notNull(),
  reopened: boolean().notNull(),
  clerk: text(),
  signedLate: boolean('signed_late').notNull(),
  signedAt: instant('signed_at'),
  finder: jsonb().$type<WorkOrder['finder']>(),
  verifier: jsonb().$type<WorkOrder['verifier']>(),
  unverified: boolean().notNull(),
  confidential: boolean().notNull(),
  reminders: integer().notNull(),
  splitFrom: uuid('split_from'),
  mergedInto: uuid('merged_into'),
  ending: jsonb().$type<WorkOrder['ending']>(),
  receivedAt: instant('received_at').notNull(),
  registeredAt: instant('registered_at').notNull(),
  dispatchedAt: instant('dispatched_at'),
  endedAt: instant('ended_at'),
  seq: seq(),
  areaPath: text('area_path').array().notNull().$type<readonly string[]>(),
  claimable: boolean().notNull(),
  priority: integer().notNull(),
  dueAt: instant('due_at'),
  claimToken: bigint('claim_token', { mode: 'number' }).notNull().default(0),
  leaseUntil: instant('lease_until'),
  pressing: boolean().notNull().default(false),
});

export const requests = pgTable('requests', {
  id: uuid().primaryKey().$type<RequestId>(),
  number: text().notNull(),
  queryCodeHash: text('query_code_hash').notNull(),
  workOrderId: uuid('work_order_id').notNull().$type<WorkOrderId>(),
  originalOrderId: uuid('original_order_id').notNull().$type<WorkOrderId>(),
  channel: text().notNull(),
  externalId: text('external_id'),
  kind: text().notNull().$type<WorkOrder['kind']>(),
  category: text(),
  title: text().notNull(),
  description: text().notNull(),
  normalText: text('normal_text').notNull(),
  urgency: text().notNull().$type<WorkOrder['urgency']>(),
  location: jsonb().$type<Record<string, unknown>>(),
  point: jsonb().$type<{ lon: number; lat: number }>(),
  confidential: boolean().notNull(),
  reachable: boolean().notNull(),
  answers: jsonb().notNull().$type<Record<string, unknown>>(),
  attachments: jsonb().notNull().$type<readonly string[]>(),
  callRecordId: text('call_record_id'),
  externalDueAt: instant('external_due_at'),
  replyTo: jsonb('reply_to').$type<unknown>(),
  receivedAt: instant('received_at').notNull(),
  registeredAt: instant('registered_at').notNull(),
  withdrawnAt: instant('withdrawn_at'),
  client: text().notNull(),
  actor: text().notNull(),
  aside: boolean().notNull(),
});

export const requesters = pgTable('requesters', {
  requestId: uuid('request_id').primaryKey().$type<RequestId>(),
  name: text(),
  phone: text(),
  phoneKey: text('phone_key'),
  anonymous: boolean().notNull(),
  onBehalfOf: text('on_behalf_of'),
});

export const nuisanceNumbers = pgTable('nuisance_numbers', {
  phoneKey: text('phone_key').primaryKey(),
  until: instant().notNull(),
  reason: text().notNull(),
  setBy: text('set_by').notNull(),
  setAt: instant('set_at').notNull(),
  releasedBy: text('released_by'),
  releaseReason: text('release_reason'),
  appeal: text(),
  appealedAt: instant('appealed_at'),
});

export const assignments = pgTable('assignments', {
  orderId: orderId(),
  seq: seq(),
  role: text().notNull().$type<Assignment['role']>(),
  unit: text().notNull(),
  cause: text().notNull().$type<Assignment['cause']>(),
  basis: text().notNull(),
  from: instant('since').notNull(),
  to: instant('ended'),
});

export const clocks = pgTable('clocks', {
  orderId: orderId(),
  seq: seq(),
  kind: text().notNull().$type<OrderClock['kind']>(),
  unit: text(),
  rule: jsonb().notNull().$type<OrderClock['rule']>(),
  calendarVersion: text('calendar_version').notNull(),
  startEvent: text('start_event').notNull(),
  startedAt: instant('started_at').notNull(),
  notBefore: instant('not_before'),
  pauses: jsonb().notNull().$type<OrderClock['pauses']>(),
  grants: jsonb().notNull().$type<OrderClock['grants']>(),
  history: jsonb().notNull().$type<OrderClock['history']>(),
  dueAt: instant('due_at').notNull(),
  warnAt: instant('warn_at').notNull(),
  provisional: boolean().notNull(),
  state: text().notNull().$type<OrderClock['state']>(),
  stoppedAt: instant('stopped_at'),
  stopCause: text('stop_cause'),
  fired: texts().notNull(),
  version: integer().notNull(),
  about: uuid(),
  nextRungAt: instant('next_rung_at'),
});

export const approvals = pgTable('approvals', {
  orderId: orderId(),
  seq: seq(),
  id: uuid().notNull(),
  kind: text().notNull().$type<Approval['kind']>(),
  terms: jsonb().notNull().$type<Approval['terms']>(),
  reason: text().notNull(),
  askedBy: text('asked_by').notNull(),
  askedByUnit: text('asked_by_unit'),
  askedByClient: text('asked_by_client'),
  askedAt: instant('asked_at').notNull(),
  askedInState: text('asked_in_state').notNull().$type<Approval['askedInState']>(),
  decider: jsonb().notNull().$type<Approval['decider']>(),
  state: text().notNull().$type<Approval['state']>(),
  decidedBy: text('decided_by'),
  decidedAt: instant('decided_at'),
  decisionReason: text('decision_reason'),
  succeeds: uuid(),
  seats: jsonb().$type<Approval['seats']>(),
});

export const assists = pgTable('assists', {
  orderId: orderId(),
  seq: seq(),
  id: uuid().notNull(),
  unit: text().notNull(),
  task: text().notNull(),
  from: instant('since').notNull(),
  dueAt: instant('due_at').notNull(),
  completedAt: instant('completed_at'),
  result: text(),
});

export const innerAssignments = pgTable('inner_assignments', {
  orderId: orderId(),
  seq: seq(),
  to: text('given_to').notNull(),
  task: text().notNull(),
  at: instant().notNull(),
  dueAt: instant('due_at'),
  by: text('given_by').notNull(),
});

export const watchers = pgTable('watchers', {
  orderId: orderId(),
  seq: seq(),
  unit: text(),
  actor: text(),
  why: text().notNull(),
  since: instant().notNull(),
});

export const contacts = pgTable('contacts', {
  orderId: orderId(),
  seq: seq(),
  unit: text().notNull(),
  actor: text().notNull(),
  at: instant().notNull(),
  loggedAt: instant('logged_at').notNull(),
  how: text().notNull(),
  whom: text().notNull(),
  outcome: text().notNull().$type<Contact['outcome']>(),
});

export const notes = pgTable('notes', {
  orderId: orderId(),
  seq: seq(),
  actor: text().notNull(),
  unit: text(),
  at: instant().notNull(),
  text: text().notNull(),
  public: boolean().notNull(),
  mark: text().$type<NonNullable<Note['mark']>>(),
  request: uuid(),
});

export const submissions = pgTable('submissions', {
  orderId: orderId(),
  seq: seq(),
  unit: text().notNull(),
  actor: text().notNull(),
  at: instant().notNull(),
  result: text().notNull().$type<Submission['result']>(),
  text: text().notNull(),
  evidence: jsonb().notNull().$type<readonly Evidence[]>(),
  requesterTold: boolean('requester_told').notNull(),
  resolveDueAt: instant('resolve_due_at'),
});

export const followUps = pgTable('follow_ups', {
  orderId: orderId(),
  seq: seq(),
  id: uuid().notNull(),
  request: uuid().notNull(),
  round: integer().notNull(),
  occasion: text().notNull().$type<FollowUp['occasion']>(),
  state: text().notNull().$type<FollowUp['state']>(),
  openedAt: instant('opened_at').notNull(),
  attempts: jsonb().notNull().$type<FollowUp['attempts']>(),
  linkSentAt: instant('link_sent_at'),
  unitContacted: boolean('unit_contacted').notNull(),
  answeredAt: instant('answered_at'),
  by: text(),
  answer: jsonb().$type<NonNullable<FollowUp['answer']>>(),
  takeFrom: instant('take_from'),
  takeParts: text('take_parts').array().$type<readonly DayPart[]>(),
  callAgreed: boolean('call_agreed'),
  claimToken: bigint('claim_token', { mode: 'number' }).notNull().default(0),
  leaseUntil: instant('lease_until'),
});

export const claims = pgTable('claims', {
  id: uuid().primaryKey(),
  kind: text().notNull().$type<'work_order' | 'follow_up' | 'message'>(),
  subjectId: uuid('subject_id').notNull(),
  unit: text(),
  post: text(),
  clerk: text().notNull(),
  client: text().notNull(),
  token: bigint({ mode: 'number' }).notNull(),
  leaseUntil: instant('lease_until').notNull(),
  state: text().notNull().$type<'leased' | 'final' | 'released'>(),
  madeAt: instant('made_at').notNull(),
});

export const attachments = pgTable('attachments', {
  id: uuid().primaryKey(),
  orderId: orderId(),
  mediaType: text('media_type').notNull(),
  bytes: integer().notNull(),
  sha256: text().notNull(),
  name: text().notNull(),
  addedBy: text('added_by').notNull(),
  addedAt: instant('added_at').notNull(),
});

export const facts = pgTable('facts', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  xid: xid8().notNull(),
  subject: text().notNull(),
  subjectId: uuid('subject_id').notNull(),
  type: text().notNull(),
  at: instant().notNull(),
  actor: jsonb().notNull().$type<Fact['actor']>(),
  unit: text(),
  body: jsonb().notNull().$type<Fact['body']>(),
  leasedUntil: instant('leased_until'),
  publishedAt: instant('published_at'),
  handledAt: instant('handled_at'),
});

export const deliveries = pgTable('deliveries', {
  factId: bigint('fact_id', { mode: 'number' }).notNull(),
  consumer: text().notNull(),
  doneAt: instant('done_at').notNull(),
});

export const factFailures = pgTable('fact_failures', {
  factId: bigint('fact_id', { mode: 'number' }).notNull(),
  consumer: text().notNull(),
  attempts: integer().notNull(),
  lastError: text('last_error').notNull(),
  at: instant().notNull(),
});

export const idempotency = pgTable('idempotency', {
  client: text().notNull(),
  key: text().notNull(),
  hash: text().notNull(),
  status: integer(),
  headers: jsonb().$type<Record<string, string>>(),
  body: bytea(),
  madeAt: instant('made_at').notNull(),
  leasedUntil: instant('leased_until'),
});

export const refusedPushes = pgTable('refused_pushes', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  orderId: orderId(),
  pushedBy: text('pushed_by').notNull(),
  pushedUnit: text('pushed_unit'),
  unit: text().notNull(),
  category: text().notNull(),
  line: text(),
  at: instant().notNull(),
  code: text().notNull(),
});

export const tasks = pgTable('tasks', {
  id: uuid().primaryKey(),
  kind: text().notNull(),
  orderId: uuid('order_id').$type<WorkOrderId>(),
  role: text(),
  unit: text(),
  body: jsonb().notNull().$type<Record<string, unknown>>(),
  openedAt: instant('opened_at').notNull(),
  dueAt: instant('due_at'),
  doneAt: instant('done_at'),
  doneBy: text('done_by'),
});

export const handOvers = pgTable('hand_overs', {
  id: uuid().primaryKey(),
  shift: text().notNull(),
  fromActor: text('from_actor').notNull(),
  toActor: text('to_actor').notNull(),
  note: text().notNull(),
  items: jsonb().notNull(),
  at: instant().notNull(),
});

export const webhooks = pgTable('webhooks', {
  unit: text().primaryKey(),
  url: text().notNull(),
  secrets: texts().notNull(),
  changedBy: text('changed_by').notNull(),
  changedAt: instant('changed_at').notNull(),
  disabledAt: instant('disabled_at'),
});

export const webhookDeliveries = pgTable('webhook_deliveries', {
  id: uuid().primaryKey(),
  factId: bigint('fact_id', { mode: 'number' }).notNull(),
  unit: text().notNull(),
  state: text().notNull().$type<'pending' | 'delivered' | 'dead'>(),
  attempts: integer().notNull(),
  nextAt: instant('next_at').notNull(),
  lastError: text('last_error'),
  madeAt: instant('made_at').notNull(),
  doneAt: instant('done_at'),
});

export const drillClock = pgTable('drill_clock', {
  one: boolean().primaryKey(),
  offsetMs: bigint('offset_ms', { mode: 'number' }).notNull(),
});

export const callerTasks = pgTable('caller_tasks', {
  taskId: uuid('task_id').primaryKey(),
  phone: text().notNull(),
  phoneKey: text('phone_key').notNull(),
  callRecordId: text('call_record_id'),
});

export const dutyMoves = pgTable('duty_moves', {
  id: uuid().primaryKey(),
  category: text().notNull(),
  area: text(),
  fromUnit: text('from_unit').notNull(),
  toUnit: text('to_unit').notNull(),
  basis: text().notNull(),
  effectiveAt: instant('effective_at').notNull(),
  movedBy: jsonb('moved_by').notNull().$type<Actor>(),
  madeAt: instant('made_at').notNull(),
  doneAt: instant('done_at'),
  moved: integer(),
  refused: jsonb().$type<readonly Readonly<{ workOrderId: string; code: string }>[]>(),
  keepOpen: boolean('keep_open').notNull(),
  kept: integer(),
  withdrawnAt: instant('withdrawn_at'),
  withdrawnBy: text('withdrawn_by'),
  withdrawReason: text('withdraw_reason'),
});

export const secrets = pgTable('secrets', {
  name: text().primaryKey(),
  value: bytea().notNull(),
  madeAt: instant('made_at').notNull(),
});

export const codeFailures = pgTable('code_failures', {
  subject: text().primaryKey(),
  failures: integer().notNull(),
  since: instant().notNull(),
});

export const supervisionOrders = pgTable('supervision_orders', {
  id: uuid().primaryKey(),
  number: text().notNull(),
  version: integer().notNull(),
  unit: text().notNull(),
  grade: text().notNull().$type<SupervisionOrder['grade']>(),
  demand: text().notNull(),
  state: text().notNull().$type<SupervisionOrder['state']>(),
  by: text('by_unit').notNull(),
  issuedBy: jsonb('issued_by').notNull().$type<SupervisionOrder['issuedBy']>(),
  automatic: boolean().notNull(),
  causes: jsonb().notNull().$type<SupervisionOrder['causes']>(),
  gatherKey: text('gather_key'),
  replyBy: instant('reply_by').notNull(),
  replies: jsonb().notNull().$type<SupervisionOrder['replies']>(),
  escalations: jsonb().notNull().$type<SupervisionOrder['escalations']>(),
  clocks: jsonb().notNull().$type<SupervisionOrder['clocks']>(),
  nextRungAt: instant('next_rung_at'),
  endedAt: instant('ended_at'),
  seq: seq(),
});

export const supervisionWorks = pgTable('supervision_works', {
  supervisionId: uuid('supervision_id').notNull(),
  orderId: orderId(),
  seq: seq(),
  gone: boolean().notNull(),
});

export const ladderApplied = pgTable('ladder_applied', { one: boolean().primaryKey(), policy: jsonb().notNull() });

export const coordinationOrders = pgTable('coordination_orders', {
  id: uuid().primaryKey(),
  number: text().notNull(),
  version: integer().notNull(),
  kind: text().notNull().$type<CoordinationOrder['kind']>(),
  street: text().notNull(),
  state: text().notNull().$type<CoordinationOrder['state']>(),
  demand: text().notNull(),
  slot: jsonb().$type<CoordinationOrder['slot']>(),
  matter: text(),
  powerItem: text('power_item'),
  lead: text(),
  quorum: integer(),
  outcome: text(),
  cancelReason: text('cancel_reason'),
  outcomeAskedAt: instant('outcome_asked_at'),
  draftedBy: jsonb('drafted_by').notNull().$type<CoordinationOrder['draftedBy']>(),
  issuedBy: jsonb('issued_by').$type<CoordinationOrder['issuedBy']>(),
  issuedAt: instant('issued_at'),
  endedAt: instant('ended_at'),
  seq: seq(),
});

export const coordinationWorks = pgTable('coordination_works', {
  orderId: uuid('order_id').notNull(),
  workOrderId: uuid('work_order_id').notNull(),
  seq: seq(),
  hasLeft: boolean('has_left').notNull(),
});

export const coordinationCalls = pgTable('coordination_calls', {
  orderId: uuid('order_id').notNull(),
  seq: seq(),
  id: uuid().notNull(),
  unit: text().notNull(),
  task: text().notNull(),
  state: text().notNull().$type<CalledUnit['state']>(),
  calledAt: instant('called_at'),
  acknowledgedAt: instant('acknowledged_at'),
  reportedInAt: instant('reported_in_at'),
  inTime: boolean('in_time'),
  silent: boolean().notNull(),
  result: jsonb().$type<CalledUnit['result']>(),
  refusals: jsonb().notNull().$type<CalledUnit['refusals']>(),
  acceptedAt: instant('accepted_at'),
  releasedAt: instant('released_at'),
  releaseReason: text('release_reason'),
  clock: jsonb().$type<OrderClock>(),
  answerClock: jsonb('answer_clock').$type<OrderClock>(),
  reportInDue: instant('report_in_due'),
  nextRungAt: instant('next_rung_at'),
});
export * from './admission-tables.ts';
export * from './consultation-tables.ts';
export * from './decree-tables.ts';
export * from './dossier-tables.ts';
export * from './evaluation-tables.ts';
export * from './export-tables.ts';
export * from './external-index-tables.ts';
export * from './field-record-tables.ts';
export * from './graded-measure-tables.ts';
export * from './hot-tables.ts';
export * from './incident-tables.ts';
export * from './inspection-tables.ts';
export * from './judgement-tables.ts';
export * from './loose-file-tables.ts';
export * from './measure-tables.ts';
export * from './meeting-tables.ts';
export * from './message-tables.ts';
export * from './outage-tables.ts';
export * from './publication-tables.ts';
export * from './undertaking-tables.ts';
export * from './vendor-tables.ts';
