import { beforeEach, describe, expect, test, vi } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { answerIncident } from '../../src/actions/restored.ts';
import type { Actor } from '../../src/domain/work-order.ts';
import { openRuntime } from '../../src/runtime.ts';
import { load } from '../../src/store/orders.ts';
import { demo, monday, silent } from '../support/city.ts';

const { app, call, act, clock, deps, pool, url } = await demo();
const power = '公用事业/供电';
const [lon, lat] = [104.037274, 30.571764];
const square = (half = 0.004) => ({
  type: 'Polygon',
  coordinates: [
    [
      [lon - half, lat - half],
      [lon + half, lat - half],
      [lon + half, lat + half],
      [lon - half, lat + half],
      [lon - half, lat - half],
    ],
  ],
});

beforeEach(async () => {
  clock.set(monday);
  await pool.query("update incidents set state = 'ended', ended_at = now() where state = 'open'");
  await deps.reloadSurge();
});

const opened = (more: object = {}, as = 'shiftLeader') =>
  call(as, 'POST', 'incidents', {
    title: '机投桥片区停电',
    category: power,
    polygon: square(),
    leadUnit: 'utility-power',
    answer: '已知停电，正在抢修。',
    nextUpdateAt: '2026-03-02T10:00:00+08:00',
    ...more,
  });
const incident = async (more: object = {}) => {
  const made = await opened(more);
  expect(made.status, made.text).toBe(201);
  return made.body;
};
let n = 0;
const aCut = (more: object = {}) => ({
  channel: 'hotline',
  kind: 'help',
  category: power,
  title: '家里停电',
  description: '整栋楼都没电',
  location: { lon: lon + 0.001, lat: lat - 0.001 },
  requester: { name: '测试', phone: `1380000${String(++n).padStart(4, '0')}` },
  ...more,
});
const create = async (more: object = {}, headers: Record<string, string> = {}) => {
  const made = await call('operator', 'POST', 'requests', aCut(more), headers);
  expect(made.status, made.text).toBe(201);
  return made.body;
};
const seen = async (id: string) => (await call('shiftLeader', 'GET', `incidents/${id}`)).body;
let address = 0;
const asResident = async (
  path: string,
  { request }: { request: { number: string; queryCode: string } },
  more: object = {},
) => {
  const payload = { number: request.number, code: request.queryCode, ...more };
  const remoteAddress = `10.2.0.${++address}`;
  const reply = await app.inject({ method: 'POST', url: `/v1/${path}`, payload, remoteAddress });
  return { status: reply.statusCode, body: reply.json() };
};

