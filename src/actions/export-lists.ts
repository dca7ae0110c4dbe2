import * as city from './export-city.ts';
import * as desks from './export-desks.ts';
import * as directory from './export-directory.ts';
import { dossiers } from './export-dossiers.ts';
import * as evaluations from './export-evaluations.ts';
import * as field from './export-field.ts';
import * as judging from './export-judging.ts';
import * as orders from './export-orders.ts';
import * as powers from './export-powers.ts';
import * as rates from './export-rates.ts';
import * as services from './export-services.ts';
import * as statistics from './export-statistics.ts';
import * as surge from './export-surge.ts';
import type { ExportList } from './export-table.ts';
import * as undertakings from './export-undertakings.ts';

/** Every list that can be taken out as a table, by the name it is asked by. */
const lists = {
  'work-orders': orders.workOrders,
  requests: orders.requests,
  'follow-ups': orders.followUps,
  approvals: orders.approvals,
  publications: orders.publications,
  todo: desks.todo,
  admissions: desks.admissions,
  messages: desks.messages,

  'coordination-orders': powers.coordinationOrders,
  'unit-calls': powers.unitCalls,
  'supervision-orders': powers.supervisionOrders,
  'street-powers': powers.powersOf('street'),
  'district-powers': powers.powersOf('district'),

  'task-forces': undertakings.taskForces,
  deliberations: undertakings.deliberations,
  suggestions: undertakings.suggestions,
  'meeting-tasks': undertakings.meetingTasks,
  'hot-matters': undertakings.hotMatters,
  consents: undertakings.consents,
  'field-tasks': undertakings.fieldTasks,
  'field-records': field.fieldRecords,
  meetings: undertakings.meetings,

  incidents: surge.incidents,
  'incident-requests': surge.incidentRequests,
  notices: surge.notices,
  decrees: surge.decrees,

  judgements: judging.judgements,
  exclusions: judging.exclusions,
  inspections: judging.inspections,
  'inspection-items': judging.inspectionItems,
  'inspected-units': judging.inspected,
  measures: judging.measures,
  conduct: judging.conduct,

  evaluations: evaluations.evaluations,
  'evaluation-scores': evaluations.evaluationScores,
  'mutual-reviews': evaluations.mutualReviews,
  'period-reviews': evaluations.periodReviews,

  dossiers,

  rates: rates.ratesNow,
  'snapshot-rates': rates.ratesFrozen,
  levels: statistics.levels,
  'most-asked': statistics.mostAskedAbout,
  'refused-pushes': powers.refused,
  'field-counts': field.fieldCounts,
  'visits-needed': services.visitsNeeded,
  'service-reach': services.reach,
  'index-values': services.indexValues,
  snapshots: statistics.snapshots,
  'snapshot-rows': statistics.snapshotRows,

  units: city.units,
  posts: city.posts,
  categories: city.categories,
  channels: city.channels,
  'duty-lists': city.dutyLists,
  knowledge: city.knowledge,
  'joint-matters': city.jointMatters,
  'evaluation-schemes': city.evaluationSchemes,
  services: services.services,
  'service-points': services.servicePoints,
  'external-indices': services.externalIndices,
  areas: directory.areas,
  'area-versions': directory.areaVersions,
  coverage: directory.coverage,
  directory: directory.directory,
  'directory-versions': directory.directoryVersions,
  'duty-moves': directory.moves,
  calendars: directory.calendars,
  powers: directory.powers,
  clients: desks.clients,
  'survey-vendors': desks.vendors,
} as const;

export type ExportListName = keyof typeof lists;
export const exportListNames = Object.keys(lists) as readonly ExportListName[];

/** A list by its name. Its filter was read by the shapes of its route, whose members the list's own query takes. */
export const exportList = (name: ExportListName): ExportList<unknown> => lists[name] as ExportList<unknown>;
