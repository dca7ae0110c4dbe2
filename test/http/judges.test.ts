import { beforeAll, describe, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { draw, lotsOf } from '../../src/domain/panel.ts';
import { aLight, demo } from '../support/city.ts';

const { call, act, pool, clock, deps } = await demo();
const owner = '510107-urban-management';
const unit = `unit:${owner}`;
const asked = { contacted: true, solved: 'no', satisfaction: 'dissatisfied' };

type Seat = { post: string; holder: string; unit: { code: string }; left: string | null; spoken: boolean };

/** An order whose work was handed in with this result, and whose residents are to be asked. */
async function handedIn(
  result = 'solved',
  remarkable: object = {},
): Promise<{ id: string; code: string; number: string }> {
  const made = await call('operator', 'POST', 'requests', aLight(remarkable));
  const { id } = made.body.workOrder;
  for (const [as, action, body] of [
    [unit, 'sign', {}],
    [unit, 'contact', { how: '电话 13900004321', whom: '诉求人', outcome: 'reached' }],
    [unit, 'submit', { result, text: '已处置，详询13900004321', evidence: [{ text: '照片' }], requesterTold: true }],
    ['operator', 'review', { passed: true }],
    ['gridWorker', 'verify', { passed: true }],
  ] as const) {
    const done = await act(as, id, action, body);
    expect(done.status, done.text).toBe(200);
  }
  return { id, code: made.body.request.queryCode, number: made.body.request.number };
}
async function answer(said: object): Promise<void> {
  const { claims } = (await call('followUp', 'POST', 'follow-ups/claims', { lease: 60 })).body;
  for (const { followUp } of claims) {
    const done = await call('followUp', 'POST', `follow-ups/${followUp.id}/answer`, { ...asked, ...said });
    expect(done.status, done.text).toBe(200);
  }
}
const order = async (id: string, as = 'shiftLeader') => (await call(as, 'GET', `work-orders/${id}`)).body;
const caseOn = async (id: string) =>
  (await call('shiftLeader', 'GET', `judgements?state=open&workOrderId=${id}`)).body.items[0] as {
    id: string;
    state: string;
    dueAt: string;
    judges: Seat[];
  };
const named = (holder: string) => ({ 'gridcall-actor': holder });
const say = (id: string, holder: string, body: object) =>
  call('judge', 'POST', `judgements/${id}/opinion`, body, named(holder));
async function allSay(id: string, reasonable: boolean, dutiful: boolean) {
  const { judges } = (await call('shiftLeader', 'GET', `judgements/${id}`)).body as { judges: Seat[] };
  let last = await call('shiftLeader', 'GET', `judgements/${id}`);
  for (const { holder } of judges.filter((j) => j.left === null && !j.spoken)) {
    last = await say(id, holder, { reasonable, dutiful, reason: '依据规定' });
    expect(last.status, last.text).toBe(200);
  }
  return last.body;
}
const firedAt = async (at: string) => {
  clock.set(at);
  await fireDue(deps);
};
const factsOf = async (id: string, type: string) =>
  (await pool.query('select body, unit from facts where subject_id = $1 and type = $2 order by id', [id, type])).rows;

describe('an answer that is tested first', () => {
  test('L10 stays in following_up before three judges of nobody’s side, drawn with a seed that is on record', async () => {
    const { id } = await handedIn();
    await answer({ reason: 'policy' });
    const now = await order(id);
    expect(now).toMatchObject({ state: 'following_up', judgements: [{ cause: 'follow_up', state: 'open' }] });
    const { judges, dueAt } = await caseOn(id);
    expect(judges).toHaveLength(3);
    expect(dueAt).toBe('2026-03-05T18:00:00+08:00');
    expect(judges.every(({ unit: { code } }) => code !== owner)).toBe(true);
    const [{ body }] = (await factsOf(id, 'judges_drawn')) as [
      { body: { seed: string; from: string[]; drawn: string[] } },
    ];
    expect(draw(body.from, 3, lotsOf(body.seed))).toEqual(body.drawn);
    expect(judges.map((j) => j.post)).toEqual(body.drawn);
    expect(body.from.length).toBeGreaterThan(15);
    await allSay((await caseOn(id)).id, true, true);
  });

  test('an explained result is tested whatever the reason; a plain “not solved” goes back at once', async () => {
    const { id } = await handedIn('explained');
    await answer({ reason: 'not_done' });
    expect(await order(id)).toMatchObject({ state: 'following_up', judgements: [{ state: 'open' }] });
    await allSay((await caseOn(id)).id, true, true);
    const plain = await handedIn();
    await answer({ reason: 'not_done' });
    expect(await order(plain.id)).toMatchObject({ state: 'rework', judgements: [] });
  });

  test.each([
    [true, false, 'rework', 'rework', null],
    [true, true, 'policy_problem', 'closed', 'policy_problem'],
    [false, true, 'exclude', 'closed', 'excluded'],
    [false, false, 'explain', 'closed', 'explained'],
  ] as const)(
    'reasonable %s, dutiful %s: %s, and the order is in %s',
    async (reasonable, dutiful, finding, state, ending) => {
      const { id, number, code } = await handedIn();
      await answer({ reason: 'demand_not_supported' });
      const decided = await allSay((await caseOn(id)).id, reasonable, dutiful);
      expect(decided).toMatchObject({ state: 'decided', reasonable, dutiful, finding });
      const now = await order(id);
      expect(now.state).toBe(state);
      expect(now.ending?.class ?? null).toBe(ending);
      expect((await factsOf(id, 'judged'))[0]).toMatchObject({ unit: owner, body: { finding } });
      const told = (await call(null, 'POST', 'lookup', { number, code })).body.publicNotes;
      expect(told.length).toBe(1);
      const found = (await call('centreLeader', 'GET', `judgements?finding=${finding}`)).body.items;
      expect(found.map((j: { workOrder: { id: string } }) => j.workOrder.id)).toContain(id);
      const todo = async (as: string) =>
        (await call(as, 'GET', 'todo?limit=200')).body.items.filter(
          (i: { kind: string; workOrder: { id: string } | null }) => i.kind === 'task' && i.workOrder?.id === id,
        );
      expect((await todo('centreLeader')).map((i: { taskKind: string }) => i.taskKind)).toEqual(
        finding === 'policy_problem' ? ['policy_problem'] : [],
      );
      const owed = await todo(unit);
      expect(owed.map((i: { taskKind: string }) => i.taskKind)).toEqual(
        finding === 'explain' ? ['explanation_owed'] : [],
      );
      if (finding !== 'explain') return;
      const { taskId } = owed[0];
      expect((await call(unit, 'POST', `tasks/${taskId}/done`, {})).body.code).toBe('reason-missing');
      expect((await call(unit, 'POST', `tasks/${taskId}/done`, { outcome: '按规划此处不设路灯' })).status).toBe(200);
      const explained = (await call(null, 'POST', 'lookup', { number, code })).body.publicNotes;
      expect(explained.at(-1).text).toBe('按规划此处不设路灯');
    },
  );
});

describe('what a judge sees and may', () => {
  let work: { id: string };
  let judgement: Awaited<ReturnType<typeof caseOn>>;
  beforeAll(async () => {
    work = await handedIn('cannot', { description: '我是测试甲，电话13800001234，门口的灯不亮' });
    await answer({ reason: 'policy', comment: '回电13800001234' });
    judgement = await caseOn(work.id);
  });
  const mine = async (holder: string, path = 'judgements?state=open') =>
    call('judge', 'GET', path, undefined, named(holder));

  test('the own cases, in todo and in the list, without contact, and nothing of colleagues', async () => {
    const [first, second] = judgement.judges as [Seat, Seat];
    const seen = await mine(first.holder);
    expect(seen.body.items.map((j: { id: string }) => j.id)).toEqual([judgement.id]);
    const [item] = seen.body.items;
    expect(item.judges).toMatchObject([{ post: first.post, mine: true, opinion: null }]);
    expect(item.case, 'is read one by one').toBeUndefined();
    const whole = await mine(first.holder, `judgements/${judgement.id}`);
    expect(whole.body.case).toMatchObject({
      unit: { code: owner },
      submissions: [{ result: 'cannot' }],
      answers: [{ solved: 'no', reason: 'policy', disputed: true }],
      requests: [{ title: '路灯不亮' }],
    });
    for (const { text } of [seen, whole]) {
      expect(text).not.toContain('13800001234');
      expect(text).not.toContain('13900004321');
      expect(text).not.toContain('测试甲');
      expect(text).not.toContain('requester');
    }
    const todo = (await mine(first.holder, 'todo')).body.items;
    expect(todo).toMatchObject([{ kind: 'judgement', judgementId: judgement.id, workOrder: null }]);
    expect((await mine('somebody')).body.items).toEqual([]);
    expect((await mine('somebody', `judgements/${judgement.id}`)).status).toBe(404);
    expect((await mine(first.holder, `work-orders/${work.id}`)).status).toBe(404);
    expect((await mine(second.holder, `judgements/${judgement.id}`)).status).toBe(200);
  });

  test('the key all judges share, used by nobody named, sees who is awaited and says nothing', async () => {
    const seen = await call('judge', 'GET', 'judgements?state=open');
    expect(seen.body.items[0].judges.map((j: Seat) => j.holder)).toEqual(judgement.judges.map((j) => j.holder));
    const said = await call('judge', 'POST', `judgements/${judgement.id}/opinion`, {
      reasonable: true,
      dutiful: true,
      reason: 'x',
    });
    expect([said.status, said.body.code]).toEqual([403, 'not-drawn']);
  });

  test('403, 409, 422 when it is not drawn, says it twice, or gives no reason; what is said is sealed until all have', async () => {
    const [first, second] = judgement.judges as [Seat, Seat];
    const body = { reasonable: false, dutiful: true, reason: '依据规定' };
    expect((await say(judgement.id, 'somebody', body)).status).toBe(404);
    const blank = await say(judgement.id, first.holder, { ...body, reason: ' ' });
    expect([blank.status, blank.body.code]).toEqual([422, 'reason-missing']);
    const given = await say(judgement.id, first.holder, { ...body, dutifulReason: '已到场三次' });
    expect(given.body.judges[0].opinion).toMatchObject({
      reasonable: { yes: false, reason: '依据规定' },
      dutiful: { yes: true, reason: '已到场三次' },
    });
    const again = await say(judgement.id, first.holder, body);
    expect([again.status, again.body.code]).toEqual([409, 'opinion-given']);
    const { judges } = (await call('shiftLeader', 'GET', `judgements/${judgement.id}`)).body;
    expect(judges.map((j: { opinion: unknown; spoken: boolean }) => [j.spoken, j.opinion])).toEqual([
      [true, null],
      [false, null],
      [false, null],
    ]);
    expect((await say(judgement.id, second.holder, { reasonable: 'yes' })).status).toBe(400);
    expect((await call(unit, 'GET', `judgements/${judgement.id}`)).status).toBe(403);
    expect((await call('judge', 'GET', `judgements/${work.id}`)).status).toBe(404);
  });

  test('those who are judged do not learn who judges', async () => {
    const events = (await call(unit, 'GET', `work-orders/${work.id}/events?limit=200`)).text;
    expect(events).toContain('judges_drawn');
    for (const { post, holder } of judgement.judges) {
      expect(events).not.toContain(post);
      expect(events).not.toContain(holder);
    }
    expect(JSON.stringify((await order(work.id, unit)).judgements)).not.toContain('hotline');
    expect((await call('inspector', 'GET', `work-orders/${work.id}/events?limit=200`)).text).toContain(
      judgement.judges[0]?.post,
    );
  });

  test('nor when a judge steps down or all have spoken: the last word is nobody’s in particular', async () => {
    const { id } = await handedIn();
    await answer({ reason: 'policy' });
    const before = await caseOn(id);
    const gone = before.judges[0] as Seat;
    const left = await call('judge', 'POST', `judgements/${before.id}/recuse`, { reason: '亲属' }, named(gone.holder));
    expect(left.status, left.text).toBe(200);
    const { judges } = await caseOn(id);
    await allSay(before.id, false, false);
    const events = await call(unit, 'GET', `work-orders/${id}/events?limit=200`);
    for (const { post, holder } of judges) {
      expect(events.text).not.toContain(post);
      expect(events.text).not.toContain(holder);
    }
    const recused = events.body.items.find(({ type }: { type: string }) => type === 'recused');
    expect([recused.actor.name, recused.body]).toEqual(['judges', {}]);
    const overseen = (await call('inspector', 'GET', `work-orders/${id}/events?limit=200`)).text;
    expect(overseen).toContain(gone.holder);
  });

  test('a judge who is a party makes room for another and sees the case no more', async () => {
    const [, second] = judgement.judges as [Seat, Seat];
    const gone = await call(
      'judge',
      'POST',
      `judgements/${judgement.id}/recuse`,
      { reason: '系当事人亲属' },
      named(second.holder),
    );
    expect(gone.body, gone.text).toEqual({ recused: true });
    expect((await mine(second.holder, `judgements/${judgement.id}`)).status).toBe(404);
    const { judges } = await caseOn(work.id);
    expect(judges.map((j) => j.left)).toEqual([null, 'recused', null, null]);
    const third = judges[2] as Seat;
    const marked = await call('inspector', 'POST', `work-orders/${work.id}/recusals`, {
      name: third.holder,
      reason: '曾参与该事项',
    });
    expect(marked.body.recusals, marked.text).toHaveLength(2);
    expect((await caseOn(work.id)).judges.filter((j) => j.left === null)).toHaveLength(3);
    expect((await call(unit, 'POST', `work-orders/${work.id}/recusals`, { name: 'x', reason: 'y' })).status).toBe(403);
  });

  test('L10 silent judges are replaced after three working days, and a shift leader is told', async () => {
    const before = await caseOn(work.id);
    await firedAt(before.dueAt);
    const after = await caseOn(work.id);
    expect(after.judges.filter((j) => j.left === 'silent')).toHaveLength(2);
    expect(after.judges.filter((j) => j.left === null)).toHaveLength(3);
    expect(after.dueAt).toBe('2026-03-10T18:00:00+08:00');
    const told = (await call('shiftLeader', 'GET', 'todo?limit=200')).body.items.filter(
      (i: { taskKind?: string; workOrder: { id: string } | null }) =>
        i.taskKind === 'told' && i.workOrder?.id === work.id,
    );
    expect(told).toHaveLength(1);
    expect((await call('shiftLeader', 'GET', `work-orders/${work.id}/why`)).text).toContain('judgement_limit');
    await allSay(after.id, true, false);
    expect((await order(work.id)).state).toBe('rework');
    const events = (await call(unit, 'GET', `work-orders/${work.id}/events?limit=200`)).text;
    expect(events).toContain('judged');
    for (const { post } of after.judges) expect(events).not.toContain(post);
  });
});

test('sent back by judges twice it is unsolved twice: the unit is supervised at once', async () => {
  const { id } = await handedIn();
  await answer({ reason: 'policy' });
  await allSay((await caseOn(id)).id, true, false);
  expect(await order(id)).toMatchObject({ state: 'rework', supervisionOrders: [] });
  for (const [as, action, body] of [
    [unit, 'take', {}],
    [unit, 'submit', { result: 'solved', text: '再次处置', evidence: [{ text: '照片' }], requesterTold: true }],
    ['operator', 'review', { passed: true }],
    ['gridWorker', 'verify', { passed: true }],
  ] as const)
    expect((await act(as, id, action, body)).status).toBe(200);
  await answer({ reason: 'policy' });
  const second = await caseOn(id);
  expect(second.judges.filter((j) => j.left === null)).toHaveLength(3);
  await allSay(second.id, true, false);
  expect(await order(id)).toMatchObject({
    state: 'rework',
    supervisionOrders: [{ grade: 'daily', unit: { code: owner } }],
  });
  expect((await call('shiftLeader', 'GET', `work-orders/${id}/why`)).text).toContain('unsolved_twice');
});

describe('judges drawn by hand', () => {
  const byHand = (as: string, workOrderId: string, more: object = {}) =>
    call(as, 'POST', 'judgements', { workOrderId, cause: 'complaint', reason: '群众投诉评价不公', ...more });

  test('201 for an inspector or shift leader on a closed order, once a round; “rework” sends it back', async () => {
    const { id } = await handedIn();
    await answer({ solved: 'yes', satisfaction: 'satisfied' });
    expect((await byHand('dispatcher', id)).status).toBe(403);
    const made = await byHand('inspector', id);
    expect(made.status, made.text).toBe(201);
    expect(made.headers.location).toBe(`/v1/judgements/${made.body.id}`);
    expect(made.body.judges).toHaveLength(3);
    expect((await byHand('shiftLeader', id)).body.code).toBe('judged-already');
    await allSay(made.body.id, true, false);
    expect(await order(id)).toMatchObject({ state: 'rework', reworks: 1 });
    expect((await byHand('shiftLeader', id)).body.code).toBe('wrong-state');
  });

  test('404 for an order that is not there, 400 for another cause, and nothing is changed', async () => {
    expect((await byHand('inspector', '0199a000-0000-7000-8000-000000000001')).status).toBe(404);
    expect((await byHand('inspector', 'x')).status).toBe(400);
    expect((await byHand('inspector', '0199a000-0000-7000-8000-000000000001', { cause: 'follow_up' })).status).toBe(
      400,
    );
  });

  test('four who draw at once open one case with three seats', async () => {
    const { id } = await handedIn();
    await answer({ solved: 'yes', satisfaction: 'satisfied' });
    const all = await Promise.all([1, 2, 3, 4].map(() => byHand('inspector', id)));
    expect(all.map((r) => r.status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409]);
    expect((await caseOn(id)).judges).toHaveLength(3);
  });
});

test('the list of cases goes on by its cursor', async () => {
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { items, nextCursor } = (await call('auditor', 'GET', `judgements?limit=3${cursor}`)).body;
    seen.push(...items.map((j: { id: string }) => j.id));
    if (nextCursor === null) break;
    cursor = `&cursor=${nextCursor}`;
  }
  const all = (await call('auditor', 'GET', 'judgements?limit=200')).body.items.map((j: { id: string }) => j.id);
  expect(seen).toEqual(all);
  expect(all.length).toBeGreaterThan(6);
});
