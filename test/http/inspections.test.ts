import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { demo } from '../support/city.ts';
import { askingIn, lightsUnit as owner } from '../support/follow-ups.ts';

const { call, act, pool, clock, deps } = await demo();
const { handled, take, answer } = askingIn({ call, act });
const unit = `unit:${owner}`;

/** An order that has been handled, and whose resident was content. */
async function closed(): Promise<string> {
  const id = await handled();
  const done = await answer(await take());
  expect(done.status, done.text).toBe(200);
  return id;
}
const make = (body: object, as = 'inspector') => call(as, 'POST', 'inspections', { name: '回头看', ...body });
const itemsOf = async (inspectionId: string, more = '') =>
  (await call('auditor', 'GET', `inspection-items?inspectionId=${inspectionId}&limit=200${more}`)).body.items;
const named = (post: string) => ({ 'gridcall-actor': `holder-${post}-a` });
const see = (id: string, post: string, body: object) =>
  call('inspector', 'POST', `inspection-items/${id}/finding`, body, named(post));
const found = { passed: false, finding: '灯仍不亮', evidence: [{ text: '夜间照片' }] };

let ids: string[];
beforeAll(async () => {
  ids = [];
  for (let n = 0; n < 6; n++) ids.push(await closed());
});

describe('a random inspection', () => {
  test('X35 draws closed orders by a seed that is on record, each to an inspector of nobody’s side', async () => {
    const made = await make({ count: 4, scope: { unit: '510107' } });
    expect(made.status, made.text).toBe(201);
    expect(made.headers.location).toBe(`/v1/inspections/${made.body.id}`);
    expect(made.body).toMatchObject({ kind: 'random', draws: 1, counts: { open: 4, passed: 0, found: 0, moot: 0 } });
    const items = await itemsOf(made.body.id);
    const drawn = items.map((i: { workOrder: { id: string } }) => i.workOrder.id);
    const { rows } = await pool.query("select body from facts where type = 'inspection_drawn' and subject_id = $1", [
      made.body.id,
    ]);
    const { seed, population } = rows[0].body;
    expect(population).toBe(6);
    const rank = (id: string) => createHash('sha256').update(`${seed}${id}`).digest('hex');
    const again = ids.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, 4);
    expect(drawn.toSorted()).toEqual(again.toSorted());
    for (const { post, dueAt } of items) {
      expect(post).toMatch(/inspector/);
      expect(dueAt).toBe('2026-03-09T18:00:00+08:00');
    }
  });

  test('nobody is drawn twice while closed: the next sample takes what is left', async () => {
    const next = await make({ share: 1 });
    expect(next.body.counts.open).toBe(2);
    expect((await make({ share: 1 })).body.counts.open).toBe(0);
    expect((await call('inspector', 'POST', `inspections/${next.body.id}/draw`, {})).body).toMatchObject({
      draws: 2,
      counts: { open: 2 },
    });
  });

  test('four who draw at once share what there is', async () => {
    const more = [await closed(), await closed(), await closed()];
    const all = await Promise.all([1, 2, 3, 4].map(() => make({ count: 2 })));
    expect(all.map((r) => r.status)).toEqual([201, 201, 201, 201]);
    const drawn = (await Promise.all(all.map((r) => itemsOf(r.body.id)))).flat();
    expect(drawn.map((i: { workOrder: { id: string } }) => i.workOrder.id).toSorted()).toEqual(more.toSorted());
  });

  test('400, 403, 422: neither or both sizes, another role, a unit that is none, a start that is over', async () => {
    expect((await make({})).status).toBe(400);
    expect((await make({ count: 1, share: 0.5 })).status).toBe(400);
    expect((await make({ count: 1, scope: { closedWithinDays: 31 } })).status).toBe(400);
    expect((await make({ count: 1 }, unit)).status).toBe(403);
    expect((await make({ count: 1, scope: { unit: 'nobody' } })).body.code).toBe('unit-unknown');
    expect((await make({ count: 1, scope: { area: 'nowhere' } })).body.code).toBe('area-unknown');
    expect((await make({ count: 1, startAt: '2026-03-01T09:00:00+08:00' })).body.code).toBe('in-the-past');
  });
});

