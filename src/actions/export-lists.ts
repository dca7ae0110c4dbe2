import type { Language } from '../domain/words.ts';
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

/** Every list that can be taken out as a table, by the name it is asked by, with what it is called in Chinese. */
const lists = {
  'work-orders': ['工单', orders.workOrders],
  requests: ['诉求', orders.requests],
  'follow-ups': ['回访', orders.followUps],
  approvals: ['审批', orders.approvals],
  publications: ['公示', orders.publications],
  todo: ['待办', desks.todo],
  admissions: ['准入审批', desks.admissions],
  messages: ['短信', desks.messages],

  'coordination-orders': ['吹哨单', powers.coordinationOrders],
  'unit-calls': ['单位吹哨任务', powers.unitCalls],
  'supervision-orders': ['督办单', powers.supervisionOrders],
  'street-powers': ['街道吹哨情况', powers.powersOf('street')],
  'district-powers': ['全区吹哨情况', powers.powersOf('district')],

  'task-forces': ['专班', undertakings.taskForces],
  deliberations: ['议事', undertakings.deliberations],
  suggestions: ['建议', undertakings.suggestions],
  'meeting-tasks': ['会议任务', undertakings.meetingTasks],
  'hot-matters': ['每月一题', undertakings.hotMatters],
  consents: ['选拔任用征求意见', undertakings.consents],
  'field-tasks': ['现场交办', undertakings.fieldTasks],
  'field-records': ['一线记录', field.fieldRecords],
  meetings: ['联席会议', undertakings.meetings],

  incidents: ['突发事件', surge.incidents],
  'incident-requests': ['突发事件诉求', surge.incidentRequests],
  notices: ['停电停水通告', surge.notices],
  decrees: ['暂停办理决定', surge.decrees],

  judgements: ['评价', judging.judgements],
  exclusions: ['剔除台账', judging.exclusions],
  inspections: ['检查', judging.inspections],
  'inspection-items': ['检查工单', judging.inspectionItems],
  'inspected-units': ['检查情况', judging.inspected],
  measures: ['提醒整改问责', judging.measures],
  conduct: ['双向监督', judging.conduct],

  evaluations: ['考核', evaluations.evaluations],
  'evaluation-scores': ['考核得分', evaluations.evaluationScores],
  'mutual-reviews': ['双向评议', evaluations.mutualReviews],
  'period-reviews': ['述职评议', evaluations.periodReviews],

  dossiers: ['履职档案', dossiers],

  rates: ['统计率', rates.ratesNow],
  'snapshot-rates': ['快照统计率', rates.ratesFrozen],
  levels: ['办结层级', statistics.levels],
  'most-asked': ['高频问题', statistics.mostAskedAbout],
  'refused-pushes': ['拒绝下派', powers.refused],
  'field-counts': ['一线记录统计', field.fieldCounts],
  'visits-needed': ['跑动次数统计', services.visitsNeeded],
  'service-reach': ['服务点覆盖', services.reach],
  'index-values': ['外部指数', services.indexValues],
  snapshots: ['快照', statistics.snapshots],
  'snapshot-rows': ['快照明细', statistics.snapshotRows],

  units: ['单位', city.units],
  posts: ['岗位', city.posts],
  categories: ['诉求类别', city.categories],
  channels: ['渠道', city.channels],
  'duty-lists': ['权责清单', city.dutyLists],
  knowledge: ['知识库', city.knowledge],
  'joint-matters': ['联合执法事项', city.jointMatters],
  'evaluation-schemes': ['考核方案', city.evaluationSchemes],
  services: ['服务事项目录', services.services],
  'service-points': ['服务点', services.servicePoints],
  'external-indices': ['外部指数目录', services.externalIndices],
  areas: ['辖区', directory.areas],
  'area-versions': ['辖区版本', directory.areaVersions],
  coverage: ['网格空白', directory.coverage],
  directory: ['派单目录', directory.directory],
  'directory-versions': ['派单目录版本', directory.directoryVersions],
  'duty-moves': ['职责划转', directory.moves],
  calendars: ['工作日历', directory.calendars],
  powers: ['权力配置', directory.powers],
  clients: ['密钥', desks.clients],
  'survey-vendors': ['测评机构', desks.vendors],
} as const satisfies Readonly<Record<string, readonly [zh: string, list: { route: string }]>>;

export type ExportListName = keyof typeof lists;
export const exportListNames = Object.keys(lists) as readonly ExportListName[];

/** A list by its name. Its filter was read by the shapes of its route, whose members the list's own query takes. */
export const exportList = (name: ExportListName): ExportList<unknown> => lists[name][1] as ExportList<unknown>;

/** What a list is called; in English its name is its own word. */
export const titleOf = (name: ExportListName, language: Language): string =>
  language === 'zh' ? lists[name][0] : name.replaceAll('-', ' ');
