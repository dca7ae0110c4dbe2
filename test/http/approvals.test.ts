import { expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo } from '../support/city.ts';

const { call, act, clock, pool, deps } = await demo();

const lights = 'unit:510107-urban-management';
const water = 'unit:510107-water';
const terms = {
  return: { basis: '不在职责清单', proposedUnit: '510107-water' },
  suspension: { cause: 'force_majeure', until: '2026-03-12T18:00:00+08:00' },
  extension: { dueAt: '2026-03-12T18:00:00+08:00' },
};

/** A light's order at its unit, signed. */
const signed = async (): Promise<string> => {
  const made = await call('operator', 'POST', 'requests', aLight());
  await act(lights, made.body.workOrder.id, 'sign');
  return made.body.workOrder.id;
};
const handling = async (): Promise<string> => {
  const id = await signed();
  await act(lights, id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
  return id;
};
const ask = (as: string, id: string, kind: keyof typeof terms, more: object = {}) =>
  call(as, 'POST', `work-orders/${id}/approvals`, { kind, reason: '理由', ...terms[kind], ...more });
const decide = (as: string, id: string, body: object = {}) =>
  call(as, 'POST', `approvals/${id}/decision`, { granted: true, reason: '同意', ...body });
const order = async (id: string) => (await call('operator', 'GET', `work-orders/${id}`)).body;

test('201 with the pending approval, its limit and its place; the order is as it was', async () => {
  const id = await signed();
  const before = await order(id);
  const asked = await ask(lights, id, 'return');
  expect(asked.status, asked.text).toBe(201);
  expect(asked.headers.location).toBe(`/v1/approvals/${asked.body.id}`);
  expect(asked.body).toMatchObject({
    kind: 'return',
    state: 'pending',
    terms: terms.return,
    askedByUnit: '510107-urban-management',
    decider: { role: 'dispatcher', unit: null },
    dueAt: '2026-03-02T14:00:00+08:00',
    workOrder: { id, number: before.number, state: 'signed' },
  });
  const after = await order(id);
  expect(after).toMatchObject({ state: 'signed', version: before.version, responsibleUnit: before.responsibleUnit });
  expect(after.approvals).toHaveLength(1);
  expect((await call(lights, 'GET', `approvals/${asked.body.id}`)).body).toEqual(asked.body);
});

test('400 without an Idempotency-Key; with one a repeat asks once and gets the same bytes', async () => {
  const id = await signed();
  const path = `work-orders/${id}/approvals`;
  const body = { kind: 'return', reason: '理由', ...terms.return };
  const bare = await call(lights, 'POST', path, body, { 'idempotency-key': '' });
  expect([bare.status, bare.body.code]).toEqual([400, 'idempotency-key-missing']);
  const both = await Promise.all(
    [1, 2].map(() => call(lights, 'POST', path, body, { 'idempotency-key': `ask ${id}` })),
  );
  expect(both.map((r) => r.status)).toContain(201);
  const again = await call(lights, 'POST', path, body, { 'idempotency-key': `ask ${id}` });
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect((await order(id)).approvals).toHaveLength(1);
});

test.each([
  ['no kind', { reason: 'x' }],
  ['a kind that there is not', { kind: 'bribe', reason: 'x' }],
  ['a late mark without what is contested', { kind: 'late_mark', reason: 'x', evidence: 'x' }],
  ['no reason', { kind: 'return', ...terms.return }],
  ['no unit for a return', { kind: 'return', reason: 'x', basis: 'x' }],
  ['no date for an extension', { kind: 'extension', reason: 'x' }],
  ['a date out of the calendar', { kind: 'extension', reason: 'x', dueAt: '2026-13-01T00:00:00Z' }],
  ['a cause that is not listed', { kind: 'suspension', reason: 'x', cause: 'tired', until: terms.suspension.until }],
  ['NUL in the reason', { kind: 'objection', reason: 'a\u0000' }],
])('400 with %s', async (_what, body) => {
  const reply = await call(lights, 'POST', `work-orders/${await signed()}/approvals`, body);
  expect([reply.status, reply.body.code], reply.text).toEqual([400, 'invalid']);
});

test('a granted return: 200, the new unit is responsible, and the directory is to be repaired', async () => {
  const id = await signed();
  const { body } = await ask(lights, id, 'return');
  const ruled = await decide('dispatcher', body.id);
  expect(ruled.status, ruled.text).toBe(200);
  expect(ruled.body).toMatchObject({ state: 'granted', decisionReason: '同意', workOrder: { state: 'dispatched' } });
  expect(await order(id)).toMatchObject({ responsibleUnit: { code: '510107-water' }, returns: 1 });
  const { rows } = await pool.query('select role, body from tasks where order_id = $1', [id]);
  expect(rows).toMatchObject([{ role: 'dispatcher', body: { from: '510107-urban-management', to: '510107-water' } }]);
  expect((await call(lights, 'GET', `work-orders/${id}`)).status).toBe(404);
  expect((await call(lights, 'GET', `approvals/${body.id}`)).body.state).toBe('granted');
});

test('the second return of a matter goes to who commands both units, and designates', async () => {
  const id = await signed();
  await decide('dispatcher', (await ask(lights, id, 'return')).body.id);
  await act(water, id, 'sign');
  const { body } = await ask(water, id, 'return', { proposedUnit: '510107-urban-management' });
  expect(body.decider).toEqual({ role: null, unit: '510107' });
  expect((await decide('dispatcher', body.id)).body).toMatchObject({ status: 403, code: 'not-the-decider' });
  const ruled = await decide('unit:510107', body.id, { unit: '510107-water', basis: '三定方案' });
  expect(ruled.status, ruled.text).toBe(200);
  expect(await order(id)).toMatchObject({ designated: true, responsibleUnit: { code: '510107-water' } });
  const again = await ask(water, id, 'return');
  expect([again.status, again.body.code]).toEqual([409, 'designated']);
});

test('403 for whoever does not decide it or has asked it, 409 once it is decided, 404 out of sight', async () => {
  const id = await handling();
  const { body } = await ask(lights, id, 'suspension');
  expect((await decide('shiftLeader', body.id)).body.code).toBe('not-the-decider');
  expect((await decide(water, body.id)).status).toBe(404);
  expect((await decide('dispatcher', body.id)).status).toBe(200);
  expect((await decide('dispatcher', body.id)).body).toMatchObject({ status: 409, code: 'not-pending' });
  expect((await decide('dispatcher', '00000000-0000-7000-8000-000000000000')).status).toBe(404);
  const held = await call('operator', 'POST', 'requests', aLight({ disposition: 'hold' }));
  const both = { 'gridcall-actor': 'A' };
  const rejection = { kind: 'rejection', reason: '不予受理', class: 'no_facts', explanation: '请提供地点' };
  const path = `work-orders/${held.body.workOrder.id}/approvals`;
  const asked = await call('operator', 'POST', path, rejection, both);
  expect(asked.body.decider, asked.text).toEqual({ role: 'shift_leader', unit: null });
  const own = await call(
    'shiftLeader',
    'POST',
    `approvals/${asked.body.id}/decision`,
    { granted: true, reason: 'x' },
    both,
  );
  expect(own.body).toMatchObject({ status: 403, code: 'own-request' });
  expect((await decide('shiftLeader', asked.body.id)).body.workOrder.state).toBe('rejected');
});

test('409 names the state and what may be done; 403 whoever is not to ask', async () => {
  const id = await signed();
  const early = await ask(lights, id, 'suspension');
  expect(early.body).toMatchObject({
    status: 409,
    code: 'wrong-state',
    state: 'signed',
    allowedActions: expect.arrayContaining(['contact']),
  });
  expect((await ask('operator', id, 'return')).body).toMatchObject({ status: 403, code: 'not-yours' });
  expect((await ask(water, id, 'return')).status).toBe(404);
  await ask(lights, id, 'return');
  expect((await ask(lights, id, 'return')).body).toMatchObject({ status: 409, code: 'pending-already' });
});

test('a granted suspension pauses, an extension moves the limit, a refusal moves nothing', async () => {
  const id = await handling();
  await decide('shiftLeader', (await ask(lights, id, 'extension')).body.id);
  const resolve = async () => (await order(id)).clocks.find((c: { kind: string }) => c.kind === 'resolve');
  expect(await resolve()).toMatchObject({ dueAt: '2026-03-12T18:00:00+08:00', state: 'running' });
  await decide('dispatcher', (await ask(lights, id, 'suspension')).body.id, { granted: false });
  expect(await order(id)).toMatchObject({ state: 'handling' });
  await decide('dispatcher', (await ask(lights, id, 'suspension')).body.id);
  expect(await order(id)).toMatchObject({ state: 'suspended' });
  expect(await resolve()).toMatchObject({ state: 'paused' });
});

test('taken back by the unit that asked, by nobody else, and once', async () => {
  const { body } = await ask(lights, await handling(), 'suspension');
  const back = (as: string) => call(as, 'POST', `approvals/${body.id}/withdraw`);
  expect((await back('dispatcher')).body).toMatchObject({ status: 403, code: 'not-yours' });
  expect((await back(lights)).body.state).toBe('withdrawn');
  expect((await back(lights)).body).toMatchObject({ status: 409, code: 'not-pending' });
});

test('two who decide at once: one decides', async () => {
  const { body } = await ask(lights, await handling(), 'suspension');
  const both = await Promise.all([decide('dispatcher', body.id), decide('dispatcher', body.id, { granted: false })]);
  expect(both.map((r) => r.status).toSorted((a, b) => a - b)).toEqual([200, 409]);
});

test('lists: the hotline all, a unit what it asks and decides, pages without gaps', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) {
    clock.pass(60_000);
    ids.push((await ask(lights, await handling(), 'suspension')).body.id);
  }
  const pages: string[] = [];
  let cursor: string | null = '';
  do {
    const page = await call(
      lights,
      'GET',
      `approvals?pending=true&kind=suspension&limit=2${cursor ? `&cursor=${cursor}` : ''}`,
    );
    expect(page.status, page.text).toBe(200);
    pages.push(...page.body.items.map((a: { id: string }) => a.id));
    cursor = page.body.nextCursor;
  } while (cursor !== null);
  expect(pages.slice(0, 3)).toEqual(ids.toReversed());
  expect(new Set(pages).size).toBe(pages.length);
  const all = await call('dispatcher', 'GET', 'approvals?pending=true&limit=200');
  expect(all.body.items.map((a: { id: string }) => a.id)).toEqual(expect.arrayContaining(ids));
  expect((await call(water, 'GET', 'approvals?kind=suspension')).body.items).toEqual([]);
  expect((await call(lights, 'GET', 'approvals?cursor=eA')).body).toMatchObject({ status: 400, code: 'invalid' });
});

