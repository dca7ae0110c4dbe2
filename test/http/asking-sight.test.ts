import { beforeEach, expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';
import { askingIn, content, lightsUnit } from '../support/follow-ups.ts';

const city = await demo();
const { call, act, keys, pool } = city;
const { finish, handled, claims, take, attempt, answer, order } = askingIn(city);
const unit = `unit:${lightsUnit}`;

beforeEach(async () => {
  await pool.query("update follow_ups set state = 'cancelled', take_from = null where state = 'open'");
});

const eventsOf = async (id: string, as: string) => (await call(as, 'GET', `work-orders/${id}/events`)).body.items;

test('the handling unit sees what came of the asking, and not who asked, when, or what was said beside', async () => {
  const id = await handled();
  const followUp = await take();
  await attempt(followUp, { outcome: 'answered', callRecordId: 'rec-5' });
  await call(
    'followUp',
    'POST',
    `follow-ups/${followUp}/answer`,
    { ...content, comment: '小李人很好', askedToChange: true },
    {
      'gridcall-actor': 'agent-7',
    },
  );
  const own = await order(id, unit);
  expect(own.followUps).toMatchObject([
    { state: 'answered', by: null, attempts: [], answer: { solved: 'yes', comment: null, askedToChange: null } },
  ]);
  const seen = JSON.stringify([own, await eventsOf(id, unit)]);
  for (const secret of ['agent-7', 'rec-5', '小李人很好', keys.followUp?.split('_')[2] ?? '', 'asked_to_change'])
    expect(seen).not.toContain(secret);
  const whole = await order(id);
  expect(whole.followUps).toMatchObject([
    { by: 'agent-7', attempts: [{ callRecordId: 'rec-5' }], answer: { comment: '小李人很好', askedToChange: true } },
  ]);
});

test('the words of whoever was asked to change a rating are the inspector’s to read, and go back to no unit', async () => {
  const id = await handled();
  const secret = '办事员老周让我改成满意';
  const pressed = { contacted: true, solved: 'no', satisfaction: 'dissatisfied', reason: 'attitude' };
  await answer(await take(), { ...pressed, askedToChange: true, comment: secret });
  const own = await order(id, unit);
  expect(own.state).toBe('rework');
  const paths = [
    `work-orders/${id}`,
    `work-orders/${id}/events`,
    'work-orders?limit=200',
    'changes?limit=200',
    'todo',
    `requests/${own.requests[0].id}`,
  ];
  const told = [];
  for (const path of paths) {
    const read = await call(unit, 'GET', path);
    expect(read.status, path).toBe(200);
    told.push(read.text);
  }
  const taken = await call(unit, 'POST', `units/${lightsUnit}/claims`, { lease: 600, max: 50 });
  expect(taken.text).toContain(id);
  told.push(taken.text, (await order(id)).notes);
  const { rows } = await pool.query('select body::text from facts where subject_id = $1', [id]);
  expect(JSON.stringify([told, rows])).not.toContain(secret);
  for (const reader of ['inspector', 'auditor'])
    expect((await order(id, reader)).followUps).toMatchObject([{ answer: { askedToChange: true, comment: secret } }]);
});

test('pressure on a resident is a task of the inspector, and no unit finds a trace of it', async () => {
  const start = (await call(unit, 'GET', 'changes?limit=200')).body.nextCursor;
  const id = await handled();
  await answer(await take(), { ...content, askedToChange: true });
  const { items } = (await call('inspector', 'GET', 'todo')).body;
  const task = items.find((i: { workOrder: { id: string } | null }) => i.workOrder?.id === id);
  expect(task).toMatchObject({ kind: 'task', taskKind: 'asked_to_change_rating', dueAt: '2026-03-03T18:00:00+08:00' });
  const types = (found: { type: string }[]) => found.map((each) => each.type);
  expect(types(await eventsOf(id, 'inspector'))).toContain('asked_to_change_rating');
  expect(types(await eventsOf(id, unit))).not.toContain('asked_to_change_rating');
  const feed = async (as: string) =>
    types((await call(as, 'GET', `changes?limit=200&since=${start ?? ''}`)).body.items);
  expect(await feed('inspector')).toContain('asked_to_change_rating');
  expect(await feed(unit)).toContain('follow_up_answered');
  expect(await feed(unit)).not.toContain('asked_to_change_rating');
  expect((await call(unit, 'GET', 'todo')).text).not.toContain('asked_to_change');
});

test('a unit that talks to the resident while somebody else asks is logged and marked; before and after it is contact', async () => {
  const id = await handled();
  const followUp = await take();
  expect((await order(id)).followUps).toMatchObject([{ unitContacted: false }]);
  const tried = await act(unit, id, 'contact', { how: '电话', whom: '诉求人', outcome: 'no_answer' });
  expect([tried.status, tried.body.state]).toEqual([200, 'following_up']);
  expect((await order(id)).followUps).toMatchObject([{ unitContacted: false }]);
  const talked = await act(unit, id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
  expect([talked.status, talked.body.state, talked.body.contacts.length]).toEqual([200, 'following_up', 3]);
  expect((await order(id)).followUps).toMatchObject([{ id: followUp, unitContacted: true }]);
  const marks = (await eventsOf(id, 'operator')).filter((f: { type: string }) => f.type === 'unit_contacted');
  expect(marks).toMatchObject([{ actor: { unit: lightsUnit }, body: { followUps: [followUp] } }]);
  await answer(followUp);
  expect((await act(unit, id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' })).status).toBe(409);
});

test('“not solved” goes back with the resident’s words, and nobody else on it is asked any more', async () => {
  const first = await handledWith('甲');
  const other = (
    await call('operator', 'POST', 'requests', aLight({ requester: { name: '乙', phone: '13800005555' } }))
  ).body;
  await act('dispatcher', other.workOrder.id, 'merge', { into: first });
  await finish(first);
  const [one, two] = (await claims({ max: 2 })).body.claims.map((c: { followUp: { id: string } }) => c.followUp.id);
  await answer(one, { contacted: true, solved: 'partly', satisfaction: 'basically', comment: '只修好一盏' });
  const back = await order(first, unit);
  expect(back.state).toBe('rework');
  expect(back.notes).toMatchObject([{ text: '只修好一盏', public: false, actor: 'resident' }]);
  expect(back.followUps.map((f: { state: string }) => f.state).toSorted()).toEqual(['answered', 'cancelled']);
  expect((await answer(two)).body.code).toBe('follow-up-done');
  const { rows } = await pool.query('select 1 from facts where subject_id = $1 and body::text like $2', [
    first,
    '%只修好%',
  ]);
  expect(rows).toEqual([]);
});

test('the order closes when each of its residents has answered or was not reached', async () => {
  const first = await handledWith('丙');
  const other = (
    await call('operator', 'POST', 'requests', aLight({ requester: { name: '丁', phone: '13800006666' } }))
  ).body;
  await act('dispatcher', other.workOrder.id, 'merge', { into: first });
  await finish(first);
  const [one, two] = (await claims({ max: 2 })).body.claims.map((c: { followUp: { id: string } }) => c.followUp.id);
  await answer(one);
  expect((await order(first)).state).toBe('following_up');
  await attempt(two, { outcome: 'wrong_number' });
  expect((await order(first)).state).toBe('closed');
});

/** An order that is dispatched and not yet handled. */
async function handledWith(name: string): Promise<string> {
  const made = await call('operator', 'POST', 'requests', aLight({ requester: { name, phone: '13800004444' } }));
  expect(made.status, made.text).toBe(201);
  return made.body.workOrder.id;
}
