import { boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { RequestId, WorkOrderId } from '../domain/request.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import { instant, orderId } from './columns.ts';

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

export const callerTasks = pgTable('caller_tasks', {
  taskId: uuid('task_id').primaryKey(),
  phone: text().notNull(),
  phoneKey: text('phone_key').notNull(),
  callRecordId: text('call_record_id'),
});

export const codeFailures = pgTable('code_failures', {
  subject: text().primaryKey(),
  failures: integer().notNull(),
  since: instant().notNull(),
});
