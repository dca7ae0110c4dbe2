import { beforeAll, describe, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo } from '../support/city.ts';
import { allCounted, another, keep, notReached, said } from '../support/kept.ts';
import { anOrder } from '../support/orders.ts';

const { call, clock, deps, pool } = await demo();
const district = 'unit:510107';
const water = '510107-water';
const head = `${water}-leader`;
const year = 'from=2026-01-01T00:00:00%2B08:00&to=2027-01-01T00:00:00%2B08:00';
const ask = (as: string, unit = water, query = year, headers: Record<string, string> = {}) =>
  call(as, 'GET', `units/${unit}/dossier?${query}`, undefined, headers);

let street = '';
beforeAll(async () => {
  // In March the first head: nine residents of ten satisfied, one not reached. Nobody is told by name but the post's holder.
  const order = { ...anOrder('closed'), owner: water };
  const bad = said({ solved: 'no', satisfaction: 'dissatisfied', reason: 'slow', comment: '张三丰 13912345678 很慢' });
  await keep(pool, [
    ...Array.from({ length: 9 }, () => another(order, [said()])),
    another(order, [bad]),
    another(order, [notReached]),
  ]);
  await allCounted(deps);
  clock.set('2026-04-01T09:00:00+08:00');
  const handed = await call(district, 'POST', `posts/${head}/hand-over`, { to: 'holder-of-april', note: '轮岗' });
  expect(handed.status, handed.text).toBe(200);
  // In April the second one: a street calls it, and it comes; the district supervises and measures.
  clock.set('2026-04-10T09:00:00+08:00');
  const { body: made } = await call('operator', 'POST', 'requests', aLight());
  street = made.workOrder.placement.path.find((s: { level: string }) => s.level === 'street').code;
  const { body: called } = await call(`unit:${street}`, 'POST', 'coordination-orders', {
    kind: 'resident_request',
    street,
    workOrderIds: [made.workOrder.id],
    units: [{ code: water, task: '抽水' }],
    demand: '到场',
  });
  const on = (as: string, path: string, body: object = {}) =>
    call(as, 'POST', `coordination-orders/${called.id}/${path}`, body);
  await on(`unit:${street}`, 'issue');
  await on(`unit:${water}`, `units/${water}/acknowledge`);
  await on(`unit:${water}`, `units/${water}/report-in`);
  const measured = await call(district, 'POST', 'measures', { unit: water, demand: '及时到场' });
  expect(measured.status, measured.text).toBe(201);
  for (const [by, about] of [
    [street, water],
    [water, street],
  ])
    await call(`unit:${by}`, 'POST', 'evaluations/reviews', {
      cycle: '2026-H1',
      about,
      marks: { response: 90, attendance: by === street ? 80 : 60, result: 100, conduct: 70 },
    });
  const remarked = await call('operator', 'POST', `work-orders/${made.workOrder.id}/conduct`, {
    about: 'unit',
    tone: 'praise',
    text: '李四说态度很好',
  });
  expect(remarked.status, remarked.text).toBe(201);
  clock.set('2026-08-10T09:00:00+08:00');
  await allCounted(deps);
});

