import { expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo } from '../support/city.ts';
import { askingIn, content } from '../support/follow-ups.ts';

// The afternoon before the Mid-Autumn Festival: off from 25 to 27 September, and from 1 to 7 October.
const city = await demo({ at: '2026-09-24T15:00:00+08:00' });
const { call, clock, deps, pool } = city;
const { finish, handled, claims, take, attempt, answer, order } = askingIn(city);

/** Time goes on to this moment, and what comes due on the way fires. */
const moveTo = async (local: string): Promise<void> => {
  clock.set(`${local.replace(' ', 'T')}:00+08:00`);
  await fireDue(deps, { inOrder: true });
};
const refusedAt = async (local: string, id: string): Promise<string | null> => {
  await moveTo(local);
  const { status, body } = await attempt(id, { outcome: 'no_answer' });
  return status === 422 ? body.code : null;
};
const clockOf = async (id: string, kind: string) =>
  (await order(id)).clocks.findLast((c: { kind: string }) => c.kind === kind);

test('G37 three calls at the right hours over a holiday, a link, seven days of silence, and the order closes', async () => {
  const id = await handled();
  expect(await clockOf(id, 'follow_up')).toMatchObject({ dueAt: '2026-10-09T18:00:00+08:00' });
  expect(await clockOf(id, 'first_attempt')).toMatchObject({ dueAt: '2026-09-28T18:00:00+08:00' });
  const followUp = await take();
  expect((await attempt(followUp, { outcome: 'no_answer', callRecordId: 'rec-1' })).body).toMatchObject({
    state: 'open',
    attempts: [{ outcome: 'no_answer', at: '2026-09-24T15:00:00+08:00', callRecordId: 'rec-1' }],
    nextCallAt: '2026-09-24T19:00:00+08:00',
  });
  expect(await clockOf(id, 'first_attempt')).toMatchObject({ state: 'stopped' });

  await moveTo('2026-09-24 18:59');
  expect((await claims()).body.claims).toEqual([]);
  await moveTo('2026-09-24 19:00');
  expect(await take()).toBe(followUp);
  expect(await refusedAt('2026-09-24 20:00', followUp)).toBe('outside-calling-hours');
  expect(await refusedAt('2026-09-25 08:59', followUp)).toBe('outside-calling-hours');
  expect(await refusedAt('2026-09-25 12:00', followUp)).toBe('day-part-used');
  expect(await refusedAt('2026-09-25 17:59', followUp)).toBe('day-part-used');
  await moveTo('2026-09-26 09:00');
  expect((await attempt(followUp, { outcome: 'no_answer' })).body.nextCallAt).toBe('2026-09-26T18:00:00+08:00');

  await moveTo('2026-10-08 13:00');
  expect((await claims()).body.claims).toEqual([]);
  await moveTo('2026-10-08 18:30');
  expect(await take()).toBe(followUp);
  expect((await attempt(followUp, { outcome: 'no_answer' })).body).toMatchObject({
    state: 'open',
    nextCallAt: null,
    linkSentAt: '2026-10-08T18:30:00+08:00',
  });
  expect((await claims()).body.claims).toEqual([]);
  expect(await clockOf(id, 'link')).toMatchObject({ state: 'running', dueAt: '2026-10-15T23:59:59+08:00' });

  await moveTo('2026-10-15 23:59');
  expect((await order(id)).state).toBe('following_up');
  await moveTo('2026-10-16 00:00');
  const ended = await order(id);
  expect(ended).toMatchObject({ state: 'closed', ending: { class: 'followed_up' } });
  expect(ended.followUps).toMatchObject([{ state: 'not_reached', answer: null, answeredAt: null }]);
  const { rows } = await pool.query(
    "select type, at from facts where subject_id = $1 and type ~ '^(follow_up|survey|conclude)' order by id",
    [id],
  );
  expect(rows.map(({ type }) => type)).toEqual([
    'follow_up_attempted',
    'follow_up_attempted',
    'follow_up_attempted',
    'survey_link_sent',
    'follow_up_not_reached',
    'conclude',
  ]);
  expect(rows.at(-1).at).toEqual(new Date('2026-10-15T23:59:59+08:00'));
});

