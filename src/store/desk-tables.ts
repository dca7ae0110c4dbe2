import { bigint, boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { WorkOrderId } from '../domain/request.ts';
import type { Actor } from '../domain/work-order.ts';
import { instant, orderId } from './columns.ts';

export const refusedPushes = pgTable('refused_pushes', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  orderId: orderId(),
  pushedBy: text('pushed_by').notNull(),
  pushedUnit: text('pushed_unit'),
  unit: text().notNull(),
  category: text().notNull(),
  line: text(),
  at: instant().notNull(),
  code: text().notNull(),
});

export const tasks = pgTable('tasks', {
  id: uuid().primaryKey(),
  kind: text().notNull(),
  orderId: uuid('order_id').$type<WorkOrderId>(),
  role: text(),
  unit: text(),
  body: jsonb().notNull().$type<Record<string, unknown>>(),
  openedAt: instant('opened_at').notNull(),
  dueAt: instant('due_at'),
  doneAt: instant('done_at'),
  doneBy: text('done_by'),
});

export const handOvers = pgTable('hand_overs', {
  id: uuid().primaryKey(),
  shift: text().notNull(),
  fromActor: text('from_actor').notNull(),
  toActor: text('to_actor').notNull(),
  note: text().notNull(),
  items: jsonb().notNull(),
  at: instant().notNull(),
});

export const dutyMoves = pgTable('duty_moves', {
  id: uuid().primaryKey(),
  category: text().notNull(),
  area: text(),
  fromUnit: text('from_unit').notNull(),
  toUnit: text('to_unit').notNull(),
  basis: text().notNull(),
  effectiveAt: instant('effective_at').notNull(),
  movedBy: jsonb('moved_by').notNull().$type<Actor>(),
  madeAt: instant('made_at').notNull(),
  doneAt: instant('done_at'),
  moved: integer(),
  refused: jsonb().$type<readonly Readonly<{ workOrderId: string; code: string }>[]>(),
  keepOpen: boolean('keep_open').notNull(),
  kept: integer(),
  withdrawnAt: instant('withdrawn_at'),
  withdrawnBy: text('withdrawn_by'),
  withdrawReason: text('withdraw_reason'),
});
