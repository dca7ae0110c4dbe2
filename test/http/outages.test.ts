import { beforeEach, describe, expect, test } from 'vitest';
import { demo, monday } from '../support/city.ts';

const { app, call, act, clock, deps, pool } = await demo();
const water = '公用事业/供水';
const [lon, lat] = [104.037274, 30.571764];

beforeEach(async () => {
  clock.set(monday);
  await pool.query("update outage_notices set state = 'withdrawn' where state = 'issued'");
  await deps.reloadSurge();
});

const placed = (
  await call('operator', 'POST', 'dispatch/preview', {
    channel: 'hotline',
    kind: 'help',
    category: water,
    title: '停水',
    location: { lon, lat },
  })
).body.workOrder.placement.path;
const street: string = placed.find((step: { level: string }) => step.level === 'street').code;

const issue = (more: object = {}, as = 'shiftLeader') =>
  call(as, 'POST', 'notices', {
    title: '机投桥片区计划停水',
    category: water,
    areas: [street],
    from: '2026-03-03T08:00:00+08:00',
    to: '2026-03-03T18:00:00+08:00',
    text: '管网改造，3月3日8时至18时停水。',
    contact: '96166',
    unit: 'utility-water',
    ...more,
  });
const issued = async (more: object = {}) => {
  const made = await issue(more);
  expect(made.status, made.text).toBe(201);
  return made.body;
};
const aDryTap = (more: object = {}) => ({
  channel: 'hotline',
  kind: 'help',
  category: water,
  title: '家里没水',
  description: '早上开始没水',
  location: { lon, lat },
  requester: { name: '测试', phone: '13800001234' },
  ...more,
});
const create = async (more: object = {}) => {
  const made = await call('operator', 'POST', 'requests', aDryTap(more));
  expect(made.status, made.text).toBe(201);
  return made.body;
};
const during = (): void => clock.set('2026-03-03T09:00:00+08:00');

