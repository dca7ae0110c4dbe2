import { bigint, boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Approval } from '../domain/approval.ts';
import type { DayPart } from '../domain/calling.ts';
import type { FollowUp } from '../domain/follow-up.ts';
import type { WorkOrderId } from '../domain/request.ts';
import type { Assignment, Contact, Evidence, Note, OrderClock, Submission, WorkOrder } from '../domain/work-order.ts';
import { instant, orderId, seq, texts } from './columns.ts';

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
