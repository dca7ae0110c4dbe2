import { boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Judgement } from '../domain/judgement.ts';
import { date, instant, orderId, seq } from './columns.ts';

export const judgements = pgTable('judgements', {
  orderId: orderId(),
  seq: seq(),
  id: uuid().notNull(),
  cause: text().notNull().$type<Judgement['cause']>(),
  round: integer().notNull(),
  followUps: uuid('follow_ups').array().notNull().$type<readonly string[]>(),
  askedBy: text('asked_by').notNull(),
  reason: text(),
  openedAt: instant('opened_at').notNull(),
  seats: jsonb().notNull().$type<Judgement['seats']>(),
  state: text().notNull().$type<Judgement['state']>(),
  reasonable: boolean(),
  dutiful: boolean(),
  finding: text().$type<NonNullable<Judgement['finding']>>(),
  decidedAt: instant('decided_at'),
});

export const recusals = pgTable('recusals', {
  orderId: orderId(),
  seq: seq(),
  name: text().notNull(),
  unit: text(),
  reason: text().notNull(),
  by: text('by_actor').notNull(),
  at: instant().notNull(),
});

export const exclusionWarnings = pgTable('exclusion_warnings', { unit: text().notNull(), month: date().notNull() });
