import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo } from '../support/city.ts';

const { call, clock, deps, pool } = await demo({ at: '2026-05-20T09:00:00+08:00' });
const community = '510107001004';
const byCommunity = `unit:${community}`;
const street = '510107001';
const byStreet = `unit:${street}`;
const another = 'unit:510107005';
const record = (as: string, body: object) =>
  call(as, 'POST', 'field-records', { on: '2026-05-18', title: '义诊进社区', ...body });
const listed = async (as: string, query = ''): Promise<{ id: string; withdrawn: object | null }[]> =>
  (await call(as, 'GET', `field-records?${query}`)).body.items;
const counts = async (query: string, as = 'government') => {
  const { status, body, text } = await call(as, 'GET', `statistics/field-records?${query}`);
  expect(status, text).toBe(200);
  return body;
};

describe('X27 activities and things done', () => {
  let first = '';
  beforeAll(async () => {
    const made = await record(byCommunity, { kind: 'activity', participants: 120, hours: 36.5, words: '三甲医院义诊' });
    expect(made.status, made.text).toBe(201);
    expect(made.headers.location).toBe(`/v1/field-records/${made.body.id}`);
    expect(made.body).toMatchObject({
      kind: 'activity',
      unit: { code: community },
      area: { code: community, name: '洗面桥社区居委会' },
      on: '2026-05-18',
      participants: 120,
      hours: 36.5,
      withdrawn: null,
    });
    first = made.body.id;
  });

  test('are recorded by a unit for itself and those below it, and by a grid worker in the own grids', async () => {
    const forCommunity = await record(byStreet, {
      kind: 'deed',
      unit: community,
      title: '修好楼道灯',
      on: '2026-04-02',
    });
    expect([forCommunity.status, forCommunity.body.unit.code]).toEqual([201, community]);
    expect((await record('gridWorker', { kind: 'deed', unit: community, area: `${community}001` })).status).toBe(201);
    const codeOf = async (as: string, body: object) => {
      const { status, body: said } = await record(as, body);
      return [status, said.code];
    };
    expect(await codeOf(byCommunity, { kind: 'deed', unit: street })).toEqual([403, 'not-yours']);
    expect(await codeOf(another, { kind: 'deed', unit: community })).toEqual([403, 'not-yours']);
    expect(await codeOf('gridWorker', { kind: 'deed', unit: community, area: 'nowhere' })).toEqual([
      422,
      'area-unknown',
    ]);
    expect(await codeOf('gridWorker', { kind: 'deed' })).toEqual([422, 'unit-unknown']);
    expect(await codeOf(byCommunity, { kind: 'deed', on: '2026-05-21' })).toEqual([422, 'in-the-future']);
    expect(await codeOf('operator', { kind: 'deed' })).toEqual([403, 'forbidden']);
    for (const wrong of [
      { kind: 'party' },
      { kind: 'deed', on: 'today' },
      { kind: 'deed', on: '0000-01-01' },
      { kind: 'deed', hours: 0.001 },
      { kind: 'deed', participants: -1 },
    ])
      expect(await codeOf(byCommunity, wrong)).toEqual([400, 'invalid']);
    const file = { evidence: [{ attachmentId: randomUUID() }] };
    expect(await codeOf(byCommunity, { kind: 'deed', ...file })).toEqual([422, 'evidence-missing']);
  });

  test('are seen by the unit, by those above it and by the city; to another unit they do not exist', async () => {
    for (const as of [byCommunity, byStreet, 'unit:510107', 'auditor'])
      expect(
        (await listed(as)).map(({ id }) => id),
        as,
      ).toContain(first);
    expect(await listed(another)).toEqual([]);
    expect((await call(another, 'GET', `field-records/${first}`)).status).toBe(404);
    expect((await call(another, 'POST', `field-records/${first}/withdraw`, { reason: '误报' })).status).toBe(404);
    expect((await call('vendor', 'GET', 'field-records')).status).toBe(403);
    expect(await listed('auditor', `unit=${street}&kind=activity&from=2026-05-18&to=2026-05-18`)).toHaveLength(1);
    expect(await listed('auditor', `unit=${street}&kind=activity&from=2026-05-19`)).toEqual([]);
  });

  test('are counted by unit, place and month, in a named period or a span', async () => {
    const second = await counts('period=2026-Q2');
    expect(second.all).toEqual({ activities: 1, deeds: 2, visits: 0, participants: 120, hours: 36.5 });
    expect(second.items).toMatchObject([
      { key: { code: community, name: expect.any(String) }, activities: 1, deeds: 2 },
    ]);
    const months = await counts('period=2026&by=month');
    expect(months.items).toMatchObject([
      { key: { code: '2026-04' }, deeds: 1 },
      { key: { code: '2026-05' }, activities: 1, deeds: 1 },
    ]);
    const streets = await counts(`from=2026-05-01T00:00:00%2B08:00&to=2026-06-01T00:00:00%2B08:00&by=street`);
    expect(streets.items).toMatchObject([{ key: { code: street, name: '浆洗街街道' }, activities: 1, deeds: 1 }]);
    expect((await counts('period=2026-Q1')).all).toMatchObject({ activities: 0, deeds: 0 });
    expect((await counts('period=2026-Q2', another)).all).toMatchObject({ activities: 0 });
    expect((await counts('period=2026-Q2', byStreet)).all).toMatchObject({ activities: 1 });
    expect((await call('government', 'GET', 'statistics/field-records?period=2026-Q9')).status).toBe(422);
    expect((await call('government', 'GET', 'statistics/field-records')).status).toBe(400);
  });

  test('a page that ends with what lies in no area says where to go on', async () => {
    const { id } = (await record('government', { kind: 'deed', unit: '510107-urban-management' })).body;
    const first = await counts('period=2026-Q2&by=street&limit=1');
    expect([first.items.map((each: { key: object }) => each.key), Boolean(first.nextCursor)]).toEqual([
      [{ code: null, name: null }],
      true,
    ]);
    const next = await counts(`period=2026-Q2&by=street&limit=1&cursor=${first.nextCursor}`);
    expect(next.items).toMatchObject([{ key: { code: street } }]);
    expect((await call('government', 'POST', `field-records/${id}/withdraw`, { reason: '误报' })).status).toBe(200);
  });

  test('in public there are counts and nothing else', async () => {
    const shown = await call(null, 'GET', 'public/field-records?period=2026&by=street');
    expect(shown.status, shown.text).toBe(200);
    expect(shown.body).toEqual({
      period: '2026',
      all: { activities: 1, deeds: 2, participants: 120, hours: 36.5 },
      items: [{ key: { code: street, name: '浆洗街街道' }, activities: 1, deeds: 2, participants: 120, hours: 36.5 }],
    });
    expect(shown.headers.etag).toBeDefined();
    expect((await call(null, 'GET', 'public/field-records?period=moon')).status).toBe(422);
  });

  test('a wrong entry is withdrawn once, with a reason: it stays, counts no more, and nothing else of it ever changes', async () => {
    const { id } = (await record(byCommunity, { kind: 'activity', participants: 5 })).body;
    const withdraw = (as: string, reason = '重复登记') => call(as, 'POST', `field-records/${id}/withdraw`, { reason });
    expect((await counts('period=2026-Q2')).all.activities).toBe(2);
    const done = await withdraw(byStreet);
    expect([done.status, done.body.withdrawn.reason]).toEqual([200, '重复登记']);
    expect((await withdraw(byStreet)).body).toMatchObject({ status: 409, code: 'entry-withdrawn' });
    expect((await counts('period=2026-Q2')).all).toMatchObject({ activities: 1, participants: 120 });
    expect((await listed(byCommunity, 'withdrawn=true')).map((each) => each.id)).toEqual([id]);
    expect((await listed(byCommunity)).find((each) => each.id === id)?.withdrawn).not.toBeNull();
    for (const sql of [
      "update field_records set title = 'x'",
      `update field_records set withdrawn = null where id = '${id}'`,
      'delete from field_records',
      'truncate field_records',
      'truncate external_index_values',
    ])
      await expect(pool.query(sql), sql).rejects.toThrow('does not change');
    const { rows } = await pool.query("select body from facts where subject = 'field_record' and subject_id = $1", [
      id,
    ]);
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain('义诊');
  });
});

