import { describe, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo, monday } from '../support/city.ts';

const { act, call, clock, deps, pool } = await demo();

/** The street of the light, and two units it calls: a bureau of the district, and a team under its own command. */
const made = await call('operator', 'POST', 'requests', aLight());
const code: string = made.body.workOrder.placement.path.find((step: { level: string }) => step.level === 'street').code;
const street = `unit:${code}`;
const water = 'unit:510107-water';
const community = made.body.workOrder.placement.path.find((step: { level: string }) => step.level === 'community').code;
const units = [
  { code: '510107-water', task: '抽水' },
  { code: community, task: '疏导居民' },
];
const light = async (): Promise<string> => (await call('operator', 'POST', 'requests', aLight())).body.workOrder.id;
const draft = (body: object = {}, as = street) =>
  call(as, 'POST', 'coordination-orders', {
    kind: 'resident_request',
    street: code,
    workOrderIds: [],
    units,
    demand: '周二到场',
    ...body,
  });
const on = (as: string, id: string, action: string, body: object = {}, headers: Record<string, string> = {}) =>
  call(as, 'POST', `coordination-orders/${id}/${action}`, body, headers);
const onUnit = (as: string, id: string, unit: string, action: string, body: object = {}) =>
  on(as, id, `units/${unit}/${action}`, body);
const get = (as: string, id: string) => call(as, 'GET', `coordination-orders/${id}`);

/** An issued order about one light. */
async function issued(body: object = {}) {
  const workOrder = await light();
  const { body: order } = await draft({ workOrderIds: [workOrder], ...body });
  const reply = await on(street, order.id, 'issue');
  expect(reply.status, reply.text).toBe(200);
  return { id: order.id as string, workOrder, order: reply.body };
}
const stateOf = async (id: string, unit: string) =>
  (await get(street, id)).body.units.findLast((u: { unit: { code: string } }) => u.unit.code === unit);

