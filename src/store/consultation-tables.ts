import { jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Consultation } from '../domain/consultation.ts';
import { instant, orderId } from './columns.ts';

export const consultations = pgTable('consultations', {
  id: uuid().primaryKey(),
  orderId: orderId(),
  at: instant().notNull(),
  actor: text().notNull(),
  unit: text(),
  opinions: jsonb().notNull().$type<Consultation['opinions']>(),
  outcome: text().notNull(),
});
