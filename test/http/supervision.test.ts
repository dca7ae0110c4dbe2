import { beforeEach, describe, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo, monday } from '../support/city.ts';

const { act, call, clock, deps, pool } = await demo();
const owner = '510107-urban-management';
const unit = `unit:${owner}`;
const district = 'unit:510107';

beforeEach(async () => {
  // What earlier tests have begun waits for nothing more.
  await pool.query("update clocks set state = 'stopped', next_rung_at = null");
  await pool.query("update supervision_orders set state = 'withdrawn', next_rung_at = null");
  await pool.query('update work_orders set claimable = false, pressing = false');
  clock.set(monday);
});

const register = async (remarkable: object = {}) => {
  const made = await call('operator', 'POST', 'requests', aLight(remarkable));
  expect(made.status, made.text).toBe(201);
  return made.body.workOrder;
};
const order = async (id: string) => (await call('dispatcher', 'GET', `work-orders/${id}`)).body;
const done = async (as: string, id: string, action: string, body: object = {}): Promise<void> => {
  const { status, text } = await act(as, id, action, body);
  expect(status, `${action}: ${text}`).toBe(200);
};
const first = await register();
const street: string = first.placement.path.find((step: { level: string }) => step.level === 'street').code;
const byStreet = `unit:${street}`;

