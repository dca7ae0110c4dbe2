import { beforeAll, describe, expect, test } from 'vitest';
import { canonical, differencesOf } from '../../src/domain/snapshot.ts';
import { demo } from '../support/city.ts';
import { allCounted, another, keep, notReached, said } from '../support/kept.ts';
import { anOrder } from '../support/orders.ts';

const { call, pool, deps, clock } = await demo();
const march = { from: '2026-03-01T00:00:00+08:00', to: '2026-04-01T00:00:00+08:00' };
const freeze = (more: object = {}, as = 'inspector') =>
  call(as, 'POST', 'statistics/snapshots', { ...march, by: 'unit', ...more });
const look = async (id: string) => (await call('auditor', 'GET', `statistics/snapshots/${id}`)).body;
const dissatisfied = said({ solved: 'no', satisfaction: 'dissatisfied', reason: 'not_done' });

beforeAll(async () => {
  const closed = anOrder('closed');
  const of = (n: number, asked: Parameters<typeof another>[1]) =>
    Array.from({ length: n }, () => another(closed, asked));
  await keep(deps.pool, [
    ...of(7, [said()]),
    ...of(2, [dissatisfied]),
    ...of(1, [notReached]),
    another(anOrder('handling')),
  ]);
  await allCounted(deps);
  clock.set('2026-04-02T09:00:00+08:00');
});

