import { describe, expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { call, clock, pool } = await demo({ at: '2026-12-28T10:00:00+08:00' });

const due = (query: string) => call('operator', 'GET', `calendars/deadline?${query.replaceAll('+', '%2B')}`);
const holidays = (...days: readonly (readonly [date: string, isOffDay: boolean])[]) => ({
  year: 2027,
  days: days.map(([date, isOffDay]) => ({ name: '元旦', date, isOffDay })),
});
const bring = (notice: object) => call('admin', 'POST', 'calendars/import', notice);
const clockOf = async (id: string, kind: string) => {
  const order = (await call('dispatcher', 'GET', `work-orders/${id}`)).body;
  return order.clocks.find((c: { kind: string }) => c.kind === kind);
};

describe('deadlines', () => {
  test('the published years are told, through their last day', async () => {
    const seen = await call('vendor', 'GET', 'calendars?year=2026');
    expect(seen.body).toMatchObject({ publishedThrough: '2026-12-31', items: [{ year: 2026 }] });
    expect(seen.body.years.at(-1)).toBe(2026);
    expect(seen.body.items[0].days).toContainEqual({ name: '春节', date: '2026-02-17', isOffDay: true });
  });

  test.each([
    // Saturday 14 February 2026 is a make-up working day, 15 to 23 February are the Spring Festival.
    ['start=2026-02-13T10:00:00+08:00&amount=2&kind=working_day', '2026-02-24T18:00:00+08:00'],
    ['start=2026-02-13T10:00:00+08:00&amount=7&kind=calendar_day', '2026-02-24T23:59:59+08:00'],
    ['start=2026-02-13T17:00:00+08:00&amount=2&kind=working_hour', '2026-02-14T10:00:00+08:00'],
    ['start=2026-02-13T17:00:00+08:00&amount=24&kind=wall', '2026-02-14T17:00:00+08:00'],
    ['start=2026-02-13T17:30:00+08:00&amount=1&kind=working_hour&unit=510107-nobody', null],
  ])('%s is due %s', async (query, dueAt) => {
    const reply = await due(query);
    if (dueAt === null) expect(reply.body.code).toBe('unit-unknown');
    else expect(reply.body).toMatchObject({ dueAt, segments: [{ state: 'running' }] });
  });

  test('days that did not count are named', async () => {
    const reply = await due('start=2026-02-13T10:00:00+08:00&amount=2&kind=working_day');
    expect(reply.body.skippedDays).toContainEqual({ date: '2026-02-17', why: 'holiday', name: '春节' });
    expect(reply.body.skippedDays[0]).toEqual({ date: '2026-02-13', why: 'first_day', name: null });
  });

  test('422 where the period runs into a year no notice has spoken of; wall time asks no calendar', async () => {
    const reply = await due('start=2026-12-30T10:00:00+08:00&amount=5&kind=working_day');
    expect(reply.body).toMatchObject({ status: 422, code: 'calendar-unpublished', publishedThrough: '2026-12-31' });
    expect((await due('start=2026-12-30T10:00:00+08:00&amount=100&kind=wall')).status).toBe(200);
  });

  test('400 for amounts no limit has', async () => {
    for (const amount of ['-1', '367', '1e99', 'x'])
      expect((await due(`start=2026-02-13T10:00:00+08:00&amount=${amount}&kind=working_day`)).status).toBe(400);
  });
});

test('400 or 422 for a notice that is none', async () => {
  for (const [notice, status] of [
    [{ year: 2027, days: [] }, 400],
    [holidays(['2027-02-30', true]), 422],
    [holidays(['2027-01-01', true], ['2027-01-01', false]), 422],
    [holidays(['2029-01-01', true]), 422],
  ] as const)
    expect((await bring(notice)).status, JSON.stringify(notice)).toBe(status);
  expect((await call('dispatcher', 'POST', 'calendars/import', holidays(['2027-01-01', true]))).status).toBe(403);
});

test('a notice that comes moves open clocks later, shows by how much, and moves none earlier until that is accepted', async () => {
  const made = await call('operator', 'POST', 'requests', aLight());
  const { id } = made.body.workOrder;
  const before = await clockOf(id, 'resolve');
  expect(before).toMatchObject({ dueAt: '2027-01-04T23:59:59+08:00', provisional: true });

  // Monday 4 January turns out to be off, and Tuesday too.
  const later = await bring(holidays(['2027-01-01', true], ['2027-01-04', true], ['2027-01-05', true]));
  expect(later.status, later.text).toBe(201);
  expect(later.body).toMatchObject({ year: 2027, orders: 1, keptCount: 0 });
  expect(later.body.moved).toContainEqual({
    subject: 'work_order',
    subjectId: id,
    workOrder: id,
    number: made.body.workOrder.number,
    clock: 'resolve',
    before: '2027-01-04T23:59:59+08:00',
    after: '2027-01-06T23:59:59+08:00',
    counted: '2027-01-06T23:59:59+08:00',
    kept: false,
  });
  expect(await clockOf(id, 'resolve')).toMatchObject({ dueAt: '2027-01-06T23:59:59+08:00', provisional: false });
  const { rows } = await pool.query("select body from facts where subject_id = $1 and type = 'clocks_recomputed'", [
    id,
  ]);
  expect(rows).toHaveLength(1);

  // Corrected: both days are worked after all. The earlier date is shown and not taken.
  const earlier = await bring(holidays(['2027-01-01', true]));
  expect(earlier.body).toMatchObject({ movedCount: 0 });
  expect(earlier.body.keptCount).toBeGreaterThan(0);
  expect(earlier.body.moved).toContainEqual(
    expect.objectContaining({
      clock: 'resolve',
      before: '2027-01-06T23:59:59+08:00',
      after: '2027-01-06T23:59:59+08:00',
      counted: '2027-01-04T23:59:59+08:00',
      kept: true,
    }),
  );
  expect((await clockOf(id, 'resolve')).dueAt).toBe('2027-01-06T23:59:59+08:00');

  // Somebody has seen it and says so.
  clock.pass(1000);
  const accepted = await bring({ ...holidays(['2027-01-01', true]), acceptEarlier: true });
  expect(accepted.body.moved).toContainEqual(
    expect.objectContaining({ clock: 'resolve', after: '2027-01-04T23:59:59+08:00', kept: false }),
  );
  expect((await clockOf(id, 'resolve')).dueAt).toBe('2027-01-04T23:59:59+08:00');
  await expect
    .poll(async () => (await due('start=2026-12-30T10:00:00+08:00&amount=3&kind=working_day')).body.dueAt)
    .toBe('2027-01-05T18:00:00+08:00');
});
