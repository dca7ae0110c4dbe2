import type { ApprovalKind } from './approval.ts';
import type { Tier } from './city.ts';
import type { CoordinationKind, CoordinationState } from './coordination.ts';
import type { FollowUp, FollowUpAnswer } from './follow-up.ts';
import type { Board, PublicationCause, PublicationState } from './publication.ts';
import type { RequestKind, Urgency } from './request.ts';
import { type Words, wordsFor } from './resident.ts';
import type { SupervisionGrade, SupervisionState } from './supervision.ts';
import { wordsBeside } from './words-beside.ts';
import { cityWords } from './words-city.ts';
import { type Outcome, type State, states } from './work-order.ts';

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

/** Says things in a language. */
export const sayIn =
  (language: Language) =>
  ([zh, en]: Words): string =>
    language === 'zh' ? zh : en;

/** What the city's codes are called in Chinese. In English a code is its own word. */
const chinese = {
  ...cityWords,
  ...wordsBeside,
  kind: {
    consult: '咨询',
    help: '求助',
    complaint: '投诉',
    report: '举报',
    suggestion: '建议',
    praise: '表扬',
  } satisfies Record<RequestKind, string>,
  urgency: { normal: '一般', urgent: '紧急', emergency: '特急' } satisfies Record<Urgency, string>,
  tier: { emergency: '应急', utility: '公用事业', ordinary: '一般', hard: '疑难', consult: '咨询' } satisfies Record<
    Tier,
    string
  >,
  state: Object.fromEntries(states.map((state) => [state, wordsFor(state).now[0]])) as Record<State, string>,
  outcome: { solved: '已解决', partly: '部分解决', explained: '已解释', cannot: '暂不能解决' } satisfies Record<
    Outcome,
    string
  >,
  approval: {
    return: '退单',
    dispute: '派单异议',
    extension: '延期',
    suspension: '中止',
    on_account: '挂账',
    hand_over: '移交',
    termination: '终止',
    rejection: '不予受理',
    objection: '诉求人异议',
    late_mark: '逾期申诉',
    exclusion: '剔除',
    admission: '准入',
  } satisfies Record<ApprovalKind | 'admission', string>,
  approvalState: {
    pending: '待审',
    granted: '同意',
    refused: '不同意',
    withdrawn: '已撤回',
    lapsed: '逾期升级',
    legal_review: '法制审核',
    government_approval: '政府审批',
  },
  coordinationKind: {
    resident_request: '居民诉求',
    joint_enforcement: '联合执法',
    emergency: '应急',
  } satisfies Record<CoordinationKind, string>,
  coordinationState: { draft: '草拟', issued: '已吹哨', closed: '已办结', cancelled: '已取消' } satisfies Partial<
    Record<CoordinationState, string>
  >,
  grade: {
    daily: '日常督办',
    listed: '挂牌督办',
    circular: '通报',
    interview: '约谈',
    referral: '问责线索',
  } satisfies Record<SupervisionGrade, string>,
  supervisionState: { issued: '待答复', replied: '已答复', accepted: '已认可', withdrawn: '已撤销' } satisfies Record<
    SupervisionState,
    string
  >,
  followUpState: { open: '待回访', answered: '已回访', not_reached: '未联系上', cancelled: '已取消' } satisfies Record<
    FollowUp['state'],
    string
  >,
  solved: { yes: '已解决', partly: '部分解决', no: '未解决' } satisfies Record<FollowUpAnswer['solved'], string>,
  satisfaction: {
    very_satisfied: '非常满意',
    satisfied: '满意',
    basically: '基本满意',
    dissatisfied: '不满意',
    very_dissatisfied: '非常不满意',
  } satisfies Record<FollowUpAnswer['satisfaction'], string>,
  reason: {
    not_done: '未办理',
    slow: '办理慢',
    attitude: '态度差',
    demand_not_supported: '诉求不合理',
    policy: '政策原因',
  } satisfies Record<NonNullable<FollowUpAnswer['reason']>, string>,
  board: { problem: '晾问题', result: '晒结果' } satisfies Record<Board, string>,
  cause: { overdue: '逾期', listed: '挂牌督办', ended: '已办结', chosen: '人工选报' } satisfies Record<
    PublicationCause,
    string
  >,
  publicationState: {
    waiting: '公示前',
    doubtful: '待审',
    held: '暂缓',
    published: '已公示',
    replaced: '已由结果替换',
    withdrawn: '已撤下',
  } satisfies Record<PublicationState, string>,
} as const satisfies Record<string, Readonly<Record<string, string>>>;

export type Vocabulary = keyof typeof chinese;

/** A code in the reader's language: in Chinese its word, else the code with spaces. A code that has no word stays. */
export const inWords = (vocabulary: Vocabulary, code: string | null, language: Language): string | null => {
  if (code === null) return null;
  const words: Readonly<Record<string, string>> = chinese[vocabulary];
  return language === 'zh' ? (words[code] ?? code) : code.replaceAll(/[_-]/g, ' ');
};

/** A code in both languages. */
export const bothWords = (vocabulary: Vocabulary, code: string): Words => [
  inWords(vocabulary, code, 'zh') ?? code,
  inWords(vocabulary, code, 'en') ?? code,
];
