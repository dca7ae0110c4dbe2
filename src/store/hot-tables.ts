import { pgTable, text } from 'drizzle-orm/pg-core';

export const hotWatch = pgTable('hot_watch', { category: text().notNull(), street: text().notNull() });
