import type { Remark } from './conduct.ts';
import type { ConsentPurpose } from './consent.ts';
import type { CallState } from './coordination.ts';
import type { RecordKind } from './field-record.ts';
import type { MeasureGrade, MeasureState } from './graded-measure.ts';
import type { IncidentState } from './incident.ts';
import type { IncidentRequest, Question } from './incident-request.ts';
import type { InspectionItem } from './inspection.ts';
import type { Finding, Judgement, JudgementCause } from './judgement.ts';
import type { MeetingState } from './meeting.ts';
import type { OutageState } from './outage.ts';
import type { RatingGrade } from './period-review.ts';
import type { suggestionTopics, UndertakingResult, UndertakingState } from './undertaking.ts';

/** What the codes of everything that goes on beside orders are called in Chinese. */
export const wordsBeside = {
  callState: {
    named: '已列入',
    called: '已召集',
    acknowledged: '已响应',
    reported_in: '已报到',
    result: '已报结果',
    accepted: '已认可',
    released: '已解除',
  } satisfies Record<CallState, string>,
  undertakingState: { open: '办理中', done: '已办结', decided: '已决定', cancelled: '已取消' } satisfies Record<
    UndertakingState,
    string
  >,
  undertakingResult: {
    done: '已完成',
    not_done: '未完成',
    solved: '已解决',
    partly: '部分解决',
    unsolved: '未解决',
    agreed: '达成一致',
    not_agreed: '未达成一致',
    adopted: '采纳',
    partly_adopted: '部分采纳',
    declined: '不采纳',
    consented: '同意',
    consented_with_remarks: '同意并附意见',
    refused: '不同意',
  } satisfies Record<UndertakingResult, string>,
  consentPurpose: {
    appointment: '任用',
    promotion: '提拔',
    transfer: '调动',
    award: '评优',
    rating: '考核',
  } satisfies Record<ConsentPurpose, string>,
  consentState: { open: '未答复', done: '已答复', decided: '已决定', cancelled: '已撤回' } satisfies Record<
    UndertakingState,
    string
  >,
  topic: { decision: '重大决策', project: '重大项目', planning: '规划', other: '其他' } satisfies Record<
    (typeof suggestionTopics)[number],
    string
  >,
  meetingState: {
    drafted: '待召开',
    held: '已召开',
    closed: '已结束',
    cancelled: '已取消',
    missed: '未召开',
  } satisfies Record<MeetingState, string>,
  recordKind: { activity: '公益活动', deed: '实事', visit: '一线考察' } satisfies Record<RecordKind, string>,
  ratingGrade: {
    excellent: '优秀',
    competent: '称职',
    basically_competent: '基本称职',
    incompetent: '不称职',
  } satisfies Record<RatingGrade, string>,
  incidentState: { open: '处置中', ended: '已结束' } satisfies Record<IncidentState, string>,
  joined: { joined: '自动并入', attached: '人工并入', danger: '危险单列' } satisfies Record<
    IncidentRequest['how'],
    string
  >,
  restored: { not_asked: '未询问', open: '待答复', yes: '已恢复', no: '未恢复' } satisfies Record<Question, string>,
  noticeState: { issued: '已发布', withdrawn: '已撤回' } satisfies Record<OutageState, string>,
  decreePhase: { to_come: '未生效', in_force: '生效中', over: '已结束' },
  judgementCause: {
    follow_up: '回访不满意',
    exclusion: '剔除申请',
    inspection: '检查发现',
    complaint: '投诉',
  } satisfies Record<JudgementCause, string>,
  judgementState: { open: '评价中', decided: '已评定', cancelled: '已取消' } satisfies Record<
    Judgement['state'],
    string
  >,
  finding: { rework: '返工', explain: '解释说明', exclude: '剔除', policy_problem: '政策问题' } satisfies Record<
    Finding,
    string
  >,
  inspectionKind: { random: '随机抽查', scheduled: '定期检查' },
  inspectionState: { open: '待查', passed: '合格', found: '发现问题', moot: '无需再查' } satisfies Record<
    InspectionItem['state'],
    string
  >,
  measureGrade: { remind: '及时提醒', rectify: '限期整改', referral: '追责问责' } satisfies Record<
    MeasureGrade,
    string
  >,
  measureState: { issued: '待答复', replied: '已答复', closed: '已办结', lapsed: '逾期未改' } satisfies Record<
    MeasureState,
    string
  >,
  conductSide: { unit: '单位', resident: '诉求人', hotline: '热线' } satisfies Record<Remark['side'], string>,
  tone: { praise: '表扬', complaint: '投诉' } satisfies Record<Remark['tone'], string>,
} as const;
