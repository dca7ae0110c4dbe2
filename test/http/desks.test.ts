import { expect, test } from 'vitest';
import { deskOf } from '../../src/domain/todo.ts';
import { findTodo } from '../../src/store/todo.ts';
import { aLight, demo } from '../support/city.ts';

const { call, act, clock, pool, deps, runtime } = await demo();
const lights = 'unit:510107-urban-management';
const water = 'unit:510107-water';
const chengguan = '510107-urban-management';

const made = async (more: object = {}) => (await call('operator', 'POST', 'requests', aLight(more))).body.workOrder;
type Item = { kind: string; dueAt: string | null; light: string; workOrder: { id: string } | null } & Record<
  string,
  string
>;
const todo = async (as: string, headers = {}): Promise<Item[]> => {
  const page = await call(as, 'GET', 'todo?limit=200', undefined, headers);
  expect(page.status, page.text).toBe(200);
  expect(page.body.nextCursor).toBeNull();
  return page.body.items;
};
const of = (items: Item[], order: { id: string }) => items.filter((i) => i.workOrder?.id === order.id);
const ask = (as: string, id: string, body: object) =>
  call(as, 'POST', `work-orders/${id}/approvals`, { reason: '理由', ...body });
const pause = { kind: 'suspension', cause: 'force_majeure', until: '2026-03-20T18:00:00+08:00' };

test('what waits for a unit: its queue, then what its clerk has signed, and nothing of another’s', async () => {
  const order = await made();
  expect(of(await todo(lights), order)).toMatchObject([
    {
      kind: 'claim',
      dueAt: '2026-03-02T14:00:00+08:00',
      light: 'green',
      workOrder: { number: order.number, state: 'dispatched' },
    },
  ]);
  const name = { 'gridcall-actor': 'clerk one' };
  await call(lights, 'POST', `work-orders/${order.id}/actions/sign`, {}, { ...name, 'if-match': '*' });
  expect(of(await todo(lights, name), order)).toMatchObject([{ kind: 'handle' }]);
  expect(of(await todo(lights, { 'gridcall-actor': 'clerk two' }), order)).toEqual([]);
  expect(of(await todo(water), order)).toEqual([]);
});

