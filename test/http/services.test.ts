import { describe, expect, test } from 'vitest';
import { demo } from '../support/city.ts';

const { call, clock } = await demo();
const put = (code: string, body: object, as = 'admin') => call(as, 'PUT', `services/${code}`, body);
const aService = (more: object = {}) => ({
  name: '公租房申请',
  unit: '510107-housing',
  materials: ['居民身份证'],
  limit: { days: 20, kind: 'working_day' },
  visitsNeeded: 1,
  ways: ['window', 'online'],
  ...more,
});

describe('G26 the service catalogue', () => {
  test('residents read without a key what to bring, how long it takes, how often to come, and the standard answer', async () => {
    const one = await call(null, 'GET', 'public/services/service-hukou');
    expect(one.status, one.text).toBe(200);
    expect(one.body).toMatchObject({
      name: '户口迁入登记',
      unit: { code: '510107-police', name: '公安分局' },
      limit: { days: 5, kind: 'working_day' },
      visitsNeeded: 1,
      ways: ['window', 'online'],
    });
    expect(one.body.materials).toContain('户口簿');
    expect(one.body.answer).toContain('户口');
    expect((await call(null, 'GET', 'public/services/nothing')).status).toBe(404);
    const codes = async (query: string) =>
      (await call(null, 'GET', `public/services?${query}`)).body.items.map(({ code }: { code: string }) => code);
    expect(await codes(`q=${encodeURIComponent('燃气')}`)).toEqual(['service-gas']);
    expect(await codes(`category=${encodeURIComponent('医疗保障')}&visits=0&limit=1`)).toEqual([
      'service-medical-enrol',
    ]);
    expect(await codes('unit=510107-housing')).toEqual(['service-lift']);
  });

  test('one answer for a minute, by its ETag', async () => {
    const first = await call(null, 'GET', 'public/services/shares');
    expect(first.headers['cache-control']).toBe('public, max-age=60');
    const { etag } = first.headers;
    clock.set('2026-03-02T09:05:00+08:00');
    const again = await call(null, 'GET', 'public/services/shares', undefined, { 'if-none-match': String(etag) });
    expect(again.status).toBe(304);
  });

  test('the share that needs no visit, and one at most, with numerator and denominator, by level, district and unit', async () => {
    const { body } = await call(null, 'GET', 'public/services/shares');
    expect(body.all).toEqual({
      noVisit: { numerator: 5, denominator: 10, share: 0.5 },
      atMostOne: { numerator: 9, denominator: 10, share: 0.9 },
    });
    expect(body.items).toMatchObject([
      { key: { code: 'city' }, noVisit: { numerator: 2, denominator: 3, share: 0.666667 } },
      { key: { code: 'district' }, noVisit: { numerator: 3, denominator: 7 }, atMostOne: { numerator: 6 } },
    ]);
    const districts = (await call(null, 'GET', 'public/services/shares?by=district')).body.items;
    expect(districts.map(({ key }: { key: object }) => key)).toEqual([
      { code: null, name: null },
      { code: '510107', name: expect.any(String) },
    ]);
    const units = (await call('auditor', 'GET', 'statistics/services?by=unit')).body.items;
    expect(units).toHaveLength(9);
    expect((await call('vendor', 'GET', 'statistics/services')).status).toBe(403);
    expect((await call(null, 'GET', 'public/services/shares?by=moon')).status).toBe(400);
  });

  test('an admin changes it from a date on, and the share is told as it was at any moment', async () => {
    expect((await put('service-rent', aService({ visitsNeeded: 0 }), 'operator')).status).toBe(403);
    const later = { ...aService({ visitsNeeded: 0 }), validFrom: '2026-03-09T00:00:00+08:00' };
    expect((await put('service-rent', aService())).status).toBe(201);
    expect((await put('service-rent', later)).status).toBe(200);
    const at = async (moment: string) =>
      (await call('auditor', 'GET', `statistics/services?at=${encodeURIComponent(moment)}`)).body.all.noVisit;
    clock.set('2026-03-10T09:00:00+08:00');
    expect(await at('2026-03-02T09:00:00+08:00')).toMatchObject({ numerator: 5, denominator: 10 });
    expect(await at('2026-03-08T12:00:00+08:00')).toMatchObject({ numerator: 5, denominator: 11 });
    expect(await at('2026-03-10T09:00:00+08:00')).toMatchObject({ numerator: 6, denominator: 11 });
    const { body } = await call(null, 'GET', 'public/services/shares');
    expect(body.all.noVisit).toEqual({ numerator: 6, denominator: 11, share: 0.545455 });
  });

  test('422 with the place of what does not fit; a unit whose services stand there does not end', async () => {
    const wrong = await put(
      'service-x',
      aService({ unit: 'nobody', article: 'nothing', visitsNeeded: 0, ways: ['window'] }),
    );
    expect([wrong.status, wrong.body.code]).toEqual([422, 'configuration-invalid']);
    expect(wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/unit',
      '/article',
      '/visitsNeeded',
    ]);
    expect((await put('service-x', aService({ visitsNeeded: -1 }))).status).toBe(400);
    const kept = await call('admin', 'DELETE', 'units/utility-gas');
    expect(kept.body).toMatchObject({ status: 409, code: 'unit-in-use' });
    expect(kept.body.errors).toContainEqual({ pointer: '/services', message: 'service-gas is its' });
  });
});