describe('G38 a frozen span', () => {
  test('201 with figures, rows, versions of the rules and a hash; looked at again it comes out to the last digit', async () => {
    const made = await freeze({ w: 0.5 });
    expect(made.status, made.text).toBe(201);
    expect(made.headers.location).toBe(`/v1/statistics/snapshots/${made.body.id}`);
    const live = await call(
      'auditor',
      'GET',
      `statistics/rates?from=${encodeURIComponent(march.from)}&to=${encodeURIComponent(march.to)}&by=unit&w=0.5`,
    );
    expect(made.body).toMatchObject({
      ...march,
      by: 'unit',
      w: 0.5,
      definition: 'rates-1',
      rowCount: 11,
      versions: { clockRules: 'default-1' },
      recounted: { reproduced: true, rowsUnchanged: true, hashUnchanged: true, differences: [] },
    });
    expect(made.body.all).toEqual(live.body.all);
    expect(made.body.items).toEqual(live.body.items);
    expect(await look(made.body.id)).toEqual(made.body);
  });

  test('what happens afterwards changes the rates and not the snapshot', async () => {
    const { body: made } = await freeze();
    await keep(deps.pool, [another(anOrder('closed'), [said()])]);
    await allCounted(deps);
    expect(await look(made.id)).toEqual(made);
    const next = await freeze({ corrects: made.id, reason: '漏计一件' });
    expect(next.status, next.text).toBe(201);
    expect(next.body).toMatchObject({ corrects: made.id, reason: '漏计一件', rowCount: 12 });
    expect(next.body.all.assessed).toBe(made.all.assessed + 1);
    expect(await look(made.id)).toEqual({ ...made, correctedBy: [next.body.id] });
    const list = await call('auditor', 'GET', 'statistics/snapshots?limit=1');
    expect(list.body.items.map((each: { id: string }) => each.id)).toEqual([next.body.id]);
    const second = await call('auditor', 'GET', `statistics/snapshots?cursor=${list.body.nextCursor}`);
    expect(second.body.items[0].id).toBe(made.id);
  });

  test('the database lets nobody change it, its rows or add to them', async () => {
    const { id } = (await freeze()).body;
    for (const sql of [
      `update statistics_snapshots set reason = 'x' where id = '${id}'`,
      `delete from statistics_snapshots where id = '${id}'`,
      'truncate statistics_snapshots cascade',
      `update snapshot_measures set solved = 0 where snapshot_id = '${id}'`,
      `delete from snapshot_measures where snapshot_id = '${id}'`,
      'truncate snapshot_measures',
      `insert into snapshot_measures select '${id}', (json_populate_record(m, '{"unit": "nobody"}')).* from measures m limit 1`,
    ])
      await expect(pool.query(sql), sql).rejects.toThrow('a snapshot of statistics does not change');
  });

  test('whoever gets past that is found out: rows, figures and the rest each show', async () => {
    const { id } = (await freeze()).body;
    const meddled = async (sql: string) => {
      const client = await pool.connect();
      await client.query("set session_replication_role = 'replica'");
      await client.query(sql);
      await client.query("set session_replication_role = 'origin'");
      client.release();
      return (await look(id)).recounted;
    };
    const rows = `update snapshot_measures set solved = solved + 1 where order_id = (select min(order_id::text)::uuid from snapshot_measures where snapshot_id = '${id}') and snapshot_id = '${id}'`;
    const one = await meddled(rows);
    expect(one).toMatchObject({ reproduced: false, rowsUnchanged: false, hashUnchanged: true });
    expect(one.differences).toContain('/all/figures/rates/resolution/numerator');
    await meddled(rows.replace('solved + 1', 'solved - 1'));
    expect((await look(id)).recounted.reproduced).toBe(true);
    const reason = await meddled(`update statistics_snapshots set fact_id = fact_id + 1 where id = '${id}'`);
    expect(reason).toEqual({ reproduced: false, rowsUnchanged: true, hashUnchanged: false, differences: [] });
  });

  test('an auditor reads the rows in pages and counts them himself', async () => {
    const { id, rowCount, all } = (await freeze()).body;
    const rows: { standing: string; counts: { solved: number; reached: number } }[] = [];
    for (let cursor = ''; ; ) {
      const page = await call('auditor', 'GET', `statistics/snapshots/${id}/rows?limit=5${cursor}`);
      expect(page.status, page.text).toBe(200);
      rows.push(...page.body.items);
      if (page.body.nextCursor === null) break;
      cursor = `&cursor=${page.body.nextCursor}`;
    }
    expect(rows).toHaveLength(rowCount);
    const assessed = rows.filter((r) => r.standing === 'assessed');
    expect(assessed.reduce((sum, r) => sum + r.counts.solved, 0)).toBe(all.rates.resolution.numerator);
    expect(assessed.reduce((sum, r) => sum + r.counts.reached, 0)).toBe(all.rates.resolution.denominator);
    expect((await call('publisher', 'GET', `statistics/snapshots/${id}/rows`)).status).toBe(403);
    expect((await call('auditor', 'GET', `statistics/snapshots/${id}/rows?cursor=abc`)).status).toBe(400);
  });

  test.each([
    ['a span that is not over', { to: '2026-05-01T00:00:00+08:00' }, 422],
    ['a span that ends before it begins', { to: '2026-02-01T00:00:00+08:00' }, 400],
    ['a correction without a reason', { corrects: '0199a000-0000-7000-8000-000000000001' }, 400],
    ['a correction of nothing', { corrects: '0199a000-0000-7000-8000-000000000001', reason: 'x' }, 404],
    ['a weight above one', { w: 1.5 }, 400],
  ])('%s is refused and freezes nothing', async (_what, more, status) => {
    const count = async () => (await pool.query('select count(*)::int as n from statistics_snapshots')).rows[0].n;
    const before = await count();
    expect((await freeze(more)).status).toBe(status);
    expect(await count()).toBe(before);
  });

  test.each(['operator', 'unit:510107001', 'gridWorker', 'admin'])('403 for %s', async (as) => {
    expect((await freeze({}, as)).status).toBe(403);
  });
});

test('differences are named by their path, and the order of members is none', () => {
  expect(differencesOf({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 })).toEqual([]);
  expect(differencesOf({ a: 1, b: { c: [1, 2] } }, { a: 1, b: { c: [1, 3] }, d: null })).toEqual(['/b/c/1', '/d']);
  expect(canonical({ b: 1, a: [{ d: null, c: 'x' }] })).toBe('{"a":[{"c":"x","d":null}],"b":1}');
});