test('G37 whom nobody has called in five working days gets the link then, and the shift leader hears of it', async () => {
  clock.set('2026-10-16T10:00:00+08:00');
  const id = await handled();
  await moveTo('2026-10-19 18:01');
  const told = async () =>
    (await call('shiftLeader', 'GET', 'todo')).body.items.filter(
      (i: { kind: string; workOrder: { id: string } | null }) => i.kind === 'task' && i.workOrder?.id === id,
    ).length;
  expect(await told()).toBe(1);
  await moveTo('2026-10-23 18:01');
  expect(await told()).toBe(2);
  const { followUps } = await order(id);
  expect(followUps).toMatchObject([
    { state: 'open', attempts: [], nextCallAt: null, linkSentAt: '2026-10-23T18:00:00+08:00' },
  ]);
  await pool.query("update follow_ups set state = 'cancelled' where order_id = $1", [id]);
});

test('a call back is offered at the hour the resident named, before everybody else, and not sooner', async () => {
  clock.set('2026-10-26T09:00:00+08:00');
  const other = await handled({ requester: { name: '甲', phone: '13800000001' } });
  const id = await handled({ requester: { name: '乙', phone: '13800000002' } });
  const [first, second] = (await claims({ max: 2 })).body.claims.map(
    (c: { followUp: { id: string } }) => c.followUp.id,
  );
  expect((await attempt(first, { outcome: 'no_answer' })).status).toBe(200);
  const later = await attempt(second, { outcome: 'call_back_at', callBackAt: '2026-10-27T10:30:00+08:00' });
  expect(later.body.nextCallAt).toBe('2026-10-27T10:30:00+08:00');
  await moveTo('2026-10-26 14:00');
  expect(await take('vendor')).toBe(first);
  await attempt(first, { outcome: 'no_answer' }, 'vendor');
  await moveTo('2026-10-27 10:29');
  expect((await claims()).body.claims).toEqual([]);
  await moveTo('2026-10-27 18:30');
  expect((await claims({ max: 2 })).body.claims.map((c: { followUp: { id: string } }) => c.followUp.id)).toEqual([
    second,
    first,
  ]);
  for (const each of [first, second]) expect((await answer(each)).status).toBe(200);
  expect([(await order(other)).state, (await order(id)).state]).toEqual(['closed', 'closed']);
});

test('at night an asker may take whom nobody has called yet, but nobody who was called in vain', async () => {
  clock.set('2026-10-27T19:00:00+08:00');
  const tried = await handled();
  const triedId = await take();
  expect((await attempt(triedId, { outcome: 'no_answer' })).status).toBe(200);
  await moveTo('2026-10-27 23:30');
  const fresh = await handled();
  const freshId = await take();
  expect(freshId).not.toBe(triedId);
  expect((await attempt(freshId, { outcome: 'no_answer' })).body.code).toBe('outside-calling-hours');
  expect((await claims()).body.claims).toEqual([]);
  expect((await answer(freshId)).status).toBe(200);
  await moveTo('2026-10-28 09:00');
  expect((await answer(await take())).status).toBe(200);
  expect([(await order(tried)).state, (await order(fresh)).state]).toEqual(['closed', 'closed']);
});

test('who answered is not called again: the asker keeps the lease and brings the answer', async () => {
  clock.set('2026-10-28T09:00:00+08:00');
  const id = await handled();
  const followUp = await take();
  const said = { outcome: 'answered', at: '2026-10-28T09:00:00+08:00', callRecordId: 'rec-9' };
  const logged = await attempt(followUp, said);
  expect(logged.body.attempts).toHaveLength(1);
  expect((await attempt(followUp, said)).body).toEqual(logged.body);
  expect((await attempt(followUp, { outcome: 'no_answer' }, 'vendor')).body.code).toBe('called-too-soon');
  expect((await answer(followUp)).status).toBe(200);
  expect((await order(id)).state).toBe('closed');
  expect((await attempt(followUp, { outcome: 'no_answer' })).body.code).toBe('follow-up-done');
});

