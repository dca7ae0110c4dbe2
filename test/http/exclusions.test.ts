import { expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo } from '../support/city.ts';
import { askingIn, lightsUnit as owner } from '../support/follow-ups.ts';

const { call, act, pool, clock, deps } = await demo();
const { finish, take, answer } = askingIn({ call, act });
const unit = `unit:${owner}`;

type Handled = { id: string; number: string; code: string; followUp: string };

/** An order whose resident has said that it is not solved. */
async function unsolved(said: object = {}): Promise<Handled> {
  const made = await call('operator', 'POST', 'requests', aLight());
  const id = await finish(made.body.workOrder.id);
  const followUp = await take();
  const no = { contacted: true, solved: 'no', satisfaction: 'dissatisfied', reason: 'not_done', ...said };
  const done = await answer(followUp, no);
  expect(done.status, done.text).toBe(200);
  return { id, number: made.body.request.number, code: made.body.request.queryCode, followUp };
}
const claim = (id: string, more: object = {}, as = unit) =>
  call(as, 'POST', `work-orders/${id}/approvals`, {
    kind: 'exclusion',
    reason: '强降雨致线路中断',
    class: 'force_majeure',
    evidence: '气象证明编号一',
    ...more,
  });
const claimed = async (id: string, more: object = {}): Promise<string> => {
  const made = await claim(id, more);
  expect(made.status, made.text).toBe(201);
  return made.body.id;
};
const ledger = async (query = '', as = 'auditor') => (await call(as, 'GET', `exclusions?limit=200${query}`)).body.items;
const rowOf = async (id: string, as = 'auditor') => (await ledger('', as)).find((row: { id: string }) => row.id === id);
const holdersOf = async (id: string): Promise<string[]> =>
  (await rowOf(id)).deciders
    .filter((d: { left: string | null }) => d.left === null)
    .map((d: { post: string }) => `holder-${d.post}-a`);
const decide = (id: string, holder: string, granted: boolean) =>
  call('inspector', 'POST', `approvals/${id}/decision`, { granted, reason: '经查属实' }, { 'gridcall-actor': holder });
async function granted(id: string): Promise<void> {
  for (const holder of await holdersOf(id)) expect((await decide(id, holder, true)).status).toBe(200);
}
const lookup = async ({ number, code }: Handled) => (await call(null, 'POST', 'lookup', { number, code })).body;

test('201 for the unit within three working days; two drawn reviewers must both grant; the resident reads it', async () => {
  const order = await unsolved();
  const id = await claimed(order.id);
  const [one = '', two = ''] = await holdersOf(id);
  const todo = await call('inspector', 'GET', 'todo', undefined, { 'gridcall-actor': one });
  expect(todo.body.items).toMatchObject([{ kind: 'approval', approvalId: id, approvalKind: 'exclusion' }]);
  expect((await call('inspector', 'GET', 'todo')).body.items).toEqual([]);
  expect((await decide(id, 'somebody', true)).body.code).toBe('not-the-decider');
  expect((await decide(id, one, true)).body).toMatchObject({ state: 'pending' });
  expect((await decide(id, one, true)).body.code).toBe('opinion-given');
  expect((await rowOf(id)).excluded).toBe(false);
  expect((await decide(id, two, true)).body).toMatchObject({ state: 'granted' });
  expect(await rowOf(id)).toMatchObject({
    workOrder: { id: order.id },
    followUp: order.followUp,
    unit: { code: owner },
    class: 'force_majeure',
    classText: '不可抗力',
    proposedBy: unit,
    evidence: '气象证明编号一',
    state: 'granted',
    excluded: true,
    appeal: null,
    deciders: [{ granted: true }, { granted: true }],
  });
  const { state, publicNotes } = await lookup(order);
  expect([state, publicNotes.length, publicNotes[0].own]).toEqual(['rework', 1, true]);
});

