import { expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo } from '../support/city.ts';

const { call, act, clock, deps } = await demo();
const chengguan = '510107-urban-management';
const lights = `unit:${chengguan}`;
const duty = { category: '城市管理/部件', from: chengguan, to: '510107-housing', basis: '权随责走决定' };

const made = async (more: object = {}): Promise<string> =>
  (await call('operator', 'POST', 'requests', aLight(more))).body.workOrder.id;
const move = (body: object, as = 'dispatcher') => call(as, 'POST', 'directory/moves', body);
const order = async (id: string) => (await call('operator', 'GET', `work-orders/${id}`)).body;

test('W12 a duty that moves takes along what its unit still works on, and each order shows it', async () => {
  const [waiting, handling, submitted, other] = [
    await made(),
    await made(),
    await made(),
    await made({ category: '城市管理/事件/施工扰民' }),
  ];
  for (const id of [handling, submitted]) {
    await act(lights, id, 'sign');
    await act(lights, id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
  }
  await act(lights, submitted, 'submit', { result: 'solved', evidence: [{ text: '好了' }], requesterTold: true });
  const before = await order(other);
  const moved = await move(duty);
  expect(moved.status, moved.text).toBe(201);
  expect(moved.body).toMatchObject({
    moved: 2,
    refused: [],
    effectiveAt: '2026-03-02T09:00:00+08:00',
    doneAt: '2026-03-02T09:00:00+08:00',
  });
  for (const id of [waiting, handling]) {
    const now = await order(id);
    expect(now).toMatchObject({ state: 'dispatched', responsibleUnit: { code: '510107-housing' } });
    expect(now.assignments.at(-1)).toMatchObject({ cause: 'redispatched', basis: duty.basis });
    const { items } = (await call('operator', 'GET', `work-orders/${id}/events?limit=200`)).body;
    expect(items.findLast((f: { type: string }) => f.type === 'move-duty')).toMatchObject({
      actor: { name: 'dispatcher' },
      body: { reason: `duty move ${moved.body.id}` },
    });
  }
  expect(await order(submitted)).toMatchObject({ state: 'submitted', responsibleUnit: { code: chengguan } });
  expect(await order(other)).toEqual(before);
});

test('only in the area it moves in', async () => {
  const id = await made();
  const { path } = (await order(id)).placement;
  const elsewhere = ['510107001', '510107002'].find(
    (code) => !path.some((step: { code: string }) => step.code === code),
  );
  expect((await move({ ...duty, area: elsewhere })).body).toMatchObject({ moved: 0 });
  expect(
    (await move({ ...duty, area: path.find((step: { level: string }) => step.level === 'street').code })).body,
  ).toMatchObject({ moved: 1 });
});

test('what the new unit may not be given stays, and is named', async () => {
  const id = await made();
  const barred = await move({ ...duty, to: '510107001' });
  const now = await order(id);
  expect(barred.body.moved + barred.body.refused.length).toBeGreaterThan(0);
  for (const { workOrderId, code } of barred.body.refused)
    expect([workOrderId, code]).toEqual([id, expect.stringMatching(/off-duty-list|administrative-act/)]);
  expect(now.responsibleUnit.code).toBe(barred.body.refused.length > 0 ? chengguan : '510107001');
});

test('G15 each order that a move would have given to a street off its list is a refused push, counted once', async () => {
  const counted = async (): Promise<number> => {
    const march = 'from=2026-03-01T00:00:00%2B08:00&to=2026-04-01T00:00:00%2B08:00&unit=hotline';
    return (await call('auditor', 'GET', `statistics/refused-pushes?${march}`)).body.pushes;
  };
  const before = await counted();
  await made();
  const barred = await move({ ...duty, to: '510107001' });
  expect(barred.body.refused.length).toBeGreaterThan(0);
  expect(barred.body.refused.every(({ code }: { code: string }) => code === 'off-duty-list')).toBe(true);
  expect(await counted()).toBe(before + barred.body.refused.length);
  await fireDue(deps);
  expect(await counted()).toBe(before + barred.body.refused.length);
});

test('a later date: nothing moves before it, everything at it, once however many look', async () => {
  await move(duty);
  const later = await move({ ...duty, effectiveAt: '2026-03-03T09:00:00+08:00' });
  expect(later.body).toMatchObject({ doneAt: null, moved: null });
  const id = await made();
  await fireDue(deps);
  expect((await order(id)).responsibleUnit.code).toBe(chengguan);
  clock.set('2026-03-03T09:00:00+08:00');
  await Promise.all([fireDue(deps), fireDue(deps)]);
  expect((await call('auditor', 'GET', `directory/moves/${later.body.id}`)).body).toMatchObject({
    doneAt: '2026-03-03T09:00:00+08:00',
    moved: 1,
  });
  expect((await order(id)).responsibleUnit.code).toBe('510107-housing');
});

test('W12 open orders may stay with their unit, and the move says how many did', async () => {
  const id = await made();
  const before = await order(id);
  const kept = await move({ ...duty, keepOpen: true });
  expect(kept.body).toMatchObject({ keepOpen: true, moved: 0, refused: [] });
  expect(kept.body.kept).toBeGreaterThan(0);
  expect(await order(id)).toEqual(before);
});

test('the answer names the rows of the directory that will still send the duty to the former unit', async () => {
  const light = await move({ ...duty, category: '城市管理/部件/路灯', keepOpen: true });
  expect(light.body.stillNamed).toHaveLength(1);
  expect((await move({ ...duty, keepOpen: true })).body.stillNamed.length).toBeGreaterThan(1);
  const none = await move({ ...duty, from: '510107-education', keepOpen: true });
  expect(none.body.stillNamed).toEqual([]);
});

test('a move whose moment has not come can be taken back, once; then nothing moves', async () => {
  const { body } = await move({ ...duty, effectiveAt: '2026-03-05T09:00:00+08:00' });
  const pending = async () =>
    (await call('auditor', 'GET', 'directory/moves?pending=true')).body.items.map((m: { id: string }) => m.id);
  expect(await pending()).toEqual([body.id]);
  const back = () => call('dispatcher', 'POST', `directory/moves/${body.id}/withdraw`, { reason: '方案调整' });
  expect((await call(lights, 'POST', `directory/moves/${body.id}/withdraw`, { reason: 'x' })).status).toBe(403);
  expect((await back()).body).toMatchObject({ withdrawReason: '方案调整', doneAt: null });
  expect((await back()).body).toMatchObject({ status: 409, code: 'not-pending' });
  expect(await pending()).toEqual([]);
  const id = await made();
  clock.set('2026-03-05T09:00:00+08:00');
  await fireDue(deps);
  expect((await order(id)).responsibleUnit.code).toBe(chengguan);
  const unknown = '00000000-0000-7000-8000-000000000000';
  expect((await call('dispatcher', 'POST', `directory/moves/${unknown}/withdraw`, { reason: 'x' })).status).toBe(404);
  expect((await call('auditor', 'GET', `directory/moves/${unknown}`)).status).toBe(404);
});

test('lists: by unit and category, pages without gaps', async () => {
  const all: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await call(
      'auditor',
      'GET',
      `directory/moves?unit=${chengguan}&limit=2${cursor ? `&cursor=${cursor}` : ''}`,
    );
    expect(page.status, page.text).toBe(200);
    all.push(...page.body.items.map((m: { id: string }) => m.id));
    cursor = page.body.nextCursor;
  }
  expect(new Set(all).size).toBe(all.length);
  const { rows } = await deps.pool.query('select count(*)::int as n from duty_moves where $1 in (from_unit, to_unit)', [
    chengguan,
  ]);
  expect(all).toHaveLength(rows[0].n);
  expect((await call('auditor', 'GET', 'directory/moves?category=没有')).body.items).toEqual([]);
});

test.each([
  ['an unknown category', { category: '没有' }, 422, 'category-unknown'],
  ['an unknown unit', { to: 'nobody' }, 422, 'unit-unknown'],
  ['an unknown area', { area: 'nowhere' }, 422, 'area-unknown'],
  ['the same unit', { to: chengguan }, 409, 'same-unit'],
  ['yesterday', { effectiveAt: '2026-03-01T09:00:00+08:00' }, 422, 'in-the-past'],
])('refused for %s', async (_what, wrong, status, code) => {
  expect((await move({ ...duty, ...wrong })).body).toMatchObject({ status, code });
});

test('403 for everybody but the dispatcher', async () => {
  expect((await move(duty, lights)).status).toBe(403);
});
