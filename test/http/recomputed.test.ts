import { expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { toiletsToStreets } from '../support/admissions.ts';
import { aLight, demo } from '../support/city.ts';

// A Wednesday before the Spring Festival of 2020, whose notice was amended while it lasted.
const { act, call, clock, deps, pool } = await demo({ at: '2020-01-22T17:00:00+08:00' });

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const january = (...days: number[]) => days.map((day) => `2020-01-${String(day).padStart(2, '0')}`);
const notice = (off: readonly string[], worked: readonly string[]) => ({
  year: 2020,
  days: [
    ...off.map((date) => ({ name: '春节', date, isOffDay: true })),
    ...worked.map((date) => ({ name: '春节', date, isOffDay: false })),
  ],
});
/** As announced in November 2019: off 24 to 30 January, Sunday 19 January and Saturday 1 February worked. */
const announced = notice(january(1, ...range(24, 30)), ['2020-01-19', '2020-02-01']);
/** As amended on 27 January 2020: off until Sunday 2 February, Monday 3 worked. */
const amended = notice([...january(1, ...range(24, 31)), '2020-02-01', '2020-02-02'], ['2020-01-19', '2020-02-03']);

const bring = (body: object) => call('admin', 'POST', 'calendars/import', body);
const owner = '510107-urban-management';
const in2020 = (moment: string): string => `2020-${moment}+08:00`;
const facts = async (type: string): Promise<string[]> =>
  (await pool.query<{ subject: string }>('select subject from facts where type = $1 order by id', [type])).rows.map(
    (row) => row.subject,
  );

test('an amended year moves every open clock, shows by how much, and nothing falls due on the old date', async () => {
  expect((await bring(announced)).status).toBe(201);
  await expect
    .poll(async () => (await call('admin', 'GET', 'calendars?year=2020')).body.items[0].days.length)
    .toBe(announced.days.length);

  const { workOrder } = (await call('operator', 'POST', 'requests', aLight())).body;
  const street = workOrder.placement.path.find((step: { level: string }) => step.level === 'street').code;
  const draft = await call(`unit:${street}`, 'POST', 'coordination-orders', {
    kind: 'resident_request',
    street,
    workOrderIds: [workOrder.id],
    units: [{ code: '510107-water', task: '抽水' }],
    demand: '到场',
  });
  await call(`unit:${street}`, 'POST', `coordination-orders/${draft.body.id}/issue`);
  const supervised = await call('shiftLeader', 'POST', 'supervision-orders', {
    unit: owner,
    workOrderIds: [workOrder.id],
    grade: 'daily',
    demand: '说明情况',
  });
  expect(supervised.status, supervised.text).toBe(201);
  const suggested = await call(`unit:${street}`, 'POST', 'suggestions', {
    topic: 'planning',
    title: '选址',
    text: '避开',
  });
  expect(suggested.status, suggested.text).toBe(201);
  const proposed = await call(`unit:${owner}`, 'POST', 'admissions', toiletsToStreets(in2020('04-01T00:00:00')));
  expect(proposed.status, proposed.text).toBe(201);
  await act(`unit:${owner}`, workOrder.id, 'sign');
  await act(`unit:${owner}`, workOrder.id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });

  const dates = async () => {
    const order = (await call('operator', 'GET', `work-orders/${workOrder.id}`)).body;
    const called = (await call(`unit:${street}`, 'GET', `coordination-orders/${draft.body.id}`)).body;
    const supervision = (await call('shiftLeader', 'GET', `supervision-orders/${supervised.body.id}`)).body;
    const suggestion = (await call(`unit:${street}`, 'GET', `suggestions/${suggested.body.id}`)).body;
    const admission = (await call(`unit:${owner}`, 'GET', `admissions/${proposed.body.id}`)).body;
    const resolve = order.clocks.find((c: { kind: string }) => c.kind === 'resolve');
    return [resolve.dueAt, called.units[0].reportInBy, supervision.replyBy, admission.dueAt, suggestion.dueAt];
  };
  // Day 7 is Wednesday 29, off: Friday 31. Three working days: Thursday 23, Friday 31, Saturday 1 February.
  // Five: Monday 3 and Tuesday 4 besides. Ten: five more, to Tuesday 11.
  const before = ['01-31T23:59:59', '02-01T18:00:00', '02-01T18:00:00', '02-04T18:00:00', '02-11T18:00:00'].map(in2020);
  // Friday 31 is off now, and so is the weekend: Monday 3. Three working days: 23 January, 3 and 4 February.
  // Five: to Thursday 6. Ten: to Thursday 13.
  const after = ['02-03T23:59:59', '02-04T18:00:00', '02-04T18:00:00', '02-06T18:00:00', '02-13T18:00:00'].map(in2020);
  expect(await dates()).toEqual(before);

  clock.set('2020-01-27T10:00:00+08:00');
  const moved = await bring(amended);
  expect(moved.body).toMatchObject({ keptCount: 0 });
  const shown = (subject: string, kind: string) =>
    moved.body.moved.find((m: { subject: string; clock: string }) => m.subject === subject && m.clock === kind);
  expect(shown('work_order', 'resolve')).toMatchObject({ before: before[0], after: after[0], workOrder: workOrder.id });
  expect(shown('coordination_order', 'report_in')).toMatchObject({
    before: before[1],
    after: after[1],
    workOrder: null,
  });
  expect(shown('supervision_order', 'supervision_reply')).toMatchObject({ before: before[2], after: after[2] });
  expect(shown('admission', 'decision')).toMatchObject({
    before: before[3],
    after: after[3],
    number: proposed.body.number,
  });
  expect(shown('undertaking', 'suggestion')).toMatchObject({ before: before[4], after: after[4] });
  expect(await dates()).toEqual(after);
  expect((await facts('clocks_recomputed')).toSorted()).toEqual([
    'admission',
    'coordination_order',
    'supervision_order',
    'undertaking',
    'work_order',
  ]);

  clock.set('2020-02-02T12:00:00+08:00');
  await fireDue(deps);
  const consequences = ['call_silent', 'supervision_escalate', 'admission_lapsed'];
  for (const type of consequences) expect(await facts(type), type).toEqual([]);
  const urged = await pool.query("select 1 from facts where type = 'urged' and body->'clock'->>'kind' = 'resolve'");
  expect(urged.rowCount).toBe(0);
});

test('the other way round no date comes earlier, until somebody has seen the difference and says so', async () => {
  const kept = await bring(announced);
  expect(kept.body).toMatchObject({ movedCount: 0 });
  expect(kept.body.moved).toContainEqual(
    expect.objectContaining({
      subject: 'supervision_order',
      before: '2020-02-04T18:00:00+08:00',
      after: '2020-02-04T18:00:00+08:00',
      counted: '2020-02-01T18:00:00+08:00',
      kept: true,
    }),
  );
  const taken = await bring({ ...announced, acceptEarlier: true });
  expect(taken.body).toMatchObject({ keptCount: 0 });
  expect(taken.body.moved).toContainEqual(
    expect.objectContaining({ subject: 'coordination_order', after: '2020-02-01T18:00:00+08:00', kept: false }),
  );
});
