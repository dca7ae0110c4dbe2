import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Admission } from '../domain/admission.ts';
import { instant, seq } from './columns.ts';

export const admissions = pgTable('admissions', {
  id: uuid().primaryKey(),
  number: text().notNull(),
  version: integer().notNull(),
  state: text().notNull().$type<Admission['state']>(),
  category: text().notNull(),
  unit: text(),
  unitKind: text('unit_kind').$type<Admission['unitKind']>(),
  list: text().notNull().$type<Admission['list']>(),
  text: text().notNull(),
  power: text().notNull(),
  fund: text().notNull(),
  staff: text().notNull(),
  contract: jsonb().notNull().$type<Admission['contract']>(),
  effectiveAt: instant('effective_at').notNull(),
  reason: text().notNull(),
  workOrderId: uuid('work_order_id'),
  askedBy: text('asked_by').notNull(),
  askedByUnit: text('asked_by_unit'),
  askedByClient: text('asked_by_client').notNull(),
  askedAt: instant('asked_at').notNull(),
  steps: jsonb().notNull().$type<Admission['steps']>(),
  clocks: jsonb().notNull().$type<Admission['clocks']>(),
  endedAt: instant('ended_at'),
  seq: seq(),
  decider: text().$type<Admission['steps'][number]['decider']>(),
  dueAt: instant('due_at'),
  nextRungAt: instant('next_rung_at'),
});
