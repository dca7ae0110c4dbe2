import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Language } from '../domain/words.ts';
import type { Actor } from '../domain/work-order.ts';
import { instant } from './columns.ts';

export const exports = pgTable('exports', {
  id: uuid().primaryKey(),
  list: text().notNull(),
  format: text().notNull().$type<'csv' | 'xlsx'>(),
  language: text().notNull().$type<Language>(),
  filter: jsonb().notNull().$type<Record<string, unknown>>(),
  askedBy: jsonb('asked_by').notNull().$type<Actor>(),
  client: text().notNull(),
  askedAt: instant('asked_at').notNull(),
  state: text().notNull().$type<'waiting' | 'running' | 'ready' | 'failed' | 'expired'>(),
  failure: text(),
  rows: integer(),
  bytes: integer(),
  expiresAt: instant('expires_at'),
  leasedUntil: instant('leased_until'),
  attempts: integer().notNull().default(0),
});