describe('opening', () => {
  test('201 with a lead order of the lead unit, placed in the smallest area around, urgent as given', async () => {
    const made = await incident();
    expect(made).toMatchObject({
      state: 'open',
      version: 1,
      category: power,
      responsibleUnit: { code: 'utility-power' },
      workOrder: { state: 'dispatched' },
      counts: { joined: 0, danger: 0, asked: 0 },
      allowedActions: ['edit', 'update', 'attach', 'end'],
    });
    expect(made.number).toMatch(/^TF20260302\d{6}$/);
    const lead = (await call('dispatcher', 'GET', `work-orders/${made.workOrder.id}`)).body;
    expect(lead).toMatchObject({
      urgency: 'urgent',
      category: power,
      incident: { id: made.id, state: 'open', joined: 0 },
      placement: { status: 'placed' },
    });
    expect(lead.assignments.at(-1)).toMatchObject({ unit: { code: 'utility-power' }, to: null });
    expect(lead.assignments.at(-1).basis).toContain(made.number);
  });

  test('an order that is there becomes the lead: given to the lead unit, or its own; never twice, nor another unit’s', async () => {
    const held = await create({ disposition: 'hold' });
    const made = await incident({ workOrderId: held.workOrder.id, urgency: 'emergency' });
    expect(made.workOrder).toMatchObject({ id: held.workOrder.id, state: 'dispatched' });
    const lead = (await call('dispatcher', 'GET', `work-orders/${held.workOrder.id}`)).body;
    expect(lead).toMatchObject({ urgency: 'emergency', tier: 'emergency' });
    expect((await opened({ workOrderId: held.workOrder.id })).body.code).toBe('leads-incident');
    const other = await create({ location: { lon: lon + 0.01, lat } });
    expect((await opened({ workOrderId: other.workOrder.id, leadUnit: '510107-housing' })).body.code).toBe(
      'lead-unit-differs',
    );
  });

  test('what fits nowhere is refused with its reason, and nothing is made', async () => {
    const before = (await pool.query('select count(*)::int as n from work_orders')).rows[0].n;
    const bow = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 1],
          [1, 0],
          [0, 1],
          [0, 0],
        ],
      ],
    };
    const refused = [
      [{ polygon: bow }, 400, 'invalid'],
      [{ polygon: null }, 422, 'reach-invalid'],
      [{ polygon: null, areas: ['nowhere'] }, 422, 'reach-invalid'],
      [{ category: '没有' }, 422, 'category-unknown'],
      [{ category: '公用事业' }, 422, 'category-not-leaf'],
      [{ leadUnit: 'nobody' }, 422, 'unit-unknown'],
      [{ nextUpdateAt: '2026-03-02T08:00:00+08:00' }, 422, 'in-the-past'],
      [{ to: '2026-03-01T08:00:00+08:00' }, 422, 'slot-backwards'],
      [{ workOrderId: '0199a000-0000-7000-8000-000000000001' }, 404, 'not-found'],
    ] as const;
    for (const [more, status, code] of refused) {
      const reply = await opened(more);
      expect([reply.status, reply.body.code], JSON.stringify(more)).toEqual([status, code]);
    }
    expect((await opened({}, 'operator')).status).toBe(403);
    expect((await pool.query('select count(*)::int as n from work_orders')).rows[0].n).toBe(before);
    expect((await pool.query('select count(*)::int as n from incidents where state = $1', ['open'])).rows[0].n).toBe(0);
  });
});

