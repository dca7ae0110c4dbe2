import { exclusionClasses } from '../domain/exclusion.ts';
import type { Span } from '../domain/period.ts';
import { inspectedUnits } from '../reports/inspections.ts';
import { type ExclusionsAsked, listExclusions } from './exclusions.ts';
import {
  type Asked,
  byId,
  joined,
  number,
  paged,
  type Reading,
  said,
  several,
  share,
  table,
  time,
  unit,
  whole,
  yes,
} from './export-table.ts';
import { listInspections, listItems } from './inspect.ts';
import { listJudgements } from './judge.ts';
import { listRemarks } from './remark.ts';
import { listMeasures } from './take-measures.ts';

/** The posts that sit, or have sat to the end. */
const seated = (
  seats: readonly Readonly<{ post: string; left: unknown }>[] | null | undefined,
  r: Reading,
): string | null => joined(seats?.filter(({ left }) => left === null).map(({ post }) => post) ?? null, r);

/** Cases before judges (评价): a judge reads the own seat alone, and what was said when all have spoken. */
export const judgements = table(
  byId('/v1/judgements', listJudgements, ({ judgement }) => judgement.id),
  [
    ['工单编号', 'work order', ({ order }) => order.number],
    ['事由', 'cause', ({ judgement: j }, r) => said('judgementCause', j.cause, r)],
    ['轮次', 'round', ({ judgement: j }) => j.round],
    ['状态', 'state', ({ judgement: j }, r) => said('judgementState', j.state, r)],
    ['说明', 'reason', ({ judgement: j }) => j.reason],
    ['提请人', 'asked by', ({ judgement: j }) => j.askedBy],
    ['评价员', 'judges', ({ seats }, r) => seated(seats, r)],
    ['已发表意见', 'have spoken', ({ seats }) => seats.filter(({ spoken }) => spoken).length],
    ['诉求合理', 'reasonable', ({ judgement: j }, r) => yes(j.reasonable, r)],
    ['单位尽责', 'dutiful', ({ judgement: j }, r) => yes(j.dutiful, r)],
    ['结论', 'finding', ({ judgement: j }, r) => said('finding', j.finding, r)],
    ['开始时间', 'opened', ({ judgement: j }) => time(j.openedAt)],
    ['期限', 'due', ({ dueAt }) => time(dueAt)],
    ['评定时间', 'decided', ({ judgement: j }) => time(j.decidedAt)],
  ],
);

/** The ledger of exclusions (剔除台账). A unit does not learn who was drawn to decide. */
export const exclusions = table(
  paged(
    '/v1/exclusions',
    (deps, filter: Asked<ExclusionsAsked>, page: Pick<ExclusionsAsked, 'after' | 'limit'>, actor) =>
      listExclusions(deps, { ...filter, ...page }, actor),
    ({ askedAt, id }) => ({ at: askedAt, id }),
  ),
  [
    ['工单编号', 'work order', (row) => row.workOrder.number],
    ['单位', 'unit', (row, r) => unit(row.unit, r)],
    [
      '剔除情形',
      'class',
      (row, { language }) => {
        if (row.class === null) return null;
        return language === 'zh' ? exclusionClasses[row.class] : row.class.replaceAll('_', ' ');
      },
    ],
    ['申请人', 'proposed by', (row) => row.proposedBy],
    ['理由', 'reason', (row) => row.reason],
    ['证据', 'evidence', (row) => row.evidence],
    ['申请时间', 'asked', (row) => time(row.askedAt)],
    ['结果', 'state', (row, r) => said('approvalState', row.state, r)],
    ['决定时间', 'decided', (row) => time(row.decidedAt)],
    ['决定意见', 'decision', (row) => row.decisionReason],
    ['评审岗位', 'decided by posts', ({ seats }, r) => seated(seats, r)],
    ['诉求人异议', 'appeal', ({ appeal }, r) => said('approvalState', appeal?.state, r)],
    ['已剔除', 'excluded', (row, r) => yes(row.counts, r)],
  ],
);

/** Inspections of closed orders (检查). */
export const inspections = table(
  byId(
    '/v1/inspections',
    (deps, page: Parameters<typeof listInspections>[1]) => listInspections(deps, page),
    ({ inspection }) => inspection.id,
  ),
  [
    ['名称', 'name', ({ inspection: i }) => i.name],
    [
      '类型',
      'kind',
      ({ inspection: i }, r) =>
        said('inspectionKind', i.nextAt === null && i.everyDays === null ? 'random' : 'scheduled', r),
    ],
    ['单位', 'unit', ({ inspection: i }, r) => unit(i.scope.unit, r)],
    ['诉求类别', 'category', ({ inspection: i }) => i.scope.category],
    ['办结天数内', 'closed within days', ({ inspection: i }) => i.scope.closedWithinDays],
    ['抽取数', 'count', ({ inspection: { size } }) => ('count' in size ? size.count : null)],
    ['抽取比例', 'share', ({ inspection: { size } }) => ('share' in size ? share(size.share) : null)],
    ['间隔天数', 'every days', ({ inspection: i }) => i.everyDays],
    ['下次抽取', 'next', ({ inspection: i }) => time(i.nextAt)],
    ['抽取次数', 'draws', ({ inspection: i }) => i.draws],
    ['待查', 'open', ({ counts }) => counts.open],
    ['合格', 'passed', ({ counts }) => counts.passed],
    ['发现问题', 'found', ({ counts }) => counts.found],
    ['无需再查', 'moot', ({ counts }) => counts.moot],
    ['发起人', 'made by', ({ inspection: i }) => i.madeBy.name],
    ['发起时间', 'made', ({ inspection: i }) => time(i.madeAt)],
    ['结束时间', 'ended', ({ inspection: i }) => time(i.endedAt)],
  ],
);

