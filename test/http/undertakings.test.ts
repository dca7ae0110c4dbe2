import { describe, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo, monday } from '../support/city.ts';

const { act, call, clock, deps, pool } = await demo();
const owner = '510107-urban-management';
const district = 'unit:510107';

const register = async () => {
  const made = await call('operator', 'POST', 'requests', aLight());
  expect(made.status, made.text).toBe(201);
  return made.body.workOrder;
};
const { path } = (await register()).placement;
const codeOf = (level: string): string => path.find((step: { level: string }) => step.level === level).code;
const street = codeOf('street');
const byStreet = `unit:${street}`;
const community = codeOf('community');
const other = street === '510107001' ? 'unit:510107002' : 'unit:510107001';

const force = async (as: string, more: object = {}) =>
  call(as, 'POST', 'task-forces', { unit: street, leader: '王主任', title: '三盏路灯', ...more });
const todo = async (as: string): Promise<{ undertakingId?: string; undertakingKind?: string; dueAt: string }[]> =>
  (await call(as, 'GET', 'todo?limit=200')).body.items.filter((item: { kind: string }) => item.kind === 'undertaking');
const events = async (collection: string, id: string): Promise<{ type: string; unit: string | null; at: string }[]> =>
  (await call('shiftLeader', 'GET', `${collection}/${id}/events`)).body.items;
const firedAt = async (moment: string): Promise<void> => {
  clock.set(moment);
  await Promise.all([1, 2, 3, 4].map(() => fireDue(deps)));
};

