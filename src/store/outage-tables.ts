import { boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { OutageNotice } from '../domain/outage.ts';
import { instant, texts } from './columns.ts';

export const outageNotices = pgTable('outage_notices', {
  id: uuid().primaryKey(),
  number: text().notNull(),
  version: integer().notNull(),
  state: text().notNull().$type<OutageNotice['state']>(),
  title: text().notNull(),
  category: text().notNull(),
  areas: texts().notNull(),
  polygon: jsonb().$type<OutageNotice['reach']['polygon']>(),
  since: instant().notNull(),
  until: instant().notNull(),
  announcedAt: instant('announced_at').notNull(),
  text: text().notNull(),
  contact: text(),
  unit: text().notNull(),
  answersAtOnce: boolean('answers_at_once').notNull(),
  issuedBy: jsonb('issued_by').notNull().$type<OutageNotice['issuedBy']>(),
  withdrawnBy: jsonb('withdrawn_by').$type<OutageNotice['withdrawnBy']>(),
  withdrawnBecause: text('withdrawn_because'),
});
