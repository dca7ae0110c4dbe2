import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Inspection, InspectionItem } from '../domain/inspection.ts';
import { instant, orderId } from './columns.ts';

export const inspections = pgTable('inspections', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  scope: jsonb().notNull().$type<Inspection['scope']>(),
  size: jsonb().notNull().$type<Inspection['size']>(),
  everyDays: integer('every_days'),
  nextAt: instant('next_at'),
  draws: integer().notNull(),
  madeBy: jsonb('made_by').notNull().$type<Inspection['madeBy']>(),
  madeAt: instant('made_at').notNull(),
  endedAt: instant('ended_at'),
});

export const inspectionItems = pgTable('inspection_items', {
  id: uuid().primaryKey(),
  inspectionId: uuid('inspection_id').notNull(),
  orderId: orderId(),
  round: integer().notNull(),
  post: text(),
  formerPosts: text('former_posts').array().notNull().$type<readonly string[]>(),
  drawnAt: instant('drawn_at').notNull(),
  dueAt: instant('due_at').notNull(),
  state: text().notNull().$type<InspectionItem['state']>(),
  finding: text(),
  evidence: jsonb().notNull().$type<InspectionItem['evidence']>(),
  by: text('by_actor'),
  decidedAt: instant('decided_at'),
});