describe('W31 a task force', () => {
  test('201 for whoever commands the unit; it stands on the order and in the todo of the leader’s unit', async () => {
    const { id: workOrderId } = await register();
    const made = await force(district, {
      workOrderId,
      plan: '先照明，后换杆',
      members: [{ unit: owner }, { name: '李工' }],
      dueAt: '2026-03-20T18:00:00+08:00',
    });
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({
      state: 'open',
      unit: { code: street },
      by: { code: '510107' },
      leader: '王主任',
      members: [
        { unit: { code: owner }, name: null },
        { unit: null, name: '李工' },
      ],
      workOrderId,
      dueAt: '2026-03-20T18:00:00+08:00',
      overdue: false,
    });
    expect(made.headers.location).toBe(`/v1/task-forces/${made.body.id}`);
    const order = (await call('dispatcher', 'GET', `work-orders/${workOrderId}`)).body;
    expect(order.taskForces).toMatchObject([{ id: made.body.id, state: 'open', unit: { code: street } }]);
    expect(order.deliberations).toEqual([]);
    expect(await todo(byStreet)).toContainEqual(
      expect.objectContaining({ undertakingId: made.body.id, undertakingKind: 'task_force' }),
    );
    for (const as of [byStreet, district, `unit:${owner}`, 'centreLeader'])
      expect((await call(as, 'GET', `task-forces/${made.body.id}`)).status, as).toBe(200);
    expect((await call(other, 'GET', `task-forces/${made.body.id}`)).status).toBe(404);
    expect((await call('centreLeader', 'GET', `suggestions/${made.body.id}`)).status).toBe(404);
    expect((await call(`unit:${owner}`, 'GET', 'task-forces')).body.items.map((u: { id: string }) => u.id)).toEqual([
      made.body.id,
    ]);
    expect((await call(other, 'GET', 'task-forces')).body.items).toEqual([]);
  });

  test('is about a work order in sight or a unit on the attention list, and led by a unit under command', async () => {
    const { id: workOrderId } = await register();
    expect((await force(district)).body.code).toBe('invalid');
    expect((await force(other, { workOrderId })).body.code).toBe('not-found');
    expect((await force(byStreet, { workOrderId, unit: owner })).body.code).toBe('not-in-command');
    expect((await force(district, { workOrderId, unit: 'nobody' })).body.code).toBe('unit-unknown');
    expect((await force(district, { workOrderId, members: [{}] })).body.code).toBe('invalid');
    expect((await force('operator', { workOrderId })).status).toBe(403);
    expect((await force(district, { workOrderId, dueAt: '2026-03-01T09:00:00+08:00' })).body.code).toBe('in-the-past');
    const listed = await force(byStreet, { unit: community, attention: { unit: community, reason: '软弱涣散' } });
    expect(listed.body).toMatchObject({
      attention: { unit: { code: community }, reason: '软弱涣散' },
      workOrderId: null,
    });
    const found = (await call(byStreet, 'GET', 'task-forces?attention=true')).body.items;
    expect(found.map((u: { id: string }) => u.id)).toEqual([listed.body.id]);
  });

  test('notes its progress, ends with an outcome, and is opened again where that is not enough', async () => {
    const { id } = (await force(district, { workOrderId: (await register()).id, members: [{ unit: owner }] })).body;
    const at = (as: string, what: string, body: object, headers = {}) =>
      call(as, 'POST', `task-forces/${id}/${what}`, body, headers);
    expect((await at(`unit:${owner}`, 'notes', { text: '杆已到货' })).body.notes).toMatchObject([{ unit: owner }]);
    expect((await at(byStreet, 'plan', { plan: '分两步', leader: '赵主任' })).body).toMatchObject({ leader: '赵主任' });
    expect((await at(`unit:${owner}`, 'end', { outcome: '完成' })).status).toBe(403);
    expect((await at(byStreet, 'end', { outcome: ' ' })).status).toBe(400);
    expect((await at(byStreet, 'end', { outcome: '已亮' }, { 'if-match': '"v1"' })).status).toBe(412);
    expect((await at(byStreet, 'end', { outcome: '已亮' })).body).toMatchObject({
      state: 'done',
      answers: [{ result: 'solved', text: '已亮', inTime: true }],
      allowedActions: [],
    });
    expect((await at(byStreet, 'refuse', { reason: '不对' })).status).toBe(403);
    expect((await at(district, 'refuse', { reason: '一盏仍不亮' })).body).toMatchObject({
      state: 'open',
      endedAt: null,
    });
    expect((await at(district, 'cancel', { reason: '并入改造' })).body).toMatchObject({ state: 'cancelled' });
    expect((await at(byStreet, 'notes', { text: '再说' })).body).toMatchObject({
      status: 409,
      code: 'wrong-state',
      allowedActions: [],
    });
    const { rows } = await pool.query(
      "select body::text from facts where subject = 'undertaking' and subject_id = $1",
      [id],
    );
    expect(rows.length).toBe(6);
    expect(JSON.stringify(rows)).not.toMatch(/[\u4e00-\u9fff]/); // no words of people in the record that leaves
  });

  test('overdue: its unit is urged at the date, and a working day later one level up is told, each once', async () => {
    clock.set(monday);
    const { id } = (await force(district, { workOrderId: (await register()).id, dueAt: '2026-03-04T12:00:00+08:00' }))
      .body;
    const told = async () =>
      (await events('task-forces', id))
        .filter(({ type }) => type === 'urged' || type === 'told')
        .map(({ type, unit }) => `${type} ${unit}`);
    await firedAt('2026-03-04T11:59:59+08:00');
    expect(await told()).toEqual([]);
    await firedAt('2026-03-04T12:00:00+08:00');
    expect(await told()).toEqual([`urged ${street}`]);
    const list = async (query: string) =>
      (await call(district, 'GET', `task-forces?${query}`)).body.items.map((u: { id: string }) => u.id);
    clock.pass(1000);
    expect(await list('overdue=true')).toContain(id);
    expect(await list('overdue=false')).not.toContain(id);
    await firedAt('2026-03-05T18:00:00+08:00');
    expect(await told()).toEqual([`urged ${street}`, 'told 510107', 'told 510107']);
    await firedAt('2026-03-12T18:00:00+08:00');
    expect(await told()).toHaveLength(3);
  });

  test('is over when its work order ends', async () => {
    clock.set(monday);
    const { id: workOrderId } = await register();
    const { id } = (await force(district, { workOrderId })).body;
    expect((await act('shiftLeader', workOrderId, 'void', { reason: '重复' })).status).toBe(200);
    expect((await call(district, 'GET', `task-forces/${id}`)).body).toMatchObject({ state: 'cancelled' });
    expect((await force(district, { workOrderId })).body.code).toBe('work-order-ended');
  });
});

