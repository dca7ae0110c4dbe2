import { bigint, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Fact } from '../domain/work-order.ts';
import { bytea, instant, texts, xid8 } from './columns.ts';

export const facts = pgTable('facts', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  xid: xid8().notNull(),
  subject: text().notNull(),
  subjectId: uuid('subject_id').notNull(),
  type: text().notNull(),
  at: instant().notNull(),
  actor: jsonb().notNull().$type<Fact['actor']>(),
  unit: text(),
  body: jsonb().notNull().$type<Fact['body']>(),
  leasedUntil: instant('leased_until'),
  publishedAt: instant('published_at'),
  handledAt: instant('handled_at'),
});

export const deliveries = pgTable('deliveries', {
  factId: bigint('fact_id', { mode: 'number' }).notNull(),
  consumer: text().notNull(),
  doneAt: instant('done_at').notNull(),
});

export const factFailures = pgTable('fact_failures', {
  factId: bigint('fact_id', { mode: 'number' }).notNull(),
  consumer: text().notNull(),
  attempts: integer().notNull(),
  lastError: text('last_error').notNull(),
  at: instant().notNull(),
});

export const idempotency = pgTable('idempotency', {
  client: text().notNull(),
  key: text().notNull(),
  hash: text().notNull(),
  status: integer(),
  headers: jsonb().$type<Record<string, string>>(),
  body: bytea(),
  madeAt: instant('made_at').notNull(),
  leasedUntil: instant('leased_until'),
});

export const webhooks = pgTable('webhooks', {
  unit: text().primaryKey(),
  url: text().notNull(),
  secrets: texts().notNull(),
  changedBy: text('changed_by').notNull(),
  changedAt: instant('changed_at').notNull(),
  disabledAt: instant('disabled_at'),
});

export const webhookDeliveries = pgTable('webhook_deliveries', {
  id: uuid().primaryKey(),
  factId: bigint('fact_id', { mode: 'number' }).notNull(),
  unit: text().notNull(),
  state: text().notNull().$type<'pending' | 'delivered' | 'dead'>(),
  attempts: integer().notNull(),
  nextAt: instant('next_at').notNull(),
  lastError: text('last_error'),
  madeAt: instant('made_at').notNull(),
  doneAt: instant('done_at'),
});