describe('the life of an order', () => {
  test('G8 201 draft, issued with a clock for each unit; the owner of the work order stays', async () => {
    const workOrder = await light();
    const before = (await call('operator', 'GET', `work-orders/${workOrder}`)).body;
    const reply = await draft({ workOrderIds: [workOrder] });
    expect([reply.status, reply.headers.location, reply.headers.etag], reply.text).toEqual([
      201,
      `/v1/coordination-orders/${reply.body.id}`,
      '"v1"',
    ]);
    expect(reply.body).toMatchObject({
      state: 'draft',
      workOrderIds: [workOrder],
      allowedActions: ['amend', 'issue', 'cancel'],
      units: [{ state: 'named' }, { state: 'named' }],
    });
    expect((await get(water, reply.body.id)).status, 'nobody is called by a draft').toBe(404);
    const stale = await on(street, reply.body.id, 'issue', {}, { 'if-match': '"v7"' });
    expect([stale.status, stale.body.code]).toEqual([412, 'stale-version']);
    const out = await on(street, reply.body.id, 'issue', {}, { 'if-match': '"v1"' });
    expect(out.status, out.text).toBe(200);
    expect(out.body).toMatchObject({
      state: 'issued',
      units: [
        { state: 'called', reportInBy: '2026-03-05T18:00:00+08:00', answerBy: '2026-03-02T14:00:00+08:00' },
        { state: 'called', answerBy: null, allowedActions: ['release'] },
      ],
      attendance: { called: 2, present: 0 },
    });
    const after = (await call('operator', 'GET', `work-orders/${workOrder}`)).body;
    expect(after.responsibleUnit).toEqual(before.responsibleUnit);
    expect(after.clocks).toEqual(before.clocks);
    expect(after.coordinationOrders).toEqual([
      {
        id: reply.body.id,
        number: reply.body.number,
        kind: 'resident_request',
        state: 'issued',
        street: expect.objectContaining({ code }),
        units: [expect.objectContaining({ code: '510107-water' }), expect.objectContaining({ code: community })],
      },
    ]);
  });

  test('N32 a unit that is not under the street answers within four working hours, or is urged and the street told; the clock says why', async () => {
    clock.set('2026-03-02T16:00:00+08:00');
    const roads = '510107-roads';
    const called = [...units, { code: roads, task: '修路' }];
    const { id } = await issued({ units: called });
    const dates = (await get(street, id)).body.units.map((u: { answerBy: string }) => u.answerBy);
    expect(dates).toEqual(['2026-03-03T11:00:00+08:00', null, '2026-03-03T11:00:00+08:00']);
    const { items } = (await call(water, 'GET', 'todo?limit=200')).body;
    const mine = items.find((item: { coordinationOrderId?: string }) => item.coordinationOrderId === id);
    expect(mine.dueAt, 'an answer is what waits first').toBe('2026-03-03T11:00:00+08:00');
    await onUnit(water, id, '510107-water', 'acknowledge');
    clock.set('2026-03-03T10:59:59+08:00');
    await fireDue(deps);
    const told = async () => {
      const { items: all } = (await call(street, 'GET', `coordination-orders/${id}/events?limit=200`)).body;
      const mark = (e: { type: string; unit: string; body: { rung?: string } }) =>
        [e.type, e.body.rung ?? e.unit].join(' ');
      return all.filter((e: { actor: { client: string } }) => e.actor.client === 'system').map(mark);
    };
    expect(await told()).toEqual(['rung_fired warn', `warned ${roads}`]);
    clock.set('2026-03-03T11:00:00+08:00');
    await fireDue(deps);
    expect((await told()).slice(2)).toEqual(['rung_fired answer_limit', `urged ${roads}`, `told ${code}`]);
    const clocks = (await call(`unit:${roads}`, 'GET', `coordination-orders/${id}/clocks`)).body.items;
    expect(clocks.filter((c: { kind: string }) => c.kind === 'answer_call')).toMatchObject([
      { unit: '510107-water', state: 'stopped', stopCause: 'acknowledge' },
      { unit: roads, state: 'running', segments: [{ rule: { kind: 'working_hour', amount: 240 } }] },
    ]);
    expect((await get(street, id)).body.units.map((u: { silent: boolean }) => u.silent)).toEqual([false, false, false]);
    clock.set(monday);
  });

  test('G10 a unit acknowledges, reports in, hands in; the street refuses, accepts and releases it', async () => {
    const { id } = await issued();
    const go = async (as: string, action: string, body: object = {}) => {
      const reply = await onUnit(as, id, '510107-water', action, body);
      expect(reply.status, `${action} ${reply.text}`).toBe(200);
      return stateOf(id, '510107-water');
    };
    expect(await go(water, 'acknowledge')).toMatchObject({ state: 'acknowledged', acknowledgedAt: expect.any(String) });
    expect(await go(water, 'report-in')).toMatchObject({ state: 'reported_in', inTime: true });
    const early = await onUnit(street, id, '510107-water', 'accept');
    expect([early.status, early.body.code, early.body.allowedActions]).toEqual([409, 'wrong-state', ['release']]);
    expect(await go(water, 'result', { text: '已抽干' })).toMatchObject({
      state: 'result',
      result: { text: '已抽干' },
    });
    expect(await go(street, 'refuse', { reason: '仍有积水' })).toMatchObject({
      state: 'reported_in',
      refusals: [{ reason: '仍有积水' }],
    });
    await go(water, 'result', { text: '再次抽干' });
    expect(await go(street, 'accept')).toMatchObject({ state: 'accepted' });
    expect(await go(street, 'release')).toMatchObject({ state: 'released', allowedActions: [] });
  });

  test('only the street releases, and says why; a unit is 403', async () => {
    const { id } = await issued();
    const own = await onUnit(water, id, '510107-water', 'release', { reason: '忙' });
    expect([own.status, own.body.code, own.body.allowedFor]).toEqual([403, 'not-yours', ['street']]);
    const bare = await onUnit(street, id, '510107-water', 'release');
    expect([bare.status, bare.body.code]).toEqual([422, 'reason-missing']);
    expect((await onUnit(street, id, '510107-water', 'release', { reason: '已不需要' })).status).toBe(200);
  });

  test('closing needs an outcome and nobody left on the spot; a cancelled one says why', async () => {
    const { id } = await issued();
    expect((await on(street, id, 'close')).body.code).toBe('invalid');
    const held = await on(street, id, 'close', { outcome: '已解决' });
    expect([held.status, held.body.code, held.body.units]).toEqual([
      409,
      'units-not-released',
      ['510107-water', community],
    ]);
    for (const unit of units) await onUnit(street, id, unit.code, 'release', { reason: '已办结' });
    expect((await get(street, id)).body.outcomeAskedAt).not.toBeNull();
    const closed = await on(street, id, 'close', { outcome: '已解决' });
    expect(closed.body).toMatchObject({ state: 'closed', outcome: '已解决', allowedActions: [] });

    const other = await issued();
    const off = await on(street, other.id, 'cancel', { reason: '雨停' });
    expect(off.body).toMatchObject({ state: 'cancelled', cancelReason: '雨停', units: [{ state: 'released' }, {}] });
  });

  test('a work order that ends leaves, and the last one asks the street for the outcome', async () => {
    const stays = await held();
    const goes = await held();
    const { body } = await draft({ workOrderIds: [stays, goes] });
    await on(street, body.id, 'issue');
    expect((await act('operator', goes, 'refer', { to: '市级平台', reason: '非本区事项' })).status).toBe(200);
    expect((await get(street, body.id)).body).toMatchObject({
      workOrderIds: [stays],
      leftWorkOrderIds: [goes],
      outcomeAskedAt: null,
    });
    await act('operator', stays, 'refer', { to: '市级平台', reason: '非本区事项' });
    expect((await get(street, body.id)).body).toMatchObject({ workOrderIds: [], outcomeAskedAt: expect.any(String) });
    const late = await on(street, body.id, 'attach', { workOrderIds: [goes] });
    expect([late.status, late.body.code, late.body.workOrders]).toEqual([409, 'work-order-ended', [goes]]);
    const { rows } = await pool.query('select type, unit from facts where subject_id = $1 order by id desc limit 1', [
      body.id,
    ]);
    expect(rows).toEqual([{ type: 'outcome_asked', unit: code }]);
  });
});

