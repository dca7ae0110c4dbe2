import { bigint, boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, date, instant, texts } from './columns.ts';

export const cityRows = pgTable('city_rows', {
  kind: text().notNull(),
  code: text().notNull(),
  validFrom: instant('valid_from').notNull(),
  validTo: instant('valid_to'),
  body: jsonb().notNull(),
  changedBy: text('changed_by').notNull(),
  changedAt: instant('changed_at').notNull(),
});

export const directoryVersions = pgTable('directory_versions', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  rows: jsonb().notNull(),
  report: jsonb().notNull(),
  validFrom: instant('valid_from').notNull(),
  state: text().notNull().$type<'draft' | 'active'>(),
  acceptedWarnings: text('accepted_warnings'),
  changedBy: text('changed_by').notNull(),
  activatedAt: instant('activated_at'),
});

export const areaVersions = pgTable('area_versions', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  levels: jsonb().notNull().$type<readonly string[]>(),
  boundaryRoads: jsonb('boundary_roads').notNull(),
  validFrom: instant('valid_from').notNull(),
  state: text().notNull().$type<'draft' | 'active'>(),
  report: jsonb().notNull(),
  acceptedWarnings: text('accepted_warnings'),
  changedBy: text('changed_by').notNull(),
  activatedAt: instant('activated_at'),
});

export const areas = pgTable('areas', {
  versionId: uuid('version_id').notNull(),
  code: text().notNull(),
  name: text().notNull(),
  level: text().notNull(),
  parent: text(),
  scheme: text().notNull(),
  shape: jsonb(),
});

export const clients = pgTable('clients', {
  id: text().primaryKey(),
  name: text().notNull(),
  secretHash: text('secret_hash').notNull(),
  roles: texts().notNull(),
  unit: text(),
  areas: texts(),
  channels: texts(),
  cidrs: texts().notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at'),
  revokedAt: instant('revoked_at'),
  usedAt: instant('used_at'),
});

export const dayNumbers = pgTable('day_numbers', { day: date().primaryKey(), last: integer().notNull() });

export const drillClock = pgTable('drill_clock', {
  one: boolean().primaryKey(),
  offsetMs: bigint('offset_ms', { mode: 'number' }).notNull(),
});

export const secrets = pgTable('secrets', {
  name: text().primaryKey(),
  value: bytea().notNull(),
  madeAt: instant('made_at').notNull(),
});

export const ladderApplied = pgTable('ladder_applied', { one: boolean().primaryKey(), policy: jsonb().notNull() });
