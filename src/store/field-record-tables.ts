import { integer, jsonb, numeric, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { FieldRecord } from '../domain/field-record.ts';
import { date, instant } from './columns.ts';

export const fieldRecords = pgTable('field_records', {
  id: uuid().primaryKey(),
  kind: text().notNull().$type<FieldRecord['kind']>(),
  unit: text().notNull(),
  area: text(),
  areaPath: text('area_path').array().notNull().$type<readonly string[]>(),
  on: date('on_date').notNull(),
  title: text().notNull(),
  words: text().notNull(),
  participants: integer(),
  hours: numeric({ mode: 'number' }),
  visitors: jsonb().notNull().$type<FieldRecord['visitors']>(),
  about: text(),
  workOrderIds: uuid('work_order_ids').array().notNull().$type<readonly string[]>(),
  evidence: jsonb().notNull().$type<FieldRecord['evidence']>(),
  undertakingId: uuid('undertaking_id'),
  recordedBy: jsonb('recorded_by').notNull().$type<FieldRecord['recordedBy']>(),
  recordedAt: instant('recorded_at').notNull(),
  withdrawn: jsonb().$type<FieldRecord['withdrawn']>(),
});
