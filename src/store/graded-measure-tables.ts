import { boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Remark } from '../domain/conduct.ts';
import type { GradedMeasure } from '../domain/graded-measure.ts';
import { instant, orderId } from './columns.ts';

export const gradedMeasures = pgTable('graded_measures', {
  id: uuid().primaryKey(),
  number: text().notNull(),
  version: integer().notNull(),
  unit: text().notNull(),
  grade: text().notNull().$type<GradedMeasure['grade']>(),
  demand: text().notNull(),
  workOrderIds: uuid('work_order_ids').array().notNull().$type<readonly string[]>(),
  by: text('by_unit').notNull(),
  raisedBy: jsonb('raised_by').notNull().$type<GradedMeasure['raisedBy']>(),
  raisedAt: instant('raised_at').notNull(),
  automatic: boolean().notNull(),
  faults: integer(),
  rectifyBy: instant('rectify_by'),
  state: text().notNull().$type<GradedMeasure['state']>(),
  replies: jsonb().notNull().$type<GradedMeasure['replies']>(),
  outcome: text(),
  follows: uuid(),
  endedAt: instant('ended_at'),
});

export const conductRemarks = pgTable('conduct_remarks', {
  id: uuid().primaryKey(),
  orderId: orderId(),
  requestId: uuid('request_id'),
  about: text().notNull().$type<Remark['about']>(),
  tone: text().notNull().$type<Remark['tone']>(),
  text: text().notNull(),
  unit: text().notNull(),
  side: text('by_side').notNull().$type<Remark['side']>(),
  actor: text('by_actor').notNull(),
  actorUnit: text('by_unit'),
  at: instant().notNull(),
});
