import { bigint, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { MessageKind } from '../domain/messages.ts';
import { bytea, instant, orderId } from './columns.ts';

export const messages = pgTable('messages', {
  id: uuid().primaryKey(),
  kind: text().notNull().$type<MessageKind>(),
  orderId: orderId(),
  requestId: uuid('request_id').notNull(),
  followUpId: uuid('follow_up_id'),
  incidentId: uuid('incident_id'),
  madeAt: instant('made_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  state: text().notNull().$type<'waiting' | 'sent' | 'failed' | 'overtaken'>(),
  doneAt: instant('done_at'),
  receipt: text(),
  claimToken: bigint('claim_token', { mode: 'number' }).notNull().default(0),
  leaseUntil: instant('lease_until'),
});

export const surveyLinks = pgTable('survey_links', {
  tokenHash: bytea('token_hash').primaryKey(),
  followUpId: uuid('follow_up_id'),
  requestId: uuid('request_id'),
  madeAt: instant('made_at').notNull(),
});