test('the unit reads its own ledger without who decides; another unit reads nothing of it', async () => {
  const order = await unsolved();
  const id = await claimed(order.id);
  expect(await rowOf(id, unit)).toMatchObject({ id, deciders: null });
  expect(await ledger('', 'unit:510107-water')).toEqual([]);
  expect(await ledger(`&unit=${owner}`, 'unit:510107-water')).toEqual([]);
  expect((await call('judge', 'GET', 'exclusions')).status).toBe(403);
  const events = (await call(unit, 'GET', `work-orders/${order.id}/events?limit=200`)).text;
  expect(events).toContain('reviewers_drawn');
  for (const holder of await holdersOf(id)) expect(events).not.toContain(holder.slice('holder-'.length, -2));
  const holders = await holdersOf(id);
  const [one = ''] = holders;
  expect((await decide(id, one, false)).body).toMatchObject({ state: 'refused' });
  const mine = ['', '/events?limit=200'].map((path) => `work-orders/${order.id}${path}`);
  for (const path of [...mine, `approvals/${id}`, 'approvals?kind=exclusion']) {
    const { text } = await call(unit, 'GET', path);
    expect(text).toContain('exclusion');
    for (const holder of holders) expect(text, path).not.toContain(holder.slice('holder-'.length, -2));
  }
  expect((await ledger('&state=refused')).map((r: { id: string }) => r.id)).toEqual([id]);
  const seen = await call(unit, 'GET', `work-orders/${order.id}`);
  const after = (await call(unit, 'GET', `work-orders/${order.id}/events?limit=200`)).text + seen.text;
  for (const holder of await holdersOf(id)) expect(after).not.toContain(holder.slice('holder-'.length, -2));
});

test('a drawn reviewer who is marked as a party loses the seat at once, and another is drawn', async () => {
  const order = await unsolved();
  const id = await claimed(order.id);
  const [one = '', two = ''] = await holdersOf(id);
  const [seat] = (await rowOf(id)).deciders; // of the hotline or the district: lots decide
  const party = { name: one, unit: seat.unit.code, reason: '系承办人亲属' };
  const marked = await call('shiftLeader', 'POST', `work-orders/${order.id}/recusals`, party);
  expect(marked.status, marked.text).toBe(200);
  expect((await decide(id, one, true)).body.code).toBe('recused');
  const now = await holdersOf(id);
  expect([now.length, now.includes(one), now.includes(two)]).toEqual([2, false, true]);
  expect((await rowOf(id)).deciders).toContainEqual(expect.objectContaining({ left: 'recused', granted: null }));
  for (const holder of now) await decide(id, holder, true);
  expect((await rowOf(id)).state).toBe('granted');
});

test('403, 409 and 422 say why not, and nothing is changed', async () => {
  const order = await unsolved();
  expect((await claim(order.id, {}, 'unit:510107-water')).status).toBe(404);
  expect((await claim(order.id, {}, 'operator')).body.code).toBe('not-yours');
  expect((await claim(order.id, { class: 'litigation_or_petition' })).status).toBe(400);
  expect((await claim(order.id, { evidence: undefined })).status).toBe(400);
  expect((await claim(order.id, { followUp: order.id })).body.code).toBe('answer-unknown');
  const glad = await unsolved({ solved: 'yes', satisfaction: 'satisfied', reason: undefined });
  expect((await claim(glad.id, { followUp: glad.followUp })).body.code).toBe('not-adverse');
  const id = await claimed(order.id);
  expect((await claim(order.id)).body.code).toBe('pending-already');
  const [one = ''] = await holdersOf(id);
  await decide(id, one, false);
  expect((await claim(order.id)).body.code).toBe('excluded-before');
});

test('“untrue” opens a case before judges, who read the claim; what they find decides it', async () => {
  const order = await unsolved();
  const id = await claimed(order.id, { class: 'untrue', reason: '现场灯亮', evidence: '照片显示灯亮' });
  expect((await call('inspector', 'POST', `approvals/${id}/decision`, { granted: true, reason: 'x' })).body.code).toBe(
    'not-the-decider',
  );
  const [listed] = (await call('shiftLeader', 'GET', `judgements?workOrderId=${order.id}`)).body.items;
  const judgement = (await call('shiftLeader', 'GET', `judgements/${listed.id}`)).body;
  expect(judgement).toMatchObject({
    cause: 'exclusion',
    case: { claims: [{ class: 'untrue', reason: '现场灯亮', evidence: '照片显示灯亮' }] },
  });
  for (const { holder } of judgement.judges) {
    const said = { reasonable: false, dutiful: true, reason: '依据照片' };
    const done = await call('judge', 'POST', `judgements/${judgement.id}/opinion`, said, { 'gridcall-actor': holder });
    expect(done.status, done.text).toBe(200);
  }
  expect(await rowOf(id)).toMatchObject({ state: 'granted', judgementId: judgement.id, excluded: true });
  expect((await call('shiftLeader', 'GET', `work-orders/${order.id}`)).body.state).toBe('rework');
});

