import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { UnitScore } from '../domain/evaluation.ts';
import type { EvaluationScheme } from '../domain/evaluation-scheme.ts';
import type { CaseEvidence, ReviewMarks } from '../domain/mutual-review.ts';
import type { PeriodReview } from '../domain/period-review.ts';
import type { Fact } from '../domain/work-order.ts';
import { instant } from './columns.ts';

export const mutualReviews = pgTable('mutual_reviews', {
  id: uuid().primaryKey(),
  cycle: text().notNull(),
  by: text('by_unit').notNull(),
  about: text('about_unit').notNull(),
  marks: jsonb().notNull().$type<ReviewMarks>(),
  comment: text().notNull(),
  workOrderIds: uuid('work_order_ids').array().notNull().$type<readonly string[]>(),
  evidence: jsonb().notNull().$type<CaseEvidence>(),
  actor: text().notNull(),
  at: instant().notNull(),
});

export const evaluations = pgTable('evaluations', {
  id: uuid().primaryKey(),
  scheme: jsonb().notNull().$type<EvaluationScheme>(),
  schemeCode: text('scheme_code').notNull(),
  period: text().notNull(),
  from: instant('starts').notNull(),
  to: instant('ends').notNull(),
  closesAt: instant('closes_at').notNull(),
  openedBy: jsonb('opened_by').notNull().$type<Fact['actor']>(),
  closedAt: instant('closed_at'),
  results: jsonb().$type<readonly UnitScore[]>(),
});

export const superiorMarks = pgTable('superior_marks', {
  evaluationId: uuid('evaluation_id').notNull(),
  unit: text().notNull(),
  mark: integer().notNull(),
  reason: text().notNull(),
  by: text('by_unit').notNull(),
  actor: text().notNull(),
  at: instant().notNull(),
});

export const periodReviews = pgTable('period_reviews', {
  evaluationId: uuid('evaluation_id').notNull(),
  unit: text().notNull(),
  report: jsonb().$type<PeriodReview['report']>(),
  remarks: jsonb().notNull().$type<PeriodReview['remarks']>(),
  ratings: jsonb().notNull().$type<PeriodReview['ratings']>(),
});