describe('what an inspector sees', () => {
  test('is in todo of who was drawn; with a finding the order goes back to work, and the results are counted', async () => {
    const [first, second] = await itemsOf((await call('auditor', 'GET', 'inspections?limit=200')).body.items.at(-1).id);
    const todo = (await call('inspector', 'GET', 'todo', undefined, named(first.post))).body.items;
    expect(todo).toContainEqual(expect.objectContaining({ kind: 'inspection', inspectionItemId: first.id }));
    const mine = await call('inspector', 'GET', 'inspection-items?mine=true&state=open', undefined, named(first.post));
    expect(mine.body.items.map((i: { id: string }) => i.id)).toContain(first.id);
    expect((await see(first.id, 'nobody', found)).body.code).toBe('not-drawn');
    expect((await see(first.id, first.post, { passed: false, finding: 'x' })).body.code).toBe('evidence-missing');
    expect((await see(first.id, first.post, { ...found, finding: '' })).body.code).toBe('reason-missing');
    const attachmentId = '0199a000-0000-7000-8000-000000000001';
    expect((await see(first.id, first.post, { ...found, evidence: [{ attachmentId }] })).body.code).toBe(
      'evidence-missing',
    );
    const done = await see(first.id, first.post, found);
    expect(done.body, done.text).toMatchObject({ state: 'found', finding: '灯仍不亮', by: `holder-${first.post}-a` });
    const order = (await call(unit, 'GET', `work-orders/${first.workOrder.id}`)).body;
    expect(order).toMatchObject({ state: 'rework', reworks: 1 });
    expect((await call(unit, 'GET', `work-orders/${first.workOrder.id}/events?limit=200`)).text).toContain(
      'inspection_found',
    );
    expect((await see(first.id, first.post, found)).body.code).toBe('inspection-done');
    expect((await see(second.id, second.post, { passed: true })).body.state).toBe('passed');
    const summary = await call(
      'centreLeader',
      'GET',
      'inspections/summary?from=2026-03-01T00:00:00%2B08:00&to=2026-04-01T00:00:00%2B08:00',
    );
    expect(summary.body.items).toEqual([
      { unit: expect.objectContaining({ code: owner }), inspected: 2, found: 1, share: 0.5 },
    ]);
  });

  test('409 inspection-moot where the order is worked on again; 404 for what is not there', async () => {
    const open = (await call('auditor', 'GET', 'inspection-items?state=open&limit=200')).body.items;
    const [item] = open;
    await act('inspector', item.workOrder.id, 'reopen', { reason: '群众来电' });
    expect((await see(item.id, item.post, found)).body.code).toBe('inspection-moot');
    expect((await see(item.workOrder.id, item.post, found)).status).toBe(404);
    expect((await call('shiftLeader', 'POST', `inspection-items/${item.id}/finding`, found)).status).toBe(403);
  });

  test('who does not look in time is replaced and a shift leader told; what is moot by then is put away', async () => {
    const before = (await call('auditor', 'GET', 'inspection-items?state=open&limit=200')).body.items;
    clock.set('2026-03-09T18:00:00+08:00');
    await fireDue(deps);
    const after = (await call('auditor', 'GET', 'inspection-items?limit=200')).body.items;
    let replaced = 0;
    for (const { id, post } of before) {
      const now = after.find((i: { id: string }) => i.id === id);
      if (now.state === 'moot') continue;
      replaced += 1;
      expect(now).toMatchObject({ state: 'open', dueAt: '2026-03-16T18:00:00+08:00' });
      expect(now.post).not.toBe(post);
      const events = (await call(unit, 'GET', `work-orders/${now.workOrder.id}/events?limit=200`)).text;
      expect(events).toContain('inspector_silent');
      for (const hidden of [post, now.post]) expect(events).not.toContain(`"${hidden}"`);
    }
    expect(replaced).toBeGreaterThan(2);
    expect(after.filter((i: { state: string }) => i.state === 'moot')).toHaveLength(1);
    const told = (await call('shiftLeader', 'GET', 'todo?limit=200')).body.items.filter(
      (i: { taskKind?: string }) => i.taskKind === 'inspector_silent',
    );
    expect(told).toHaveLength(replaced);
  });
});

describe('a scheduled inspection', () => {
  test('draws on its day and every so many days from then on, until it is ended', async () => {
    const made = await make({ count: 1, startAt: '2026-03-11T09:00:00+08:00', everyDays: 7 }, 'centreLeader');
    expect(made.body).toMatchObject({ kind: 'scheduled', draws: 0, nextAt: '2026-03-11T09:00:00+08:00' });
    clock.set('2026-03-10T10:00:00+08:00');
    await closed();
    await closed();
    await fireDue(deps);
    const now = async () => (await call('auditor', 'GET', `inspections/${made.body.id}`)).body;
    expect((await now()).draws).toBe(0);
    clock.set('2026-03-11T09:00:00+08:00');
    await fireDue(deps);
    expect(await now()).toMatchObject({ draws: 1, nextAt: '2026-03-18T09:00:00+08:00', counts: { open: 1 } });
    clock.set('2026-03-18T09:00:00+08:00');
    await fireDue(deps);
    expect(await now()).toMatchObject({ draws: 2, nextAt: '2026-03-25T09:00:00+08:00', counts: { open: 2 } });
    const end = (as = 'inspector') => call(as, 'POST', `inspections/${made.body.id}/end`, {});
    expect((await end(unit)).status).toBe(403);
    expect((await end()).body).toMatchObject({ nextAt: null, endedAt: '2026-03-18T09:00:00+08:00' });
    expect((await end()).body.code).toBe('inspection-over');
    expect((await call('inspector', 'POST', `inspections/${made.body.id}/draw`, {})).body.code).toBe('inspection-over');
    expect((await call('inspector', 'GET', 'inspections/0199a000-0000-7000-8000-000000000001')).status).toBe(404);
  });
});

test('403 for an inspector who was drawn and is marked as a party to the case since', async () => {
  await closed();
  const [item] = await itemsOf((await make({ share: 1 })).body.id);
  const party = { name: `holder-${item.post}-a`, unit: 'hotline', reason: '系承办人亲属' };
  const marked = await call('shiftLeader', 'POST', `work-orders/${item.workOrder.id}/recusals`, party);
  expect(marked.status, marked.text).toBe(200);
  const said = await see(item.id, item.post, { passed: true });
  expect([said.status, said.body.code]).toEqual([403, 'recused']);
});