test('the resident appeals with number and code; the centre’s leader makes the answer count again', async () => {
  const order = await unsolved();
  const id = await claimed(order.id);
  const proof = { number: order.number, code: order.code };
  const appeal = { ...proof, reason: '当天没有下雨', about: 'exclusion' };
  expect((await call(null, 'POST', 'lookup/objections', appeal)).body.code).toBe('not-excluded');
  expect((await lookup(order)).allowedActions).not.toContain('appeal');
  await granted(id);
  expect((await lookup(order)).allowedActions).toContain('appeal');
  expect((await call(null, 'POST', 'lookup/objections', { ...proof, reason: '没修好' })).body.code).toBe('wrong-state');
  const made = await call(null, 'POST', 'lookup/objections', appeal);
  expect(made.status, made.text).toBe(200);
  expect(made.body.objection).toMatchObject({ about: 'exclusion' });
  expect(made.body.allowedActions).not.toContain('appeal');
  const [pending] = (await call('centreLeader', 'GET', 'approvals?pending=true&kind=objection')).body.items;
  expect(await rowOf(id)).toMatchObject({ appeal: { state: 'pending' }, excluded: true });
  const done = await call('centreLeader', 'POST', `approvals/${pending.id}/decision`, {
    granted: true,
    reason: '查无降雨记录',
  });
  expect(done.status, done.text).toBe(200);
  expect(await rowOf(id)).toMatchObject({ state: 'granted', appeal: { state: 'granted' }, excluded: false });
  expect((await call('shiftLeader', 'GET', `work-orders/${order.id}`)).body.state).toBe('rework');
  expect((await lookup(order)).publicNotes.at(-1).text).toContain('恢复');
});

test('silent reviewers are replaced at the end of their working day', async () => {
  const order = await unsolved();
  const id = await claimed(order.id);
  const first = await holdersOf(id);
  clock.set('2026-03-03T18:00:00+08:00');
  await fireDue(deps);
  const next = await holdersOf(id);
  expect(next).toHaveLength(2);
  expect(next.some((holder) => first.includes(holder))).toBe(false);
  await granted(id);
  expect((await rowOf(id)).excluded).toBe(true);
});

test('a unit whose exclusions pass the share of the policy is named to the centre’s leader once a month', async () => {
  const named = async () =>
    (await call('centreLeader', 'GET', 'todo?limit=200')).body.items.filter(
      (item: { taskKind?: string }) => item.taskKind === 'exclusions_over_cap',
    );
  expect(await named()).toHaveLength(1); // three of the answers above are out of the count by now
  const policy = (await call('admin', 'GET', 'policies/judging')).body;
  expect(policy).toMatchObject({ exclusionShare: 0.05, exclusionsFrom: 3 });
  const next = await unsolved();
  await granted(await claimed(next.id));
  expect(await named()).toHaveLength(1);
  const { rows } = await pool.query("select body from facts where type = 'exclusions_over_cap'");
  expect(rows).toMatchObject([{ body: { unit: owner, month: '2026-03-01', cap: 0.05 } }]);
  expect((await call('admin', 'PUT', 'policies/judging', { ...policy, exclusionShare: 0 })).status).toBe(400);
  expect((await call('shiftLeader', 'PUT', 'policies/judging', policy)).status).toBe(403);
  expect((await call('admin', 'PUT', 'policies/judging', { ...policy, exclusionShare: 1 })).body.exclusionShare).toBe(
    1,
  );
  clock.set('2026-04-01T10:00:00+08:00');
  const april = await unsolved();
  await granted(await claimed(april.id));
  expect(await named()).toHaveLength(1);
});

test('the ledger goes on by its cursor and is narrowed by class and time', async () => {
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { items, nextCursor } = (await call('auditor', 'GET', `exclusions?limit=2${cursor}`)).body;
    seen.push(...items.map((row: { id: string }) => row.id));
    if (nextCursor === null) break;
    cursor = `&cursor=${nextCursor}`;
  }
  expect(seen).toEqual((await ledger()).map((row: { id: string }) => row.id));
  expect((await ledger('&class=untrue')).length).toBe(1);
  expect((await ledger('&from=2026-04-01T00:00:00%2B08:00')).length).toBe(1);
  expect((await call('auditor', 'GET', 'exclusions?cursor=x')).status).toBe(400);
});