describe('requests that match', () => {
  test('join the lead order at registration, each with number and code, and are answered at once', async () => {
    const { id, number, workOrder } = await incident();
    const first = await create();
    const second = await create({ kind: 'consult', title: '什么时候来电' });
    for (const made of [first, second])
      expect(made).toMatchObject({
        request: { workOrderId: workOrder.id },
        workOrder: { id: workOrder.id, state: 'dispatched', responsibleUnit: { code: 'utility-power' } },
        incident: {
          id,
          number,
          joined: true,
          danger: [],
          again: false,
          answer: '已知停电，正在抢修。',
          nextUpdateAt: '2026-03-02T10:00:00+08:00',
        },
      });
    expect(first.request.number).not.toBe(second.request.number);
    expect(first.request.queryCode).toMatch(/^\d{6}$/);
    expect((await seen(id)).counts).toMatchObject({ joined: 2, danger: 0, unanswered: 0 });
    const orders = await pool.query('select number from work_orders where number = any($1)', [
      [first.request.number, second.request.number],
    ]);
    expect(orders.rows).toEqual([]);
    const request = (await call('operator', 'GET', `requests/${first.request.id}`)).body;
    expect(request).toMatchObject({ request: { number: first.request.number }, workOrder: { id: workOrder.id } });
  });

  test('a retry gets the same bytes, the same external id the first one, and neither joins twice', async () => {
    const { id } = await incident();
    const body = aCut({ externalId: 'call-1' });
    const first = await call('operator', 'POST', 'requests', body, { 'idempotency-key': 'cut-1' });
    const again = await call('operator', 'POST', 'requests', body, { 'idempotency-key': 'cut-1' });
    expect([again.status, again.text]).toEqual([201, first.text]);
    const repeated = await call('operator', 'POST', 'requests', body);
    expect(repeated.status).toBe(200);
    expect(repeated.body).toMatchObject({ request: { id: first.body.request.id }, incident: { id, joined: true } });
    expect((await seen(id)).counts.joined).toBe(1);
  });

  test('the order does not carry them: however many join, it is read and decided about as before', async () => {
    const { id, workOrder } = await incident();
    const made = await Promise.all(Array.from({ length: 150 }, () => create()));
    expect(new Set(made.map((m) => m.request.number)).size).toBe(150);
    expect((await seen(id)).counts.joined).toBe(150);
    expect((await load(pool, workOrder.id))?.requests).toHaveLength(1);
    const order = (await call('dispatcher', 'GET', `work-orders/${workOrder.id}`)).body;
    expect([order.requests.length, order.incident.joined]).toEqual([1, 150]);
    const facts = await pool.query('select count(*)::int as n from facts where subject_id = $1', [workOrder.id]);
    expect(facts.rows[0].n).toBeLessThan(5);
    const told = await pool.query(
      "select count(*)::int as n from facts where subject_id = $1 and type = 'incident_joined' and unit is null",
      [id],
    );
    expect(told.rows[0].n).toBe(150);
  });

  test.each([
    ['another category', { category: '公用事业/供水' }],
    ['a point outside', { location: { lon: lon + 0.01, lat } }],
    ['no place', { location: null }],
    ['a time before', { receivedAt: '2026-03-02T08:00:00+08:00' }],
    ['a suggestion', { kind: 'suggestion' }],
    ['one asked to hold', { disposition: 'hold' }],
    ['one from above with its own date', { externalDueAt: '2026-03-09T08:00:00+08:00' }],
  ])('%s has an order of its own', async (_what, more) => {
    const { id, workOrder } = await incident();
    const made = await create(more);
    expect(made.incident).toBeNull();
    expect(made.workOrder.id).not.toBe(workOrder.id);
    expect((await seen(id)).counts.joined).toBe(0);
  });

  test('the edge belongs to it, areas count with all below them, and the window ends', async () => {
    const placed = (await call('operator', 'POST', 'dispatch/preview', aCut())).body.workOrder.placement.path;
    const community = placed.find((step: { level: string }) => step.level === 'community').code;
    await incident({ polygon: null, areas: [community], to: '2026-03-02T12:00:00+08:00' });
    expect((await create()).incident.joined).toBe(true);
    expect((await create({ location: { areaCode: placed.at(-1).code } })).incident.joined).toBe(true);
    clock.set('2026-03-02T12:00:00+08:00');
    expect((await create()).incident).toBeNull();
    await incident({ polygon: square(0.001), nextUpdateAt: null });
    expect((await create({ location: { lon: lon + 0.001, lat } })).incident.joined).toBe(true);
  });

  test.each([
    ['a word', { description: '老人用呼吸机，停电了' }, ['呼吸机']],
    ['an answer', { answers: { lifeSupport: '是' } }, ['lifeSupport']],
    ['a ticked answer', { answers: { lifeSupport: true } }, ['lifeSupport']],
    ['words in an answer', { answers: { since: '一小时，有人被困电梯' } }, ['被困']],
    ['an operator who took it as urgent', { urgency: 'urgent' }, ['urgency']],
  ])('danger told by %s opens an urgent order of its own', async (_what, more, danger) => {
    const { id, workOrder } = await incident();
    const made = await create(more);
    expect(made.incident).toMatchObject({ id, joined: false, danger });
    expect(made.request.urgency).toBe('urgent');
    expect(made.workOrder).toMatchObject({ urgency: 'urgent', state: 'dispatched' });
    expect(made.workOrder.id).not.toBe(workOrder.id);
    expect((await seen(id)).counts).toMatchObject({ joined: 0, danger: 1 });
  });

  test('what tells of danger is set with the incident; a preview says what would happen and stores nothing', async () => {
    const { id } = await incident({ danger: { words: ['冷库'], answers: [] } });
    expect((await create({ answers: { lifeSupport: '是' } })).incident.joined).toBe(true);
    const preview = await call('operator', 'POST', 'dispatch/preview', aCut({ description: '冷库要化了' }));
    expect(preview.body.incident).toMatchObject({ id, joined: false, danger: ['冷库'] });
    expect((await seen(id)).counts).toMatchObject({ joined: 1, danger: 0 });
  });

  test('the same number a second time is told so to the operator', async () => {
    await incident();
    const requester = { name: '甲', phone: '13912345678' };
    expect((await create({ requester })).incident.again).toBe(false);
    expect((await create({ requester, title: '还没来电' })).incident.again).toBe(true);
  });

  test('another process hears of it, and joins and lets be like this one', async () => {
    const settings = { databaseUrl: url, drill: null, log: silent, poolSize: 2 };
    const other = await openRuntime(settings, clock.now);
    try {
      const { id } = await incident();
      await vi.waitFor(() => expect(other.deps.surge().incidents.map((each) => each.incident.id)).toEqual([id]));
      await call('shiftLeader', 'POST', `incidents/${id}/end`);
      await vi.waitFor(() => expect(other.deps.surge().incidents).toEqual([]));
    } finally {
      await other.close();
    }
  });

  test('in a batch each joins by itself', async () => {
    const { id } = await incident();
    const items = [aCut(), aCut({ location: { lon: lon + 0.02, lat } }), aCut({ description: '着火了' })];
    const { results } = (await call('operator', 'POST', 'requests/batch', { items })).body;
    expect(results.map((r: { status: number }) => r.status)).toEqual([201, 201, 201]);
    expect(new Set(results.map((r: { number: string }) => r.number)).size).toBe(3);
    expect((await seen(id)).counts).toMatchObject({ joined: 1, danger: 1 });
  });
});

