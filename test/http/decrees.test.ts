import { beforeEach, describe, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { instant } from '../../src/domain/time.ts';
import { aLight, demo, monday } from '../support/city.ts';

const { app, call, act, clock, deps, pool } = await demo();
const lights = '城市管理/部件/路灯';

beforeEach(async () => {
  await pool.query("update clocks set state = 'stopped', next_rung_at = null");
  await pool.query('update work_orders set ended_at = registered_at where ended_at is null');
  await pool.query("update decrees set state = 'ended', ended_at = begins_at, walks_at = null where ended_at is null");
  clock.set(monday);
  await deps.reloadSurge();
});

const publish = (more: object = {}, as = 'government') =>
  call(as, 'POST', 'decrees', {
    title: '暴雨期间暂停办理的决定',
    text: '因特大暴雨，暂停下列事项的办理时限。',
    categories: ['城市管理/部件'],
    areas: ['510107'],
    from: '2026-03-03T00:00:00+08:00',
    to: '2026-03-05T00:00:00+08:00',
    ...more,
  });
const published = async (more: object = {}) => {
  const made = await publish(more);
  expect(made.status, made.text).toBe(201);
  return made.body;
};
const register = async (more: object = {}) => {
  const made = await call('operator', 'POST', 'requests', aLight(more));
  expect(made.status, made.text).toBe(201);
  return made.body;
};
const seen = async (id: string) => (await call('shiftLeader', 'GET', `decrees/${id}`)).body;
type Clock = { kind: string; state: string; dueAt: string; startedAt: string; segments: Segment[] };
type Segment = { from: string; to: string | null; event: string; reason: string | null; approver: string | null };
const clocksOf = async (id: string): Promise<Record<string, Clock>> => {
  const { items } = (await call('shiftLeader', 'GET', `work-orders/${id}/clocks`)).body;
  return Object.fromEntries((items as Clock[]).filter((c) => c.state !== 'stopped').map((c) => [c.kind, c]));
};
const states = async (id: string) => {
  const { resolve, rework, resident, sign } = await clocksOf(id);
  return { unit: (rework ?? resolve)?.state, resident: resident?.state, sign: sign?.state };
};
const at = async (moment: string): Promise<void> => {
  clock.set(moment);
  await Promise.all([1, 2, 3].map(() => fireDue(deps)));
};

describe('publishing', () => {
  test('201 for the government of the district or the centre leader of the city; everybody may read it', async () => {
    const made = await published();
    expect(made).toMatchObject({
      state: 'published',
      phase: 'to_come',
      authority: { code: '510107' },
      areas: [{ code: '510107', name: '武侯区' }],
      held: 0,
      allowedActions: ['end'],
    });
    expect(made.number).toMatch(/^JD20260302\d{6}$/);
    expect((await publish({}, 'centreLeader')).body).toMatchObject({ authority: null });
    for (const as of ['shiftLeader', 'operator', 'unit:510107', 'admin'])
      expect((await publish({}, as)).status, as).toBe(403);
    const { items } = (await app.inject({ method: 'GET', url: '/v1/public/decrees?limit=2' })).json();
    expect(items[1]).toMatchObject({ number: made.number, text: made.text, authority: { code: '510107' } });
    expect(Object.keys(items[0])).not.toContain('publishedBy');
  });

  test.each([
    [{ areas: ['nowhere'] }, 422, 'area-unknown'],
    [{ categories: ['没有'] }, 422, 'category-unknown'],
    [{ categories: ['公用事业/燃气'] }, 422, 'urgent-never-pauses'],
    [{ categories: ['城市管理/部件/消防设施'] }, 422, 'urgent-never-pauses'],
    [{ from: '2026-03-01T00:00:00+08:00' }, 422, 'in-the-past'],
    [{ to: '2026-03-03T00:00:00+08:00' }, 422, 'slot-backwards'],
    [{ categories: [] }, 400, 'invalid'],
  ])('%j is refused', async (more, status, code) => {
    const reply = await publish(more);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  test('403 beyond the territory of one’s level', async () => {
    const city = deps.city();
    const areasAt = city.areasAt(deps.now());
    const other = { ...areasAt, tree: { ...areasAt.tree, isWithin: () => false } };
    const elsewhere = { ...deps, city: () => ({ ...city, areasAt: () => other }) };
    const { publish: decree } = await import('../../src/actions/decrees.ts');
    const government = {
      client: 'g',
      name: 'g',
      roles: ['government' as const],
      unit: '510107',
      areas: null,
      requests: [],
      system: false,
    };
    const asked = {
      title: 't',
      text: 't',
      categories: [lights],
      areas: ['510107001'],
      beginsAt: deps.now(),
      until: instant('2026-03-05T00:00:00+08:00'),
    };
    expect(await decree(elsewhere, asked, government)).toMatchObject({ code: 'outside-territory' });
    expect(await decree(elsewhere, asked, { ...government, unit: null })).toMatchObject({
      decree: { authority: null },
    });
  });
});

describe('while it holds', () => {
  test('unit and resident clocks of open orders stand still from its date and go on at its end, with the time given back', async () => {
    const { workOrder: order } = await register();
    const before = await clocksOf(order.id);
    const made = await published();
    await at('2026-03-02T23:59:59+08:00');
    expect(await states(order.id)).toMatchObject({ unit: 'running', resident: 'running' });
    await at('2026-03-03T00:00:00+08:00');
    expect(await states(order.id)).toMatchObject({ unit: 'paused', resident: 'paused' });
    expect(await seen(made.id)).toMatchObject({ phase: 'in_force', held: 1 });
    await at('2026-03-05T00:00:00+08:00');
    expect(await states(order.id)).toMatchObject({ unit: 'running', resident: 'running' });
    expect(await seen(made.id)).toMatchObject({ phase: 'over', held: 0, allowedActions: [] });
    const { resident, resolve } = await clocksOf(order.id);
    expect([before.resident?.dueAt, resident?.dueAt]).toEqual([
      '2026-03-09T23:59:59+08:00',
      '2026-03-11T23:59:59+08:00',
    ]);
    for (const each of [resident, resolve])
      expect(each?.segments).toContainEqual(
        expect.objectContaining({
          event: 'paused',
          reason: 'incident_decree',
          approver: made.number,
          from: '2026-03-03T00:00:00+08:00',
          to: '2026-03-05T00:00:00+08:00',
        }),
      );
    const facts = await pool.query(
      "select type, body from facts where subject_id = $1 and type in ('clocks_paused', 'clocks_resumed') order by id",
      [order.id],
    );
    expect(facts.rows).toMatchObject([
      {
        type: 'clocks_paused',
        body: { decrees: [made.number], clocks: expect.arrayContaining(['resolve', 'resident']) },
      },
      { type: 'clocks_resumed', body: { decrees: [made.number] } },
    ]);
  });

  test('in a drill that jumps over both its dates each fires as of its own moment', async () => {
    const orders = await Promise.all(Array.from({ length: 25 }, () => register()));
    const made = await published();
    clock.set('2026-03-06T12:00:00+08:00');
    await fireDue(deps, { inOrder: true });
    for (const { workOrder } of [orders[0], orders[24]] as Awaited<ReturnType<typeof register>>[]) {
      const { resident } = await clocksOf(workOrder.id);
      expect(resident?.dueAt).toBe('2026-03-11T23:59:59+08:00');
      expect(resident?.segments.filter(({ approver }) => approver === made.number).map(({ from }) => from)).toEqual([
        '2026-03-03T00:00:00+08:00',
        '2026-03-05T00:00:00+08:00',
      ]);
    }
    expect((await seen(made.id)).held).toBe(0);
  });

  test('an end that is noticed late gives back no more than was decreed', async () => {
    const { workOrder: order } = await register();
    await published();
    await at('2026-03-03T00:00:00+08:00');
    await at('2026-03-06T12:00:00+08:00');
    expect((await clocksOf(order.id)).resident?.dueAt).toBe('2026-03-11T23:59:59+08:00');
  });

  test('new orders start paused, and so do a new owner’s and a rework’s clocks', async () => {
    const made = await published();
    await at('2026-03-03T08:00:00+08:00');
    const { workOrder: order } = await register();
    expect(order.clocks.find((c: Clock) => c.kind === 'resident').state).toBe('paused');
    expect(await states(order.id)).toEqual({ unit: 'paused', resident: 'paused', sign: 'running' });
    const moved = await act('dispatcher', order.id, 'redispatch', {
      unit: '510107-roads',
      basis: '职责',
      reason: '误派',
    });
    expect(moved.status, moved.text).toBe(200);
    expect(await states(order.id)).toMatchObject({ unit: 'paused', resident: 'paused' });
    const unit = 'unit:510107-roads';
    await act(unit, order.id, 'sign');
    await act(unit, order.id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
    await act(unit, order.id, 'submit', {
      result: 'solved',
      text: '已修',
      evidence: [{ text: '照片' }],
      requesterTold: true,
    });
    await act('operator', order.id, 'review', { passed: true });
    const failed = await act('gridWorker', order.id, 'verify', { passed: false, reason: '未亮' });
    expect(failed.body.state, failed.text).toBe('rework');
    expect(await states(order.id)).toMatchObject({ unit: 'paused', resident: 'paused' });
    expect((await seen(made.id)).held).toBe(1);
  });

  test('what is urgent, elsewhere, of another category or about safety runs on; what becomes urgent goes on at once', async () => {
    await published({ areas: ['510107001'] });
    const here = { location: { areaCode: '510107001' } };
    const free = [
      await register({ ...here, urgency: 'urgent' }),
      await register({ ...here, urgency: 'emergency' }),
      await register({ location: { areaCode: '510107060' } }),
      await register({ ...here, category: '城市管理/部件/消防设施' }),
      await register({ ...here, category: '公用事业/供水' }),
      await register({ location: null }),
    ];
    const { workOrder: held } = await register(here);
    await at('2026-03-03T00:00:00+08:00');
    for (const made of free) expect((await states(made.workOrder.id)).resident, made.request.category).toBe('running');
    expect((await states(held.id)).resident).toBe('paused');
    expect((await act('operator', held.id, 'correct', { urgency: 'urgent' })).status).toBe(200);
    expect(await states(held.id)).toMatchObject({ unit: 'running', resident: 'running' });
  });

  test('ended early, what it holds goes on from then; only its authority or the city ends it, and not twice', async () => {
    const orders = await Promise.all(Array.from({ length: 45 }, () => register()));
    const made = await published();
    await at('2026-03-03T00:00:00+08:00');
    expect((await seen(made.id)).held).toBe(45);
    clock.set('2026-03-04T00:00:00+08:00');
    expect((await call('shiftLeader', 'POST', `decrees/${made.id}/end`, { reason: '雨停' })).status).toBe(403);
    const ended = await call('government', 'POST', `decrees/${made.id}/end`, { reason: '雨停' });
    expect(ended.body).toMatchObject({ state: 'ended', phase: 'over', endedBecause: '雨停', allowedActions: [] });
    await fireDue(deps);
    expect((await seen(made.id)).held).toBe(0);
    for (const { workOrder } of orders.slice(0, 3)) {
      const { resident } = await clocksOf(workOrder.id);
      expect([resident?.state, resident?.dueAt]).toEqual(['running', '2026-03-10T23:59:59+08:00']);
    }
    expect((await call('centreLeader', 'POST', `decrees/${made.id}/end`, { reason: '再次' })).body.code).toBe(
      'wrong-state',
    );
    const city = (await publish({ from: '2026-03-04T01:00:00+08:00' }, 'centreLeader')).body;
    expect((await call('government', 'POST', `decrees/${city.id}/end`, { reason: '越级' })).body.code).toBe(
      'not-yours',
    );
    clock.set('2026-03-05T00:00:00+08:00');
    expect((await call('centreLeader', 'POST', `decrees/${city.id}/end`, { reason: '晚' })).body.code).toBe(
      'decree-over',
    );
  });

  test('a suspension takes over from a decree and outlasts it; after it the decree holds again', async () => {
    const { workOrder: order } = await register();
    const unit = `unit:${order.responsibleUnit.code}`;
    await published();
    await at('2026-03-03T00:00:00+08:00');
    await act(unit, order.id, 'sign');
    await act(unit, order.id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
    const suspend = async (until: string) => {
      const asked = await call(unit, 'POST', `work-orders/${order.id}/approvals`, {
        kind: 'suspension',
        reason: '诉讼',
        cause: 'legal_process',
        until,
      });
      expect(asked.status, asked.text).toBe(201);
      const approval = asked.body.approvals?.at(-1)?.id ?? asked.body.id;
      const granted = await call('dispatcher', 'POST', `approvals/${approval}/decision`, {
        granted: true,
        reason: '同意',
      });
      expect(granted.status, granted.text).toBe(200);
    };
    await suspend('2026-03-04T00:00:00+08:00');
    expect(await states(order.id)).toMatchObject({ unit: 'paused', resident: 'paused' });
    await at('2026-03-04T00:00:00+08:00');
    expect((await call('operator', 'GET', `work-orders/${order.id}`)).body.state).toBe('handling');
    expect(await states(order.id)).toMatchObject({ unit: 'paused', resident: 'paused' });
    await suspend('2026-03-06T00:00:00+08:00');
    await at('2026-03-05T00:00:00+08:00');
    expect(await states(order.id)).toMatchObject({ unit: 'paused', resident: 'running' });
    await at('2026-03-06T00:00:00+08:00');
    expect(await states(order.id)).toMatchObject({ unit: 'running', resident: 'running' });
  });

  test('of two that overlap the longer holds, and where it ends early the other', async () => {
    const { workOrder: order } = await register();
    const short = await published({ to: '2026-03-04T00:00:00+08:00' });
    const long = await published();
    await at('2026-03-03T00:00:00+08:00');
    expect([(await seen(short.id)).held, (await seen(long.id)).held]).toEqual([0, 1]);
    await call('government', 'POST', `decrees/${long.id}/end`, { reason: '雨停' });
    await fireDue(deps);
    expect([(await seen(short.id)).held, (await seen(long.id)).held]).toEqual([1, 0]);
    await at('2026-03-04T00:00:00+08:00');
    expect(await states(order.id)).toMatchObject({ unit: 'running', resident: 'running' });
  });

  test('the resident reads in plain words which decree holds the own request', async () => {
    const made = await published();
    await at('2026-03-03T00:00:00+08:00');
    const { request } = await register();
    const payload = { number: request.number, code: request.queryCode };
    const view = async () => (await app.inject({ method: 'POST', url: '/v1/lookup', payload })).json();
    expect((await view()).decree).toEqual({
      number: made.number,
      title: made.title,
      text: made.text,
      to: '2026-03-05T00:00:00+08:00',
    });
    await at('2026-03-05T00:00:00+08:00');
    expect((await view()).decree).toBeNull();
  });

  test('deadlines that fall within it fire only after it, in their order', async () => {
    const { workOrder: order } = await register();
    await published({ to: '2026-03-20T00:00:00+08:00' });
    await at('2026-03-03T00:00:00+08:00');
    await at('2026-03-10T00:00:00+08:00');
    const rungs = async () =>
      (
        await pool.query(
          "select count(*)::int as n from facts where subject_id = $1 and type = 'rung_fired' and body->'clock'->>'kind' in ('resolve', 'resident')",
          [order.id],
        )
      ).rows[0].n;
    expect(await rungs()).toBe(0);
    expect((await clocksOf(order.id)).resolve?.state).toBe('paused');
  });
});
