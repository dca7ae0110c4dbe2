import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';

export const looseFiles = pgTable('loose_files', {
  id: uuid().primaryKey(),
  store: text().notNull().$type<'attachments' | 'pictures'>(),
  keepUntil: instant('keep_until').notNull(),
});
