import { beforeEach, describe, expect, test } from 'vitest';
import { findHotMatters } from '../../src/actions/hot-matters.ts';
import { aLight, demo, monday } from '../support/city.ts';
import { allCounted } from '../support/kept.ts';

const { act, call, clock, deps, pool } = await demo();
const owner = '510107-urban-management';
const category = '城市管理/部件/路灯';
const other = '城市管理/部件/户外广告';

const first = (await call('operator', 'POST', 'requests', aLight())).body.workOrder;
const street: string = first.placement.path.find((step: { level: string }) => step.level === 'street').code;
const byStreet = `unit:${street}`;

beforeEach(async () => {
  await pool.query(
    "update undertakings set state = 'cancelled', ended_at = now(), next_rung_at = null where state = 'open'",
  );
  await pool.query("delete from undertakings where kind = 'governance'");
  await pool.query("update work_orders set registered_at = registered_at - interval '60 days'");
  clock.set(monday);
});

let phones = 0;
const ask = async (remarkable: object = {}): Promise<{ id: string }> => {
  phones += 1;
  const requester = { name: '测试甲', phone: `139${String(phones).padStart(8, '0')}` };
  const made = await call('operator', 'POST', 'requests', aLight({ requester, ...remarkable }));
  expect(made.status, made.text).toBe(201);
  return made.body.workOrder;
};
const askTimes = async (times: number, remarkable: object = {}): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let i = 0; i < times; i++) ids.push((await ask(remarkable)).id);
  return ids;
};
const look = async (): Promise<number> => {
  await allCounted(deps);
  const made = await Promise.all([1, 2, 3, 4].map(() => findHotMatters(deps)));
  return made.reduce((sum, n) => sum + n, 0);
};
const matters = async (as = 'shiftLeader') => (await call(as, 'GET', 'hot-matters')).body.items;