test('a late mark is contested after the order has moved on, decided by the shift leader, and lifted beside the record', async () => {
  const made = await call('operator', 'POST', 'requests', aLight());
  const id = made.body.workOrder.id;
  clock.pass(6 * 3_600_000);
  await fireDue(deps);
  expect(await order(id)).toMatchObject({ state: 'signed', signedLate: true });
  await act('dispatcher', id, 'redispatch', { unit: '510107-water', basis: '三定方案', reason: '派错' });
  expect((await call(lights, 'GET', `work-orders/${id}`)).status).toBe(404);
  const contest = (as: string, more: object = {}) =>
    call(as, 'POST', `work-orders/${id}/approvals`, {
      kind: 'late_mark',
      reason: '当日系统停机',
      mark: 'sign',
      evidence: '运维通报',
      ...more,
    });
  expect((await contest('unit:510107-education')).status).toBe(404);
  expect((await contest(water)).body).toMatchObject({ status: 409, code: 'not-late' });
  expect((await contest(lights, { evidence: '' })).status).toBe(400);
  const asked = await contest(lights);
  expect(asked.status, asked.text).toBe(201);
  expect(asked.body).toMatchObject({
    terms: { mark: 'sign', evidence: '运维通报', clock: expect.any(Number) },
    decider: { role: 'shift_leader' },
  });
  expect((await contest(lights)).body).toMatchObject({ status: 409, code: 'pending-already' });
  await call('operator', 'POST', `requests/${made.body.request.id}/withdraw`, {});
  expect(await order(id)).toMatchObject({ state: 'withdrawn', approvals: [{ state: 'pending' }] });
  expect((await decide(lights, asked.body.id)).status).toBe(403);
  expect((await decide('dispatcher', asked.body.id)).body.code).toBe('not-the-decider');
  const ruled = await decide('shiftLeader', asked.body.id, { reason: '确属停机' });
  expect(ruled.body, ruled.text).toMatchObject({ state: 'granted', decisionReason: '确属停机' });
  expect((await call(lights, 'GET', `approvals/${asked.body.id}`)).body.state).toBe('granted');
  const { rows } = await pool.query(
    "select unit, body from facts where subject_id = $1 and type = 'late_mark_lifted'",
    [id],
  );
  expect(rows).toMatchObject([{ unit: '510107-urban-management', body: { mark: 'sign' } }]);
  expect((await contest(lights)).body).toMatchObject({ status: 409, code: 'contested-before' });
});
