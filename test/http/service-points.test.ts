import { describe, expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { call, clock } = await demo();
const march = 'from=2026-03-01T00:00:00%2B08:00&to=2026-04-01T00:00:00%2B08:00';
const community = '510107001004';
const beilei = '510107061002';
const centre = { lon: 103.9653, lat: 30.58346 }; // of the point in the community
const put = (code: string, body: object, as = 'admin') => call(as, 'PUT', `service-points/${code}`, body);
const coverage = async (query: string, as = 'government') => {
  const { status, body, text } = await call(as, 'GET', `statistics/service-points?${march}&${query}`);
  expect(status, text).toBe(200);
  return body;
};
const itemOf = (body: { items: { area: { code: string } }[] }, code: string) =>
  body.items.find(({ area }) => area.code === code);

describe('X14 service points', () => {
  test('the nearest ones to a place, with the metres and minutes there, straight on', async () => {
    const { body } = await call('operator', 'GET', 'service-points/nearest?lon=103.9653&lat=30.58446&limit=2');
    expect(body.items).toMatchObject([
      { code: 'point-ximianqiao', unit: { code: community }, distanceM: 111, minutes: 2 },
      { code: 'point-yulinbei' },
    ]);
    const stations = `kind=${encodeURIComponent('便民服务站')}`;
    const only = await call('operator', 'GET', `service-points/nearest?lon=103.9653&lat=30.58446&${stations}`);
    expect(only.body.items.map(({ code }: { code: string }) => code)).toEqual(['point-yulinbei']);
    expect((await call('operator', 'GET', 'service-points/nearest?lon=103.9')).status).toBe(400);
    expect((await call('operator', 'GET', 'service-points/nearest?lon=103.9&lat=91')).status).toBe(400);
  });

  test('a place given in GCJ-02 is kept in WGS 84, and everybody reads it without a key', async () => {
    const moved = { lon: 103.9678, lat: 30.58107, crs: 'gcj02' };
    const body = { name: '临时服务点', kind: '便民服务站', unit: community, ...moved };
    expect((await put('point-new', body, 'operator')).status).toBe(403);
    const made = await put('point-new', body);
    expect(made.status, made.text).toBe(201);
    expect(made.body.lon).not.toBe(moved.lon);
    expect(Math.abs(made.body.lon - centre.lon)).toBeLessThan(0.002);
    const { items } = (await call(null, 'GET', 'public/service-points')).body;
    expect(items).toContainEqual(
      expect.objectContaining({ code: 'point-new', unit: expect.objectContaining({ code: community }) }),
    );
    expect((await call('admin', 'DELETE', 'service-points/point-new')).status).toBe(200);
    const wrong = await put('point-x', { ...body, unit: 'nobody', hours: { week: { mon: [['18:00', '09:00']] } } });
    expect(wrong.body).toMatchObject({ status: 422, code: 'configuration-invalid' });
    expect(wrong.body.errors).toMatchObject([{ pointer: '/unit' }, { pointer: '/hours' }]);
  });

  test('tells by community how much ground and how many requests lie within three minutes', async () => {
    const near = { lon: centre.lon + 0.001, lat: centre.lat }; // 96 m away
    const far = { lon: centre.lon, lat: centre.lat + 0.0025 }; // 278 m away
    for (const location of [near, near, far, { areaCode: community }])
      expect((await call('operator', 'POST', 'requests', aLight({ location }))).status).toBe(201);
    clock.set('2026-03-03T09:00:00+08:00');
    const body = await coverage('');
    expect(body).toMatchObject({ minutes: 3, metresPerMinute: 80, radiusM: 240, distance: 'straight', points: 4 });
    const { ground, requests } = itemOf(body, community) as never as Record<string, Record<string, number>>;
    // The whole circle lies in the community.
    expect((ground?.numerator ?? 0) / (Math.PI * 240 * 240)).toBeCloseTo(1, 2);
    expect(ground?.share).toBeCloseTo((ground?.numerator ?? 0) / (ground?.denominator ?? 1), 5);
    expect(requests).toEqual({ numerator: 2, denominator: 3, share: 0.666667, unknown: 1 });
    expect(body.all.requests).toEqual({ numerator: 2, denominator: 3, share: 0.666667, unknown: 1 });
    expect(body.all.ground.numerator / (4 * Math.PI * 240 * 240)).toBeCloseTo(1, 2);
    const four = itemOf(await coverage('minutes=4'), community) as never as { requests: object };
    expect(four.requests).toMatchObject({ numerator: 3, denominator: 3 });
    const station = await coverage(`kind=${encodeURIComponent('便民服务站')}`);
    expect(itemOf(station, community)).toMatchObject({
      ground: { numerator: 0, share: 0 },
      requests: { numerator: 0 },
    });
  });

  test('parts add up: the grids of a community cover what it covers', async () => {
    const grids = await coverage(`level=grid&area=${beilei}`);
    expect(grids.items.length).toBeGreaterThan(3);
    const sum = (part: 'numerator' | 'denominator') =>
      grids.items.reduce((all: number, { ground }: { ground: Record<string, number> }) => all + (ground[part] ?? 0), 0);
    const whole = grids.all.ground;
    expect(Math.abs(sum('denominator') - whole.denominator)).toBeLessThan(20);
    expect(Math.abs(sum('numerator') - whole.numerator)).toBeLessThan(20);
  });

  test('a street reads its own area; another’s is 404; a department stands for none; bad figures are 400', async () => {
    const own = await coverage('', 'unit:510107001');
    expect(own.items.every(({ area }: { area: { code: string } }) => area.code.startsWith('510107001'))).toBe(true);
    const status = async (as: string, query: string) =>
      (await call(as, 'GET', `statistics/service-points?${march}&${query}`)).status;
    expect(await status('unit:510107001', 'area=510107005')).toBe(404);
    expect(await status('unit:510107-roads', '')).toBe(403);
    for (const wrong of ['minutes=0', 'minutes=31', 'metresPerMinute=1000', 'level=moon', 'cursor=x'])
      expect(await status('government', wrong), wrong).toBe(400);
  });

  test('a past span is told with the points there were then', async () => {
    clock.set('2026-04-02T09:00:00+08:00');
    await call('admin', 'DELETE', 'service-points/point-ximianqiao');
    expect(itemOf(await coverage(''), community)).toMatchObject({ requests: { numerator: 2 } });
    const april = 'from=2026-04-01T00:00:00%2B08:00&to=2026-05-01T00:00:00%2B08:00';
    const { body } = await call('government', 'GET', `statistics/service-points?${april}`);
    expect(body.points).toBe(3);
  });
});
