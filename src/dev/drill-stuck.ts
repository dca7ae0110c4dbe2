import { isAt } from './drill-gas.ts';
import type { Clock, Event } from './drill-lines.ts';
import type { Story } from './drill-story.ts';

type Unit = Readonly<{ code: string }>;
type Order = Readonly<{
  id: string;
  state: string;
  signedLate: boolean;
  designated: boolean;
  returns: number;
  reworks: number;
  responsibleUnit: Unit;
  placement: Readonly<{ path: readonly Readonly<{ level: string; code: string }>[] }>;
  assignments: readonly Readonly<{ unit: Unit; from: string; to: string | null }>[];
  approvals: readonly Readonly<{ id: string; decider: Readonly<{ unit: string | null }> }>[];
}>;
type Called = Readonly<{
  unit: Unit;
  state: string;
  silent: boolean;
  inTime: boolean | null;
  reportInBy: string | null;
  answerBy: string | null;
}>;
type Coordination = Readonly<{ id: string; state: string; units: readonly Called[] }>;
type Supervision = Readonly<{ id: string; unit: Unit; by: Unit; grade: string; state: string; replyBy: string }>;
type Claims = Readonly<{ claims: readonly Readonly<{ followUp: Readonly<{ id: string }> }>[] }>;

const [water, roads, drainage, police] = ['510107-water', '510107-roads', 'utility-drainage', '510107-traffic-police'];
const district = '510107';

/**
 * Thirty days of a case that nobody wants: unsigned, urged, returned twice, arbitrated, coordinated with three units of
 * which one stays silent, supervised and raised, reworked because the resident says no, and closed.
 */
