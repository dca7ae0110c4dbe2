import { integer, jsonb, numeric, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { IndexValue } from '../domain/external-index.ts';
import { instant } from './columns.ts';

export const externalIndexValues = pgTable('external_index_values', {
  id: uuid().primaryKey(),
  index: text('index_code').notNull(),
  kind: text().notNull().$type<IndexValue['kind']>(),
  code: text().notNull(),
  period: text().notNull(),
  starts: instant().notNull(),
  ends: instant().notNull(),
  version: integer().notNull(),
  value: numeric({ mode: 'number' }).notNull(),
  sample: integer(),
  rank: jsonb().$type<IndexValue['rank']>(),
  document: text().notNull(),
  reason: text(),
  importedBy: jsonb('imported_by').notNull().$type<IndexValue['importedBy']>(),
  at: instant().notNull(),
});
