import { bigint, boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Standing } from '../domain/measure.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { instant, orderId, texts, xid8 } from './columns.ts';

const count = (name: string) => integer(name).notNull();

const columns = () => ({
  orderId: orderId(),
  unit: text().notNull(),
  dueAt: instant('due_at').notNull(),
  areaPath: text('area_path').array().notNull().$type<readonly string[]>(),
  street: text(),
  community: text(),
  grid: text(),
  category: text(),
  channel: text(),
  standing: text().notNull().$type<Standing>(),
  orders: count('orders'),
  requests: count('requests'),
  incidents: count('incidents'),
  incidentRequests: count('incident_requests'),
  upperLevel: count('upper_level'),
  firstContact: count('first_contact'),
  ended: count('ended'),
  dispatched: count('dispatched'),
  hops: count('hops'),
  contactedByWord: count('contacted_by_word'),
  contactedByLog: count('contacted_by_log'),
  silent: count('silent'),
  reached: count('reached'),
  notReached: count('not_reached'),
  excluded: count('excluded'),
  solved: count('solved'),
  verySatisfied: count('very_satisfied'),
  satisfied: count('satisfied'),
  basically: count('basically'),
  dissatisfied: count('dissatisfied'),
  veryDissatisfied: count('very_dissatisfied'),
  firstSolved: count('first_solved'),
  firstSatisfied: count('first_satisfied'),
  firstBasically: count('first_basically'),
  leads: count('leads'),
  signedInTime: count('signed_in_time'),
  signedLate: count('signed_late'),
  submittedInTime: count('submitted_in_time'),
  submittedLate: count('submitted_late'),
  handedIn: count('handed_in'),
  reworked: count('reworked'),
  returnsGranted: count('returns_granted'),
  returnsRefused: count('returns_refused'),
  extended: count('extended'),
  onAccount: count('on_account'),
  passedOn: count('passed_on'),
  dispatches: count('dispatches'),
  misdispatches: count('misdispatches'),
  signBy: instant('sign_by'),
  submitBy: instant('submit_by'),
});

export const measures = pgTable('measures', columns());

export const measured = pgTable('measured', {
  one: boolean().primaryKey(),
  xid: xid8().notNull(),
  factId: bigint('fact_id', { mode: 'number' }).notNull(),
  factAt: instant('fact_at'),
});

export const statisticsSnapshots = pgTable('statistics_snapshots', {
  id: uuid().primaryKey(),
  from: instant('span_from').notNull(),
  to: instant('span_to').notNull(),
  by: text('counted_by').notNull().$type<Snapshot['by']>(),
  w: integer('weight').notNull(),
  definition: text().notNull(),
  versions: jsonb().notNull().$type<Snapshot['versions']>(),
  asOf: instant('as_of').notNull(),
  factId: bigint('fact_id', { mode: 'number' }).notNull(),
  factAt: instant('fact_at'),
  figures: jsonb().notNull().$type<Snapshot['figures']>(),
  columns: texts().notNull(),
  rowCount: integer('row_count').notNull(),
  rowsHash: text('rows_hash').notNull(),
  hash: text().notNull(),
  corrects: uuid(),
  reason: text(),
  madeBy: jsonb('made_by').notNull().$type<Snapshot['madeBy']>(),
  madeAt: instant('made_at').notNull(),
});

export const snapshotMeasures = pgTable('snapshot_measures', {
  snapshotId: uuid('snapshot_id').notNull(),
  ...columns(),
});