describe('W4b the dossier of a unit’s head', () => {
  test('a head is shown only with what happened in that term: figures, calls, measures, the mutual review', async () => {
    const { status, body, text } = await ask(district);
    expect(status, text).toBe(200);
    expect(body).toMatchObject({
      unit: { code: water, name: '区水务局' },
      from: '2026-01-01T00:00:00+08:00',
      to: '2026-08-10T09:00:00+08:00',
      counted: { behind: 0 },
    });
    expect(body.terms).toHaveLength(2);
    const [first, second] = body.terms;
    expect(first).toMatchObject({
      post: { code: head },
      holder: `holder-${water}-leader-a`,
      until: '2026-04-01T09:00:00+08:00',
      to: '2026-04-01T09:00:00+08:00',
      record: {
        figures: {
          assessed: 11,
          rates: {
            resolution: { numerator: 9, denominator: 10, notReached: 1, excluded: 0, share: 0.9 },
            satisfaction: { numerator: 9, denominator: 10, notReached: 1 },
          },
        },
        evidence: { calls: 0 },
        measures: {},
        reviewed: { byOthers: { reviews: 0, marks: null } },
      },
    });
    expect(second).toMatchObject({
      holder: 'holder-of-april',
      since: '2026-04-01T09:00:00+08:00',
      until: null,
      to: '2026-08-10T09:00:00+08:00',
      record: {
        figures: { rates: { resolution: { numerator: 0, denominator: 0 } } },
        evidence: { calls: 1, reportedIn: 1, reportedInTime: 1 },
        measures: { remind: 1 },
        reviewed: {
          byOthers: { reviews: 1, marks: { response: 90, attendance: 80, result: 100, conduct: 70 } },
          ofOthers: { reviews: 1, marks: { attendance: 60 } },
        },
      },
    });
    // The whole is both.
    expect(body.whole).toMatchObject({ figures: { assessed: 11 }, evidence: { calls: 1 }, measures: { remind: 1 } });
    expect(body.terms.map((t: { record: object }) => t.record)).not.toContainEqual(body.whole);
  });

  test('names the fact up to which it was counted, and comes out the same until something happens', async () => {
    const [one, two] = [(await ask(district)).body, (await ask('auditor')).body];
    expect(two).toEqual(one);
    expect(one.counted.fact).toBeGreaterThan(0);
  });

  test('holds the evaluations that ended in a term, with score, stars and the ratings that followed', async () => {
    const terms = [{ code: 'satisfied', name: '群众满意', source: 'satisfaction', weight: 1 }];
    const scheme = { name: '部门半年考核', unitKind: 'department', cut: 'half_year', terms };
    expect((await call('admin', 'PUT', 'evaluation-schemes/department-half', scheme)).status).toBe(201);
    const { body: opened } = await call('centreLeader', 'POST', 'evaluations', {
      scheme: 'department-half',
      period: '2026-H1',
      closesAt: '2026-08-10T10:00:00+08:00',
    });
    clock.set('2026-08-10T10:00:00+08:00');
    await fireDue(deps);
    const rated = await call(district, 'POST', `evaluations/${opened.id}/units/${water}/ratings`, {
      part: 'head',
      grade: 'competent',
      reason: '群众认可',
    });
    expect(rated.status, rated.text).toBe(200);
    const [first, second] = (await ask(district)).body.terms;
    expect(first.record.evaluations).toEqual([]);
    expect(second.record.evaluations).toMatchObject([
      { scheme: '部门半年考核', period: '2026-H1', head: { grade: 'competent', by: '510107' }, team: null },
    ]);
  });

  test('is a page to print and a table to take out, in two languages, without a resident in either', async () => {
    const page = await ask(district, water, year, { accept: 'text/html' });
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.text).not.toContain('<script');
    for (const said of ['履职档案', '区水务局', 'holder-of-april', '解决率', '90.0% ', '9/10', '部门半年考核 2026-H1'])
      expect(page.text, said).toContain(said.trim());
    const english = await ask(district, water, year, { accept: 'text/html', 'accept-language': 'en' });
    expect(english.text).toContain('Performance dossier');
    const made = await call(district, 'POST', 'exports', {
      list: 'dossiers',
      format: 'csv',
      filter: { code: water, from: '2026-01-01T00:00:00+08:00', to: '2026-12-31T00:00:00+08:00' },
    });
    expect(made.status, made.text).toBe(201);
    const file = await call(null, 'GET', made.body.link);
    expect(file.text).toContain('holder-of-april,2026-04-01,2026-08-10,被吹哨与协办,被召集,1');
    const json = await ask(district);
    for (const text of [page.text, english.text, file.text, json.text]) {
      expect(text).not.toMatch(/张三丰|13912345678|李四|很慢/);
      expect(text).not.toContain('undefined');
    }
  });

  test('404 for a unit out of sight and in the table of it; 403 for whoever leads nothing; 422 for another unit’s post', async () => {
    for (const as of ['unit:510107-roads', `unit:${street}`]) expect((await ask(as)).status, as).toBe(404);
    expect((await ask(district, 'nobody')).status).toBe(404);
    for (const as of [district, `unit:${water}`, 'government', 'inspector', 'auditor', 'centreLeader'])
      expect((await ask(as)).status, as).toBe(200);
    expect((await ask('operator')).status).toBe(403);
    const other = await ask(district, water, `${year}&post=510107-roads-leader`);
    expect([other.status, other.body.code]).toEqual([422, 'post-unknown']);
    const clerk = await ask(district, water, `${year}&post=${water}-clerk`);
    expect(clerk.body.terms).toMatchObject([{ post: { code: `${water}-clerk` } }]);
    const taken = await call('unit:510107-roads', 'POST', 'exports', {
      list: 'dossiers',
      format: 'csv',
      filter: { code: water, from: '2026-01-01T00:00:00+08:00', to: '2026-12-31T00:00:00+08:00' },
    });
    expect(taken.status).toBe(404);
    expect((await ask(district, water, 'from=2027-01-01T00:00:00Z&to=2028-01-01T00:00:00Z')).body.code).toBe(
      'in-the-future',
    );
    expect((await ask(district, water, 'from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z')).status).toBe(400);
  });
});

test('a stand-in for a day, however often, hides nobody who headed the unit for months', async () => {
  const [unit, post] = ['510107-market', '510107-market-leader'];
  clock.set('2026-06-30T09:00:00+08:00');
  for (let day = 1; day <= 30; day += 1) {
    clock.set(`2026-07-${String(day).padStart(2, '0')}T09:00:00+08:00`);
    const holder = day % 2 === 1 ? 'B' : 'A';
    const { status, text } = await call(`unit:${unit}`, 'PUT', `posts/${post}/acting`, { holder });
    expect(status, text).toBe(200);
  }
  clock.set('2026-12-01T09:00:00+08:00');
  const { status, body, text } = await ask(district, unit);
  expect(status, text).toBe(200);
  expect([body.terms.length, body.shorterTerms]).toEqual([24, 7]);
  const [first, last] = [body.terms[0], body.terms.at(-1)];
  expect([first.to, last.from]).toEqual(['2026-07-01T09:00:00+08:00', '2026-07-30T09:00:00+08:00']);
  const page = await ask(district, unit, year, { accept: 'text/html', 'accept-language': 'en' });
  expect(page.text).toContain('shorter terms that are not listed 7');
});