/** A light that waits at the hotline, and can still be referred elsewhere. */
const held = async (): Promise<string> =>
  (await call('operator', 'POST', 'requests', aLight({ disposition: 'hold' }))).body.workOrder.id;

describe('who may call whom', () => {
  test('N31 N32 409 beyond the street’s reach, with the reason for each unit', async () => {
    const reply = await draft({
      units: ['510107', '510107061', '510107-water'].map((c) => ({ code: c, task: '到场' })),
    });
    expect([reply.status, reply.body.code]).toEqual([409, 'outside-jurisdiction']);
    expect(reply.body.units).toEqual([
      { unit: '510107', because: 'superior' },
      { unit: '510107061', because: 'another-street' },
    ]);
  });

  test('404 for a work order out of sight, 403 for another street’s power, 409 for a level without it', async () => {
    const elsewhere = Object.values(
      (await call('operator', 'GET', 'areas?level=street&limit=200')).body.items as { code: string }[],
    ).find((area) => area.code !== code)?.code;
    const foreign = await call(`unit:${elsewhere}`, 'POST', 'coordination-orders', {
      kind: 'resident_request',
      street: elsewhere,
      workOrderIds: [await light()],
      demand: '到场',
    });
    expect([foreign.status, foreign.body.code]).toEqual([404, 'not-found']);
    const other = await draft({}, `unit:${elsewhere}`);
    expect([other.status, other.body.code]).toEqual([403, 'not-yours']);
    const low = await draft({ street: community }, `unit:${community}`);
    expect(low.body.code).toBe('no-power');
    const { id } = await issued();
    expect((await get(`unit:${elsewhere}`, id)).status).toBe(404);
    expect((await on(`unit:${elsewhere}`, id, 'cancel', { reason: 'x' })).status).toBe(404);
  });

  test('L22 the called unit sees the order and its work orders while it is held, and not after', async () => {
    const { id, workOrder } = await issued();
    expect((await call(water, 'GET', `work-orders/${workOrder}`)).status).toBe(200);
    expect((await get(water, id)).body.units).toHaveLength(2);
    const list = async () =>
      (await call(water, 'GET', 'work-orders?limit=200')).body.items.map((o: { id: string }) => o.id);
    expect(await list()).toContain(workOrder);
    await onUnit(street, id, '510107-water', 'release', { reason: '已不需要' });
    expect((await call(water, 'GET', `work-orders/${workOrder}`)).status).toBe(404);
    expect((await get(water, id)).status).toBe(404);
    expect(await list()).not.toContain(workOrder);
  });

  test('L22 one case room: whoever is on the order reads the same record and the same clocks, and nobody else does', async () => {
    const { id } = await issued();
    await onUnit(water, id, '510107-water', 'report-in');
    const read = async (as: string, what: 'events' | 'clocks') =>
      (await call(as, 'GET', `coordination-orders/${id}/${what}`)).body.items;
    const events = await read(street, 'events');
    expect(events.map((e: { type: string }) => e.type)).toEqual([
      'coordination_draft',
      'coordination_issue',
      'call_summon',
      'call_summon',
      'call_report_in',
    ]);
    expect(await read(water, 'events')).toEqual(events);
    const clocks = await read(water, 'clocks');
    expect(clocks[0]).toMatchObject({
      kind: 'report_in',
      unit: '510107-water',
      state: 'stopped',
      segments: [{ event: 'coordination_issued', rule: { kind: 'working_day', amount: 3 } }],
    });
    for (const what of ['events', 'clocks'])
      expect((await call('unit:510107-roads', 'GET', `coordination-orders/${id}/${what}`)).status).toBe(404);
    const paged = await call(street, 'GET', `coordination-orders/${id}/events?limit=2`);
    expect(paged.body.nextCursor).toBe(events[1].id);
  });

  test('a unit of several streets sees its calls in turn, with slots and how many want it at once', async () => {
    const power = { code: 'utility-power', task: '断电' };
    const slot = { from: '2026-03-03T09:00:00+08:00', to: '2026-03-03T11:00:00+08:00' };
    const first = await issued({ units: [power], slot });
    const second = await issued({ units: [power], slot });
    const urgent = await issued({ units: [power], kind: 'emergency' });
    const load = (await call('unit:utility-power', 'GET', 'units/utility-power/calls')).body;
    expect(load).toMatchObject({ held: 3, waiting: 3, streets: 1, atOnce: 2, clashes: [[first.id, second.id]] });
    expect(load.items.map((i: { coordinationOrderId: string }) => i.coordinationOrderId)).toEqual([
      urgent.id,
      first.id,
      second.id,
    ]);
    expect((await call(water, 'GET', 'units/utility-power/calls')).status).toBe(404);
    const found = (await call('unit:utility-power', 'GET', 'coordination-orders?unit=utility-power&state=issued')).body;
    expect(found.items.map((o: { id: string }) => o.id)).toEqual([urgent.id, second.id, first.id]);
  });

  test('what waits stands on the desks: the unit’s call, the street’s drafts, results and outcomes', async () => {
    const { id } = await issued({ units: [{ code: 'utility-gas', task: '关阀' }] });
    const todo = async (as: string) =>
      (await call(as, 'GET', 'todo?limit=200')).body.items.filter(
        (i: { coordinationOrderId?: string }) => i.coordinationOrderId === id,
      );
    expect(await todo('unit:utility-gas')).toMatchObject([{ kind: 'call', step: 'called', dueAt: expect.any(String) }]);
    expect(await todo(street)).toEqual([]);
    await onUnit('unit:utility-gas', id, 'utility-gas', 'report-in');
    await onUnit('unit:utility-gas', id, 'utility-gas', 'result', { text: '已关' });
    expect(await todo('unit:utility-gas')).toEqual([]);
    expect(await todo(street)).toMatchObject([{ kind: 'coordination', step: 'result' }]);
    await onUnit(street, id, 'utility-gas', 'accept');
    await onUnit(street, id, 'utility-gas', 'release');
    expect(await todo(street)).toMatchObject([{ kind: 'coordination', step: 'outcome' }]);
  });

  test('facts are addressed to whoever is to know: what is done to a unit to the unit, what it does to the street', async () => {
    const { id } = await issued({ units: [units[0]] });
    await onUnit(water, id, '510107-water', 'report-in');
    await on(street, id, 'cancel', { reason: '雨停' });
    const { rows } = await pool.query('select type, unit from facts where subject_id = $1 order by id', [id]);
    expect(rows).toEqual([
      { type: 'coordination_draft', unit: code },
      { type: 'coordination_issue', unit: code },
      { type: 'call_summon', unit: '510107-water' },
      { type: 'call_report_in', unit: code },
      { type: 'coordination_cancel', unit: code },
      { type: 'call_release', unit: '510107-water' },
    ]);
  });
});