const handled = async (): Promise<string> => {
  const { id } = await register();
  await done(unit, id, 'sign');
  await done(unit, id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
  return id;
};
const unplaced = async (): Promise<string> => (await register({ location: null })).id;
const factsOf = async (id: string, type: string): Promise<{ unit: string; body: Record<string, unknown> }[]> =>
  (await pool.query('select unit, body from facts where subject_id = $1 and type = $2 order by id', [id, type])).rows;
const firedAt = async (moment: string): Promise<void> => {
  clock.set(moment);
  await Promise.all([1, 2, 3, 4].map(() => fireDue(deps)));
};
const issue = (as: string, workOrderIds: string[], more: object = {}) =>
  call(as, 'POST', 'supervision-orders', {
    unit: owner,
    workOrderIds,
    grade: 'daily',
    demand: '说明何时修好',
    ...more,
  });
const issued = async (workOrderIds: string[], as = byStreet): Promise<{ id: string; replyBy: string }> => {
  const made = await issue(as, workOrderIds);
  expect(made.status, made.text).toBe(201);
  return made.body;
};
const answer = (as: string, id: string, what: 'reply' | 'accept' | 'refuse', body: object = {}) =>
  call(as, 'POST', `supervision-orders/${id}/${what}`, body);
const seen = async (id: string, as = 'shiftLeader') => (await call(as, 'GET', `supervision-orders/${id}`)).body;
const allOn = async (workOrderId: string) =>
  (await call('shiftLeader', 'GET', `supervision-orders?workOrderId=${workOrderId}`)).body.items;

describe('a person supervises a unit', () => {
  test('201 for the street of the place: many orders on one, shown on each, by its grade’s time', async () => {
    const ids = [await handled(), await handled()];
    const made = await issue(byStreet, ids);
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({
      state: 'issued',
      grade: 'daily',
      unit: { code: owner },
      by: { code: street },
      automatic: false,
      workOrderIds: ids,
      replyBy: '2026-03-05T18:00:00+08:00',
    });
    expect(made.headers.location).toBe(`/v1/supervision-orders/${made.body.id}`);
    for (const id of ids)
      expect((await order(id)).supervisionOrders).toMatchObject([{ id: made.body.id, state: 'issued' }]);
    const [fact] = await factsOf(made.body.id, 'supervision_issue');
    expect(fact?.unit).toBe(owner);
  });

  test('who is above it, whose place it is and the hotline may; never on an order of its own, nor of another unit', async () => {
    const id = await handled();
    expect((await issue(district, [id])).status).toBe(201);
    expect((await issue('shiftLeader', [id])).status).toBe(201);
    const other = `unit:${['510107001', '510107002'].find((code) => code !== street)}`;
    expect((await issue(other, [id])).body.code).toBe('not-found');
    expect((await issue(unit, [id])).body.code).toBe('own-order');
    expect((await issue(district, [id], { unit: '510107-water' })).body.code).toBe('not-answerable');
    const own = await issue('shiftLeader', [await unplaced()], { unit: 'hotline' });
    expect(own.body.code).toBe('own-order');
    expect((await issue('gridWorker', [id])).status).toBe(403);
    expect((await issue(byStreet, ['0199a000-0000-7000-8000-000000000001'])).body.code).toBe('not-found');
    expect((await issue(byStreet, [id], { replyBy: '2026-03-01T09:00:00+08:00' })).body.code).toBe('in-the-past');
  });

  test('the supervised order is claimed before all others until the unit has replied', async () => {
    const urgent = await register({ urgency: 'urgent', title: '急' });
    const plain = await register();
    const queue = async () =>
      (await call(unit, 'GET', `units/${owner}/queue`)).body.head.map((item: { id: string }) => item.id);
    expect((await queue())[0]).toBe(urgent.id);
    const { id } = await issued([plain.id]);
    expect((await queue())[0]).toBe(plain.id);
    const claimed = await call(unit, 'POST', `units/${owner}/claims`, { max: 1, wait: 0 });
    expect(claimed.body.claims[0].workOrder.id).toBe(plain.id);
    expect((await answer(unit, id, 'reply', { text: '今日修复' })).status).toBe(200);
    expect((await queue())[0]).toBe(urgent.id);
    expect((await answer(byStreet, id, 'refuse', { reason: '未修复' })).status).toBe(200);
    expect((await queue())[0]).toBe(plain.id);
  });

  test('the unit replies, the street refuses with a reason and accepts at last; todo shows whose turn it is', async () => {
    const { id } = await issued([await handled()]);
    const waits = async (as: string, kind: string) =>
      (await call(as, 'GET', 'todo?limit=200')).body.items.filter(
        (item: { kind: string; supervisionOrderId?: string }) => item.kind === kind && item.supervisionOrderId === id,
      ).length;
    expect(await waits(unit, 'supervision_reply')).toBe(1);
    expect((await answer(byStreet, id, 'accept')).body.code).toBe('wrong-state');
    expect((await answer(district, id, 'reply', { text: '代答' })).status).toBe(403);
    expect((await answer(unit, id, 'reply', { text: '今日修复' })).body).toMatchObject({ state: 'replied' });
    expect([await waits(unit, 'supervision_reply'), await waits(byStreet, 'supervision_verdict')]).toEqual([0, 1]);
    expect((await answer(unit, id, 'accept')).status).toBe(403);
    const refused = await answer(byStreet, id, 'refuse', { reason: '没有照片', replyBy: '2026-03-03T12:00:00+08:00' });
    expect(refused.body).toMatchObject({ state: 'issued', replyBy: '2026-03-03T12:00:00+08:00' });
    await answer(unit, id, 'reply', { text: '照片已附' });
    expect((await answer(byStreet, id, 'accept')).body).toMatchObject({
      state: 'accepted',
      replies: [{ verdict: 'refused', reason: '没有照片' }, { verdict: 'accepted' }],
    });
  });

  test('404 for whom it does not concern; the unit, those above it, the issuer and the hotline see it', async () => {
    const { id } = await issued([await handled()]);
    const statuses = await Promise.all(
      [unit, byStreet, district, 'shiftLeader', 'unit:510107-water', 'unit:510107002001'].map(
        async (as) => (await call(as, 'GET', `supervision-orders/${id}`)).status,
      ),
    );
    expect(statuses.slice(0, 4)).toEqual([200, 200, 200, 200]);
    expect(statuses.slice(4).every((status) => status === 404 || status === 401)).toBe(true);
    const listed = await call(unit, 'GET', 'supervision-orders?state=issued&limit=1');
    expect(listed.body.items.map((item: { id: string }) => item.id)).toEqual([id]);
  });

  test('its record and its clock are read by whoever sees it', async () => {
    const { id, replyBy } = await issued([await handled()]);
    const events = await call(unit, 'GET', `supervision-orders/${id}/events`);
    expect(events.body.items).toMatchObject([{ type: 'supervision_issue', unit: owner, body: { grade: 'daily' } }]);
    const clocks = await call(unit, 'GET', `supervision-orders/${id}/clocks`);
    expect(clocks.body.items).toMatchObject([
      { kind: 'supervision_reply', dueAt: replyBy, segments: [{ event: 'supervision_issued', dueAt: replyBy }] },
    ]);
    expect((await call('unit:510107-water', 'GET', `supervision-orders/${id}/events`)).status).toBe(404);
  });

  test('an order that ends leaves its supervision order, and with its last one that ends', async () => {
    const ids = [(await register()).id, (await register()).id];
    const { id } = await issued(ids);
    await done('shiftLeader', ids[0] ?? '', 'void', { reason: '重复' });
    expect(await seen(id)).toMatchObject({ state: 'issued', workOrderIds: [ids[1]], leftWorkOrderIds: [ids[0]] });
    await done('shiftLeader', ids[1] ?? '', 'void', { reason: '重复' });
    expect(await seen(id)).toMatchObject({ state: 'withdrawn', workOrderIds: [] });
  });
});

describe('the ladder supervises', () => {
  test('a limit that passes: warned at 80 %, urged at it, supervised a working day later by the street, listed after five', async () => {
    const ids = [await handled(), await handled()];
    const [id = ''] = ids;
    const due = (await order(id)).clocks.find((c: { kind: string }) => c.kind === 'resolve').dueAt;
    expect(due).toBe('2026-03-09T23:59:59+08:00');
    const ofWork = async (type: string) =>
      (await factsOf(id, type)).filter(({ body }) => (body.clock as { kind: string }).kind === 'resolve').length;
    await firedAt('2026-03-09T23:59:58+08:00');
    expect([await ofWork('warned'), await ofWork('urged')]).toEqual([1, 0]);
    await firedAt(due);
    expect([await ofWork('warned'), await ofWork('urged')]).toEqual([1, 1]);
    expect(await allOn(id)).toEqual([]);
    await firedAt('2026-03-10T17:59:59+08:00');
    expect(await allOn(id)).toEqual([]);
    await firedAt('2026-03-10T18:00:00+08:00');
    const found = await allOn(id);
    expect(found).toMatchObject([{ automatic: true, grade: 'daily', unit: { code: owner }, by: { code: street } }]);
    expect(found[0].workOrderIds.toSorted()).toEqual(ids.toSorted()); // gathered: one per unit and day
    await answer(unit, found[0].id, 'reply', { text: '备件未到' });
    await firedAt('2026-03-16T18:00:00+08:00');
    const later = await allOn(id);
    expect(later).toHaveLength(2);
    expect(later[0]).toMatchObject({ grade: 'listed', workOrderIds: expect.arrayContaining(ids) });
  });

  test('why tells each firing with its rung and the version of the policy', async () => {
    const id = await handled();
    await firedAt('2026-03-10T18:00:00+08:00');
    const { rules } = (await call('dispatcher', 'GET', `work-orders/${id}/why`)).body;
    const fired = rules
      .filter((rule: { type: string }) => rule.type === 'rung_fired')
      .map(({ body }: { body: { rung: string; policy: string; clock: { kind: string } } }) => body)
      .filter(({ clock: { kind } }: { clock: { kind: string } }) => kind === 'resolve');
    expect(fired.map(({ rung }: { rung: string }) => rung)).toEqual(['warn', 'work_limit', 'work_supervised']);
    expect(new Set(fired.map(({ policy }: { policy: string }) => policy))).toEqual(new Set(['default-1']));
    const events = (await call('dispatcher', 'GET', `work-orders/${id}/events?limit=200`)).body.items;
    const limit = events.find((event: { body: { rung?: string } }) => event.body.rung === 'work_limit');
    const due = '2026-03-09T23:59:59+08:00';
    expect(limit.body).toMatchObject({ rungAt: due, clock: { dueAt: due } });
  });

  test('an unanswered supervision order rises by a grade and a level each time its limit passes', async () => {
    const { id, replyBy } = await issued([await handled()]);
    await firedAt(new Date(Date.parse(replyBy) - 1000).toISOString());
    expect(await seen(id)).toMatchObject({ grade: 'daily', by: { code: street } });
    await firedAt(replyBy);
    const risen = await seen(id);
    expect(risen).toMatchObject({
      grade: 'listed',
      by: { code: '510107' },
      escalations: [{ from: 'daily', to: 'listed' }],
    });
    await firedAt(risen.replyBy);
    expect(await seen(id)).toMatchObject({ grade: 'circular', by: { code: 'hotline' } });
  });

  test('an order thirty minutes unsigned asks a shift leader, whose word is in its record', async () => {
    const { id } = await register({ urgency: 'urgent' });
    await firedAt('2026-03-02T09:30:00+08:00');
    const items = (await call('shiftLeader', 'GET', 'todo?limit=200')).body.items;
    const task = items.find(
      (item: { taskKind?: string; workOrder?: { id: string } }) =>
        item.taskKind === 'unacknowledged' && item.workOrder?.id === id,
    );
    expect((await call('shiftLeader', 'POST', `tasks/${task.taskId}/done`, {})).body.code).toBe('reason-missing');
    const logged = await call('shiftLeader', 'POST', `tasks/${task.taskId}/done`, { outcome: '已电话确认' });
    expect(logged.status, logged.text).toBe(200);
    expect((await factsOf(id, 'human_acknowledged'))[0]?.body).toEqual({ outcome: '已电话确认' });
  });

  test('an assist to make safe is a shift leader’s word too, and a signature ends the wait for one', async () => {
    const waits = async (id: string) =>
      (await call('shiftLeader', 'GET', 'todo?limit=200')).body.items.filter(
        (item: { taskKind?: string; workOrder?: { id: string } }) =>
          item.taskKind === 'unacknowledged' && item.workOrder?.id === id,
      ).length;
    const [sent, signed] = [await register({ urgency: 'urgent' }), await register({ urgency: 'urgent' })];
    await firedAt('2026-03-02T09:30:00+08:00');
    expect([await waits(sent.id), await waits(signed.id)]).toEqual([1, 1]);
    const given = await call('shiftLeader', 'POST', `work-orders/${sent.id}/assists`, {
      unit: '510107-emergency',
      task: '先行处置',
    });
    expect(given.status, given.text).toBe(201);
    expect(await waits(sent.id)).toBe(0);
    expect((await factsOf(sent.id, 'human_acknowledged'))[0]?.body).toEqual({
      outcome: 'assist',
      unit: '510107-emergency',
    });
    await done(unit, signed.id, 'sign');
    expect(await waits(signed.id)).toBe(0);
    expect(await factsOf(signed.id, 'human_acknowledged')).toEqual([]);
  });

  test('an assist that is overdue is supervised at the unit that assists, not at the owner', async () => {
    const id = await handled();
    const given = await call(unit, 'POST', `work-orders/${id}/assists`, { unit: '510107-water', task: '关闸' });
    expect(given.status, given.text).toBe(201);
    await firedAt(given.body.dueAt);
    expect((await factsOf(id, 'urged')).map((fact) => fact.unit)).toEqual(['510107-water']);
    await firedAt('2026-03-09T18:00:00+08:00');
    const found = await allOn(id);
    expect(found).toMatchObject([{ unit: { code: '510107-water' }, by: { code: street }, grade: 'daily' }]);
    expect(found[0].causes).toMatchObject([{ rung: 'assist_supervised', about: 'assist' }]);
    const queue = await call(unit, 'GET', `units/${owner}/queue`);
    expect(queue.body.claimable).toBe(0);
    expect((await pool.query('select pressing from work_orders where id = $1', [id])).rows).toEqual([
      { pressing: false },
    ]);
  });

  test('four workers who look at many orders at once gather them into one supervision order, each once', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, async () => (await register()).id as string));
    await firedAt('2026-03-10T18:00:00+08:00');
    const all = await Promise.all(ids.map((id) => allOn(id)));
    expect(new Set(all.flat().map((each: { id: string }) => each.id)).size).toBe(1);
    expect(all.flat()[0].workOrderIds.toSorted()).toEqual(ids.toSorted());
    const { rows } = await pool.query(
      "select subject_id, body->>'rung', body->'clock'->>'seq', count(*) from facts where type = 'rung_fired' and subject_id = any($1) group by 1, 2, 3 having count(*) > 1",
      [ids],
    );
    expect(rows).toEqual([]);
  });

  test('a street’s own order is supervised by the district: nobody supervises an order of its own', async () => {
    const { rows } = await pool.query(
      `select s.unit, s.by_unit, w.owner from supervision_orders s join supervision_works x on x.supervision_id = s.id
       join work_orders w on w.id = x.order_id`,
    );
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((row) => row.by_unit === row.unit || row.by_unit === row.owner)).toEqual([]);
    const own = await register();
    await pool.query('update work_orders set owner = $2 where id = $1', [own.id, street]);
    await pool.query('update clocks set unit = $2 where order_id = $1 and unit = $3', [own.id, street, owner]);
    await firedAt('2026-03-10T18:00:00+08:00');
    const found = await allOn(own.id);
    expect(found).toMatchObject([{ unit: { code: street }, by: { code: '510107' } }]);
  });

  test('twice the limit raises the order one level', async () => {
    const id = await handled();
    await firedAt('2026-03-17T00:00:00+08:00');
    expect((await order(id)).problem).toBe(true);
    expect((await factsOf(id, 'problem_order'))[0]?.unit).toBe('510107');
  });
});