export async function stuckCase(story: Story, from: string): Promise<void> {
  story.title(['没有人要的积水', 'The standing water that nobody wants']);
  const day = (n: number, hour: string): string =>
    `${new Date(Date.parse(`${from}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10)}T${hour}:00+08:00`;
  await story.until(day(0, '09:30'));
  const made = await story.act<{ workOrder: Order }>('operator', 'requests', {
    channel: 'hotline',
    kind: 'help',
    category: '城市管理/事件/道路积水',
    title: '路口一下雨就积水',
    description: '小区南门外路口长期积水，行人无法通行',
    location: { lon: 104.037274, lat: 30.571764 },
    requester: { name: '测试乙', phone: '13800005678' },
  });
  const { id, placement } = made.workOrder;
  const street = placement.path.find(({ level }) => level === 'street')?.code ?? '';
  const at: Case = { story, id, day, street };
  await unsigned(at);
  await returnedTwice(at);
  const coordination = await coordinated(at);
  await supervised(at, coordination);
  await reworked(at);
  await story.until(day(30, '00:00'));
  await accounted(at);
}

type Case = Readonly<{ story: Story; id: string; street: string; day: (n: number, hour: string) => string }>;

const look = ({ story, id }: Case): Promise<Order> => story.get(`work-orders/${id}`);
const act = ({ story, id }: Case, as: string, action: string, body: object = {}): Promise<Order> =>
  story.act(as, `work-orders/${id}/actions/${action}`, body);
const clockOf = async ({ story, id }: Case, kind: string, unit?: string): Promise<Clock | undefined> =>
  (await story.clocks('work-orders', id)).findLast((c) => c.kind === kind && (unit === undefined || c.unit === unit));
const eventOf = ({ story }: Case, type: string, of: (event: Event) => boolean = () => true): Event | undefined =>
  story.events().findLast((event) => event.type === type && of(event));
const supervisions = async ({ story, id }: Case, unit: string): Promise<readonly Supervision[]> =>
  (await story.get<{ items: readonly Supervision[] }>(`supervision-orders?workOrderId=${id}&unit=${unit}`)).items;

async function unsigned(at: Case): Promise<void> {
  const { story, day } = at;
  const sign = await clockOf(at, 'sign');
  await story.until(sign?.dueAt ?? '');
  const order = await look(at);
  story.expect(
    ['无人签收，到期自动签收并记为超时', 'unsigned: signed by timeout, late'],
    order.state === 'signed' && order.signedLate,
  );
  story.expect(
    ['正在到期时刻', 'at the very moment it was due'],
    isAt(eventOf(at, 'sign_by_timeout')?.at, sign?.dueAt ?? ''),
  );
  story.expect(
    ['催办承办单位', 'the unit is urged'],
    isAt(eventOf(at, 'urged', ({ unit }) => unit === water)?.at, sign?.dueAt ?? ''),
  );
  for (const [type, hours] of [
    ['post_b_told', 1],
    ['office_head_told', 2],
  ] as const) {
    const asked = new URLSearchParams({
      start: sign?.startedAt ?? '',
      amount: String(hours),
      kind: 'working_hour',
      unit: water,
    });
    const { dueAt } = await story.get<{ dueAt: string }>(`calendars/deadline?${asked.toString()}`);
    const words = ['无人领取，按工作小时先后告知 B 岗和负责人', `${type} after ${hours} working hours`] as const;
    story.expect(words, isAt(eventOf(at, type)?.at, dueAt));
  }
  await story.until(day(0, '16:00'));
  await act(at, 'operator', 'urge', { text: '诉求人来电催办' });
}

async function returnedTwice(at: Case): Promise<void> {
  const { story, id, day } = at;
  const ask = (unit: string, reason: string, basis: string, proposedUnit: string) =>
    story.act<{ id: string; decider: { unit: string | null } }>(`unit:${unit}`, `work-orders/${id}/approvals`, {
      kind: 'return',
      reason,
      basis,
      proposedUnit,
    });
  await story.until(day(1, '10:00'));
  const first = await ask(water, '积水因路面沉降造成', '市政道路养护属市政设施管理中心职责', roads);
  await story.until(day(1, '11:00'));
  await story.act('dispatcher', `approvals/${first.id}/decision`, { granted: true, reason: '现场照片显示路面沉降' });
  story.expect(
    ['第一次退单，改派', 'returned once, to the next unit'],
    (await look(at)).responsibleUnit.code === roads,
  );

  await story.until((await clockOf(at, 'sign', roads))?.dueAt ?? '');
  story.expect(['第二家单位也未签收', 'the second unit does not sign either'], (await look(at)).signedLate);
  await story.until(day(2, '09:30'));
  const second = await ask(roads, '雨水口堵塞，不是道路病害', '城市内涝治理属水务局职责', water);
  story.expect(
    ['第二次退单由两家共同的上级裁定', 'the second return goes to who commands both'],
    second.decider.unit === district,
  );
  const arbitration = await clockOf(at, 'arbitration');
  await story.until(day(3, '15:00'));
  await story.act(`unit:${district}`, `approvals/${second.id}/decision`, {
    granted: true,
    reason: '内涝治理牵头单位明确',
    unit: water,
    basis: '区内涝治理责任分工，水务局牵头',
  });
  const order = await look(at);
  story.expect(
    ['两次退单后指定承办', 'designated after two returns'],
    order.designated && order.returns === 2 && order.responsibleUnit.code === water,
  );
  story.expect(
    ['在裁定时限内', 'within the time to arbitrate'],
    Date.parse(arbitration?.dueAt ?? '') > Date.parse(eventOf(at, 'designate')?.at ?? ''),
  );
  await story.until(day(3, '16:00'));
  const refused = await story.refused(`unit:${water}`, `work-orders/${id}/approvals`, {
    kind: 'return',
    reason: '再退',
    basis: '再退',
    proposedUnit: roads,
  });
  story.expect(['指定承办的单位不能再退', 'a designated unit cannot return it'], refused === 'designated');
  await act(at, `unit:${water}`, 'sign');
  await act(at, `unit:${water}`, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
}

async function coordinated(at: Case): Promise<string> {
  const { story, id, day, street } = at;
  await story.until(day(4, '10:00'));
  const units = [
    { code: roads, task: '修复沉降路面' },
    { code: drainage, task: '疏通雨水口' },
    { code: police, task: '施工期间疏导交通' },
  ];
  const draft = await story.act<Coordination>(`unit:${street}`, 'coordination-orders', {
    kind: 'resident_request',
    street,
    workOrderIds: [id],
    units,
    demand: '到场会商，一次处理到位',
  });
  const path = `coordination-orders/${draft.id}`;
  const order = await story.act<Coordination>(`unit:${street}`, `${path}/issue`);
  story.expect(
    ['三个单位各有到场时限', 'three units are called, each with its time'],
    order.units.filter((u) => u.reportInBy !== null).length === 3,
  );
  await story.until(day(4, '11:00'));
  for (const unit of [drainage, police]) await story.act(`unit:${unit}`, `${path}/units/${unit}/acknowledge`);
  const answerBy = order.units.find((each) => each.unit.code === roads)?.answerBy ?? '';
  await story.until(answerBy);
  const unanswered = eventOf(at, 'urged', ({ unit, at: when }) => unit === roads && isAt(when, answerBy));
  story.expect(
    ['四个工作小时内未应答，催办并告知街道', 'a call unanswered in four working hours: urged, and the street is told'],
    unanswered !== undefined && eventOf(at, 'told', ({ unit }) => unit === street) !== undefined,
  );
  await story.until(day(7, '09:30'));
  for (const unit of [drainage, police]) {
    await story.act(`unit:${unit}`, `${path}/units/${unit}/report-in`);
    await story.act(`unit:${unit}`, `${path}/units/${unit}/result`, { text: '已按要求处置' });
    await story.act(`unit:${street}`, `${path}/units/${unit}/accept`);
    await story.act(`unit:${street}`, `${path}/units/${unit}/release`);
  }
  return draft.id;
}

async function supervised(at: Case, coordination: string): Promise<void> {
  const { story, day, street } = at;
  const path = `coordination-orders/${coordination}`;
  const callOf = async (unit: string) =>
    (await story.get<Coordination>(path)).units.find((each) => each.unit.code === unit);
  const reportIn = (await callOf(roads))?.reportInBy ?? '';
  await story.until(reportIn);
  story.expect(['沉默的单位被记为逾期未到场', 'the silent unit is marked'], (await callOf(roads))?.silent === true);
  const [order] = await supervisions(at, roads);
  story.expect(
    ['由街道督办', 'and supervised by the street that called it'],
    order?.by.code === street && order.grade === 'daily',
  );
  story.expect(
    ['抄告区里', 'and the district is told'],
    isAt(eventOf(at, 'told', ({ unit }) => unit === district)?.at, reportIn),
  );
  story.expect(
    ['准时到场的两家如实记录', 'the two that came are on record as in time'],
    (await callOf(police))?.inTime === true,
  );

  const resolve = await clockOf(at, 'resolve', water);
  await story.until(resolve?.dueAt ?? '');
  story.expect(
    ['办结时限到，催办', 'the limit passes: urged'],
    isAt(eventOf(at, 'urged', ({ unit }) => unit === water)?.at, resolve?.dueAt ?? ''),
  );
  await story.until(order?.replyBy ?? '');
  const [risen] = await supervisions(at, roads);
  story.expect(
    ['督办无人回复，升级为挂牌督办，由区里督办', 'unanswered: the next grade, by the district'],
    risen?.grade === 'listed' && risen.by.code === district,
  );
  const [own] = await supervisions(at, water);
  story.expect(
    ['一个工作日后街道督办主办单位', 'a working day after the limit the lead is supervised too'],
    own?.by.code === street,
  );

  await story.until(day(15, '10:00'));
  for (const [unit, each, by] of [
    [roads, risen, district],
    [water, own, street],
  ] as const) {
    await story.act(`unit:${unit}`, `supervision-orders/${each?.id ?? ''}/reply`, { text: '已安排，今日到场' });
    await story.act(`unit:${by}`, `supervision-orders/${each?.id ?? ''}/accept`);
  }
  await story.act(`unit:${roads}`, `${path}/units/${roads}/report-in`);
  story.expect(['迟到如实记录', 'that it came late is on record'], (await callOf(roads))?.inTime === false);
  await story.act(`unit:${roads}`, `${path}/units/${roads}/result`, { text: '路面已修复' });
  await story.act(`unit:${street}`, `${path}/units/${roads}/accept`);
  await story.act(`unit:${street}`, `${path}/units/${roads}/release`);
  await story.until(day(15, '16:00'));
  const closed = await story.act<Coordination>(`unit:${street}`, `${path}/close`, { outcome: '路面修复、雨水口疏通' });
  story.expect(
    ['事完人撤，吹哨单有结果', 'everybody was released, and the call has an outcome'],
    closed.state === 'closed',
  );
}

async function reworked(at: Case): Promise<void> {
  const { story, day } = at;
  const handIn = async (n: number, text: string): Promise<void> => {
    await story.until(day(n, '10:00'));
    await act(at, `unit:${water}`, 'submit', {
      result: 'solved',
      text,
      evidence: [{ text: '现场照片' }],
      requesterTold: true,
    });
    await story.until(day(n, '11:00'));
    await act(at, 'operator', 'review', { passed: true });
    await story.until(day(n, '14:00'));
    await act(at, 'gridWorker', 'verify', { passed: true });
  };
  const ask = async (n: number, answer: object): Promise<void> => {
    await story.until(day(n, '10:00'));
    const { claims } = await story.act<Claims>('followUp', 'follow-ups/claims', { max: 10, lease: 60 });
    for (const { followUp } of claims) await story.act('followUp', `follow-ups/${followUp.id}/answer`, answer);
  };
  await handIn(16, '积水点已整治');
  await ask(17, { contacted: true, solved: 'no', satisfaction: 'dissatisfied', reason: 'not_done' });
  const back = await look(at);
  story.expect(
    ['居民说未解决，退回返工', 'the resident says no: reworked'],
    back.state === 'rework' && back.reworks === 1,
  );
  const rework = await clockOf(at, 'rework');
  await story.until(day(18, '09:30'));
  await act(at, `unit:${water}`, 'take');
  await handIn(21, '雨后复查无积水');
  const { stoppedAt = null } = (await clockOf(at, 'rework')) ?? {};
  story.expect(
    ['在返工时限内', 'within its time to rework'],
    Date.parse(stoppedAt ?? '') < Date.parse(rework?.dueAt ?? ''),
  );
  await ask(22, { contacted: true, solved: 'yes', satisfaction: 'satisfied' });
  story.expect(['居民说已解决，办结', 'the resident says yes: closed'], (await look(at)).state === 'closed');
}

/** What must hold of the whole month, whatever happened in it. */
async function accounted(at: Case): Promise<void> {
  const { story, id } = at;
  const { assignments } = await look(at);
  const unbroken = assignments.every(
    (each, i) => each.to === (assignments[i + 1]?.from ?? null) || i === assignments.length - 1,
  );
  story.expect(['任何时刻只有一个责任主体', 'exactly one unit was responsible at any moment'], unbroken);
  const { rules } = await story.get<{ rules: readonly Event[] }>(`work-orders/${id}/why`);
  const fired = story.events().filter((e) => e.type === 'rung_fired' && e.subject === id);
  const key = ({ body }: Event) => `${String(body.rung)} ${JSON.stringify(body.clock)}`;
  const inWhy = new Set(rules.filter(({ type }) => type === 'rung_fired').map(key));
  story.expect(
    ['阶梯的每一次触发都在 why 里', 'every firing of the ladder stands in why'],
    fired.length > 0 && fired.every((e) => inWhy.has(key(e))),
  );
  story.expect(['没有一次触发两遍', 'and none happened twice'], new Set(fired.map(key)).size === fired.length);
  for (const clock of await story.clocks('work-orders', id)) {
    if (clock.segments.length > 1 || !recomputed.has(clock.kind)) continue;
    const { kind, amount } = clock.rule;
    const query = { start: clock.startedAt, amount: String(amount / (kind === 'working_hour' ? 60 : 1)), kind };
    const asked = new URLSearchParams(clock.unit === null ? query : { ...query, unit: clock.unit });
    const { dueAt } = await story.get<{ dueAt: string }>(`calendars/deadline?${asked.toString()}`);
    story.expect(['时限与日历另行计算的一致', `${clock.kind} is due when the calendar says`], dueAt === clock.dueAt);
  }
}

/** Clocks whose date is the rule's own; others have a floor or a date somebody gave. */
const recomputed: ReadonlySet<string> = new Set([
  'dispatching',
  'sign',
  'resolve',
  'resident',
  'review',
  'verify',
  'rework',
  'arbitration',
  'decision',
]);