describe('X29 the one-tap call', () => {
  test('201: an emergency draft at the street of the place, which names units and issues it', async () => {
    const workOrder = await light();
    const reply = await call('gridWorker', 'POST', 'grid-calls', { workOrderId: workOrder, text: '围墙要倒' });
    expect(reply.status, reply.text).toBe(201);
    expect(reply.body).toMatchObject({ kind: 'emergency', state: 'draft', street: { code }, demand: '围墙要倒' });
    const { id } = reply.body;
    expect((await get('gridWorker', id)).status).toBe(200);
    expect((await on(street, id, 'issue')).body.code).toBe('units-missing');
    const named = await on(street, id, 'amend', { units: [{ code: 'utility-power', task: '断电' }] });
    expect(named.status, named.text).toBe(200);
    expect((await on(street, id, 'issue')).body).toMatchObject({
      state: 'issued',
      units: [{ reportInBy: '2026-03-02T09:30:00+08:00' }],
    });
  });

  test('a place is enough; without one there is no street to call', async () => {
    const placed = await call('gridWorker', 'POST', 'grid-calls', { location: aLight().location, text: '冒烟' });
    expect([placed.status, placed.body.street?.code], placed.text).toEqual([201, code]);
    const lost = await call('gridWorker', 'POST', 'grid-calls', { text: '冒烟' });
    expect([lost.status, lost.body.code]).toEqual([422, 'area-unknown']);
    expect((await call('operator', 'POST', 'grid-calls', { text: '冒烟' })).status).toBe(403);
  });
});

