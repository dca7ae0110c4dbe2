import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant, texts } from './columns.ts';

export const surveyVendors = pgTable('survey_vendors', {
  vendor: text().primaryKey(),
  secrets: texts().notNull(),
  changedBy: text('changed_by').notNull(),
  changedAt: instant('changed_at').notNull(),
});

export const surveyCallbacks = pgTable('survey_callbacks', {
  vendor: text().notNull(),
  webhookId: text('webhook_id').notNull(),
  bodyHash: text('body_hash').notNull(),
  followUpId: uuid('follow_up_id').notNull(),
  saidAt: instant('said_at'),
  receivedAt: instant('received_at').notNull(),
});