describe('L7 visits to the front line', () => {
  const visit = (as: string, more: object = {}) =>
    record(as, {
      kind: 'visit',
      title: '夜查路灯',
      words: '三处路灯损坏未报修',
      visitors: [{ name: '李主任', unit: '510107', post: '区领导' }],
      about: street,
      ...more,
    });

  test('201 with who went where and what was found; the visited unit sees it, and owes by its date what was asked', async () => {
    const order = (await call('operator', 'POST', 'requests', aLight())).body.workOrder;
    const made = await visit('unit:510107', {
      area: community,
      workOrderIds: [order.id],
      followUp: { demand: '三日内修复', dueAt: '2026-05-23T18:00:00+08:00' },
    });
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({
      visitors: [{ name: '李主任', unit: { code: '510107' }, post: '区领导' }],
      about: { code: street },
      workOrderIds: [order.id],
    });
    expect((await listed(byStreet, 'kind=visit')).map(({ id }) => id)).toEqual([made.body.id]);
    expect((await listed('unit:510107', `about=${street}`)).map(({ id }) => id)).toEqual([made.body.id]);
    expect((await listed('auditor', `workOrderId=${order.id}`)).map(({ id }) => id)).toEqual([made.body.id]);

    const task = (await call(byStreet, 'GET', `field-tasks/${made.body.fieldTaskId}`)).body;
    expect(task).toMatchObject({
      kind: 'field_task',
      unit: { code: street },
      by: { code: '510107' },
      demand: '三日内修复',
      dueAt: '2026-05-23T18:00:00+08:00',
      fieldRecordId: made.body.id,
    });
    clock.set('2026-05-23T18:00:01+08:00');
    await fireDue(deps);
    const events = (await call('unit:510107', 'GET', `field-tasks/${task.id}/events`)).body.items;
    expect(events.map(({ type }: { type: string }) => type)).toContain('urged');
    const answered = await call(byStreet, 'POST', `field-tasks/${task.id}/complete`, { result: '已修复' });
    expect(answered.body).toMatchObject({ state: 'done', answers: [{ result: 'done', inTime: false }] });
  });

  test('403 and nothing kept where the visited unit is not under one’s command, 400 where nobody went or found anything', async () => {
    const before = (await listed('auditor', 'kind=visit')).length;
    const sideways = await visit(byStreet, { about: '510107005', followUp: { demand: '整改' } });
    expect(sideways.body).toMatchObject({ status: 403, code: 'not-in-command' });
    expect((await visit(byStreet, { workOrderIds: [randomUUID()] })).status).toBe(404);
    expect((await visit(byStreet, { about: 'nobody' })).body.code).toBe('unit-unknown');
    for (const wrong of [{ visitors: [] }, { words: ' ' }, { about: null, followUp: { demand: '整改' } }])
      expect((await visit(byStreet, wrong)).status, JSON.stringify(wrong)).toBe(400);
    expect(await listed('auditor', 'kind=visit')).toHaveLength(before);
    expect((await call('auditor', 'GET', 'field-tasks')).body.items).toHaveLength(1);
  });

  test('a visit that is withdrawn asks nothing any more; what was answered stays answered', async () => {
    const followUp = { demand: '三日内修复' };
    const withTask = async () => (await visit('unit:510107', { on: '2025-01-10', followUp })).body;
    const [open, answered] = [await withTask(), await withTask()];
    const taskOf = async (entry: { fieldTaskId: string }) =>
      (await call(byStreet, 'GET', `field-tasks/${entry.fieldTaskId}`)).body;
    const complete = await call(byStreet, 'POST', `field-tasks/${answered.fieldTaskId}/complete`, { result: '已修复' });
    expect(complete.status, complete.text).toBe(200);
    for (const { id } of [open, answered])
      await call('unit:510107', 'POST', `field-records/${id}/withdraw`, { reason: '误报' });
    expect((await taskOf(open)).state).toBe('cancelled');
    expect((await taskOf(answered)).state).toBe('done');
    clock.set('2026-09-01T09:00:00+08:00');
    await fireDue(deps);
    const events = (await call('unit:510107', 'GET', `field-tasks/${open.fieldTaskId}/events`)).body.items;
    expect(events.map(({ type }: { type: string }) => type)).toEqual(['undertaking_opened', 'undertaking_lapse']);
    clock.set('2026-05-24T09:00:00+08:00');
  });

  test('403 for a grid worker who would withdraw what was found in the own grids; their own entries they may', async () => {
    const visited = { about: community, area: `${community}001`, on: '2025-01-10' };
    const found = (await visit('unit:510107', visited)).body.id;
    const own = (await record('gridWorker', { kind: 'deed', unit: community, area: `${community}001` })).body.id;
    const withdraw = (id: string) => call('gridWorker', 'POST', `field-records/${id}/withdraw`, { reason: '误报' });
    expect((await call('gridWorker', 'GET', `field-records/${found}`)).status).toBe(200);
    expect((await withdraw(found)).body).toMatchObject({ status: 403, code: 'not-yours' });
    expect((await withdraw(own)).status).toBe(200);
  });

  test('whatever an actor’s list shows the actor can look at one by one, and nothing else', async () => {
    await visit('unit:510107', { about: '510107005', area: '510107005001' });
    await visit('unit:510107', { about: '510107-urban-management', on: '2025-01-10' });
    await record('inspector', { kind: 'deed', unit: 'hotline', area: '510107061002' });
    await record('gridWorker', { kind: 'activity', unit: '510107-urban-management', area: '510107061' });
    const all = (await listed('auditor', 'limit=200')).map(({ id }) => id);
    const actors = ['unit:510107', byStreet, byCommunity, another, 'unit:510107061', 'unit:510107061002'];
    for (const as of [
      ...actors,
      'unit:510107005001',
      'unit:510107-urban-management',
      'unit:510107-police',
      'gridWorker',
      'supervisor',
    ]) {
      const shown = new Set((await listed(as, 'limit=200')).map(({ id }) => id));
      for (const id of all) {
        const { status } = await call(as, 'GET', `field-records/${id}`);
        expect([as, id, status]).toEqual([as, id, shown.has(id) ? 200 : 404]);
      }
    }
    expect((await listed('unit:510107-police')).length).toBe(0);
    expect((await listed('unit:510107061002')).length).toBe(1);
  });

  test('the quarterly cut counts them: in statistics by unit, and in the bulletin of the quarter against the one before', async () => {
    await visit('government', { on: '2026-02-10' });
    const inQuarter = { visits: 2, activities: 2, deeds: 2 };
    expect((await counts('period=2026-Q2&unit=510107')).all).toMatchObject(inQuarter);
    const quarter = 'bulletins?kind=quarterly&at=2026-05-15T12:00:00%2B08:00';
    const { status, body, text } = await call('government', 'GET', quarter);
    expect(status, text).toBe(200);
    expect(body).toMatchObject({
      kind: 'quarterly',
      complete: false,
      spans: { now: { from: '2026-04-01T00:00:00+08:00', to: '2026-07-01T00:00:00+08:00' } },
      intake: { all: { now: 1 } },
      field: { now: { ...inQuarter, deeds: 3 }, before: { visits: 1, deeds: 0 }, lastYear: { visits: 0 } },
    });
    const own = await call(byStreet, 'GET', quarter);
    expect(own.body.field.now).toMatchObject({ visits: 1, activities: 1 });
    const page = await call('government', 'GET', quarter, undefined, { accept: 'text/html' });
    expect(page.text).toContain('热线季报');
    expect(page.text).toContain('一线考察');
  });
});