describe('one update reaches all', () => {
  test('each resident reads it with the own request, and the record holds one fact for all', async () => {
    const { id, workOrder } = await incident();
    const [one, other] = [await create(), await create({ description: '家里有呼吸机' })];
    const told = await call('shiftLeader', 'POST', `incidents/${id}/updates`, {
      text: '抢修人员已到场，预计两小时恢复。',
      nextUpdateAt: '2026-03-02T12:00:00+08:00',
    });
    expect(told.status, told.text).toBe(201);
    for (const made of [one, other]) {
      const view = await asResident('lookup', made);
      expect(view.body.publicNotes).toContainEqual({
        at: '2026-03-02T09:00:00+08:00',
        text: '抢修人员已到场，预计两小时恢复。',
        own: false,
      });
      expect(view.body.incident).toMatchObject({ nextUpdateAt: '2026-03-02T12:00:00+08:00', restored: 'not_asked' });
    }
    const facts = await pool.query("select unit, body from facts where subject_id = $1 and type = 'incident_update'", [
      id,
    ]);
    expect(facts.rows).toMatchObject([{ unit: 'utility-power', body: { order: workOrder.id, update: 1 } }]);
    expect(JSON.stringify(facts.rows)).not.toContain('抢修');
    expect((await create()).incident.nextUpdateAt).toBe('2026-03-02T12:00:00+08:00');
    expect((await call('operator', 'POST', `incidents/${id}/updates`, { text: '好' })).status).toBe(403);
  });

  test('an update that does not come when it was promised waits for a shift leader, once, until it comes', async () => {
    const { id, workOrder } = await incident();
    const waiting = async () =>
      (await call('shiftLeader', 'GET', 'todo?limit=200')).body.items.filter(
        (item: { taskKind?: string }) => item.taskKind === 'incident_update_late',
      ).length;
    await fireDue(deps);
    expect(await waiting()).toBe(0);
    clock.set('2026-03-02T10:00:00+08:00');
    await Promise.all([1, 2, 3].map(() => fireDue(deps)));
    await call('shiftLeader', 'PATCH', `incidents/${id}`, { title: '停电' });
    await fireDue(deps);
    expect(await waiting()).toBe(1);
    const late = await pool.query("select unit from facts where subject_id = $1 and type = 'incident_update_late'", [
      id,
    ]);
    expect(late.rows).toEqual([{ unit: 'utility-power' }]);
    await call('shiftLeader', 'POST', `incidents/${id}/updates`, { text: '仍在抢修' });
    expect(await waiting()).toBe(0);
    expect((await call('dispatcher', 'GET', `work-orders/${workOrder.id}`)).body.state).toBe('dispatched');
  });

  test('place and window can be changed while it is open; what has joined stays', async () => {
    const { id } = await incident();
    await create();
    const changed = await call('shiftLeader', 'PATCH', `incidents/${id}`, {
      polygon: square(0.0005),
      answer: '已恢复一半',
    });
    expect(changed.body).toMatchObject({ version: 2, answer: '已恢复一半', counts: { joined: 1 } });
    expect((await create()).incident).toBeNull();
    expect((await create({ location: { lon, lat } })).incident.answer).toBe('已恢复一半');
    expect((await call('shiftLeader', 'PATCH', `incidents/${id}`, { areas: ['nowhere'] })).body.code).toBe(
      'reach-invalid',
    );
  });
});