test('only who holds the lease logs a call; a call logged in vain ends it', async () => {
  clock.set('2026-10-29T09:00:00+08:00');
  const id = await handled();
  const followUp = await take();
  expect((await attempt(followUp, { outcome: 'refused' }, 'vendor')).body.code).toBe('lease-lost');
  expect((await attempt(followUp, { outcome: 'wrong_number' })).body).toMatchObject({ state: 'not_reached' });
  expect((await order(id)).state).toBe('closed');
  const again = await handled();
  const next = await take();
  expect((await attempt(next, { outcome: 'no_answer' })).status).toBe(200);
  clock.set('2026-10-29T14:00:00+08:00');
  expect((await attempt(next, { outcome: 'no_answer' })).body.code).toBe('lease-lost');
  expect(await take('vendor')).toBe(next);
  expect((await answer(next, content, 'vendor')).status).toBe(200);
  expect((await order(again)).state).toBe('closed');
});

test('where the resident’s limit passes first an extra one opens; it moves nothing, and a later one asks again', async () => {
  clock.set('2026-11-02T09:00:00+08:00');
  const made = await call('operator', 'POST', 'requests', aLight());
  const { id } = made.body.workOrder;
  await moveTo('2026-11-10 09:00');
  const late = await order(id);
  expect(late.followUps).toMatchObject([{ occasion: 'overdue', round: 1, state: 'open' }]);
  const said = await answer(await take(), { ...content, solved: 'no', satisfaction: 'dissatisfied', reason: 'slow' });
  expect(said.body).toMatchObject({ occasion: 'overdue', state: 'answered' });
  expect((await order(id)).state).toBe(late.state);
  await finish(id, late.state === 'dispatched' ? 0 : 1);
  expect((await order(id)).followUps).toMatchObject([
    { occasion: 'overdue', state: 'answered' },
    { occasion: 'handled', state: 'open' },
  ]);
  await answer(await take());
  expect((await order(id)).state).toBe('closed');
});

test('who is being asked because the limit passed is not called twice when the work is done', async () => {
  clock.set('2026-11-12T09:00:00+08:00');
  const { id } = (await call('operator', 'POST', 'requests', aLight())).body.workOrder;
  await moveTo('2026-11-20 09:00');
  await finish(id, (await order(id)).state === 'dispatched' ? 0 : 1);
  expect((await order(id)).followUps).toMatchObject([
    { occasion: 'overdue', state: 'cancelled' },
    { occasion: 'handled', state: 'open' },
  ]);
  expect((await answer(await take())).status).toBe(200);
});

test('nobody is asked of an anonymous caller without a phone, nor of a grid worker’s own find', async () => {
  clock.set('2026-11-23T09:00:00+08:00');
  for (const remarkable of [
    { requester: { anonymous: true } },
    { channel: 'grid_worker', requester: { name: '网格员', phone: '13800000009' } },
  ]) {
    const made = await call('operator', 'POST', 'requests', aLight(remarkable));
    expect(made.status, made.text).toBe(201);
    await moveTo('2026-12-01 09:00');
    expect((await order(made.body.workOrder.id)).followUps).toEqual([]);
    clock.set('2026-11-23T09:00:00+08:00');
  }
});

test.each([
  [{}, 400],
  [{ outcome: 'perhaps' }, 400],
  [{ outcome: 'no_answer', at: 'noon' }, 400],
  [{ outcome: 'call_back_at' }, 404],
])('a call said as %j to nobody is %i', async (said, status) => {
  expect((await attempt('00000000-0000-7000-8000-000000000000', said)).status).toBe(status);
});