describe('a high-frequency matter', () => {
  test('is made by the tenth order of one category at one street within thirty days, once however many look', async () => {
    await askTimes(9);
    expect(await look()).toBe(0);
    await ask();
    expect(await look()).toBe(1);
    await askTimes(2);
    expect(await look()).toBe(0);
    const [matter, ...others] = await matters();
    expect(others).toEqual([]);
    expect(matter).toMatchObject({
      state: 'open',
      category,
      street: { code: street },
      unit: { code: owner }, // it leads most of the orders
      by: { code: 'hotline' },
      policy: 'default-1',
      before: { from: '2026-01-31T00:00:00+08:00', orders: 10, people: 10 },
      after: { orders: 0 },
      dueAt: '2026-04-01T23:59:59+08:00',
    });
    const { rows } = await pool.query('select type, unit from facts where subject_id = $1 order by id', [matter.id]);
    expect(rows).toEqual([
      { type: 'undertaking_opened', unit: owner },
      { type: 'hot_matter', unit: 'hotline' },
    ]);
  });

  test('is made by ten people on one order as well: joined requests count their askers', async () => {
    const target = await ask();
    for (const id of await askTimes(9)) {
      const merged = await act('dispatcher', id, 'merge', { into: target.id });
      expect(merged.status, merged.text).toBe(200);
    }
    expect(await look()).toBe(1);
    expect((await matters())[0].before).toMatchObject({ orders: 1, people: 10 });
  });

  test('is not made of another category, of void orders, of praise, of what began before, or of one person alone', async () => {
    await askTimes(8);
    await askTimes(1, { category: other });
    await askTimes(1, { kind: 'praise' });
    const [voided = ''] = await askTimes(1);
    expect((await act('shiftLeader', voided, 'void', { reason: '误登' })).status).toBe(200);
    const [old = ''] = await askTimes(1);
    await pool.query("update work_orders set registered_at = '2026-01-30T12:00:00+08:00' where id = $1", [old]);
    expect(await look()).toBe(0);
    const listed = (await call('shiftLeader', 'GET', 'statistics/hot-matters')).body;
    expect(listed.items).toMatchObject([{ category, orders: 8, people: 8, hot: false, hotMatterId: null }]);
  });

  test('is looked at with a corrected category: what an order turns out to be counts', async () => {
    await askTimes(9, { category: other });
    const [last = ''] = await askTimes(1);
    expect(await look()).toBe(0);
    expect((await act('operator', last, 'correct', { category: other, reason: '类别更正' })).status).toBe(200);
    expect(await look()).toBe(1);
    expect((await matters())[0].category).toBe(other);
  });

  test('has a lead, a plan and a date, and what came in afterwards is counted beside what came before', async () => {
    await askTimes(10);
    await look();
    const [{ id }] = await matters();
    const at = (as: string, what: string, body: object) => call(as, 'POST', `hot-matters/${id}/${what}`, body);
    const given = await at('centreLeader', 'assign', { unit: street, dueAt: '2026-03-20T18:00:00+08:00' });
    expect(given.body).toMatchObject({ unit: { code: street }, dueAt: '2026-03-20T18:00:00+08:00' });
    expect((await at(byStreet, 'plan', { plan: '逐杆更换', members: [{ unit: owner }] })).body).toMatchObject({
      plan: '逐杆更换',
      members: [{ unit: { code: owner } }],
    });
    expect((await at(byStreet, 'assign', { unit: owner })).status).toBe(403);
    const todo = (await call(byStreet, 'GET', 'todo?limit=200')).body.items;
    expect(todo).toContainEqual(expect.objectContaining({ undertakingId: id, undertakingKind: 'governance' }));
    clock.set('2026-03-10T09:00:00+08:00');
    expect((await at(byStreet, 'end', { outcome: '全部更换' })).body).toMatchObject({
      state: 'done',
      answers: [{ result: 'solved', inTime: true }],
    });
    clock.set('2026-03-12T09:00:00+08:00');
    await askTimes(3);
    expect(await look()).toBe(0); // the ten that were governed make no second matter
    expect((await call(byStreet, 'GET', `hot-matters/${id}`)).body).toMatchObject({
      before: { orders: 10, people: 10 },
      after: { from: '2026-03-10T09:00:00+08:00', to: '2026-03-12T09:00:00+08:00', orders: 3, people: 3 },
    });
    await askTimes(7);
    expect(await look()).toBe(1);
    expect((await matters())[0].before).toMatchObject({ from: '2026-03-10T09:00:00+08:00', orders: 10 });
  });

  test('is made by itself once the facts are counted, and never on the way of whoever creates', async () => {
    const created = await askTimes(10);
    const { rows } = await pool.query('select count(*)::int as n from hot_watch');
    expect(rows[0].n).toBe(0);
    expect(created).toHaveLength(10);
    await allCounted(deps);
    expect((await pool.query('select category, street from hot_watch where category = $1', [category])).rows).toEqual([
      { category, street },
    ]);
    expect(await findHotMatters(deps)).toBe(1);
    expect((await pool.query('select from hot_watch')).rowCount).toBe(0);
  });
});

describe('GET /v1/statistics/hot-matters', () => {
  test('lists what is asked about most with the rule in force, as far as the caller may count', async () => {
    await askTimes(10);
    await askTimes(3, { category: other });
    await look();
    const of = async (as: string, query = '') => call(as, 'GET', `statistics/hot-matters?${query}`);
    const all = (await of('shiftLeader')).body;
    expect(all.rule).toEqual({ people: 10, orders: 10, days: 30, policy: 'default-1' });
    expect(all.items).toMatchObject([
      { category, street: { code: street }, orders: 10, hot: true, hotMatterId: expect.any(String) },
      { category: other, orders: 3, hot: false, hotMatterId: null },
    ]);
    expect((await of(byStreet)).body.items).toHaveLength(2);
    const stranger = street === '510107001' ? 'unit:510107002' : 'unit:510107001';
    expect((await of(stranger)).body.items).toEqual([]);
    expect((await of(stranger, `area=${street}`)).status).toBe(404);
    expect((await of('shiftLeader', `category=${encodeURIComponent(other)}`)).body.items).toHaveLength(1);
    expect((await of('shiftLeader', 'least=4')).body.items).toHaveLength(1);
    expect((await of('shiftLeader', 'to=2026-02-01T00:00:00%2B08:00')).body.items).toEqual([]);
    expect((await of('shiftLeader', 'from=2026-03-02T00:00:00%2B08:00&to=2026-03-01T00:00:00%2B08:00')).status).toBe(
      400,
    );
    expect((await of('followUp')).status).toBe(403);
  });
});
