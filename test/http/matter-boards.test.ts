import { beforeAll, describe, expect, test } from 'vitest';
import { findHotMatters } from '../../src/actions/hot-matters.ts';
import { aLight, demo } from '../support/city.ts';
import { allCounted } from '../support/kept.ts';

const { call, clock, deps, pool } = await demo();
const owner = '510107-urban-management';
const category = '城市管理/部件/路灯';
let id = '';
let street = '';

beforeAll(async () => {
  for (let i = 0; i < 10; i++) {
    const made = await call(
      'operator',
      'POST',
      'requests',
      aLight({ requester: { name: '郜烨琛', phone: `1390000000${i}` } }),
    );
    street = made.body.workOrder.placement.path.find((step: { level: string }) => step.level === 'street').code;
  }
  await allCounted(deps);
  await findHotMatters(deps);
  id = (await call('shiftLeader', 'GET', 'hot-matters')).body.items[0].id;
});

const at = async (what: string, body: object): Promise<void> => {
  const { status, text } = await call(`unit:${owner}`, 'POST', `hot-matters/${id}/${what}`, body);
  expect(status, text).toBe(200);
};
const publish = (words: object = {}, as = 'publisher') =>
  call(as, 'POST', 'publications/hot-matters', { hotMatterId: id, ...words });
const board = async (query = '') => (await call(null, 'GET', `public/hot-matters${query}`)).body.items;

describe('a high-frequency matter in public (每月一题)', () => {
  test('with its lead, its plan, its date and how often it was asked, once a publisher has published it', async () => {
    expect((await publish()).body).toMatchObject({ status: 409, code: 'not-publishable', because: 'no_plan' });
    await at('plan', { plan: '三月底前更换全部灯杆，联系人王科长 13800001234' });
    expect((await publish({}, 'inspector')).status).toBe(403);
    expect(await board()).toEqual([]);
    const made = await publish();
    expect(made.status, made.text).toBe(201);
    expect(await board()).toMatchObject([
      {
        id,
        category: { code: category, name: '路灯' },
        street: { code: street },
        lead: { code: owner },
        state: 'open',
        result: null,
        dueOn: '2026-04-01',
        before: { orders: 10, people: 10 },
        after: { orders: 0 },
      },
    ]);
    expect((await call(null, 'GET', 'public/hot-matters')).text).not.toMatch(/13800001234|郜|王科长/);
    expect(await board('?street=510107001')).toEqual([]);
  });

  test('doubtful words wait for the publisher’s own; what came of it is the next entry, and nothing before it changes', async () => {
    clock.set('2026-03-20T09:00:00+08:00');
    await at('end', { outcome: 'all lamps replaced' });
    expect((await publish()).body).toMatchObject({ code: 'not-publishable', because: 'doubtful', doubts: ['letters'] });
    const made = await publish({ plan: '更换全部灯杆', text: '已全部更换 13800001234' });
    expect(made.body).toMatchObject({
      seq: 2,
      content: { state: 'done', result: 'solved', text: '已全部更换 〔电话〕' },
    });
    const [shown] = await board();
    expect(shown).toMatchObject({ publishedAt: '2026-03-02T09:00:00+08:00', updatedAt: '2026-03-20T09:00:00+08:00' });
    for (const sql of [
      "update matter_boards set content = '{}'",
      'delete from matter_boards',
      'truncate matter_boards',
    ])
      await expect(pool.query(sql), sql).rejects.toThrow('does not change');
  });

  test('vanishes when it is taken down, with the trail kept', async () => {
    const hide = (as: string) => call(as, 'POST', `publications/hot-matters/${id}/withdraw`, { reason: '口径调整' });
    expect((await hide('legalOffice')).body).toMatchObject({ seq: 3, content: null, reason: '口径调整' });
    expect(await board()).toEqual([]);
    expect((await hide('publisher')).body).toMatchObject({ status: 409, code: 'wrong-state' });
    expect((await pool.query('select seq from matter_boards order by seq')).rows.map(({ seq }) => seq)).toEqual([
      1, 2, 3,
    ]);
    const strange = await call('publisher', 'POST', 'publications/hot-matters', {
      hotMatterId: '0199a000-0000-7000-8000-000000000001',
    });
    expect(strange.status).toBe(404);
  });
});

test('a bulletin names what many asked about', async () => {
  const { body } = await call('centreLeader', 'GET', 'bulletins?kind=monthly&at=2026-03-10T00:00:00%2B08:00');
  expect(body.matters).toMatchObject([{ category, street: { code: street }, orders: 10, people: 10, hot: true }]);
  const page = await call('centreLeader', 'GET', 'bulletins?kind=monthly&at=2026-03-10T00:00:00%2B08:00', undefined, {
    accept: 'text/html',
  });
  expect(page.text).toContain(`★ ${category}`);
});
