import { boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { Incident, IncidentUpdate } from '../domain/incident.ts';
import type { IncidentRequest } from '../domain/incident-request.ts';
import { instant, seq, texts } from './columns.ts';

export const incidents = pgTable('incidents', {
  id: uuid().primaryKey(),
  number: text().notNull(),
  version: integer().notNull(),
  state: text().notNull().$type<Incident['state']>(),
  title: text().notNull(),
  category: text().notNull(),
  areas: texts().notNull(),
  polygon: jsonb().$type<Incident['reach']['polygon']>(),
  since: instant().notNull(),
  until: instant(),
  leadOrderId: uuid('lead_order_id').notNull().$type<Incident['leadOrderId']>(),
  answer: text().notNull(),
  nextUpdateAt: instant('next_update_at'),
  updateDueAt: instant('update_due_at'),
  danger: jsonb().notNull().$type<Incident['danger']>(),
  openedBy: jsonb('opened_by').notNull().$type<Incident['openedBy']>(),
  openedAt: instant('opened_at').notNull(),
  endedBy: jsonb('ended_by').$type<Incident['endedBy']>(),
  endedAt: instant('ended_at'),
});

export const incidentUpdates = pgTable('incident_updates', {
  incidentId: uuid('incident_id').notNull(),
  seq: seq(),
  text: text().notNull(),
  at: instant().notNull(),
  actor: jsonb().notNull().$type<IncidentUpdate['actor']>(),
});

export const incidentRequests = pgTable('incident_requests', {
  requestId: uuid('request_id').primaryKey(),
  incidentId: uuid('incident_id').notNull(),
  how: text().notNull().$type<IncidentRequest['how']>(),
  at: instant().notNull(),
  restored: boolean(),
  answeredAt: instant('answered_at'),
  answeredBy: jsonb('answered_by').$type<IncidentRequest['answeredBy']>(),
  ownOrderId: uuid('own_order_id'),
  leftAt: instant('left_at'),
});