describe('the end asks each', () => {
  const restored = (made: Parameters<typeof asResident>[1], said: object) => asResident('lookup/restored', made, said);

  test('yes counts, no opens an order of its own with the request’s number, urgent where danger is told', async () => {
    const { id, workOrder } = await incident();
    const [yes, no, danger, silent] = [
      await create(),
      await create({ kind: 'consult' }),
      await create(),
      await create(),
    ];
    expect((await restored(yes, { restored: true })).body.code).toBe('not-asked');
    clock.set('2026-03-02T15:00:00+08:00');
    const ended = await call('shiftLeader', 'POST', `incidents/${id}/end`, { text: '已恢复供电。' });
    expect(ended.body).toMatchObject({
      state: 'ended',
      counts: { joined: 4, asked: 4, unanswered: 4 },
      allowedActions: [],
    });
    expect((await create()).incident).toBeNull();

    const view = await asResident('lookup', silent);
    expect(view.body).toMatchObject({ state: 'dispatched', incident: { restored: 'open', state: 'ended' } });
    expect(view.body.publicNotes.at(-1).text).toBe('已恢复供电。');

    expect((await restored(yes, { restored: true })).body.incident.restored).toBe('yes');
    const unrestored = await restored(no, { restored: false, words: '只有我家没电' });
    expect(unrestored.body).toMatchObject({
      number: no.request.number,
      state: 'dispatched',
      incident: { restored: 'no' },
    });
    const own = (await call('operator', 'GET', `requests/${no.request.id}`)).body.workOrder;
    expect(own).toMatchObject({ number: no.request.number, kind: 'help', urgency: 'normal', state: 'dispatched' });
    expect(own.id).not.toBe(workOrder.id);
    expect(own.registeredAt).toBe('2026-03-02T09:00:00+08:00');
    const whole = (await call('operator', 'GET', `work-orders/${own.id}`)).body;
    expect(whole.notes).toMatchObject([{ text: '只有我家没电' }]);
    expect(whole.requests).toMatchObject([{ number: no.request.number, requester: { phone: expect.any(String) } }]);
    const clockOf = (kind: string) => own.clocks.find((c: { kind: string }) => c.kind === kind);
    expect(clockOf('resident').startedAt).toBe('2026-03-02T09:00:00+08:00');
    expect(clockOf('resolve').startedAt).toBe('2026-03-02T15:00:00+08:00');

    await restored(danger, { restored: false, words: '插座冒烟' });
    const urgent = (await call('operator', 'GET', `requests/${danger.request.id}`)).body.workOrder;
    expect(urgent.urgency).toBe('urgent');
    expect((await seen(id)).counts).toMatchObject({ joined: 4, asked: 4, restored: 1, notRestored: 2, unanswered: 1 });
  });

  test('the same again changes nothing; yes may become no within fifteen days, no never yes', async () => {
    const { id } = await incident();
    const made = await create();
    await call('shiftLeader', 'POST', `incidents/${id}/end`);
    await restored(made, { restored: true });
    await restored(made, { restored: true });
    expect((await seen(id)).counts.restored).toBe(1);
    const no = await restored(made, { restored: false });
    expect(no.status).toBe(200);
    const again = await restored(made, { restored: false });
    expect(again.status).toBe(200);
    expect((await restored(made, { restored: true })).body.code).toBe('answer-differs');
    const own = await pool.query('select id from work_orders where number = $1', [made.request.number]);
    expect(own.rows).toHaveLength(1);
    const late = await create();
    expect(late.incident).toBeNull();
    expect((await restored(late, { restored: true })).body.code).toBe('not-asked');
  });

  test('after fifteen days nobody is asked any more, and who withdrew is not asked at all', async () => {
    const { id } = await incident();
    const [made, gone] = [await create(), await create()];
    expect((await asResident('lookup/withdrawal', gone)).body.state).toBe('withdrawn');
    await call('shiftLeader', 'POST', `incidents/${id}/end`);
    expect((await seen(id)).counts).toMatchObject({ joined: 2, withdrawn: 1, asked: 1, unanswered: 1 });
    expect((await restored(gone, { restored: false })).body.code).toBe('withdrawn-already');
    clock.set('2026-03-18T00:00:00+08:00');
    expect((await restored(made, { restored: false })).body.code).toBe('requester-window');
  });

  test('an agent records what a resident says, never the unit that handled it; the list shows who is left', async () => {
    const { id } = await incident();
    const [one, two] = [await create(), await create({ confidential: true })];
    await call('shiftLeader', 'POST', `incidents/${id}/end`);
    const list = async (as: string) =>
      (await call(as, 'GET', `incidents/${id}/requests?standing=unanswered`)).body.items;
    expect(await list('followUp')).toMatchObject([
      { request: { id: one.request.id, requester: { name: '测试' } }, how: 'joined', question: 'open' },
      { request: { id: two.request.id }, question: 'open' },
    ]);
    const unit = await list('unit:utility-power');
    expect([unit[0].request.requester?.name, unit[1].request.requester]).toEqual(['测试', undefined]);
    const path = `incidents/${id}/requests/${one.request.id}/restored`;
    expect((await call('unit:utility-power', 'POST', path, { restored: true })).status).toBe(403);
    const elsewhere = `incidents/0199a000-0000-7000-8000-000000000001/requests/${one.request.id}/restored`;
    expect((await call('followUp', 'POST', elsewhere, { restored: true })).body.code).toBe('not-found');
    const asked = { requestId: one.request.id, incidentId: id };
    const agent = (unit: string): Actor => ({
      client: 'a',
      name: 'a',
      roles: ['follow_up_agent'],
      unit,
      areas: null,
      requests: [],
      system: false,
    });
    expect(await answerIncident(deps, asked, { restored: true }, agent('utility-power'))).toMatchObject({
      code: 'handling-unit-asks',
    });
    expect((await call('followUp', 'POST', path, { restored: false, danger: true })).body).toMatchObject({
      restored: false,
      ownOrderId: expect.any(String),
    });
    expect(await list('followUp')).toHaveLength(1);
    const own = (await call('operator', 'GET', `requests/${one.request.id}`)).body.workOrder;
    expect(own.urgency).toBe('urgent');
  });

  test('it ends with its lead order, of which a sample is asked afterwards like everybody else', async () => {
    const { id, workOrder } = await incident({ description: '线路故障' });
    await Promise.all(Array.from({ length: 40 }, () => create()));
    const unit = 'unit:utility-power';
    for (const [action, body] of [
      ['sign', {}],
      ['contact', { how: '公告', whom: '诉求人', outcome: 'not_applicable' }],
      ['submit', { result: 'solved', text: '已恢复供电', evidence: [{ text: '照片' }], requesterTold: true }],
    ] as const) {
      const done = await act(unit, workOrder.id, action, body);
      expect(done.status, `${action}: ${done.text}`).toBe(200);
    }
    const { verifier } = (await act('operator', workOrder.id, 'review', { passed: true })).body;
    const looks = verifier.unit === null ? 'inspector' : `unit:${verifier.unit}`;
    const verified = await act(looks, workOrder.id, 'verify', { passed: true });
    expect(verified.body.state, verified.text).toBe('following_up');
    expect(verified.body.followUps).toHaveLength(30);
    expect((await seen(id)).state).toBe('open');
    for (;;) {
      const { claims } = (await call('followUp', 'POST', 'follow-ups/claims', { max: 50, wait: 0 })).body;
      if (claims.length === 0) break;
      for (const { followUp } of claims)
        await call('followUp', 'POST', `follow-ups/${followUp.id}/answer`, {
          contacted: true,
          solved: 'yes',
          satisfaction: 'satisfied',
        });
    }
    expect(await seen(id)).toMatchObject({ state: 'ended', workOrder: { state: 'closed' }, counts: { asked: 40 } });
    expect((await create()).incident).toBeNull();
  });
});

