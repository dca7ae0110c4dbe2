import { boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { MatterBoard } from '../domain/matter-board.ts';
import type { Publication, Snapshot } from '../domain/publication.ts';
import type { RateBoard } from '../domain/rate-board.ts';
import type { Fact } from '../domain/work-order.ts';
import { instant, seq } from './columns.ts';

export const publications = pgTable('publications', {
  id: uuid().primaryKey(),
  version: integer().notNull(),
  board: text().notNull().$type<Publication['board']>(),
  round: integer().notNull(),
  workOrderId: uuid('order_id').notNull(),
  unit: text().notNull(),
  areaPath: text('area_path').array().notNull().$type<readonly string[]>(),
  category: text(),
  cause: text().notNull().$type<Publication['cause']>(),
  state: text().notNull().$type<Publication['state']>(),
  draft: jsonb().notNull().$type<Publication['draft']>(),
  proposedBy: jsonb('proposed_by').notNull().$type<Fact['actor']>(),
  proposedAt: instant('proposed_at').notNull(),
  holdUntil: instant('hold_until').notNull(),
  hold: jsonb().$type<Publication['hold']>(),
  approvedBy: jsonb('approved_by').$type<Publication['approvedBy']>(),
  publishedAt: instant('published_at'),
  endedAt: instant('ended_at'),
  mayReturn: boolean('may_return').notNull(),
  problemId: uuid('problem_id'),
  seq: seq(),
});

export const publicationSnapshots = pgTable('publication_snapshots', {
  id: uuid().primaryKey(),
  publicationId: uuid('publication_id').notNull(),
  seq: seq(),
  kind: text().notNull().$type<Snapshot['kind']>(),
  at: instant().notNull(),
  actor: jsonb().notNull().$type<Fact['actor']>(),
  reason: text(),
  content: jsonb().$type<Snapshot['content']>(),
});

export const publicationWishes = pgTable('publication_wishes', {
  requestId: uuid('request_id').primaryKey(),
  publish: boolean().notNull(),
  at: instant().notNull(),
});

export const rateBoards = pgTable('rate_boards', {
  snapshotId: uuid('snapshot_id').primaryKey(),
  content: jsonb().notNull().$type<RateBoard>(),
  publishedBy: jsonb('published_by').notNull().$type<Fact['actor']>(),
  publishedAt: instant('published_at').notNull(),
  withdrawnBy: jsonb('withdrawn_by').$type<Fact['actor'] | null>(),
  withdrawnAt: instant('withdrawn_at'),
  reason: text(),
});

export const matterBoards = pgTable('matter_boards', {
  undertakingId: uuid('undertaking_id').notNull(),
  seq: seq(),
  content: jsonb().$type<MatterBoard | null>(),
  reason: text(),
  actor: jsonb().notNull().$type<Fact['actor']>(),
  at: instant().notNull(),
});