describe('a notice of a planned outage', () => {
  test('is issued by a shift leader or the utility itself, for its own work alone', async () => {
    const made = await issued();
    expect(made.number).toMatch(/^TG20260302\d{6}$/);
    expect(made).toMatchObject({ state: 'issued', allowedActions: ['change', 'withdraw'], answersAtOnce: false });
    const utility = 'unit:utility-water';
    expect((await issue({}, utility)).status).toBe(201);
    expect((await issue({ unit: 'utility-power' }, utility)).body.code).toBe('not-yours');
    expect((await issue({ unit: '510107-water' }, 'unit:510107-water')).body.code).toBe('not-yours');
    expect((await issue({}, 'operator')).status).toBe(403);
    expect((await call('unit:utility-power', 'PATCH', `notices/${made.id}`, { text: '改' })).body.code).toBe(
      'not-yours',
    );
  });

  test.each([
    [{ to: '2026-03-03T08:00:00+08:00' }, 422, 'slot-backwards'],
    [{ from: '2026-03-01T08:00:00+08:00', to: '2026-03-02T08:00:00+08:00' }, 422, 'in-the-past'],
    [{ areas: [] }, 422, 'reach-invalid'],
    [{ areas: ['nowhere'] }, 422, 'reach-invalid'],
    [{ category: '没有' }, 422, 'category-unknown'],
    [{ unit: 'nobody' }, 422, 'unit-unknown'],
    [{ polygon: { type: 'Point', coordinates: [1, 1] } }, 400, 'invalid'],
  ])('%j is refused', async (more, status, code) => {
    const reply = await issue(more);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  test('is told to who asks from its announcement on, and to who has no water while it lasts', async () => {
    const { id } = await issued();
    const told = async (more: object = {}) => {
      const body = aDryTap(more);
      const preview = (await call('operator', 'POST', 'dispatch/preview', body)).body.notices;
      const made = await create(more);
      expect(made.notices).toEqual(preview);
      return made.notices.map((notice: { id: string }) => notice.id);
    };
    expect(await told({ kind: 'consult', title: '明天停水吗' })).toEqual([id]);
    expect(await told()).toEqual([]);
    during();
    expect(await told()).toEqual([id]);
    expect(await told({ category: '公用事业/供电' })).toEqual([]);
    expect(await told({ location: { areaCode: '510107060' } })).toEqual([]);
    expect(await told({ receivedAt: '2026-03-03T07:00:00+08:00' })).toEqual([]);
    clock.set('2026-03-03T18:00:00+08:00');
    expect(await told()).toEqual([]);
    expect(await told({ kind: 'consult' })).toEqual([]);
  });

  test('the request goes its way unless the caller is content: then it is registered and answered with the notice', async () => {
    const { id } = await issued();
    during();
    expect((await create()).workOrder.state).toBe('dispatched');
    const preview = await call('operator', 'POST', 'dispatch/preview', aDryTap({ noticeAccepted: true }));
    expect(preview.body).toMatchObject({ workOrder: { state: 'answered' }, notices: [{ id, answered: true }] });
    const made = await create({ noticeAccepted: true });
    expect(made).toMatchObject({
      workOrder: { state: 'answered' },
      notices: [{ id, answered: true, contact: '96166' }],
    });
    const order = (await call('operator', 'GET', `work-orders/${made.workOrder.id}`)).body;
    expect(order.ending).toMatchObject({ noticeId: id, text: '管网改造，3月3日8时至18时停水。\n联系方式：96166' });
    const payload = { number: made.request.number, code: made.request.queryCode };
    const view = (await app.inject({ method: 'POST', url: '/v1/lookup', payload })).json();
    expect(view).toMatchObject({ state: 'answered', answer: { text: expect.stringContaining('管网改造') } });
    expect((await create({ noticeAccepted: true, category: '公用事业/供电' })).workOrder.state).not.toBe('answered');
  });

  test('where the notice says so it answers by itself, but no complaint, nothing held, nothing from above and no danger', async () => {
    await issued({ answersAtOnce: true });
    during();
    const state = async (more: object = {}) => (await create(more)).workOrder.state;
    expect(await state()).toBe('answered');
    expect(await state({ channel: 'web', kind: 'consult' })).toBe('answered');
    expect(await state({ kind: 'complaint' })).toBe('dispatched');
    expect(await state({ disposition: 'hold' })).toBe('registered');
    expect(await state({ externalDueAt: '2026-03-09T08:00:00+08:00' })).toBe('dispatched');
    const danger = await create({ description: '家里有病人做透析，停水了', noticeAccepted: true });
    expect(danger.workOrder).toMatchObject({ state: 'dispatched', urgency: 'urgent' });
    expect(danger.notices).toMatchObject([{ answered: false }]);
  });

  test('an operator answers a held request with it later', async () => {
    const { id } = await issued();
    const made = await create({ kind: 'consult', title: '明天停水吗' });
    expect(made.workOrder.state).toBe('registered');
    const answered = await act('operator', made.workOrder.id, 'answer', { noticeId: id });
    expect(answered.body, answered.text).toMatchObject({ state: 'answered', ending: { noticeId: id } });
    const other = await create({ kind: 'consult' });
    const nobody = '0199a000-0000-7000-8000-000000000001';
    expect((await act('operator', other.workOrder.id, 'answer', { noticeId: nobody })).body.code).toBe('notice-over');
  });

  test('an open incident at the same place comes first', async () => {
    await issued({ answersAtOnce: true });
    during();
    await call('shiftLeader', 'POST', 'incidents', {
      title: '爆管',
      category: water,
      areas: [street],
      leadUnit: 'utility-water',
      answer: '正在抢修。',
    });
    const made = await create();
    expect(made).toMatchObject({ incident: { joined: true }, notices: [{ answered: false }] });
    await pool.query("update incidents set state = 'ended', ended_at = now()");
    await deps.reloadSurge();
  });

  test('is changed or withdrawn while it is not over; past ones stay as they were and are listed', async () => {
    const { id } = await issued();
    const changed = await call('shiftLeader', 'PATCH', `notices/${id}`, { to: '2026-03-03T12:00:00+08:00' });
    expect(changed.body).toMatchObject({ version: 2, to: '2026-03-03T12:00:00+08:00', text: expect.any(String) });
    clock.set('2026-03-03T13:00:00+08:00');
    expect((await create()).notices).toEqual([]);
    for (const [method, path, body] of [
      ['PATCH', `notices/${id}`, { text: '改' }],
      ['POST', `notices/${id}/withdraw`, { reason: '取消' }],
    ] as const)
      expect((await call('shiftLeader', method, path, body)).body.code).toBe('notice-over');
    expect((await call('operator', 'GET', `notices/${id}`)).body).toMatchObject({
      state: 'issued',
      allowedActions: [],
    });

    clock.set(monday);
    const other = await issued();
    const gone = await call('shiftLeader', 'POST', `notices/${other.id}/withdraw`, { reason: '改期' });
    expect(gone.body).toMatchObject({ state: 'withdrawn', withdrawnBecause: '改期' });
    during();
    expect((await create()).notices.map((n: { id: string }) => n.id)).toEqual([id]);
    const page = (await call('operator', 'GET', 'notices?limit=1')).body;
    expect(page).toMatchObject({ items: [{ id: other.id }], nextCursor: other.id });
    const standing = (await call('operator', 'GET', 'notices?at=2026-03-03T09:00:00%2B08:00')).body.items;
    expect(standing.map((n: { id: string }) => n.id)).toEqual([id]);
  });

  test('the public reads what is announced and not over, and not who issued it', async () => {
    await issued({ announcedAt: '2026-03-02T12:00:00+08:00' });
    const read = async () => (await app.inject({ method: 'GET', url: '/v1/public/notices' })).json().items;
    expect(await read()).toEqual([]);
    expect((await create({ kind: 'consult' })).notices).toEqual([]);
    clock.set('2026-03-02T12:00:00+08:00');
    const [notice] = await read();
    expect(notice).toMatchObject({ title: '机投桥片区计划停水', responsibleUnit: { code: 'utility-water' } });
    expect(Object.keys(notice)).not.toContain('issuedBy');
    clock.set('2026-03-03T18:00:00+08:00');
    expect(await read()).toEqual([]);
  });
});
