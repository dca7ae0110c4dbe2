import { describe, expect, test } from 'vitest';
import { demo } from '../support/city.ts';

const { call, clock, pool } = await demo({ at: '2026-07-20T09:00:00+08:00' });
const path = 'external-indices/public-safety/values';
const take = (body: object, as = 'government') =>
  call(as, 'POST', path, { document: '省平安办通报〔2026〕1号', ...body });
const values = async (query = '', as = 'unit:510107001') => {
  const { status, body, text } = await call(as, 'GET', `${path}?${query}`);
  expect(status, text).toBe(200);
  return body.items;
};
const first = { area: '510107', period: '2025-H1', value: 97.5, sample: 1200 };

describe('G24 an index that others measure', () => {
  test('201 with what was taken in; sent again 200, and nothing stands there twice', async () => {
    const items = [
      first,
      { area: '510107', period: '2025-H2', value: 98.09, sample: 1180 },
      { area: '510107', period: '2026-H1', value: 98.32, sample: 1210, rank: { place: 1, of: 21 } },
    ];
    const taken = await take({ items });
    expect([taken.status, taken.body], taken.text).toEqual([201, { added: 3, corrected: 0, unchanged: 0 }]);
    const again = await take({ items });
    expect([again.status, again.body]).toEqual([200, { added: 0, corrected: 0, unchanged: 3 }]);
    expect(await values()).toHaveLength(3);
  });

  test('each stands with its sample, its place, its document and how far it has moved since the period before and a year ago', async () => {
    const [latest] = await values();
    expect(latest).toMatchObject({
      index: { code: 'public-safety', name: '公众安全感满意度', measure: 'points' },
      of: { code: '510107' },
      period: '2026-H1',
      to: '2026-07-01T00:00:00+08:00',
      value: 98.32,
      sample: 1210,
      rank: { place: 1, of: 21 },
      change: { onBefore: 0.23, onLastYear: 0.82 },
      document: '省平安办通报〔2026〕1号',
      version: 1,
    });
  });

  test('409 for another value without a reason; with one it is appended, and what stood there stays', async () => {
    const other = { ...first, value: 97.6 };
    expect((await take({ items: [other] })).body).toMatchObject({ status: 409, code: 'index-value-differs' });
    const corrected = await take({ items: [other], reason: '通报更正' });
    expect([corrected.status, corrected.body.corrected]).toEqual([201, 1]);
    expect(await values('period=2025-H1')).toMatchObject([{ value: 97.6, version: 2, reason: '通报更正' }]);
    const both = await values('period=2025-H1&superseded=true');
    expect(both.map(({ value }: { value: number }) => value)).toEqual([97.6, 97.5]);
    for (const sql of [
      "update external_index_values set value = 1 where period = '2025-H1'",
      'delete from external_index_values',
    ])
      await expect(pool.query(sql), sql).rejects.toThrow('does not change');
  });

  test('a sheet is read like the items; what is wrong in it is named by its row, and nothing of it is taken in', async () => {
    const csv =
      'area,unit,period,value,sample,place,of\r\n510107001,,2026-H1,98.1,300,2,15\r\n,510107-police,2026-H1,99,,,\r\n';
    const taken = await take({ csv });
    expect([taken.status, taken.body.added], taken.text).toEqual([201, 2]);
    expect(await values('unit=510107-police')).toMatchObject([{ kind: 'unit', value: 99, sample: null, rank: null }]);
    expect(await values('area=510107001')).toMatchObject([{ rank: { place: 2, of: 15 } }]);
    const wrong = await take({ csv: 'area,period,value\n510107005,2026-H1,98.2\n510107004,2026-H1,many\n' });
    expect([wrong.status, wrong.body.code]).toEqual([400, 'invalid']);
    expect(wrong.body.errors).toMatchObject([{ pointer: '/csv/1/value' }]);
    for (const csv of ['area,"period\n', 'area,period,value,value\n510107005,2026-H1,98.2,97\n'])
      expect((await take({ csv })).body.code, csv).toBe('malformed');
    for (const value of ['0x10', '1e1', '0b11', '=1+1', '１２', '98%', 'Infinity'])
      expect((await take({ csv: `area,period,value\n510107005,2026-H1,${value}\n` })).status, value).toBe(400);
    expect(await values('area=510107005')).toEqual([]);
  });

  test('what fits neither index nor city is refused as a whole: 422, 400, 403, 404', async () => {
    const wrong = await take({
      items: [
        { ...first, period: '2026-Q1' },
        { ...first, area: 'nowhere' },
      ],
    });
    expect(wrong.body).toMatchObject({ status: 422, code: 'index-values-wrong' });
    for (const more of [
      { value: 101 },
      { value: 1.23456 },
      // So near to three decimals that a computed difference does not tell.
      { value: 85.1230000005 },
      { value: 5e-10 },
      { unit: 'x' },
      { sample: 0 },
      { rank: { place: 3, of: 2 } },
    ])
      expect((await take({ items: [{ ...first, ...more }] })).status, JSON.stringify(more)).toBe(400);
    expect((await take({ items: [first], csv: '' })).status).toBe(400);
    expect((await take({ items: [first] }, 'unit:510107001')).status).toBe(403);
    expect((await call('government', 'GET', 'external-indices/nothing/values')).status).toBe(404);
    expect((await call('vendor', 'GET', path)).status).toBe(403);
    expect((await call('government', 'GET', `${path}?area=510107&unit=510107`)).status).toBe(400);
  });

  test('many at once with other values leave one that holds, and the others are told', async () => {
    const replies = await Promise.all(
      [90, 91, 92, 93].map((value) => take({ items: [{ area: '510107004', period: '2026-H1', value }] })),
    );
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409]);
  });

  test('the bulletin of the month in which its period ended tells it, as data and on the page', async () => {
    clock.set('2026-07-20T09:00:00+08:00');
    const june = 'bulletins?kind=monthly&at=2026-06-15T12:00:00%2B08:00';
    const { body } = await call('government', 'GET', june);
    expect(body.indices).toMatchObject([
      { index: { name: '公众安全感满意度' }, of: { code: '510107' }, period: '2026-H1', value: 98.32, onBefore: 0.23 },
    ]);
    const own = await call('unit:510107001', 'GET', june);
    expect(own.body.indices).toMatchObject([{ of: { code: '510107001' }, value: 98.1, onBefore: null }]);
    const page = await call('government', 'GET', june, undefined, { accept: 'text/html' });
    expect(page.text).toContain('公众安全感满意度');
    expect(page.text).toContain('+0.23');
    const may = await call('government', 'GET', 'bulletins?kind=monthly&at=2026-05-15T12:00:00%2B08:00');
    expect(may.body.indices).toEqual([]);
  });
});
