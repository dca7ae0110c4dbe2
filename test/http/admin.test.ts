import { describe, expect, test } from 'vitest';
import { defaultClockRules } from '../../src/domain/clock-rules.ts';
import { aLight, demo } from '../support/city.ts';

const { act, call, clock, pool } = await demo();

const put = (path: string, body: object) => call('admin', 'PUT', path, body);
const get = (path: string, as = 'operator') => call(as, 'GET', path);
const aUnit = (more: object = {}) => ({
  name: '区园林绿化中心',
  kind: 'department',
  parent: '510107',
  area: '510107',
  ...more,
});
/** The refusal's code with the places it names. */
const faults = (reply: { body: { code: string; errors?: { pointer: string }[] } }) => [
  reply.body.code,
  ...(reply.body.errors ?? []).map((e) => e.pointer),
];

describe('units', () => {
  test('201 for a new one, 200 for its replacement; whoever has a key reads it', async () => {
    expect((await put('units/510107-gardens', aUnit())).status).toBe(201);
    expect((await get('units/510107-gardens', 'vendor')).status).toBe(200);
    const renamed = await put('units/510107-gardens', aUnit({ name: '区公园管理中心' }));
    expect([renamed.status, renamed.body.name]).toEqual([200, '区公园管理中心']);
    expect((await get('units/510107-gardens')).body.name).toBe('区公园管理中心');
    const { rows } = await pool.query(
      "select body->>'name' as name, valid_to from city_rows where code = '510107-gardens'",
    );
    expect(rows).toEqual([{ name: '区公园管理中心', valid_to: null }]); // the clock stood still: no time has passed
    expect((await get('units?kind=department&parent=510107&limit=200')).body.items.length).toBeGreaterThan(5);
    expect((await call('operator', 'PUT', 'units/510107-gardens', aUnit())).body.code).toBe('forbidden');
  });

  test('422 with the place of what does not fit: parents, circles, lines, hours, areas', async () => {
    for (const [code, body, pointer] of [
      ['x', aUnit({ parent: 'nobody' }), '/parent'],
      ['x', aUnit({ parent: 'x' }), '/parent'],
      ['hotline', { name: '热线', kind: 'hotline_centre', parent: '510107' }, '/parent'],
      ['x', { name: '物业', kind: 'property_company' }, '/parent'],
      ['x', aUnit({ kind: 'stationed', parent: '510107001' }), '/line'],
      ['x', aUnit({ area: '999' }), '/area'],
      ['x', aUnit({ hours: { week: { mon: [['18:00', '09:00']] } } }), '/hours'],
      ['x', aUnit({ hours: { week: {} } }), '/hours'],
      ['x', aUnit({ hours: { week: { mon: [['aa:bb', '']] } } }), '/hours'],
    ] as const)
      expect(faults(await put(`units/${code}`, body)), JSON.stringify(body)).toContain(pointer);
  });

  test('a change for later takes effect at its moment and not before, without anybody doing anything', async () => {
    const later = { ...aUnit({ name: '区公园城市局' }), validFrom: '2026-03-09T00:00:00+08:00' };
    expect((await put('units/510107-later', aUnit())).status).toBe(201);
    expect((await put('units/510107-later', later)).status).toBe(200);
    expect((await get('units/510107-later')).body.name).toBe('区园林绿化中心');
    const { rows } = await pool.query("select valid_to from city_rows where code = '510107-later' order by valid_from");
    expect(rows.map((r) => r.valid_to?.toISOString() ?? null)).toEqual(['2026-03-08T16:00:00.000Z', null]);
    clock.set('2026-03-08T23:59:59+08:00');
    expect((await get('units/510107-later')).body.name).toBe('区园林绿化中心');
    clock.set('2026-03-09T00:00:00+08:00');
    expect((await get('units/510107-later')).body.name).toBe('区公园城市局');
    expect((await put('units/510107-later', { ...aUnit(), validFrom: '2026-03-08T00:00:00+08:00' })).body.code).toBe(
      'in-the-past',
    );
  });

  test('what replaces a thing from now on also replaces what was announced for later', async () => {
    await put('units/510107-undone', aUnit());
    await put('units/510107-undone', { ...aUnit({ name: '改名' }), validFrom: '2026-03-20T00:00:00+08:00' });
    await put('units/510107-undone', aUnit({ name: '不改名' }));
    const { rows } = await pool.query(
      "select body->>'name' as name, valid_to from city_rows where code = '510107-undone'",
    );
    expect(rows).toEqual([{ name: '不改名', valid_to: null }]);
  });

  test('many changes of one thing at once leave one that holds', async () => {
    const replies = await Promise.all([1, 2, 3, 4].map((n) => put('units/510107-race', aUnit({ name: `园林${n}` }))));
    expect(replies.map((r) => r.status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 201]);
    const { rows } = await pool.query("select count(*)::int as n from city_rows where code = '510107-race'");
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('409 when a unit is to end that still has orders, posts or rows; one with nothing ends', async () => {
    await call('operator', 'POST', 'requests', aLight());
    const busy = await call('admin', 'DELETE', 'units/510107-urban-management');
    expect(busy.body).toMatchObject({ status: 409, code: 'unit-in-use', openOrders: true });
    expect(busy.body.errors.length).toBeGreaterThan(0);
    await put('units/510107-short', aUnit());
    expect((await call('admin', 'DELETE', 'units/510107-short')).status).toBe(200);
    expect((await get('units/510107-short')).status).toBe(404);
    expect((await call('admin', 'DELETE', 'units/510107-short')).status).toBe(404);
  });

  test('G3 a new unit is not ready until its duties, its posts A and B and its hours are there', async () => {
    const readiness = async () => (await get('units/510107-river/readiness')).body;
    await put('units/510107-river', aUnit({ name: '区河道管护中心' }));
    expect(await readiness()).toEqual({ unit: '510107-river', ready: false, missing: ['duty', 'posts'] });
    const { id } = (await call('operator', 'POST', 'requests', aLight())).body.workOrder;
    const give = () =>
      act('dispatcher', id, 'redispatch', { unit: '510107-river', basis: '河道照明归口', reason: '派错单位' });
    expect((await give()).body).toMatchObject({ status: 409, code: 'unit-not-ready', missing: ['duty', 'posts'] });
    const post = { unit: '510107-river', name: '承办岗', role: 'unit_clerk', holderA: 'holder-river-a' };
    await put('posts/510107-river-clerk', post);
    await put('duty-lists/河-01', {
      unit: '510107-river',
      category: '城市管理/部件/路灯',
      list: 'statutory',
      text: '河道照明',
    });
    expect((await readiness()).missing).toEqual(['posts']);
    await put('posts/510107-river-clerk', { ...post, holderB: 'holder-river-b' });
    expect(await readiness()).toEqual({ unit: '510107-river', ready: true, missing: [] });
    expect((await give()).body).toMatchObject({ state: 'dispatched', responsibleUnit: { code: '510107-river' } });
    const demoUnits = (await get('units?limit=200')).body.items.map((u: { code: string }) => u.code);
    for (const code of demoUnits.filter((c: string) => !/gardens|later|undone|race/.test(c)))
      expect((await get(`units/${code}/readiness`)).body.missing, code).toEqual([]);
  });
});

describe('the rest of what a city is made of', () => {
  test('posts: a replacement keeps who acts, and the stand-in is somebody else', async () => {
    const post = { unit: 'hotline', name: '质检岗', role: 'inspector', holderA: 'holder-a', holderB: 'holder-b' };
    expect((await put('posts/hotline-quality', { ...post, acting: 'B' })).body).toMatchObject({ acting: 'B' });
    expect((await put('posts/hotline-quality', { ...post, name: '质量岗' })).body).toMatchObject({
      acting: 'B',
      name: '质量岗',
    });
    expect(faults(await put('posts/hotline-quality', { ...post, holderB: 'holder-a' }))).toEqual([
      'configuration-invalid',
      '/holderB',
    ]);
    await expect
      .poll(async () => (await get('posts?unit=hotline&role=inspector')).body.items.length)
      .toBeGreaterThan(0);
  });

  test('categories: the code is the path, three levels, nothing below a leaf', async () => {
    const path = (code: string) => `categories/${encodeURIComponent(code)}`;
    expect((await put(path('城市管理/部件/健身器材'), {})).body).toMatchObject({
      name: '健身器材',
      parent: '城市管理/部件',
      leaf: true,
    });
    expect((await get(path('城市管理/部件/健身器材'))).status).toBe(200);
    expect((await put(path('城市管理/部件/健身器材'), { administrativeAct: true })).status).toBe(200);
    for (const code of ['城市管理/部件/健身器材/单杠', '没有/这个', '城市管理/部件/'])
      expect(faults(await put(path(code), {})), code).toContain('/code');
    expect(faults(await put(path('城市管理'), { leaf: true }))).toEqual(['configuration-invalid', '/leaf']);
    expect((await call('admin', 'DELETE', path('城市管理'))).body.code).toBe('configuration-invalid');
    const lights = await get(`categories?under=${encodeURIComponent('城市管理/部件')}&limit=200`);
    expect(lights.body.items.length).toBeGreaterThan(10);
  });

  test('a channel that is added takes requests', async () => {
    const intake = aLight({ channel: 'tv_programme' });
    expect((await call('operator', 'POST', 'requests', intake)).body.code).toBe('channel-unknown');
    expect((await put('channels/tv_programme', { name: '电视问政' })).status).toBe(201);
    expect((await call('operator', 'POST', 'requests', intake)).status).toBe(201);
  });

  test('duty lists: a line is for one unit or one kind, and names a category', async () => {
    const line = { unitKind: 'community', category: '城市管理/部件/路灯', list: 'negative', text: '不得下派社区' };
    expect((await put('duty-lists/负-99', line)).status).toBe(201);
    expect(faults(await put('duty-lists/负-99', { ...line, unit: 'hotline' }))).toEqual([
      'configuration-invalid',
      '/unit',
    ]);
    expect(faults(await put('duty-lists/负-99', { ...line, category: 'x' }))).toEqual([
      'configuration-invalid',
      '/category',
    ]);
    await expect
      .poll(async () => (await get('duty-lists?list=negative&unitKind=community&limit=200')).text)
      .toContain('负-99');
  });

  test('knowledge: articles are found by words and by category, and can end', async () => {
    const article = { title: '路灯报修', category: '城市管理/部件/路灯', text: '请说明灯杆编号。' };
    expect((await put('knowledge/kb-lamp', article)).status).toBe(201);
    await expect
      .poll(async () => (await get(`knowledge?q=${encodeURIComponent('灯杆编号')}`)).body.items)
      .toMatchObject([{ code: 'kb-lamp' }]);
    expect((await call('admin', 'DELETE', 'knowledge/kb-lamp')).status).toBe(200);
    expect((await get('knowledge/kb-lamp')).status).toBe(404);
  });

  test('every change is on record with who made it and what was before', async () => {
    const { rows } = await pool.query(
      "select actor->>'name' as by, body->'after'->>'name' as now from facts where subject = 'city' and type = 'configured' and body->>'code' = 'tv_programme'",
    );
    expect(rows).toEqual([{ by: 'admin', now: '电视问政' }]);
  });
});

describe('clock rules', () => {
  const rules = (change: (row: (typeof defaultClockRules.rows)[number]) => object = (row) => row) => ({
    version: `city-${Math.random()}`,
    rows: defaultClockRules.rows.map(change),
  });

  test('a new policy counts for what starts after it, and what runs keeps its own', async () => {
    const before = await call('operator', 'POST', 'requests', aLight());
    const signAfter = (made: typeof before) =>
      made.body.workOrder.clocks.find((c: { kind: string }) => c.kind === 'sign').dueAt;
    const changed = rules((row) => (row.clock === 'sign' && row.variant === 'default' ? { ...row, amount: 60 } : row));
    expect((await put('policies/clocks', changed)).status).toBe(200);
    expect((await get('policies/clocks')).body.version).toBe(changed.version);
    const after = await call('operator', 'POST', 'requests', aLight());
    expect(signAfter(after) < signAfter(before)).toBe(true);
    const kept = await get(`work-orders/${before.body.workOrder.id}`);
    expect(signAfter({ ...kept, body: { workOrder: kept.body } })).toBe(signAfter(before));
    expect((await put('policies/clocks', changed)).body.code).toBe('code-taken');
  });

  test('422 for a missing limit, one nobody knows, one twice, one of nothing, and an urgent one that sleeps', async () => {
    const all = rules();
    for (const rows of [
      all.rows.slice(1),
      [...all.rows, { clock: 'sign', variant: 'lunch', kind: 'wall', amount: 5 }],
      [...all.rows, all.rows[0]],
      rules((row) => (row.clock === 'review' ? { ...row, amount: 0 } : row)).rows,
      rules((row) => (row.clock === 'sign' && row.variant === 'urgent' ? { ...row, kind: 'working_hour' } : row)).rows,
    ])
      expect((await put('policies/clocks', { ...all, rows })).body.code).toBe('configuration-invalid');
  });
});
