import { boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { CalledUnit, CoordinationOrder } from '../domain/coordination.ts';
import type { SupervisionOrder } from '../domain/supervision.ts';
import type { OrderClock } from '../domain/work-order.ts';
import { instant, orderId, seq } from './columns.ts';

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