test('what waits for the hotline: placing, answering, dispatching, reviews, and approvals of each desk', async () => {
  const nowhere = await made({ location: null });
  const question = await made({ kind: 'consult' });
  const held = await made({ disposition: 'hold' });
  await act('operator', held.id, 'accept');
  for (const as of ['operator', 'dispatcher']) expect(of(await todo(as), nowhere)).toMatchObject([{ kind: 'place' }]);
  expect(of(await todo('operator'), question)).toMatchObject([{ kind: 'answer' }]);
  expect(of(await todo('dispatcher'), question)).toEqual([]);
  expect(of(await todo('dispatcher'), held)).toMatchObject([{ kind: 'dispatch' }]);

  const order = await made();
  await act(lights, order.id, 'sign');
  await act(lights, order.id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
  const { body } = await ask(lights, order.id, pause);
  expect(of(await todo('dispatcher'), order)).toMatchObject([
    { kind: 'approval', approvalId: body.id, approvalKind: 'suspension', dueAt: '2026-03-03T18:00:00+08:00' },
  ]);
  expect(of(await todo('shiftLeader'), order)).toEqual([]);
  await act(lights, order.id, 'submit', { result: 'solved', evidence: [{ text: '好了' }], requesterTold: true });
  expect(of(await todo('dispatcher'), order)).toEqual([]);
  expect(of(await todo('operator'), order)).toMatchObject([{ kind: 'review' }]);
  const street = order.placement.path.find((step: { level: string }) => step.level === 'street').code;
  expect(of(await todo(`unit:${street}`), order)).toMatchObject([{ kind: 'review' }]);
  await act('operator', order.id, 'review', { passed: true });
  expect(of(await todo('gridWorker'), order)).toMatchObject([{ kind: 'verify' }]);
  await act('gridWorker', order.id, 'verify', { passed: true });
  expect(of(await todo('followUp'), order)).toMatchObject([{ kind: 'follow_up', followUpId: expect.any(String) }]);
  expect(of(await todo('gridWorker'), order)).toEqual([]);
});

test('what a unit is to decide waits for its leaders, and is gone once decided', async () => {
  const order = await made();
  await act(lights, order.id, 'sign');
  await act(lights, order.id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
  const { body } = await ask(lights, order.id, {
    kind: 'on_account',
    plan: '随路改造',
    until: '2026-04-20T18:00:00+08:00',
  });
  expect(of(await todo('unit:510107'), order)).toMatchObject([{ kind: 'approval', approvalId: body.id }]);
  await call('unit:510107', 'POST', `approvals/${body.id}/decision`, { granted: false, reason: '可以现在做' });
  expect(of(await todo('unit:510107'), order)).toEqual([]);
});

test('pages come by due time, every item once, whatever kinds they are of', async () => {
  const all = await todo('dispatcher');
  expect(new Set(all.map((i) => i.kind)).size).toBeGreaterThan(1);
  const dues = all.map((i) => (i.dueAt === null ? Number.POSITIVE_INFINITY : Date.parse(i.dueAt)));
  expect(dues).toEqual(dues.toSorted((a, b) => a - b));
  const paged: Item[] = [];
  let cursor: string | null = '';
  do {
    const page = await call('dispatcher', 'GET', `todo?limit=1${cursor ? `&cursor=${cursor}` : ''}`);
    paged.push(...page.body.items);
    cursor = page.body.nextCursor;
  } while (cursor !== null);
  expect(paged).toEqual(all);
});

test('the light is that of the clock it is due by', async () => {
  const order = await made();
  const lightAt = async (at: string) => {
    clock.set(at);
    return of(await todo(lights), order)[0]?.light;
  };
  expect(await lightAt('2026-03-02T09:00:00+08:00')).toBe('green');
  expect(await lightAt('2026-03-02T13:59:00+08:00')).toBe('yellow');
  expect(await lightAt('2026-03-02T14:01:00+08:00')).toBe('red');
  clock.set('2026-03-02T09:00:00+08:00');
});

test('every kind of todo is read by an index of its own, none by a walk through all orders', async () => {
  const { city, powers } = deps.city();
  const everything = deskOf(
    {
      client: 'x',
      name: 'x',
      roles: [
        'operator',
        'dispatcher',
        'unit_clerk',
        'unit_leader',
        'street_centre',
        'grid_worker',
        'inspector',
        'follow_up_agent',
      ],
      unit: '510107001',
      areas: ['510107001'],
      requests: [],
      system: false,
    },
    city,
    powers,
  );
  const plans: string[] = [];
  const tx = await pool.connect();
  try {
    await tx.query('begin');
    // Ten rows would be walked and sorted; what matters is that thousands need not be.
    for (const way of ['seqscan', 'bitmapscan', 'sort']) await tx.query(`set local enable_${way} = off`);
    const explaining = {
      query: async (text: string, values: unknown[]) => {
        const { rows } = await tx.query(`explain ${text}`, values);
        plans.push(rows.map((r) => r['QUERY PLAN']).join('\n'));
        return { rows: [] };
      },
    };
    await findTodo(explaining as never, everything, { after: null, limit: 10 });
  } finally {
    await tx.query('rollback');
    tx.release();
  }
  const [plan = ''] = plans;
  for (const index of [
    'todo_claim',
    'todo_handle',
    'todo_place',
    'todo_answer',
    'todo_dispatch',
    'todo_review',
    'todo_verify',
    'coordination_calls_held',
    'coordination_orders_open',
    'undertakings_to_decide',
    'todo_tasks',
  ])
    expect(plan).toContain(index);
  expect(plan).not.toContain('Seq Scan');
});

test('what somebody did, the last first, in pages; nobody else’s', async () => {
  const name = { 'gridcall-actor': encodeURIComponent('张三') };
  const order = await made();
  await call(lights, 'POST', `work-orders/${order.id}/actions/sign`, {}, { ...name, 'if-match': '*' });
  await call(
    lights,
    'POST',
    `work-orders/${order.id}/actions/contact`,
    { how: '电话', whom: '诉求人', outcome: 'reached' },
    { ...name, 'if-match': '*' },
  );
  const first = await call(lights, 'GET', 'done?limit=1', undefined, name);
  expect(first.body.items).toMatchObject([{ type: 'contact', workOrder: { id: order.id, number: order.number } }]);
  const second = await call(lights, 'GET', `done?limit=1&cursor=${first.body.nextCursor}`, undefined, name);
  expect(second.body).toMatchObject({ items: [{ type: 'sign' }], nextCursor: null });
  const other = await call(lights, 'GET', 'done', undefined, { 'gridcall-actor': 'somebody else' });
  expect(other.body.items).toEqual([]);
});

test('a granted return gives the dispatcher the repair of the directory; done once, and for nobody else', async () => {
  const order = await made();
  await act(lights, order.id, 'sign');
  const { body } = await ask(lights, order.id, { kind: 'return', basis: '不在清单', proposedUnit: '510107-water' });
  await call('dispatcher', 'POST', `approvals/${body.id}/decision`, { granted: true, reason: '同意' });
  const task = of(await todo('dispatcher'), order).find((i) => i.kind === 'task');
  expect(task).toMatchObject({ taskKind: 'directory_repair', dueAt: '2026-03-03T18:00:00+08:00' });
  const finish = (as: string) => call(as, 'POST', `tasks/${task?.taskId}/done`, { outcome: '目录已改' });
  expect((await finish('operator')).status).toBe(404);
  expect((await finish('dispatcher')).body).toMatchObject({ kind: 'directory_repair', doneBy: 'dispatcher' });
  expect((await finish('dispatcher')).body).toMatchObject({ status: 409, code: 'task-done' });
  expect(of(await todo('dispatcher'), order)).toEqual([]);
});

const aPost = (unit: string, role: string) => {
  const post = deps.city().city.posts.find((p) => p.unit === unit && p.role === role);
  if (post === undefined) throw new Error(`${unit} has no ${role}`);
  return post;
};

test('L2 a post is switched to B and back by one call, and only by those who may', async () => {
  const post = aPost(chengguan, 'unit_clerk');
  const put = (as: string, holder: string, code = post.code) => call(as, 'PUT', `posts/${code}/acting`, { holder });
  expect((await put(water, 'B')).body).toMatchObject({ status: 403, code: 'not-yours' });
  expect((await put(lights, 'B', 'no-such')).status).toBe(404);
  expect((await put(lights, 'C')).status).toBe(400);
  expect((await put(lights, 'B')).body).toMatchObject({ acting: 'B', holder: post.holderB, unit: { code: chengguan } });
  await runtime.reloadCity();
  expect(aPost(chengguan, 'unit_clerk').acting).toBe('B');
  clock.pass(1000);
  expect((await put('unit:510107', 'A')).body).toMatchObject({ acting: 'A', holder: post.holderA });
  await runtime.reloadCity();
});

test('L25 whoever leaves hands over everything open by one call, and the post with it', async () => {
  const post = aPost(chengguan, 'unit_clerk');
  const as = { 'gridcall-actor': post.holderA, 'if-match': '*' };
  const [one, two, done] = [await made(), await made(), await made()];
  for (const { id } of [one, two, done]) await call(lights, 'POST', `work-orders/${id}/actions/sign`, {}, as);
  await act('operator', done.id, 'withdraw', {
    requestId: (await call('operator', 'GET', `work-orders/${done.id}`)).body.requests[0].id,
  });
  clock.pass(1000);
  const left = await call(lights, 'POST', `posts/${post.code}/hand-over`, { to: 'newcomer', note: '调离' });
  expect(left.status, left.text).toBe(200);
  expect(left.body).toMatchObject({ post: post.code, from: post.holderA, to: 'newcomer', note: '调离' });
  expect(new Set(left.body.items.map((i: Item) => i.workOrder?.id))).toEqual(new Set([one.id, two.id]));
  expect((await call('operator', 'GET', `work-orders/${one.id}`)).body.clerk).toBe('newcomer');
  const { items } = (await call('operator', 'GET', `work-orders/${one.id}/events?limit=200`)).body;
  expect(items.at(-1)).toMatchObject({ type: 'clerk_changed', body: { before: post.holderA, clerk: 'newcomer' } });
  await runtime.reloadCity();
  expect(aPost(chengguan, 'unit_clerk').holderA).toBe('newcomer');
  const again = await call(lights, 'POST', `posts/${post.code}/hand-over`, { to: 'newcomer' });
  expect(again.body).toMatchObject({ status: 409, code: 'same-holder' });
});

test('a shift hands its desk over with the list of what is open, which is kept', async () => {
  const held = await made({ disposition: 'hold' });
  await act('operator', held.id, 'accept');
  const handed = await call('dispatcher', 'POST', 'shifts/dispatcher/hand-over', {
    to: 'night shift',
    note: '两件未派',
  });
  expect(handed.status, handed.text).toBe(200);
  expect(handed.body).toMatchObject({ shift: 'dispatcher', to: 'night shift', note: '两件未派' });
  expect(handed.body.items).toEqual(await todo('dispatcher'));
  const { rows } = await pool.query('select from_actor, jsonb_array_length(items) as n from hand_overs where id = $1', [
    handed.body.id,
  ]);
  expect(rows).toEqual([{ from_actor: 'dispatcher', n: handed.body.items.length }]);
  expect((await call('operator', 'POST', 'shifts/dispatcher/hand-over', { to: 'x' })).body.code).toBe('not-yours');
  expect((await call('dispatcher', 'POST', 'shifts/kitchen/hand-over', { to: 'x' })).body).toMatchObject({
    status: 404,
    code: 'shift-unknown',
  });
});

test('an assist has a deadline of its own, stops when its unit says so, and leaves the owner', async () => {
  const order = await made();
  const given = await call('dispatcher', 'POST', `work-orders/${order.id}/assists`, {
    unit: '510107-water',
    task: '排水',
  });
  expect(given.status, given.text).toBe(201);
  expect(given.body).toMatchObject({
    unit: { code: '510107-water' },
    task: '排水',
    completedAt: null,
    workOrder: { id: order.id },
  });
  expect(Date.parse(given.body.dueAt)).toBeLessThan(Date.parse('2026-03-09T23:59:59+08:00'));
  expect(of(await todo(water), order)).toMatchObject([
    { kind: 'assist', assistId: given.body.id, dueAt: given.body.dueAt },
  ]);
  const complete = (as: string) => call(as, 'POST', `assists/${given.body.id}/complete`, { result: '已排' });
  expect((await complete(lights)).body).toMatchObject({ status: 403, code: 'not-yours' });
  expect((await complete('unit:510107-fire')).status).toBe(404);
  expect((await complete(water)).body).toMatchObject({ result: '已排', completedAt: expect.any(String) });
  expect((await complete(water)).body).toMatchObject({ status: 409, code: 'assist-done' });
  const whole = (await call('operator', 'GET', `work-orders/${order.id}`)).body;
  expect(whole).toMatchObject({ state: 'dispatched', version: order.version, responsibleUnit: { code: chengguan } });
  expect(whole.clocks.find((c: { about: string }) => c.about === given.body.id)).toMatchObject({ state: 'stopped' });
  expect(of(await todo(water), order)).toEqual([]);
  const wrong = await call('dispatcher', 'POST', `work-orders/${order.id}/assists`, { unit: chengguan, task: 'x' });
  expect(wrong.body).toMatchObject({ status: 409, code: 'same-unit' });
});
