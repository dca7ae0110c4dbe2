import { expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { toiletsToStreets } from '../support/admissions.ts';
import { aLight, demo } from '../support/city.ts';

const { call, act, clock, deps, pool } = await demo();

const bureau = 'unit:510107-urban-management';
const street = '510107001';
const proposal = toiletsToStreets('2026-04-01T00:00:00+08:00');
const toilets = proposal.category;
const propose = (more: object = {}, as = bureau) => call(as, 'POST', 'admissions', { ...proposal, ...more });
const decide = (as: string, id: string, more: object = {}, path = 'admissions') =>
  call(as, 'POST', `${path}/${id}/decision`, { granted: true, reason: '同意', ...more });
const at = (now: string) => clock.set(now);
const held = async (category = toilets): Promise<string> => {
  const made = await call('operator', 'POST', 'requests', aLight({ category, disposition: 'hold' }));
  const { id } = made.body.workOrder;
  await act('operator', id, 'accept');
  return id;
};
const dispatch = (id: string, unit = street) => act('dispatcher', id, 'dispatch', { unit, basis: '准入审批' });

test('W6 what is off the list is pushed in vain until it was reviewed, approved, and its date has come', async () => {
  const id = await held();
  const pushed = await dispatch(id);
  expect(pushed.body).toMatchObject({ status: 409, code: 'off-duty-list', unit: street, category: toilets });
  const made = await propose();
  expect(made.status, made.text).toBe(201);
  expect(made.headers.location).toBe(`/v1/admissions/${made.body.id}`);
  expect(made.body).toMatchObject({
    number: expect.stringMatching(/^ZR20260302\d{6}$/),
    state: 'legal_review',
    decider: 'legal_office',
    dueAt: '2026-03-09T18:00:00+08:00',
    unit: null,
    unitKind: 'street',
    steps: [{ step: 'legal_review', state: 'pending' }],
  });
  const early = await decide('government', made.body.id);
  expect(early.body).toMatchObject({ status: 403, code: 'not-the-decider' });
  const reviewed = await decide('legalOffice', made.body.id, { reason: '合法' });
  expect(reviewed.body).toMatchObject({ state: 'government_approval', decider: 'government', allowedActions: [] });
  expect((await dispatch(id)).body.code).toBe('off-duty-list');
  const done = await decide('government', made.body.id);
  expect(done.body, done.text).toMatchObject({ state: 'granted', decider: null, dueAt: null });
  expect(done.body.steps).toMatchObject([
    { state: 'granted', reason: '合法' },
    { state: 'granted', reason: '同意' },
  ]);
  expect((await decide('government', made.body.id)).body).toMatchObject({ status: 409, code: 'not-pending' });
  expect((await dispatch(id)).body.code).toBe('off-duty-list');
  expect((await call('admin', 'GET', `duty-lists/${made.body.number}`)).status).toBe(404);
  at('2026-04-01T09:00:00+08:00');
  const line = await call('admin', 'GET', `duty-lists/${made.body.number}`);
  expect(line.body).toMatchObject({
    unitKind: 'street',
    list: 'purchase',
    text: proposal.text,
    category: toilets,
    basis: made.body.id,
  });
  const passed = await dispatch(id);
  expect(passed.body, passed.text).toMatchObject({ state: 'dispatched', responsibleUnit: { code: street } });
  const { rows } = await pool.query(
    "select type from facts where subject = 'admission' and subject_id = $1 order by id",
    [made.body.id],
  );
  expect(rows.map((r) => r.type)).toEqual(['admission_proposed', 'admission_reviewed', 'admission_granted']);
});

test.each([
  ['N6 the power unsaid', { power: undefined }, 422, 'transfer-missing'],
  ['N6 the fund unsaid', { fund: ' ' }, 422, 'transfer-missing'],
  ['N6 the staff unsaid', { staff: '' }, 422, 'transfer-missing'],
  ['N18 no contract', { contract: undefined }, 422, 'contract-missing'],
  ['nobody who receives it', { unitKind: null }, 422, 'receiver-missing'],
  ['a bureau as receiver', { unitKind: null, unit: '510107-water' }, 409, 'not-guarded'],
  ['an unknown unit', { unitKind: null, unit: 'nobody' }, 422, 'unit-unknown'],
  ['an unknown category', { category: '没有' }, 422, 'category-unknown'],
  ['what the street does already', { category: '城市管理/部件/垃圾箱' }, 409, 'admitted-already'],
  ['what is on the negative list', { category: '住房建设/房屋征收' }, 409, 'negative-list'],
  ['enforcement for communities', { category: '城市管理/违法建设', unitKind: 'community' }, 409, 'administrative-act'],
  ['a date that is over', { effectiveAt: '2026-03-01T00:00:00+08:00' }, 422, 'in-the-past'],
  ['no reason', { reason: '' }, 400, 'invalid'],
  ['another list', { list: 'negative' }, 400, 'invalid'],
])('refused with %s, and nothing is kept', async (_what, wrong, status, code) => {
  const before = (await call('auditor', 'GET', 'admissions?limit=200')).body.items.length;
  expect(
    (await propose({ category: '城市管理/部件/雕塑', effectiveAt: '2026-09-01T00:00:00+08:00', ...wrong })).body,
  ).toMatchObject({ status, code });
  expect((await call('auditor', 'GET', 'admissions?limit=200')).body.items).toHaveLength(before);
});

test('403 for communities and operators; 404 for whoever has nothing to do with it', async () => {
  const fresh = { category: '城市管理/部件/绿地', effectiveAt: '2026-09-01T00:00:00+08:00' };
  expect((await propose(fresh, 'unit:510107001004')).body).toMatchObject({ status: 403, code: 'not-yours' });
  expect((await propose(fresh, 'operator')).body).toMatchObject({ status: 403, code: 'not-yours' });
  expect((await propose(fresh, 'legalOffice')).status).toBe(403);
  const { body } = await propose({ ...fresh, unitKind: null, unit: street });
  const seen = (as: string) => call(as, 'GET', `admissions/${body.id}`);
  expect((await seen('unit:510107-water')).status).toBe(404);
  expect((await seen('unit:510107004')).status).toBe(404);
  expect((await seen(`unit:${street}`)).body.number).toBe(body.number);
  expect((await decide('dispatcher', body.id)).status).toBe(403);
  expect((await call('unit:510107-water', 'POST', `admissions/${body.id}/withdraw`, {})).status).toBe(404);
  expect((await call(`unit:${street}`, 'POST', `admissions/${body.id}/withdraw`, {})).body.code).toBe('not-yours');
  const back = await call(bureau, 'POST', `admissions/${body.id}/withdraw`, {});
  expect(back.body, back.text).toMatchObject({ state: 'withdrawn', dueAt: null });
  expect((await decide('legalOffice', body.id)).body.code).toBe('not-pending');
});

test('silence goes one level up and is urged there; it never grants', async () => {
  at('2026-04-06T09:00:00+08:00');
  const { body } = await propose({ category: '城市管理/部件/雕塑', effectiveAt: '2026-09-01T00:00:00+08:00' });
  const now = async () => (await call('auditor', 'GET', `admissions/${body.id}`)).body;
  at(body.dueAt);
  await Promise.all([fireDue(deps), fireDue(deps)]);
  const lapsed = await now();
  expect(lapsed).toMatchObject({ state: 'legal_review', decider: 'government' });
  expect(lapsed.steps).toMatchObject([{ state: 'lapsed' }, { state: 'pending', succeeds: lapsed.steps[0].id }]);
  expect((await decide('legalOffice', body.id)).body.code).toBe('not-the-decider');
  at(lapsed.dueAt);
  await fireDue(deps);
  const urged = await now();
  expect(urged).toMatchObject({ state: 'legal_review', decider: 'government', steps: { length: 2 } });
  expect(Date.parse(urged.dueAt)).toBeGreaterThan(Date.parse(lapsed.dueAt));
  expect((await decide('government', body.id)).body.state).toBe('government_approval');
  expect((await decide('government', body.id)).body.state).toBe('granted');
});

test('whose word is waited for is warned once at four fifths of the limit of each look', async () => {
  at('2026-05-11T09:00:00+08:00');
  const id = await held('城市管理/部件/路名牌');
  const more = { category: '城市管理/部件/路名牌', effectiveAt: '2026-09-01T00:00:00+08:00', kind: 'admission' };
  const asked = await call('dispatcher', 'POST', `work-orders/${id}/approvals`, { ...proposal, ...more });
  expect(asked.body.dueAt, asked.text).toBe('2026-05-18T18:00:00+08:00');
  const warned = async () =>
    (
      await pool.query(
        "select at, unit, body->>'decider' as decider from facts where subject_id = $1 and type = 'warned' order by id",
        [asked.body.id],
      )
    ).rows;
  // From Monday 09:00 to the next Monday's closing are 48 working hours: 38.4 of them are over on Friday at 16:24.
  at('2026-05-15T16:23:59.999+08:00');
  await fireDue(deps);
  expect(await warned()).toEqual([]);
  clock.pass(1);
  await Promise.all([fireDue(deps), fireDue(deps)]);
  expect(await warned()).toEqual([{ at: new Date('2026-05-15T16:24:00+08:00'), unit: null, decider: 'legal_office' }]);
  await decide('legalOffice', asked.body.id, {}, 'approvals');
  at('2026-06-30T09:00:00+08:00');
  await fireDue(deps);
  expect(await warned()).toMatchObject([{ decider: 'legal_office' }, { decider: 'government' }]);
  // The record of the order tells what became of the admission, not of its clocks.
  const { items } = (await call('operator', 'GET', `work-orders/${id}/events?limit=200`)).body;
  const clocks = items.filter((f: { body: { clock?: { kind: string } } }) => f.body.clock?.kind === 'decision');
  expect(clocks).toEqual([]);
});

test('asked on an order: one approval with one id through both looks, in the lists of those who decide it', async () => {
  const id = await held('城市管理/部件/行道树');
  const effectiveAt = '2026-09-01T00:00:00+08:00';
  const body = {
    ...proposal,
    kind: 'admission',
    category: '城市管理/部件/行道树',
    unitKind: null,
    unit: street,
    effectiveAt,
  };
  const asked = await call('dispatcher', 'POST', `work-orders/${id}/approvals`, body);
  expect(asked.status, asked.text).toBe(201);
  expect(asked.body).toMatchObject({
    kind: 'admission',
    state: 'pending',
    decider: { role: 'legal_office', unit: null },
    terms: { step: 'legal_review', unit: street, fund: proposal.fund, effectiveAt },
    workOrder: { id },
  });
  const path = asked.headers.location?.toString().replace('/v1/', '') ?? '';
  expect((await call('dispatcher', 'GET', path)).body).toEqual(asked.body);
  const listed = async (as: string) =>
    (await call(as, 'GET', 'approvals?pending=true&limit=200')).body.items.map((a: { id: string }) => a.id);
  expect([await listed('legalOffice'), await listed('dispatcher')]).toEqual([
    expect.arrayContaining([asked.body.id]),
    expect.arrayContaining([asked.body.id]),
  ]);
  expect(await listed('unit:510107-water')).not.toContain(asked.body.id);
  const waiting = async (as: string) =>
    (await call(as, 'GET', 'todo?limit=200')).body.items.filter(
      (i: { admissionId?: string }) => i.admissionId === asked.body.id,
    );
  expect(await waiting('legalOffice')).toMatchObject([{ kind: 'admission', step: 'legal_review', workOrder: { id } }]);
  expect(await waiting('government')).toEqual([]);
  expect((await decide('dispatcher', asked.body.id, {}, 'approvals')).body.code).toBe('own-request');
  expect((await decide('centreLeader', asked.body.id, {}, 'approvals')).body.code).toBe('not-the-decider');
  const reviewed = await decide('legalOffice', asked.body.id, {}, 'approvals');
  expect(reviewed.body, reviewed.text).toMatchObject({ state: 'pending', decider: { role: 'government' } });
  expect(await waiting('government')).toMatchObject([{ step: 'government_approval' }]);
  const done = await decide('government', asked.body.id, { reason: '准予' }, 'approvals');
  expect(done.body).toMatchObject({ state: 'granted', decisionReason: '准予', decidedBy: 'government', dueAt: null });
  const { items } = (await call('operator', 'GET', `work-orders/${id}/events?limit=200`)).body;
  const told = items.filter((f: { type: string }) => f.type.startsWith('admission'));
  expect(told.map((f: { type: string }) => f.type)).toEqual([
    'admission_proposed',
    'admission_reviewed',
    'admission_granted',
  ]);
  const page = await call('auditor', 'GET', `admissions?workOrderId=${id}`);
  expect(page.body.items).toMatchObject([{ id: asked.body.id }]);
  expect((await call(`unit:${street}`, 'GET', path)).body.workOrder).toBeNull();
});

test('404 for an admission on an order out of sight', async () => {
  const id = await held('城市管理/部件/工地');
  const body = { ...proposal, kind: 'admission', category: '城市管理/部件/工地' };
  expect((await call('unit:510107-water', 'POST', `work-orders/${id}/approvals`, body)).status).toBe(404);
});

test('lists: pages without gaps, narrowed by what is asked', async () => {
  const ids: string[] = [];
  for (const category of ['城市管理/部件/地下通道', '城市管理/部件/过街天桥', '城市管理/部件/停车场']) {
    clock.pass(60_000);
    ids.push((await propose({ category, effectiveAt: '2026-09-01T00:00:00+08:00' })).body.id);
  }
  const pages: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await call(bureau, 'GET', `admissions?pending=true&limit=2${cursor ? `&cursor=${cursor}` : ''}`);
    expect(page.status, page.text).toBe(200);
    pages.push(...page.body.items.map((a: { id: string }) => a.id));
    cursor = page.body.nextCursor;
  }
  expect(pages.slice(0, 3)).toEqual(ids.toReversed());
  expect(new Set(pages).size).toBe(pages.length);
  const narrow = async (query: string) => (await call('auditor', 'GET', `admissions?${query}`)).body.items.length;
  expect(await narrow('state=granted&category=城市管理')).toBe(3);
  expect(await narrow('askedByUnit=hotline')).toBe(2);
  expect(await narrow(`unit=${street}&pending=false`)).toBe(2);
});

test('two who decide at once: one line is made', async () => {
  const { body } = await propose({ category: '城市管理/部件/护树设施', effectiveAt: '2026-09-01T00:00:00+08:00' });
  const both = await Promise.all([decide('legalOffice', body.id), decide('legalOffice', body.id)]);
  expect(both.map((r) => r.status).toSorted((a, b) => a - b)).toEqual([200, 403]);
  const last = await Promise.all([decide('government', body.id), decide('government', body.id, { granted: false })]);
  expect(last.map((r) => r.status).toSorted((a, b) => a - b)).toEqual([200, 409]);
});
