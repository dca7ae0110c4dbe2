import { meetingLevels } from '../domain/meeting.ts';
import type { UndertakingKind } from '../domain/undertaking.ts';
import { type ConsentFilter, listConsents } from './consents.ts';
import {
  area,
  byId,
  type Column,
  type ExportList,
  number,
  said,
  several,
  table,
  time,
  unit,
  yes,
} from './export-table.ts';
import { volumesAfter } from './hot-matters.ts';
import { listMeetings } from './meet.ts';
import { listUndertakings, type SeenUndertaking, type UndertakingFilter } from './undertake.ts';

const columns: readonly Column<SeenUndertaking>[] = [
  ['编号', 'number', ({ undertaking: u }) => u.number],
  ['标题', 'title', ({ undertaking: u }) => u.title],
  ['状态', 'state', ({ undertaking: u }, r) => said('undertakingState', u.state, r)],
  ['责任单位', 'unit', ({ undertaking: u }, r) => unit(u.unit, r)],
  ['交办单位', 'by', ({ undertaking: u }, r) => unit(u.by, r)],
  ['负责人', 'leader', ({ undertaking: u }) => u.leader],
  [
    '成员',
    'members',
    ({ undertaking: u }, r) => several(u.members, (member) => member.name ?? unit(member.unit, r), r),
  ],
  ['要求', 'demand', ({ undertaking: u }) => u.demand],
  ['方案', 'plan', ({ undertaking: u }) => u.plan],
  ['工单编号', 'work order', ({ undertaking: u }, r) => number(u.workOrderId, r)],
  ['期限', 'due', ({ undertaking: u }) => time(u.dueAt)],
  ['逾期', 'overdue', ({ undertaking: u }, r) => yes(u.state === 'open' && u.dueAt < r.now, r)],
  ['进展数', 'notes', ({ undertaking: u }) => u.notes.length],
  ['结果', 'result', ({ undertaking: u }, r) => said('undertakingResult', u.answers.at(-1)?.result, r)],
  ['答复', 'answer', ({ undertaking: u }) => u.answers.at(-1)?.text ?? null],
  ['按时答复', 'answered in time', ({ undertaking: u }, r) => yes(u.answers.at(-1)?.inTime, r)],
  ['退回次数', 'refused', ({ undertaking: u }) => u.answers.filter(({ refused }) => refused !== null).length],
  ['开始时间', 'opened', ({ undertaking: u }) => time(u.openedBy.at)],
  ['办结时间', 'ended', ({ undertaking: u }) => time(u.endedAt)],
  ['取消原因', 'cancelled because', ({ undertaking: u }) => u.cancelReason],
];

type Filter = Omit<UndertakingFilter, 'kind'>;

/** What units undertake by a date, one kind of it, with what that kind says beside the rest. */
const undertakings = (
  path: string,
  kind: UndertakingKind,
  more: readonly Column<SeenUndertaking>[] = [],
): ExportList<Filter> =>
  table(
    byId(
      `/v1/${path}`,
      (deps, filter: Filter, actor) => listUndertakings(deps, { ...filter, kind }, actor),
      ({ undertaking }) => undertaking.id,
    ),
    [...columns, ...more],
    ({ undertaking }) => [undertaking.workOrderId],
  );

/** Task forces (专班). */
export const taskForces = undertakings('task-forces', 'task_force', [
  ['挂牌单位', 'unit on the attention list', ({ undertaking: u }, r) => unit(u.about.attention?.unit, r)],
  ['挂牌原因', 'attention because', ({ undertaking: u }) => u.about.attention?.reason ?? null],
]);
/** Deliberations (议事). */
export const deliberations = undertakings('deliberations', 'deliberation', [
  ['议事轮次', 'rounds', ({ undertaking: u }) => Math.max(0, ...u.notes.map(({ round }) => round ?? 0))],
]);
/** Suggestions of streets to their district (建议). */
export const suggestions = undertakings('suggestions', 'suggestion', [
  ['建议类型', 'topic', ({ undertaking: u }, r) => said('topic', u.about.topic, r)],
]);
/** What joint meetings decided that somebody does by a date. */
export const meetingTasks = undertakings('meeting-tasks', 'meeting_task');

/** What visits to the front line asked of somebody (现场交办). */
export const fieldTasks = undertakings('field-tasks', 'field_task');

