import { beforeAll, describe, expect, test } from 'vitest';
import { demo } from '../support/city.ts';
import { allCounted, another, keep, notReached, said } from '../support/kept.ts';
import { anOrder } from '../support/orders.ts';

const { call, pool, deps, clock } = await demo();
const march = { from: '2026-03-01T00:00:00+08:00', to: '2026-04-01T00:00:00+08:00' };

beforeAll(async () => {
  const closed = anOrder('closed');
  const of = (n: number, asked: Parameters<typeof another>[1]) =>
    Array.from({ length: n }, () => another(closed, asked));
  await keep(deps.pool, [
    ...of(7, [said()]),
    ...of(2, [said({ solved: 'no', satisfaction: 'dissatisfied', reason: 'not_done' })]),
    ...of(1, [notReached]),
    another({ ...closed, owner: 'water' }, [said()]),
    ...Array.from({ length: 6 }, () => another({ ...closed, owner: 'river' }, [said()])),
  ]);
  await allCounted(deps);
  clock.set('2026-04-02T09:00:00+08:00');
});

const freeze = async (more: object = {}): Promise<string> => {
  const made = await call('inspector', 'POST', 'statistics/snapshots', { ...march, by: 'unit', ...more });
  expect(made.status, made.text).toBe(201);
  return made.body.id;
};
const publish = (snapshotId: string, as = 'publisher') => call(as, 'POST', 'publications/rates', { snapshotId });
const board = async (query = '') => (await call(null, 'GET', `public/rates${query}`)).body.items;

describe('published rates', () => {
  test('only what a publisher has published is shown, each rate with what it takes to judge it', async () => {
    const id = await freeze();
    expect(await board()).toEqual([]);
    expect((await publish(id, 'inspector')).status).toBe(403);
    expect((await publish(id)).status).toBe(201);
    const [shown] = await board();
    expect(shown).toMatchObject({
      id,
      ...march,
      by: 'unit',
      w: 0,
      correctedBy: [],
      publishedAt: '2026-04-02T09:00:00+08:00',
    });
    expect(shown.all).toMatchObject({
      assessed: 17,
      rates: { resolution: { numerator: 14, denominator: 16, notReached: 1, excluded: 0, share: 0.875 } },
    });
    expect(shown.all.rates.satisfaction.interval.low).toBeGreaterThan(0.4);
    expect((await publish(id)).body).toMatchObject({ status: 409, code: 'publication-exists' });
    expect((await call(null, 'GET', 'public/rates')).headers['cache-control']).toBe('public, max-age=60');
  });

  test('a rate of so few that it would tell what single residents answered is left out', async () => {
    const [{ items }] = await board();
    const of = (code: string) => items.find((item: { key: { code: string } }) => item.key.code === code);
    expect(of('lights').rates.resolution).toMatchObject({ denominator: 9 });
    expect(of('water')).toMatchObject({ assessed: 1, rates: { resolution: null, satisfaction: null, response: null } });
  });

  test('nor can it be had by taking the others from the total: the smallest of those is left out with it', async () => {
    const [{ all, items }] = await board();
    const hidden = items.filter((item: { rates: { resolution: object | null } }) => item.rates.resolution === null);
    expect(hidden.map((item: { key: { code: string } }) => item.key.code).toSorted()).toEqual(['river', 'water']);
    const shown = items.reduce(
      (sum: number, { rates }: { rates: { resolution: { denominator: number } | null } }) =>
        sum + (rates.resolution?.denominator ?? 0),
      0,
    );
    expect(all.rates.resolution.denominator - shown).toBeGreaterThanOrEqual(5);
  });

  test('never by grid, nor of what does not exist', async () => {
    expect((await publish(await freeze({ by: 'grid' }))).body).toMatchObject({
      code: 'not-publishable',
      because: 'too_few',
    });
    expect((await publish('0199a000-0000-7000-8000-000000000001')).status).toBe(404);
  });

  test('a correction stands beside what it corrects; what is taken down stays in the record and does not come back', async () => {
    const [{ id: first }] = await board();
    const second = await freeze({ corrects: first, reason: '漏计' });
    await publish(second);
    expect(await board('?limit=1')).toMatchObject([{ id: second, corrects: first, reason: '漏计' }]);
    expect((await board()).map((each: { correctedBy: string[] }) => each.correctedBy)).toEqual([[], [second]]);
    const gone = await call('legalOffice', 'POST', `publications/rates/${first}/withdraw`, { reason: '口径有误' });
    expect(gone.body).toMatchObject({ snapshotId: first, reason: '口径有误', withdrawnBy: 'legalOffice' });
    expect((await board()).map((each: { id: string }) => each.id)).toEqual([second]);
    expect((await publish(first)).body.code).toBe('publication-exists');
    expect((await call('publisher', 'POST', `publications/rates/${first}/withdraw`, { reason: 'x' })).status).toBe(409);
    expect(await board('?by=street')).toEqual([]);
  });

  test('rates leave as a table too, as far as their asker may see them', async () => {
    const ask = (as: string, filter: object) =>
      call(as, 'POST', 'exports', { list: 'rates', format: 'csv', filter: { ...march, by: 'unit', ...filter } });
    const made = await ask('inspector', {});
    expect(made.body, made.text).toMatchObject({ state: 'ready', rows: 3 });
    const table = (await call(null, 'GET', made.body.link)).text.split('\r\n');
    expect(table[1]?.split(',').slice(0, 7)).toEqual([
      '编码',
      '名称',
      '工单数',
      '考核数',
      '剔除数',
      '响应率',
      '响应率分子',
    ]);
    expect(table[2]?.split(',').slice(0, 5)).toEqual(['lights', 'lights', '10', '10', '0']);
    expect((await ask('unit:510107-water', { unit: '510107-urban-management' })).status).toBe(404);
    expect((await ask('vendor', {})).status).toBe(403);
    expect((await ask('inspector', { by: 'moon' })).status).toBe(400);
  });

  test('the database lets nobody change what was published', async () => {
    for (const sql of [
      "update rate_boards set content = '{}'",
      'update rate_boards set withdrawn_at = null, reason = null, withdrawn_by = null',
      'delete from rate_boards',
      'truncate rate_boards',
    ])
      await expect(pool.query(sql), sql).rejects.toThrow('published rates do not change');
  });
});
