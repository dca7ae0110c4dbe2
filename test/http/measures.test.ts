import { expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo } from '../support/city.ts';

const { call, act, clock, deps } = await demo();
const owner = '510107-urban-management';
const unit = `unit:${owner}`;
const district = 'unit:510107';

const take = (as: string, body: object = {}) =>
  call(as, 'POST', 'measures', { unit: owner, demand: '限期整改路灯维护质量', ...body });
const taken = async (as: string, body: object = {}) => {
  const made = await take(as, body);
  expect(made.status, made.text).toBe(201);
  return made.body;
};
const on = (as: string, id: string, what: string, body: object = {}) =>
  call(as, 'POST', `measures/${id}/${what}`, body);
const waits = async (as: string, kind: string, id: string) =>
  (await call(as, 'GET', 'todo?limit=200')).body.items.filter(
    (i: { kind: string; measureId?: string }) => i.kind === kind && i.measureId === id,
  ).length;

test('X28 a reminder is answered and over; the next one has a date, an answer and a verdict', async () => {
  const reminder = await taken('inspector');
  expect(reminder).toMatchObject({ grade: 'remind', rectifyBy: null, by: { code: 'hotline' }, automatic: false });
  expect(await waits(unit, 'measure_reply', reminder.id)).toBe(1);
  expect((await on(unit, reminder.id, 'reply', { text: '已自查' })).body.state).toBe('closed');
  const measure = await taken('inspector');
  expect(measure).toMatchObject({ grade: 'rectify', follows: reminder.id, rectifyBy: '2026-03-09T18:00:00+08:00' });
  expect((await on('inspector', measure.id, 'accept')).body.code).toBe('wrong-state');
  expect((await on(district, measure.id, 'reply', { text: '代答' })).status).toBe(403);
  expect((await on(unit, measure.id, 'reply', { text: '已整改' })).body.state).toBe('replied');
  expect(await waits('shiftLeader', 'measure_verdict', measure.id)).toBe(1);
  expect((await on(unit, measure.id, 'accept')).status).toBe(403);
  const refused = await on('shiftLeader', measure.id, 'refuse', {
    reason: '无照片',
    rectifyBy: '2026-03-10T12:00:00+08:00',
  });
  expect(refused.body).toMatchObject({ state: 'issued', rectifyBy: '2026-03-10T12:00:00+08:00' });
  await on(unit, measure.id, 'reply', { text: '附照片' });
  expect((await on('inspector', measure.id, 'accept', { outcome: '整改到位' })).body).toMatchObject({
    state: 'closed',
    outcome: '整改到位',
  });
});

test('out of sight it is 404: a unit reads its own, whoever is above it those below', async () => {
  const measure = await taken(district, { grade: 'remind' });
  expect(measure.by.code).toBe('510107');
  for (const as of [unit, district, 'auditor', 'shiftLeader'])
    expect((await call(as, 'GET', `measures/${measure.id}`)).status, as).toBe(200);
  expect((await call('unit:510107-water', 'GET', `measures/${measure.id}`)).status).toBe(404);
  expect((await on('unit:510107-water', measure.id, 'reply', { text: 'x' })).status).toBe(404);
  expect((await call('unit:510107-water', 'GET', 'measures')).body.items).toEqual([]);
  expect((await call(unit, 'GET', 'measures?limit=2')).body.items).toHaveLength(2);
  expect((await take(unit, { unit: '510107-water' })).body.code).toBe('not-in-command');
  expect((await take('unit:510107001')).body.code).toBe('not-in-command');
  expect((await take('inspector', { unit: 'nobody' })).body.code).toBe('unit-unknown');
  expect((await take('inspector', { workOrderIds: ['0199a000-0000-7000-8000-000000000001'] })).status).toBe(404);
  expect((await take('gridWorker')).status).toBe(403);
  await on(unit, measure.id, 'reply', { text: '知悉' });
});

test('without an answer by its date the unit is referred, once, however many look; the referral ends with an outcome', async () => {
  const measure = await taken('shiftLeader', { grade: 'rectify', rectifyBy: '2026-03-03T12:00:00+08:00' });
  clock.set('2026-03-03T12:00:00+08:00');
  await Promise.all([1, 2, 3, 4].map(() => fireDue(deps)));
  expect((await call(unit, 'GET', `measures/${measure.id}`)).body.state).toBe('lapsed');
  const next = (await call(unit, 'GET', 'measures?grade=referral')).body.items;
  expect(next).toMatchObject([{ follows: measure.id, state: 'issued', automatic: true, by: { code: 'hotline' } }]);
  expect((await on('centreLeader', next[0].id, 'close', {})).status).toBe(400);
  expect((await on('centreLeader', next[0].id, 'close', { outcome: '已移送' })).body).toMatchObject({
    state: 'closed',
    outcome: '已移送',
  });
});

test('three faults within thirty days, by inspectors and judges together, and the rule takes the next measure', async () => {
  const water = '510107-water';
  const as = `unit:${water}`;
  const closed = async (): Promise<string> => {
    const made = await call('operator', 'POST', 'requests', aLight());
    const { id } = made.body.workOrder;
    for (const [who, action, body] of [
      ['dispatcher', 'redispatch', { unit: water, basis: '协议', reason: '改派' }],
      [as, 'sign', {}],
      [as, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' }],
      [as, 'submit', { result: 'solved', text: '已修复', evidence: [{ text: '照片' }], requesterTold: true }],
      ['operator', 'review', { passed: true }],
      ['gridWorker', 'verify', { passed: true }],
    ] as const) {
      const done = await act(who, id, action, body);
      expect(done.status, done.text).toBe(200);
    }
    const { claims } = (await call('followUp', 'POST', 'follow-ups/claims', { lease: 60 })).body;
    await call('followUp', 'POST', `follow-ups/${claims[0].followUp.id}/answer`, {
      contacted: true,
      solved: 'yes',
      satisfaction: 'satisfied',
    });
    return id;
  };
  const ids = [await closed(), await closed(), await closed()];
  const inspection = await call('inspector', 'POST', 'inspections', {
    name: '回头看',
    count: 2,
    scope: { unit: water },
  });
  const items = (await call('inspector', 'GET', `inspection-items?inspectionId=${inspection.body.id}`)).body.items;
  const measures = async () => (await call('auditor', 'GET', `measures?unit=${water}`)).body.items;
  for (const { id, post } of items) {
    expect(await measures()).toEqual([]);
    const found = { passed: false, finding: '未修复', evidence: [{ text: '照片' }] };
    const done = await call('inspector', 'POST', `inspection-items/${id}/finding`, found, {
      'gridcall-actor': `holder-${post}-a`,
    });
    expect(done.status, done.text).toBe(200);
  }
  const rest = ids.find((id) => !items.some((i: { workOrder: { id: string } }) => i.workOrder.id === id));
  const made = await call('inspector', 'POST', 'judgements', { workOrderId: rest, cause: 'complaint', reason: '投诉' });
  for (const { holder } of made.body.judges)
    await call(
      'judge',
      'POST',
      `judgements/${made.body.id}/opinion`,
      { reasonable: true, dutiful: false, reason: '未尽责' },
      { 'gridcall-actor': holder },
    );
  expect(await measures()).toMatchObject([
    { grade: 'remind', automatic: true, faults: 3, demand: 'rule:repeated_faults' },
  ]);
  expect((await measures())[0].workOrderIds.toSorted()).toEqual(ids.toSorted());
});
