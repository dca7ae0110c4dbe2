import { jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Dossier } from '../domain/dossier.ts';
import { instant } from './columns.ts';

export const dossiers = pgTable('dossiers', {
  id: uuid().primaryKey(),
  unit: text().notNull(),
  dossier: jsonb().notNull().$type<Dossier>(),
  hash: text().notNull(),
  madeAt: instant('made_at').notNull(),
});
