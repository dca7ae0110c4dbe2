import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { AgendaItem, Meeting, StuckReason } from '../domain/meeting.ts';
import { instant, seq } from './columns.ts';

export const meetings = pgTable('meetings', {
  id: uuid().primaryKey(),
  number: text().notNull(),
  version: integer().notNull(),
  unit: text().notNull(),
  title: text().notNull(),
  meetsAt: instant('meets_at').notNull(),
  place: text(),
  everyWeeks: integer('every_weeks'),
  previousId: uuid('previous_id'),
  state: text().notNull().$type<Meeting['state']>(),
  members: jsonb().notNull().$type<Meeting['members']>(),
  minutes: text(),
  heldAt: instant('held_at'),
  draftedBy: jsonb('drafted_by').notNull().$type<Meeting['draftedBy']>(),
  cancelReason: text('cancel_reason'),
  endedAt: instant('ended_at'),
  seq: seq(),
  memberUnits: text('member_units').array().notNull().$type<readonly string[]>(),
  missedAt: instant('missed_at'),
});

export const meetingItems = pgTable('meeting_items', {
  id: uuid().primaryKey(),
  meetingId: uuid('meeting_id'),
  unit: text().notNull(),
  seq: seq(),
  root: uuid().notNull(),
  source: text().notNull().$type<AgendaItem['source']>(),
  from: jsonb('came_from').$type<AgendaItem['from']>(),
  workOrderId: uuid('work_order_id'),
  subject: text(),
  why: text().array().notNull().$type<readonly StuckReason[]>(),
  state: text().notNull().$type<AgendaItem['state']>(),
  decisions: jsonb().notNull().$type<AgendaItem['decisions']>(),
  removedReason: text('removed_reason'),
  addedAt: instant('added_at').notNull(),
});
