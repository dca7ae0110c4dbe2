import { beforeAll, describe, expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';
import { allCounted } from '../support/kept.ts';

const { call, clock, deps } = await demo({ at: '2025-03-03T10:00:00+08:00' });
const owner = '510107-urban-management';
const register = async (remarkable: object = {}) => {
  const made = await call('operator', 'POST', 'requests', aLight(remarkable));
  expect(made.status, made.text).toBe(201);
  return made.body.workOrder;
};
const bulletin = (as: string, query: string, headers: Record<string, string> = {}) =>
  call(as, 'GET', `bulletins?${query}`, undefined, headers);
const day = 'kind=daily&at=2026-03-02T12:00:00%2B08:00';
let street = '';

beforeAll(async () => {
  const first = await register(); // the same Monday of last year's calendar week
  street = first.placement.path.find((step: { level: string }) => step.level === 'street').code;
  clock.set('2026-03-01T10:00:00+08:00');
  await register();
  await register({ channel: 'web' });
  clock.set('2026-03-02T09:00:00+08:00');
  for (let i = 0; i < 3; i++) await register();
  await register({ channel: 'web', kind: 'complaint', location: null });
  const { id } = await register();
  await call('shiftLeader', 'POST', `work-orders/${id}/actions/void`, { reason: '重复' }, { 'if-match': '*' });
  clock.set('2026-03-12T09:00:00+08:00');
  await allCounted(deps);
});

describe('a bulletin', () => {
  test('counts what came in and ended by day, against the day before and the same of last year', async () => {
    const { status, body, text } = await bulletin('centreLeader', day);
    expect(status, text).toBe(200);
    expect(body).toMatchObject({
      kind: 'daily',
      complete: true,
      area: null,
      spans: { now: { from: '2026-03-02T00:00:00+08:00', to: '2026-03-03T00:00:00+08:00' }, before: {}, lastYear: {} },
      intake: { all: { now: 5, before: 2, lastYear: 0 } },
      ended: { now: 1, before: 0, lastYear: 0 },
    });
    const of = (list: { key: { code: string }; counts: object }[], code: string | null) =>
      list.find(({ key }) => key.code === code)?.counts;
    expect(of(body.intake.byChannel, 'hotline')).toEqual({ now: 4, before: 1, lastYear: 0 });
    expect(of(body.intake.byKind, 'complaint')).toEqual({ now: 1, before: 0, lastYear: 0 });
    expect(of(body.intake.byCategory, '城市管理')).toEqual({ now: 5, before: 2, lastYear: 0 });
    expect(of(body.intake.byStreet, street)).toEqual({ now: 4, before: 2, lastYear: 0 });
    expect(of(body.intake.byStreet, null)).toEqual({ now: 1, before: 0, lastYear: 0 });
    expect(body.intake.leaves).toMatchObject([{ key: { code: '城市管理/部件/路灯', name: '路灯' } }]);
    expect(body.rates.resolution.now).toMatchObject({
      numerator: 0,
      denominator: 0,
      notReached: 0,
      excluded: 0,
      share: null,
    });
  });

  test('a week stands against the same weekdays of last year, a month against the same month', async () => {
    const week = (await bulletin('inspector', 'kind=weekly&at=2026-03-02T12:00:00%2B08:00')).body;
    expect(week.intake.all).toEqual({ now: 5, before: 2, lastYear: 1 });
    const month = (await bulletin('inspector', 'kind=monthly&at=2026-03-20T12:00:00%2B08:00')).body;
    expect(month).toMatchObject({ status: 422, code: 'in-the-future' });
    const running = (await bulletin('inspector', 'kind=monthly&at=2026-03-10T12:00:00%2B08:00')).body;
    expect(running).toMatchObject({ complete: false, intake: { all: { now: 7, before: 0, lastYear: 1 } } });
    expect((await bulletin('inspector', 'kind=monthly')).body.spans.now.from).toBe('2026-02-01T00:00:00+08:00');
  });

  test('tells what is overdue when it is made, by unit, and how the orders due in its span were handled', async () => {
    const { body } = await bulletin('shiftLeader', 'kind=daily&at=2026-03-09T12:00:00%2B08:00');
    expect(body.overdue).toMatchObject({ all: 6, byUnit: [{ key: { code: owner }, count: 6 }] });
    expect(body.rates.submittedInTime.now).toMatchObject({ numerator: 0, denominator: 5 });
    expect(body.units).toMatchObject([{ key: { code: owner }, assessed: 5 }, { key: { code: 'hotline' } }]);
  });

  test('a street reads its own; another’s is 404; a department, which stands for no area, is refused', async () => {
    const own = (await bulletin(`unit:${street}`, day)).body;
    expect(own).toMatchObject({ area: { code: street }, intake: { all: { now: 4, before: 2, lastYear: 0 } } });
    const another = ['510107001', '510107002'].find((code) => code !== street);
    expect((await bulletin(`unit:${street}`, `${day}&area=${another}`)).status).toBe(404);
    expect((await bulletin(`unit:${owner}`, day)).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await bulletin('vendor', day)).status).toBe(403);
    expect((await bulletin('inspector', `${day}&area=nowhere`)).status).toBe(404);
    expect((await bulletin('inspector', 'kind=yearly')).status).toBe(400);
  });

  test('as a page to print: its own charts and map, no script, nothing from elsewhere, in either language', async () => {
    const zh = await bulletin('publisher', day, { accept: 'text/html' });
    expect(zh.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(zh.headers['content-security-policy']).toContain("default-src 'none'");
    expect(zh.text).toContain('热线日报');
    expect(zh.text).toContain('@page { size: A4');
    expect(zh.text.match(/<svg/g)?.length).toBe(6);
    expect(zh.text).toContain('+150.0%');
    expect(zh.text).not.toMatch(/<script|<link|<img|href=|url\(/);
    const en = await bulletin('publisher', day, { accept: 'text/html', 'accept-language': 'en' });
    expect(en.text).toContain('Daily bulletin');
    expect(en.text).toContain('lang="en"');
  });
});

describe('a heat picture', () => {
  const span = 'from=2026-03-01T00:00:00%2B08:00&to=2026-03-03T00:00:00%2B08:00';
  const picture = (as: string, query: string) => call(as, 'GET', `statistics/heat.svg?${span}&${query}`);

  test('SVG by street, community and grid from the areas in force, with what could not be placed beside', async () => {
    for (const [level, count] of [
      ['street', 15],
      ['community', 113],
      ['grid', 904],
    ] as const) {
      const { status, headers, text } = await picture('inspector', `level=${level}`);
      expect(status, text).toBe(200);
      expect(headers['content-type']).toBe('image/svg+xml; charset=utf-8');
      expect(text.match(/<path /g)?.length).toBe(count);
      expect(text).toContain(': 6</title>');
      expect(text).toContain('其他: 1');
      expect(text).not.toContain('NaN');
    }
  });

  test('a street sees its own part of it, and nobody a span that ends before it begins', async () => {
    const own = await picture(`unit:${street}`, 'level=community');
    expect(own.text.match(/<path /g)?.length).toBeLessThan(20);
    expect(own.text).not.toContain('其他: 1');
    expect((await picture(`unit:${street}`, 'level=grid&area=510107')).status).toBe(404);
    const backwards = await call(
      'inspector',
      'GET',
      'statistics/heat.svg?from=2026-03-03T00:00:00Z&to=2026-03-01T00:00:00Z',
    );
    expect(backwards.status).toBe(400);
    expect((await picture('inspector', 'level=street&category=x')).text).not.toContain(': 6</title>');
  });
});
