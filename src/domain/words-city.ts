import type { City, DutyLine, Role, Severity, UnitKind, Verification } from './city.ts';
import type { Requirement } from './coverage.ts';
import type { UnitScore } from './evaluation.ts';
import type { TermSource } from './evaluation-scheme.ts';
import type { ExternalIndex, IndexCut } from './external-index.ts';
import type { Standing } from './measure.ts';
import type { MessageKind } from './messages.ts';
import type { Power } from './powers.ts';
import type { RateKey } from './rates.ts';
import type { ServiceWay } from './service.ts';
import type { TodoKind } from './todo.ts';

/** What the codes of the city and of its counting are called in Chinese. */
export const cityWords = {
  unitKind: {
    hotline_centre: '热线中心',
    district: '区',
    street: '街道',
    community: '社区',
    department: '委办局',
    stationed: '派驻机构',
    utility: '公用事业单位',
    property_company: '物业公司',
    social_organisation: '社会组织',
    contractor: '承包单位',
  } satisfies Record<UnitKind, string>,
  role: {
    operator: '话务员',
    dispatcher: '派单员',
    shift_leader: '值班长',
    grid_worker: '网格员',
    community_clerk: '社区经办',
    street_centre: '街道中心',
    unit_clerk: '单位经办',
    unit_leader: '单位领导',
    supervisor: '督办员',
    follow_up_agent: '回访员',
    survey_vendor: '测评机构',
    message_gateway: '短信网关',
    judge: '评价员',
    inspector: '检查员',
    centre_leader: '中心领导',
    legal_office: '法制机构',
    government: '政府',
    publisher: '公示员',
    auditor: '审计员',
    admin: '管理员',
  } satisfies Record<Role, string>,
  severity: { small: '小问题', ordinary: '一般问题', major: '重大问题' } satisfies Record<Severity, string>,
  verification: { field: '现场核实', desk: '案头核实', sample: '抽样核实', none: '不核实' } satisfies Record<
    Verification,
    string
  >,
  dutyList: { statutory: '法定职责', assist: '协助事项', purchase: '购买服务', negative: '负面清单' } satisfies Record<
    DutyLine['list'],
    string
  >,
  dayKind: { calendar_day: '自然日', working_day: '工作日' } satisfies Record<
    NonNullable<NonNullable<ReturnType<City['categories']['get']>>['statutory']>['kind'],
    string
  >,
  /** Levels of units and of areas; a city may have others, whose codes stay. */
  level: { grid: '网格', community: '社区', street: '街道', district: '区', city: '市', hotline: '热线中心' },
  requirement: { worker: '网格员', stand_in: '备岗', community: '社区', street: '街道' } satisfies Record<
    Requirement,
    string
  >,
  power: { coordination: '吹哨调度权', supervision: '督办权' } satisfies Record<Power, string>,
  versionState: { draft: '草稿', active: '已启用' },
  cut: { month: '月度', quarter: '季度', half_year: '半年', year: '年度' } satisfies Record<IndexCut, string>,
  indexMeasure: { points: '分', percent: '百分比' } satisfies Record<ExternalIndex['measure'], string>,
  serviceWay: { window: '窗口', online: '网上', post: '邮寄', door: '上门' } satisfies Record<ServiceWay, string>,
  termSource: {
    response: '响应率',
    resolution: '解决率',
    satisfaction: '满意率',
    signed_in_time: '按时签收率',
    submitted_in_time: '按时办结率',
    reported_in_time: '按时报到率',
    replied_in_time: '按时答复率',
    mutual_review: '双向评议',
    superior_mark: '上级评分',
  } satisfies Record<TermSource, string>,
  noScore: { 'too-few-answers': '有效回访过少', 'nothing-counted': '无统计数据' } satisfies Record<
    NonNullable<UnitScore['because']>,
    string
  >,
  rateKey: {
    unit: '单位',
    street: '街道',
    community: '社区',
    grid: '网格',
    category: '诉求类别',
    channel: '渠道',
    month: '月份',
  } satisfies Record<RateKey, string>,
  standing: {
    assessed: '纳入考核',
    excluded: '已剔除',
    not_accepted: '不予受理',
    merged: '已合并',
    void: '无效',
    withdrawn: '已撤回',
    referred: '已转出',
    terminated: '已终止',
    answered: '直接答复',
    self_found: '自行发现',
    not_asked: '未回访',
    former: '原承办单位',
  } satisfies Record<Standing, string>,
  refusedPush: { 'off-duty-list': '不在权责清单', 'assessment-task': '考核任务' },
  todo: {
    claim: '待领办',
    handle: '待办理',
    place: '待定位',
    answer: '待答复',
    dispatch: '待派单',
    approval: '待审批',
    admission: '准入待审',
    review: '待评审',
    verify: '待核实',
    assist: '待协办',
    call: '待报到',
    coordination: '吹哨待处理',
    supervision_reply: '督办待答复',
    supervision_verdict: '督办答复待认定',
    undertaking: '待落实事项',
    consent_decision: '征得意见待决定',
    meeting: '会议待处理',
    follow_up: '待回访',
    judgement: '待评价',
    inspection: '待检查',
    measure_reply: '整改待答复',
    measure_verdict: '整改答复待认定',
    publication: '公示待审',
    task: '待处理事项',
  } satisfies Record<TodoKind, string>,
  messageKind: { survey_link: '回访链接', incident_update: '事件通报', restored: '恢复确认' } satisfies Record<
    MessageKind,
    string
  >,
  messageState: { waiting: '待发送', sent: '已发送', failed: '发送失败', overtaken: '无需发送' },
} as const;