/** High-frequency matters under governance (每月一题), with what came in before and since. */
export const hotMatters = table(
  byId(
    '/v1/hot-matters',
    async (deps, filter: Filter, actor) => {
      const found = await listUndertakings(deps, { ...filter, kind: 'governance' }, actor);
      const since = await volumesAfter(
        deps,
        found.map(({ undertaking }) => undertaking),
      );
      return found.map((seen, i) => ({ ...seen, after: since[i] ?? null }));
    },
    ({ undertaking }) => undertaking.id,
  ),
  [
    ...columns,
    ['诉求类别', 'category', ({ undertaking: u }) => u.about.hot?.category ?? null],
    ['街道', 'street', ({ undertaking: u }, r) => area(u.about.hot?.street, r)],
    ['治理前工单数', 'orders before', ({ undertaking: u }) => u.about.hot?.before.orders ?? null],
    ['治理前人数', 'people before', ({ undertaking: u }) => u.about.hot?.before.people ?? null],
    ['治理后工单数', 'orders since', ({ after }) => after?.orders ?? null],
    ['治理后人数', 'people since', ({ after }) => after?.people ?? null],
  ],
  ({ undertaking }) => [undertaking.workOrderId],
);

/** Whom a street was asked about before a head is appointed (征得同意权), and what was decided. */
export const consents = table(
  byId(
    '/v1/consents',
    async (deps, filter: ConsentFilter, actor) =>
      (await listConsents(deps, filter, actor)).map(({ undertaking }) => {
        const { consent } = undertaking.about;
        if (consent === undefined) throw new Error(`consent ${undertaking.id} is about nobody`);
        return { undertaking, consent };
      }),
    ({ undertaking }) => undertaking.id,
  ),
  [
    ['编号', 'number', ({ undertaking: u }) => u.number],
    ['征求单位', 'asked', ({ undertaking: u }, r) => unit(u.unit, r)],
    ['提出单位', 'by', ({ undertaking: u }, r) => unit(u.by, r)],
    ['单位', 'unit', ({ consent }, r) => unit(consent.unit, r)],
    ['岗位', 'post', ({ undertaking: u }) => u.title],
    ['人选', 'candidate', ({ consent }) => consent.candidate],
    ['事由', 'purpose', ({ consent }, r) => said('consentPurpose', consent.purpose, r)],
    ['状态', 'state', ({ undertaking: u }, r) => said('consentState', u.state, r)],
    ['提出时间', 'asked at', ({ undertaking: u }) => time(u.openedBy.at)],
    ['答复期限', 'due', ({ undertaking: u }) => time(u.dueAt)],
    ['答复', 'answer', ({ undertaking: u }, r) => said('undertakingResult', u.answers.at(-1)?.result, r)],
    ['意见', 'words', ({ undertaking: u }) => u.answers.at(-1)?.text ?? null],
    ['答复时间', 'answered', ({ undertaking: u }) => time(u.answers.at(-1)?.at)],
    ['决定', 'taken', ({ consent }, r) => yes(consent.decision?.taken, r)],
    ['决定理由', 'reason', ({ consent }) => consent.decision?.reason ?? null],
  ],
);

/** Joint meetings (联席会议). */
export const meetings = table(
  byId('/v1/meetings', listMeetings, ({ meeting }) => meeting.id),
  [
    ['会议编号', 'number', ({ meeting: m }) => m.number],
    ['会议名称', 'title', ({ meeting: m }) => m.title],
    ['召集单位', 'unit', ({ meeting: m }, r) => unit(m.unit, r)],
    ['层级', 'level', ({ meeting: m }, r) => said('level', levelOf(r.city.units.get(m.unit)?.kind), r)],
    ['状态', 'state', ({ meeting: m }, r) => said('meetingState', m.state, r)],
    ['会议时间', 'meets', ({ meeting: m }) => time(m.meetsAt)],
    ['地点', 'place', ({ meeting: m }) => m.place],
    ['间隔周数', 'every weeks', ({ meeting: m }) => m.everyWeeks],
    ['议题数', 'items', ({ meeting: m }) => m.items.filter(({ state }) => state !== 'removed').length],
    ['参会方数', 'members', ({ meeting: m }) => m.members.length],
    ['召开时间', 'held', ({ meeting: m }) => time(m.heldAt)],
    ['结束时间', 'ended', ({ meeting: m }) => time(m.endedAt)],
    ['取消原因', 'cancelled because', ({ meeting: m }) => m.cancelReason],
  ],
);

const levelOf = (kind: string | undefined): string =>
  kind !== undefined && kind in meetingLevels ? meetingLevels[kind as keyof typeof meetingLevels] : 'city';
