import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Undertaking } from '../domain/undertaking.ts';
import { instant, seq } from './columns.ts';

export const undertakings = pgTable('undertakings', {
  id: uuid().primaryKey(),
  number: text().notNull(),
  version: integer().notNull(),
  kind: text().notNull().$type<Undertaking['kind']>(),
  state: text().notNull().$type<Undertaking['state']>(),
  unit: text().notNull(),
  by: text('by_unit').notNull(),
  leader: text(),
  members: jsonb().notNull().$type<Undertaking['members']>(),
  title: text().notNull(),
  demand: text().notNull(),
  plan: text(),
  workOrderId: uuid('work_order_id'),
  meetingId: uuid('meeting_id'),
  itemId: uuid('item_id'),
  about: jsonb().notNull().$type<Undertaking['about']>(),
  dueAt: instant('due_at').notNull(),
  clocks: jsonb().notNull().$type<Undertaking['clocks']>(),
  notes: jsonb().notNull().$type<Undertaking['notes']>(),
  answers: jsonb().notNull().$type<Undertaking['answers']>(),
  openedBy: jsonb('opened_by').notNull().$type<Undertaking['openedBy']>(),
  cancelReason: text('cancel_reason'),
  endedAt: instant('ended_at'),
  seq: seq(),
  memberUnits: text('member_units').array().notNull().$type<readonly string[]>(),
  nextRungAt: instant('next_rung_at'),
});