/** Orders that were drawn for an inspection. */
export const inspectionItems = table(
  byId('/v1/inspection-items', listItems, ({ item }) => item.id),
  [
    ['工单编号', 'work order', ({ number: of }) => of],
    ['标题', 'title', ({ title }) => title],
    ['承办单位', 'responsible unit', ({ owner }, r) => unit(owner, r)],
    ['轮次', 'round', ({ item }) => item.round],
    ['检查岗位', 'post', ({ item }) => item.post],
    ['状态', 'state', ({ item }, r) => said('inspectionState', item.state, r)],
    ['发现的问题', 'finding', ({ item }) => item.finding],
    ['证据数', 'evidence', ({ item }) => item.evidence.length],
    ['检查人', 'by', ({ item }) => item.by],
    ['抽取时间', 'drawn', ({ item }) => time(item.drawnAt)],
    ['期限', 'due', ({ item }) => time(item.dueAt)],
    ['检查时间', 'decided', ({ item }) => time(item.decidedAt)],
  ],
);

/** What inspectors saw, by the unit that had closed the orders. */
export const inspected = table(
  whole('/v1/inspections/summary', (deps, period: Span) => inspectedUnits(deps.reading, period)),
  [
    ['单位', 'unit', (row, r) => unit(row.unit, r)],
    ['检查数', 'inspected', (row) => row.inspected],
    ['发现问题数', 'found', (row) => row.found],
    ['问题率', 'share', (row) => share(row.share)],
  ],
);

/** Graded measures against units (提醒、整改、问责). */
export const measures = table(
  byId('/v1/measures', listMeasures, ({ measure }) => measure.id),
  [
    ['编号', 'number', ({ measure: m }) => m.number],
    ['单位', 'unit', ({ measure: m }, r) => unit(m.unit, r)],
    ['等级', 'grade', ({ measure: m }, r) => said('measureGrade', m.grade, r)],
    ['状态', 'state', ({ measure: m }, r) => said('measureState', m.state, r)],
    ['要求', 'demand', ({ measure: m }) => m.demand],
    ['工单编号', 'work orders', ({ measure: m }, r) => several(m.workOrderIds, number, r)],
    ['提出单位', 'by', ({ measure: m }, r) => unit(m.by, r)],
    ['提出人', 'raised by', ({ measure: m }) => m.raisedBy.name],
    ['提出时间', 'raised', ({ measure: m }) => time(m.raisedAt)],
    ['自动触发', 'automatic', ({ measure: m }, r) => yes(m.automatic, r)],
    ['问题次数', 'faults', ({ measure: m }) => m.faults],
    ['整改期限', 'rectify by', ({ measure: m }) => time(m.rectifyBy)],
    ['答复次数', 'replies', ({ measure: m }) => m.replies.length],
    ['最后答复', 'last reply', ({ measure: m }) => m.replies.at(-1)?.text ?? null],
    ['结果', 'outcome', ({ measure: m }) => m.outcome],
    ['结束时间', 'ended', ({ measure: m }) => time(m.endedAt)],
  ],
  ({ measure }) => measure.workOrderIds,
);

/** What residents and units say of one another's conduct (双向监督). */
export const conduct = table(
  byId(
    '/v1/conduct',
    (deps, filter: Parameters<typeof listRemarks>[1]) => listRemarks(deps, filter),
    ({ id }) => id,
  ),
  [
    ['工单编号', 'work order', (remark, r) => number(remark.orderId, r)],
    ['评价对象', 'about', (remark, r) => said('conductSide', remark.about, r)],
    ['性质', 'tone', (remark, r) => said('tone', remark.tone, r)],
    ['内容', 'text', (remark) => remark.text],
    ['单位', 'unit', (remark, r) => unit(remark.unit, r)],
    ['来自', 'side', (remark, r) => said('conductSide', remark.side, r)],
    ['记录人', 'actor', (remark) => remark.actor],
    ['时间', 'at', (remark) => time(remark.at)],
  ],
  ({ orderId }) => [orderId],
);