describe('the policy', () => {
  const ladder = async () => {
    const { validFrom: _v, ...policy } = (await call('admin', 'GET', 'policies/ladder')).body;
    return policy;
  };
  const put = (body: object, as = 'admin') => call(as, 'PUT', 'policies/ladder', body);

  test('422 with the rows that are wrong; only an admin writes', async () => {
    const policy = await ladder();
    const [row] = policy.rungs;
    const wrong = await put({ ...policy, version: 'wrong', rungs: [...policy.rungs, row] });
    expect([wrong.status, wrong.body.code]).toEqual([422, 'configuration-invalid']);
    expect(wrong.body.errors[0]).toMatchObject({ pointer: '/rows/warn', message: 'id-twice' });
    expect((await put({ ...policy, version: 'mine' }, 'shiftLeader')).status).toBe(403);
    expect((await put(policy)).body.code).toBe('code-taken');
  });

  test('another ladder holds from its date for clocks that run; a rung whose moment is over then never fires', async () => {
    const [late, fresh] = [await handled(), await handled()];
    await firedAt('2026-03-10T00:00:00+08:00');
    const policy = await ladder();
    const rungs = policy.rungs.map((rung: { id: string }) =>
      rung.id === 'work_supervised' ? { ...rung, at: { workingDaysAfter: 2 } } : rung,
    );
    const begun = { clocks: ['resolve'], tiers: null, urgency: null, actions: [{ do: 'tell', whom: 'district' }] };
    const more = [
      { id: 'half', at: { percent: 50 }, ...begun },
      { id: 'third_day', at: { workingDaysAfter: 3 }, ...begun },
    ];
    const validFrom = '2026-03-10T12:00:00+08:00';
    const next = { ...policy, version: 'second', rungs: [...rungs, ...more], validFrom };
    expect((await put(next)).status).toBe(200);
    await expect.poll(() => deps.city().ladders.length).toBe(2);
    await firedAt('2026-03-10T18:00:00+08:00');
    expect((await ladder()).version).toBe('second');
    expect(await allOn(late)).toEqual([]);
    await firedAt('2026-03-11T18:00:00+08:00');
    expect(await allOn(late)).toHaveLength(1);
    await firedAt('2026-03-12T18:00:00+08:00');
    const fired = async (id: string) =>
      (await factsOf(id, 'rung_fired'))
        .filter(({ body }) => (body.clock as { kind: string }).kind === 'resolve')
        .map(({ body }) => `${String(body.rung)} ${String(body.policy)}`);
    for (const id of [late, fresh])
      expect(await fired(id)).toEqual([
        'warn default-1',
        'work_limit default-1',
        'work_supervised second',
        'third_day second',
      ]);
    expect((await factsOf(late, 'ladder_changed'))[0]?.body).toMatchObject({
      policy: 'second',
      passedOver: [{ rung: 'half' }],
    });
  });
});