describe('beside the rest', () => {
  test('a resident’s words, urging and withdrawal concern the own request and end nothing for the others', async () => {
    const { id, workOrder } = await incident();
    const [one, two] = [await create(), await create()];
    const noted = await asResident('lookup/notes', one, { text: '三单元' });
    expect(noted.body.publicNotes.at(-1)).toMatchObject({ text: '三单元', own: true });
    expect((await asResident('lookup', two)).body.publicNotes).toEqual([]);
    expect(
      (await call('operator', 'POST', `requests/${two.request.id}/withdraw`, {}, { 'if-match': '*' })).status,
    ).toBe(200);
    expect((await asResident('lookup', two)).body.state).toBe('withdrawn');
    expect((await load(pool, workOrder.id))?.state).toBe('dispatched');
    expect((await seen(id)).counts).toMatchObject({ joined: 2, withdrawn: 1 });
  });

  test('words that come later and tell of danger open an urgent order of its own', async () => {
    const { id } = await incident();
    const [one, two] = [await create(), await create()];
    const view = await asResident('lookup/notes', one, { text: '我母亲在用制氧机' });
    expect(view.body).toMatchObject({ state: 'dispatched', incident: { joined: false } });
    await call('operator', 'POST', `requests/${two.request.id}/urge`, { text: '电梯里有人被困' }, { 'if-match': '*' });
    for (const made of [one, two]) {
      const own = (await call('operator', 'GET', `requests/${made.request.id}`)).body.workOrder;
      expect(own).toMatchObject({ number: made.request.number, urgency: 'urgent' });
    }
    expect((await seen(id)).counts).toMatchObject({ joined: 0, danger: 2 });
  });

  test('a person takes a request out that has nothing to do with it: it gets an order of its own', async () => {
    const { id, workOrder } = await incident();
    const made = await create();
    const own = await call('dispatcher', 'POST', `requests/${made.request.id}/unmerge`, {}, { 'if-match': '*' });
    expect(own.status, own.text).toBe(200);
    expect(own.body).toMatchObject({ number: made.request.number, state: 'dispatched' });
    expect(own.body.id).not.toBe(workOrder.id);
    expect((await seen(id)).counts.joined).toBe(0);
    expect((await asResident('lookup', made)).body.incident).toBeNull();
  });

  test('the lead order is neither merged away nor void while many stand on it', async () => {
    const { workOrder } = await incident();
    await create();
    const other = await create({ location: null });
    for (const [as, action, body] of [
      ['dispatcher', 'merge', { into: other.workOrder.id }],
      ['shiftLeader', 'void', { reason: '误建' }],
    ] as const)
      expect((await act(as, workOrder.id, action, body)).body.code).toBe('leads-incident');
  });

  test('404 for units that do not lead it; the lead unit, the hotline and agents see it', async () => {
    const { id } = await incident();
    const statuses = await Promise.all(
      ['unit:utility-power', 'operator', 'followUp', 'unit:510107-water', 'unit:510107001'].map(
        async (as) => (await call(as, 'GET', `incidents/${id}`)).status,
      ),
    );
    expect(statuses).toEqual([200, 200, 200, 404, 404]);
    const page = await call('shiftLeader', 'GET', 'incidents?limit=1');
    expect(page.body).toMatchObject({ items: [{ id }], nextCursor: id });
    expect((await call('unit:510107-water', 'GET', 'incidents')).body.items).toEqual([]);
    expect((await call('shiftLeader', 'GET', 'incidents?state=open')).body.items).toHaveLength(1);
  });
});