describe('N33 joint enforcement', () => {
  test('the list has 33 matters; an order takes lead, quorum and power item, and is refused without who is required', async () => {
    const { items } = (await call(street, 'GET', 'joint-matters?limit=200')).body;
    expect(items).toHaveLength(33);
    const matter = items[0];
    const few = await draft({ kind: 'joint_enforcement', matter: matter.code });
    const refused = await on(street, few.body.id, 'issue');
    expect([refused.status, refused.body.code]).toEqual([422, 'required-units-missing']);
    const all = matter.requiredUnits.map((c: string) => ({ code: c, task: '到场' }));
    const { order } = await issued({ kind: 'joint_enforcement', matter: matter.code, units: all });
    expect(order).toMatchObject({ lead: matter.lead, quorum: matter.quorum, powerItem: matter.powerItem });
  });

  test('an admin changes a matter; one that names nobody is 422', async () => {
    const body = {
      name: '夜市秩序',
      requiredUnits: ['510107-market'],
      quorum: 1,
      lead: '510107-market',
      powerItem: '第34项',
    };
    expect((await call('admin', 'PUT', 'joint-matters/joint-34', body)).status).toBe(201);
    const bad = await call('admin', 'PUT', 'joint-matters/joint-35', { ...body, lead: 'nobody' });
    expect([bad.status, bad.body.errors[0].pointer]).toEqual([422, '/lead']);
    await expect.poll(async () => (await call(street, 'GET', 'joint-matters/joint-34')).status).toBe(200);
  });

  test('G2 the power is bound to a role at a level: a city gives it to its communities too', async () => {
    const body = { roles: ['unit_leader'] };
    expect((await call('admin', 'PUT', 'policies/powers/coordination/community', body)).status).toBe(200);
    const asCommittee = () => draft({ street: community, units: [units[0]] }, `unit:${community}`);
    await expect.poll(async () => (await asCommittee()).status).toBe(201);
    expect((await draft()).status, 'the streets keep theirs').toBe(201);
    await call('admin', 'PUT', 'policies/powers/coordination/community', { roles: [] });
    await expect.poll(async () => (await asCommittee()).body.code).toBe('no-power');
  });
});

test('the clock of a call is counted in the unit’s own time', async () => {
  clock.set('2026-03-06T17:59:00+08:00');
  const { order } = await issued({ kind: 'emergency' });
  expect(order.units[0].reportInBy).toBe('2026-03-06T18:29:00+08:00');
});