describe('W4c a suggestion', () => {
  const suggest = (as: string, more: object = {}) =>
    call(as, 'POST', 'suggestions', { topic: 'planning', title: '公厕选址', text: '宜避开学校', ...more });

  test('201 for a street; its district has to answer, and refusing the answer asks again', async () => {
    clock.set(monday);
    const made = await suggest(byStreet);
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({
      unit: { code: '510107' },
      by: { code: street },
      topic: 'planning',
      demand: '宜避开学校',
      dueAt: '2026-03-16T18:00:00+08:00',
    });
    const { id } = made.body;
    expect((await todo(district)).map((item) => item.undertakingId)).toContain(id);
    expect((await call(byStreet, 'POST', `suggestions/${id}/reply`, { text: '同意', result: 'adopted' })).status).toBe(
      403,
    );
    const replied = await call(district, 'POST', `suggestions/${id}/reply`, { text: '另行研究', result: 'declined' });
    expect(replied.body).toMatchObject({ state: 'done', answers: [{ result: 'declined', inTime: true }] });
    expect((await call(byStreet, 'POST', `suggestions/${id}/refuse`, { reason: '未说明理由' })).body).toMatchObject({
      state: 'open',
      dueAt: '2026-03-16T18:00:00+08:00',
    });
    expect((await suggest(`unit:${owner}`)).body.code).toBe('no-power');
    expect((await suggest(district)).body.code).toBe('no-power');
    expect((await call(other, 'GET', `suggestions/${id}`)).status).toBe(404);
  });

  test('a district that stays silent is urged, and the street and the city are told, each at its own moment in a drill', async () => {
    clock.set('2026-03-02T09:00:00+08:00');
    const { id } = (await suggest(byStreet)).body;
    // A drill jumps over everything: what is due fires as of the moment it was due.
    clock.set('2026-03-30T09:00:00+08:00');
    await fireDue(deps, { inOrder: true });
    const told = (await events('suggestions', id))
      .filter(({ type }) => type === 'warned' || type === 'urged' || type === 'told')
      .map(({ type, unit, at }) => `${at} ${type} ${unit}`);
    expect(told.slice(1)).toEqual([
      '2026-03-16T18:00:00+08:00 urged 510107',
      `2026-03-17T18:00:00+08:00 told ${street}`,
      '2026-03-17T18:00:00+08:00 told hotline',
    ]);
  });
});

test('W26 L17 a deliberation on an order: rounds with those present, a resolution, and the order’s handling goes on', async () => {
  clock.set(monday);
  const { id: workOrderId } = await register();
  const opened = await call(`unit:${community}`, 'POST', 'deliberations', {
    unit: community,
    title: '棋牌室噪声',
    members: [{ unit: owner }],
    workOrderId,
  });
  expect(opened.status, opened.text).toBe(201);
  expect(opened.body).toMatchObject({ dueAt: '2026-03-17T23:59:59+08:00', by: { code: street } });
  const { id } = opened.body;
  const at = (what: string, body: object) => call(`unit:${community}`, 'POST', `deliberations/${id}/${what}`, body);
  await at('notes', { text: '业主要求停业', present: ['业主代表三人'] });
  expect((await at('notes', { text: '商定晚九点前', present: ['业主代表三人', '店主'] })).body.notes).toMatchObject([
    { round: 1 },
    { round: 2, present: ['业主代表三人', '店主'] },
  ]);
  expect((await at('resolve', { resolution: '晚九点后停业' })).status).toBe(400);
  expect((await act(`unit:${owner}`, workOrderId, 'sign')).status).toBe(200);
  expect((await at('resolve', { resolution: '晚九点后停业', agreed: true })).body).toMatchObject({
    state: 'done',
    answers: [{ result: 'agreed' }],
  });
  expect((await call('dispatcher', 'GET', `work-orders/${workOrderId}`)).body.deliberations).toMatchObject([
    { id, state: 'done' },
  ]);
});

test('a list holds what one may open, and nothing else: its query and the rule say the same', async () => {
  const all = (await call('shiftLeader', 'GET', 'task-forces?limit=200')).body.items.map((u: { id: string }) => u.id);
  expect(all.length).toBeGreaterThan(3);
  for (const as of [byStreet, `unit:${community}`, district, `unit:${owner}`, other, 'supervisor', 'inspector']) {
    const listed = (await call(as, 'GET', 'task-forces?limit=200')).body.items.map((u: { id: string }) => u.id);
    const open: string[] = [];
    for (const id of all) if ((await call(as, 'GET', `task-forces/${id}`)).status === 200) open.push(id);
    expect(listed, as).toEqual(open);
  }
});
