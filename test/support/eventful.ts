import { expect } from 'vitest';
import { findHotMatters } from '../../src/actions/hot-matters.ts';
import { toiletsToStreets } from './admissions.ts';
import { aLight, type demo } from './city.ts';
import { askingIn, lightsUnit } from './follow-ups.ts';
import { allCounted } from './kept.ts';

type City = Awaited<ReturnType<typeof demo>>;

export const requesterName = '郜烨琛';
export const requesterPhone = '13912345678';
const water = '510107-water';
const byLights = `unit:${lightsUnit}`;
const march = { from: '2026-03-01T00:00:00+08:00', to: '2026-04-01T00:00:00+08:00' };

/** Lets something of everything happen in a demo city, all for one requester, and gives what its lists are asked by. */
export async function eventful({ call, act, clock, deps }: City) {
  const done = async (status: number, ...asked: Parameters<City['call']>) => {
    const reply = await call(...asked);
    expect(reply.status, `${asked[1]} ${asked[2]}: ${reply.text}`).toBe(status);
    return reply.body;
  };
  const make = (as: string, path: string, body: object) => done(201, as, 'POST', path, body);
  const { finish, take, answer, attempt, claims } = askingIn({ call, act });
  const register = async (more: object = {}) =>
    make('operator', 'requests', aLight({ requester: { name: requesterName, phone: requesterPhone }, ...more }));

  const { path } = (await register()).workOrder.placement;
  const street: string = path.find((step: { level: string }) => step.level === 'street').code;
  const byStreet = `unit:${street}`;

  // What residents are told about ahead, and what is going on.
  await make('shiftLeader', 'notices', {
    title: '片区计划停水',
    category: '公用事业/供水',
    areas: [street],
    from: '2026-03-03T08:00:00+08:00',
    to: '2026-03-03T18:00:00+08:00',
    text: '管网改造',
    unit: 'utility-water',
  });
  const incident = await make('shiftLeader', 'incidents', {
    title: '片区停电',
    category: '公用事业/供电',
    polygon: {
      type: 'Polygon',
      coordinates: [
        [
          [104.03, 30.56],
          [104.05, 30.56],
          [104.05, 30.58],
          [104.03, 30.58],
          [104.03, 30.56],
        ],
      ],
    },
    leadUnit: 'utility-power',
    answer: '正在抢修',
  });
  await register({ category: '公用事业/供电', title: '停电' });
  await make('centreLeader', 'decrees', {
    title: '暴雨期间暂停办理',
    text: '暂停下列事项的办理时限',
    categories: ['城市管理/部件/户外广告'],
    areas: ['510107'],
    to: '2026-03-05T00:00:00+08:00',
  });

  // Orders: one whose answer is contested, one that closed, one whose resident gets a link, one before judges, one never signed.
  const contested = await finish((await register()).workOrder.id);
  await answer(await take(), { contacted: true, solved: 'no', satisfaction: 'dissatisfied', reason: 'not_done' });
  await make(byLights, `work-orders/${contested}/approvals`, {
    kind: 'exclusion',
    reason: '强降雨',
    class: 'force_majeure',
    evidence: '气象证明',
  });
  const [{ id: claimId, deciders }] = (await done(200, 'auditor', 'GET', 'exclusions')).items;
  const reviewer: string = deciders[0].post;
  const refused = await call(
    'inspector',
    'POST',
    `approvals/${claimId}/decision`,
    { granted: false, reason: '证据不足' },
    { 'gridcall-actor': `holder-${reviewer}-a` },
  );
  expect(refused.status, refused.text).toBe(200);
  await finish((await register()).workOrder.id);
  await answer(await take());
  await make('inspector', 'inspections', { name: '回头看', count: 1 });
  const { items } = await done(200, 'auditor', 'GET', 'inspection-items');
  const passed = await call(
    'inspector',
    'POST',
    `inspection-items/${items[0].id}/finding`,
    { passed: true },
    {
      'gridcall-actor': `holder-${items[0].post}-a`,
    },
  );
  expect(passed.status, passed.text).toBe(200);
  await finish((await register()).workOrder.id);
  await attempt(await take(), { outcome: 'refused' });
  const judged = await finish((await register()).workOrder.id);
  await claims();
  const { judges } = await make('shiftLeader', 'judgements', {
    workOrderId: judged,
    cause: 'complaint',
    reason: '反复投诉',
  });
  const open = (await register()).workOrder.id;
  await act('dispatcher', open, 'redispatch', { unit: street, basis: '领导批示', reason: '下派' });
  await make(byLights, `work-orders/${open}/approvals`, {
    kind: 'return',
    reason: '不属我局',
    basis: '三定方案',
    proposedUnit: water,
  });
  await make('publisher', 'publications', { workOrderId: open, board: 'problem' });
  await make(byLights, `work-orders/${open}/conduct`, { about: 'resident', tone: 'complaint', text: '言语激烈' });
  await make('shiftLeader', 'supervision-orders', {
    unit: lightsUnit,
    workOrderIds: [open],
    grade: 'daily',
    demand: '限期',
  });
  const called = await make(byStreet, 'coordination-orders', {
    kind: 'resident_request',
    street,
    workOrderIds: [open],
    units: [{ code: lightsUnit, task: '修灯' }],
    demand: '现场会商',
  });
  await done(200, byStreet, 'POST', `coordination-orders/${called.id}/issue`, {});
  await make('inspector', 'measures', { unit: lightsUnit, demand: '提升维护质量', workOrderIds: [open] });

  // What units undertake.
  await make('unit:510107', 'task-forces', { unit: street, leader: '王主任', title: '三盏路灯', workOrderId: open });
  await make(byStreet, 'deliberations', { unit: street, title: '棋牌室噪声' });
  await make(byStreet, 'suggestions', { topic: 'planning', title: '公厕选址', text: '宜避开学校' });
  await make('unit:510107', 'field-records', {
    kind: 'visit',
    on: '2026-03-02',
    title: '走访夜市',
    words: '摊位占道',
    visitors: [{ name: '王主任', unit: '510107' }],
    about: lightsUnit,
    followUp: { demand: '一周内规范' },
  });
  await make('unit:510107', 'consents', {
    asked: '510107001',
    unit: '510107001-market',
    post: '510107001-market-leader',
    purpose: 'promotion',
    from: '2026-01-01T00:00:00+08:00',
    to: '2026-03-01T00:00:00+08:00',
  });
  const meeting = await make(byStreet, 'meetings', {
    unit: street,
    title: '联席会议',
    meetsAt: '2026-03-02T10:00:00+08:00',
    members: [{ role: 'unit', unit: lightsUnit }],
  });
  await done(200, byStreet, 'POST', `meetings/${meeting.id}/items`, { subject: '占道经营' });
  clock.set('2026-03-02T10:00:00+08:00');
  const held = await done(200, byStreet, 'POST', `meetings/${meeting.id}/hold`, {});
  await done(200, byStreet, 'POST', `meetings/${meeting.id}/items/${held.items[0].id}/decisions`, {
    result: 'task',
    text: '换杆',
    unit: lightsUnit,
    dueAt: '2026-03-20T18:00:00+08:00',
  });
  await make(byLights, 'admissions', toiletsToStreets('2026-04-01T00:00:00+08:00'));
  for (let i = 0; i < 9; i++) await register({ requester: { name: requesterName, phone: `1391234500${i}` } });
  await allCounted(deps);
  await findHotMatters(deps);

  // What is counted, and what the city is made of.
  await done(201, 'admin', 'PUT', 'evaluation-schemes/street-half', {
    name: '街道半年考核',
    unitKind: 'street',
    cut: 'half_year',
    terms: [
      { code: 'satisfied', name: '群众满意', source: 'satisfaction', weight: 0.5 },
      { code: 'peers', name: '双向评议', source: 'mutual_review', weight: 0.5 },
    ],
  });
  await done(201, 'admin', 'PUT', 'external-indices/safety', {
    name: '公众安全感',
    source: '省统计局',
    measure: 'points',
    cut: 'quarter',
  });
  await make('inspector', 'external-indices/safety/values', {
    document: '第1号通报',
    items: [{ area: '510107', period: '2026-Q1', value: 95.5, sample: 400 }],
  });
  const evaluation = await make('centreLeader', 'evaluations', { scheme: 'street-half', period: '2026-H1' });
  await make(byStreet, 'evaluations/reviews', {
    cycle: '2026-H1',
    about: water,
    marks: { response: 80, attendance: 80, result: 80, conduct: 60 },
    comment: '到场及时',
  });
  await make('dispatcher', 'directory/moves', {
    category: '城市管理/部件/路灯',
    from: lightsUnit,
    to: water,
    basis: '区政府会议纪要',
    effectiveAt: '2026-04-01T00:00:00+08:00',
  });
  clock.set('2026-04-01T09:00:00+08:00');
  const snapshot = await make('auditor', 'statistics/snapshots', { ...march, by: 'unit' });
  return {
    incident: incident.id,
    evaluation: evaluation.id,
    snapshot: snapshot.id,
    street,
    judge: judges[0],
    reviewer,
  };
}