describe('orders that were there before', () => {
  test('are found as candidates and attached by a shift leader; their requests stand with those who joined', async () => {
    const [early, far, urgent] = [
      await create(),
      await create({ location: { lon: lon + 0.02, lat } }),
      await create({ urgency: 'urgent' }),
    ];
    const { id, workOrder } = await incident();
    const candidates = (await call('operator', 'GET', `incidents/${id}/candidates`)).body.items;
    const found = candidates.map((order: { id: string }) => order.id);
    expect(found).toContain(early.workOrder.id);
    for (const made of [far, urgent, { workOrder }]) expect(found).not.toContain(made.workOrder.id);

    const nobody = '0199a000-0000-7000-8000-000000000001';
    const workOrderIds = [early.workOrder.id, urgent.workOrder.id, nobody, workOrder.id, early.workOrder.id];
    const attached = await call('shiftLeader', 'POST', `incidents/${id}/attach`, { workOrderIds });
    expect(attached.status, attached.text).toBe(200);
    expect(
      attached.body.results.map((r: { status: number; problem?: { code: string } }) => r.problem?.code ?? r.status),
    ).toEqual([200, 'urgent-stays-alone', 'not-found', 'urgent-stays-alone']);
    const merged = (await call('operator', 'GET', `work-orders/${early.workOrder.id}`)).body;
    expect(merged).toMatchObject({ state: 'merged', mergedInto: workOrder.id, requests: [] });
    expect((await load(pool, workOrder.id))?.requests).toHaveLength(1);
    expect((await seen(id)).counts.joined).toBe(1);

    await call('shiftLeader', 'POST', `incidents/${id}/end`);
    const view = await asResident('lookup/restored', early, { restored: false });
    expect(view.body).toMatchObject({
      number: early.request.number,
      state: 'dispatched',
      incident: { restored: 'no' },
    });
    const own = (await call('operator', 'GET', `requests/${early.request.id}`)).body.workOrder;
    expect([own.id, own.number]).not.toContain(early.workOrder.id);
    expect(own.number).not.toBe(early.request.number);
    expect(
      (await call('shiftLeader', 'POST', `incidents/${id}/attach`, { workOrderIds })).body.results[0].problem.code,
    ).toBe('wrong-state');
  });

  test('one with a date from above is carried by the lead order, and its date holds', async () => {
    const above = await create({ externalDueAt: '2026-03-02T18:00:00+08:00' });
    const { id, workOrder } = await incident();
    const workOrderIds = [above.workOrder.id];
    await call('shiftLeader', 'POST', `incidents/${id}/attach`, { workOrderIds });
    const lead = (await call('operator', 'GET', `work-orders/${workOrder.id}`)).body;
    expect(lead.requests.map((r: { id: string }) => r.id)).toContain(above.request.id);
    const resident = lead.clocks.find((c: { kind: string }) => c.kind === 'resident');
    expect(resident.dueAt).toBe('2026-03-02T18:00:00+08:00');
  });
});

test('the lead unit reads no request whose own order has gone to another unit; the hotline and agents read all', async () => {
  const made = await incident();
  const joined = await create();
  const danger = await create({ title: '停电', description: '家里有人在用呼吸机' });
  expect(danger.workOrder.id).not.toBe(made.workOrder.id);
  const moved = await act('dispatcher', danger.workOrder.id, 'redispatch', {
    unit: '510107-housing',
    basis: '先行转移',
    reason: '派错单位',
  });
  expect(moved.status, moved.text).toBe(200);
  const read = async (as: string, query = '') =>
    (await call(as, 'GET', `incidents/${made.id}/requests?${query}`)).body.items.map(
      (each: { request: { id: string } }) => each.request.id,
    );
  expect((await call('unit:utility-power', 'GET', `requests/${danger.request.id}`)).status).toBe(404);
  expect(await read('unit:utility-power')).toEqual([joined.request.id]);
  expect(await read('unit:utility-power', 'standing=danger&limit=1')).toEqual([]);
  for (const as of ['shiftLeader', 'followUp']) expect(await read(as)).toEqual([joined.request.id, danger.request.id]);
});
