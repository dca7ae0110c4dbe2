import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Decree } from '../domain/decree.ts';
import { instant, texts } from './columns.ts';

export const decrees = pgTable('decrees', {
  id: uuid().primaryKey(),
  number: text().notNull(),
  version: integer().notNull(),
  state: text().notNull().$type<Decree['state']>(),
  title: text().notNull(),
  text: text().notNull(),
  categories: texts().notNull(),
  areas: texts().notNull(),
  beginsAt: instant('begins_at').notNull(),
  until: instant().notNull(),
  authority: text(),
  publishedBy: jsonb('published_by').notNull().$type<Decree['publishedBy']>(),
  endedAt: instant('ended_at'),
  endedBy: jsonb('ended_by').$type<Decree['endedBy']>(),
  endedBecause: text('ended_because'),
  walksAt: instant('walks_at'),
  walked: uuid(),
});
