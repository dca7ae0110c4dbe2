import { expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo, monday } from '../support/city.ts';

const { act, call, clock, deps, pool } = await demo();
const owner = '510107-urban-management';
const unit = `unit:${owner}`;

const register = async (more: object = {}) => (await call('operator', 'POST', 'requests', aLight(more))).body;
async function handled(more: object = {}): Promise<string> {
  const { id, responsibleUnit } = (await register(more)).workOrder;
  const by = `unit:${responsibleUnit.code}`;
  await act(by, id, 'sign');
  expect((await act(by, id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' })).status).toBe(200);
  return id;
}
const order = async (id: string) => (await call('operator', 'GET', `work-orders/${id}`)).body;
const clockOf = async (id: string, kind: string) =>
  (await call('operator', 'GET', `work-orders/${id}/clocks`)).body.items.findLast(
    (c: { kind: string }) => c.kind === kind,
  );
const ask = (id: string, body: object, as = unit) => call(as, 'POST', `work-orders/${id}/approvals`, body);
const grant = async (as: string, approval: string) => {
  const reply = await call(as, 'POST', `approvals/${approval}/decision`, { granted: true, reason: '同意' });
  expect(reply.status, reply.text).toBe(200);
};
const facts = async (id: string, type: string) =>
  (
    await pool.query<{ unit: string; body: Record<string, unknown> }>(
      'select unit, body from facts where subject_id = $1 and type = $2 order by id',
      [id, type],
    )
  ).rows;
const firedAt = async (at: string) => {
  clock.set(at);
  await fireDue(deps);
};

test('an extension moves the unit’s clock and never the resident’s, who is told; at most the limit, then by the centre’s leader', async () => {
  clock.set(monday);
  const { request, workOrder } = await register();
  await act(unit, workOrder.id, 'sign');
  const { id } = workOrder;
  const resident = (await clockOf(id, 'resident')).dueAt;
  const lookup = async () =>
    (await call(null, 'POST', 'lookup', { number: request.number, code: request.queryCode })).body;
  expect((await lookup()).extendedTo).toBeNull();
  const want = (dueAt: string) => ask(id, { kind: 'extension', reason: '配件未到', dueAt });
  expect((await want('2026-03-17T00:00:00+08:00')).body.code, 'more than the original limit').toBe('too-long');
  const first = await want('2026-03-12T18:00:00+08:00');
  await grant('shiftLeader', first.body.id);
  expect(await clockOf(id, 'resolve')).toMatchObject({
    dueAt: '2026-03-12T18:00:00+08:00',
    segments: [{ event: 'dispatched' }, { event: 'extended', reason: '配件未到', dueAt: '2026-03-12T18:00:00+08:00' }],
  });
  expect((await clockOf(id, 'resident')).dueAt).toBe(resident);
  expect(await lookup()).toMatchObject({ promisedAt: resident, extendedTo: '2026-03-12T18:00:00+08:00' });
  const second = await want('2026-03-20T18:00:00+08:00');
  expect(second.body.decider).toMatchObject({ role: 'centre_leader' });
  await grant('centreLeader', second.body.id);
  expect((await want('2026-03-25T18:00:00+08:00')).body.code).toBe('extensions-used');
  const late = await handled();
  clock.set('2026-03-09T10:00:00+08:00');
  const asked = await ask(late, { kind: 'extension', reason: '配件未到', dueAt: '2026-03-12T18:00:00+08:00' });
  expect(asked.body.code, 'less than a working day before it is due').toBe('extension-late');
});

test('on account for 90 days with one renewal; a note of progress starts its thirty days anew; the requester reads to when', async () => {
  clock.set(monday);
  const { request, workOrder } = await register();
  const { id } = workOrder;
  await act(unit, id, 'sign');
  await act(unit, id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
  const want = (until: string) => ask(id, { kind: 'on_account', reason: '汛期后施工', plan: '六月改造', until });
  expect((await want('2026-06-01T00:00:00+08:00')).status).toBe(201);
  const pending = (await order(id)).approvals.at(-1).id;
  await call(unit, 'POST', `approvals/${pending}/withdraw`);
  expect((await want('2026-06-02T00:00:00+08:00')).body.code).toBe('too-long');
  const first = await want('2026-05-31T18:00:00+08:00');
  await grant('unit:510107', first.body.id);
  expect((await order(id)).state).toBe('on_account');
  const seen = await call(null, 'POST', 'lookup', { number: request.number, code: request.queryCode });
  expect(seen.body.extendedTo).toBe('2026-05-31T18:00:00+08:00');
  clock.set('2026-03-20T10:00:00+08:00');
  await act(unit, id, 'note', { text: '已完成设计', mark: 'progress' });
  expect(await clockOf(id, 'on_account_review')).toMatchObject({
    dueAt: '2026-04-20T23:59:59+08:00',
    state: 'running',
  });

  clock.set('2026-04-15T10:00:00+08:00');
  expect((await want('2026-05-30T18:00:00+08:00')).body.code, 'not before the first ends').toBe('not-later');
  expect((await want('2026-09-01T00:00:00+08:00')).body.code, '90 days from where the first ends').toBe('too-long');
  const renewal = await want('2026-08-28T18:00:00+08:00');
  await grant('unit:510107', renewal.body.id);
  expect(await order(id)).toMatchObject({ state: 'on_account' });
  expect(await clockOf(id, 'pause_end')).toMatchObject({ dueAt: '2026-08-28T18:00:00+08:00', state: 'running' });
  expect(await clockOf(id, 'resolve')).toMatchObject({ state: 'paused' });
  expect((await want('2026-09-30T18:00:00+08:00')).body.code).toBe('extensions-used');
  await firedAt('2026-05-15T23:59:59+08:00');
  expect((await order(id)).state, 'thirty days without a word bring it back').toBe('handling');
});

test('where a law gives longer, a reply the resident can read before the service limit makes the law’s date hold', async () => {
  clock.set(monday);
  const { request, workOrder } = await register({ category: '人力社保/劳动报酬', title: '拖欠工资' });
  const { id, responsibleUnit } = workOrder;
  const by = `unit:${responsibleUnit.code}`;
  await act(by, id, 'sign');
  const [service, lawful] = [await clockOf(id, 'resolve'), await clockOf(id, 'statutory')];
  expect(Date.parse(lawful.dueAt)).toBeGreaterThan(Date.parse(service.dueAt));
  await act(by, id, 'note', { text: '内部记录', mark: 'progress' });
  expect((await clockOf(id, 'resolve')).dueAt, 'what the resident cannot read is no reply').toBe(service.dueAt);
  await act(by, id, 'note', { text: '已立案调查', mark: 'progress', public: true });
  expect(await clockOf(id, 'resolve')).toMatchObject({
    dueAt: lawful.dueAt,
    segments: [{ event: 'dispatched' }, { event: 'extended', reason: 'progress_reply', approver: lawful.rule.version }],
  });
  const seen = await call(null, 'POST', 'lookup', { number: request.number, code: request.queryCode });
  expect(seen.body.publicNotes).toMatchObject([{ text: '已立案调查' }]);
  await firedAt(service.dueAt);
  const urged = (await facts(id, 'urged')).filter(({ body }) => (body.clock as { kind: string }).kind === 'resolve');
  expect(urged).toEqual([]);
});

test('N37 a promise is shown, and binds: passed, the unit is urged, then supervised although its limit is still to come', async () => {
  clock.set(monday);
  const { request, workOrder } = await register();
  const { id } = workOrder;
  await act(unit, id, 'sign');
  expect((await act(unit, id, 'promise', { dueAt: '2026-03-03T18:00:00+08:00' })).status).toBe(200);
  expect((await act(unit, id, 'promise', { dueAt: '2026-03-04T18:00:00+08:00' })).body.code).toBe('not-earlier');
  const seen = await call(null, 'POST', 'lookup', { number: request.number, code: request.queryCode });
  expect(seen.body.promisedAt).toBe('2026-03-03T18:00:00+08:00');
  await firedAt('2026-03-03T18:00:00+08:00');
  const ofPromise = async () =>
    (await facts(id, 'rung_fired'))
      .filter(({ body }) => (body.clock as { kind: string }).kind === 'promise')
      .map(({ body }) => body.rung);
  expect(await ofPromise()).toEqual(['warn', 'work_limit']);
  await firedAt('2026-03-04T18:00:00+08:00');
  expect(await ofPromise()).toEqual(['warn', 'work_limit', 'work_supervised']);
  expect((await call(unit, 'GET', `supervision-orders?workOrderId=${id}`)).body.items).toMatchObject([
    { workOrderIds: [id], grade: 'daily' },
  ]);
});

test('a matter of 24 hours climbs by the wall over the weekend: the duty office of the district is told and has it to do', async () => {
  clock.set('2026-03-06T17:00:00+08:00');
  const id = await handled({ category: '公用事业/供电', title: '停电' });
  const { tier, responsibleUnit } = await order(id);
  expect(tier).toBe('utility');
  const ofWork = async (type: string) =>
    (await facts(id, type)).filter(({ body }) => (body.clock as { kind: string }).kind === 'resolve');
  await firedAt('2026-03-07T16:59:59+08:00');
  expect(await ofWork('told')).toEqual([]);
  await firedAt('2026-03-07T17:00:00+08:00');
  expect(await ofWork('urged')).toMatchObject([{ unit: responsibleUnit.code }]);
  expect(await ofWork('told')).toMatchObject([{ unit: '510107', body: { role: 'duty_office' } }]);
  const todo = (await call('unit:510107', 'GET', 'todo?limit=200')).body.items;
  const task = todo.find((item: { taskKind?: string; workOrder?: { id: string } }) => item.workOrder?.id === id);
  expect(task).toMatchObject({ taskKind: 'told' });
  expect((await call('unit:510107', 'POST', `tasks/${task.taskId}/done`, { outcome: '已电话督促' })).status).toBe(200);
  await firedAt('2026-03-08T16:59:59+08:00');
  const supervised = async () =>
    (await call('shiftLeader', 'GET', `supervision-orders?workOrderId=${id}`)).body.items.map(
      (each: { grade: string }) => each.grade,
    );
  expect(await supervised()).toEqual([]);
  await firedAt('2026-03-08T17:00:00+08:00');
  expect(await supervised(), 'a working day is 24 hours here, Sunday or not').toEqual(['daily']);
});

test('L2 the record shows who acted as whom while a stand-in holds the post', async () => {
  clock.set(monday);
  const { id } = (await register()).workOrder;
  const [a, b] = [`holder-${owner}-clerk-a`, `holder-${owner}-clerk-b`];
  const as = (name: string) => ({ 'gridcall-actor': name, 'if-match': '*' });
  const sign = async (who: string) => call(unit, 'POST', `work-orders/${id}/actions/note`, { text: '看过' }, as(who));
  await sign(b);
  expect((await call(unit, 'PUT', `posts/${owner}-clerk/acting`, { holder: 'B' })).status).toBe(200);
  await expect.poll(() => deps.city().city.posts.find((p) => p.code === `${owner}-clerk`)?.acting).toBe('B');
  await sign(b);
  await sign('路过的人');
  const { items } = (await call('operator', 'GET', `work-orders/${id}/events`)).body;
  const actors = items.filter((e: { type: string }) => e.type === 'note').map((e: { actor: object }) => e.actor);
  expect(actors.map(({ name, as: whose }: { name: string; as?: string }) => [name, whose])).toEqual([
    [b, undefined],
    [b, a],
    ['路过的人', undefined],
  ]);
  await call(unit, 'PUT', `posts/${owner}-clerk/acting`, { holder: 'A' });
});

test('whoever is warned or rung is named by post and holder', async () => {
  clock.set(monday);
  const { id } = (await register({ urgency: 'urgent' })).workOrder;
  await firedAt('2026-03-02T09:24:00+08:00');
  expect((await facts(id, 'ring')).map(({ body }) => [body.whom, body.post, body.holder])).toEqual([
    ['post_b', `${owner}-clerk`, `holder-${owner}-clerk-b`],
    ['duty_leader', `${owner}-leader`, `holder-${owner}-leader-a`],
  ]);
  expect((await facts(id, 'warned'))[0]?.body).toMatchObject({ holder: `holder-${owner}-clerk-a` });
});
