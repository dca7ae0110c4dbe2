import { beforeAll, describe, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { demo } from '../support/city.ts';
import { allCounted, another, keep, said } from '../support/kept.ts';
import { anOrder } from '../support/orders.ts';

const { call, clock, deps, pool } = await demo();
const [one, two, three] = ['510107001', '510107005', '510107061'].map((code) => `unit:${code}`);
const codeOf = (as: string | undefined): string => (as ?? '').slice('unit:'.length);
/** A closed order that this unit of the demo city answers for. */
const ledBy = (as: string | undefined) => ({ ...anOrder('closed'), owner: codeOf(as) });
const terms = [
  { code: 'satisfied', name: '群众满意', source: 'satisfaction', weight: 0.5 },
  { code: 'peers', name: '双向评议', source: 'mutual_review', weight: 0.3 },
  { code: 'above', name: '上级评价', source: 'superior_mark', weight: 0.2 },
];
const put = (code: string, body: object = {}) =>
  call('admin', 'PUT', `evaluation-schemes/${code}`, {
    name: '街道半年考核',
    unitKind: 'street',
    cut: 'half_year',
    terms,
    ...body,
  });
const open = (body: object = {}, as = 'centreLeader') =>
  call(as, 'POST', 'evaluations', { scheme: 'street-half', period: '2026-H1', ...body });
const scores = (body: { results: { unit: { code: string }; score: number; rank: number; because: string }[] }) =>
  Object.fromEntries(body.results.map((r) => [r.unit.code, [r.score, r.rank, r.because]]));

beforeAll(async () => {
  // Forty answers about what the first street did, thirty-six of them good; thirty good ones of thirty about the second;
  // one short of thirty about the third.
  const good = said();
  const bad = said({ solved: 'yes', satisfaction: 'dissatisfied', reason: 'slow' });
  const of = (as: string | undefined, n: number, answer: typeof good) =>
    Array.from({ length: n }, () => another(ledBy(as), [answer]));
  await keep(pool, [...of(one, 36, good), ...of(one, 4, bad), ...of(two, 30, good), ...of(three, 29, good)]);
  await allCounted(deps);
  expect((await put('street-half')).status).toBe(201);
});

describe('schemes', () => {
  test('N10 G12 W23 422 where residents weigh too little for a street, or the weights do not add up to 1', async () => {
    const community = await put('community-half', { unitKind: 'community' });
    expect([community.status, community.body.code]).toEqual([422, 'configuration-invalid']);
    expect(community.body.errors).toEqual([
      { pointer: '/terms', message: 'residents decide 0.5 of it; for a community it is at least 0.7' },
    ]);
    const sum = await put('street-other', { terms: terms.map((t) => ({ ...t, weight: 0.3 })) });
    expect(sum.body.errors.map((e: { message: string }) => e.message)).toEqual([
      'the weights add up to 0.9, not to 1',
      'residents decide 0.3 of it; for a street it is at least 0.5',
    ]);
    const department = await put('department-half', {
      unitKind: 'department',
      terms: terms.map((t) => ({ ...t, weight: { satisfied: 0.3, peers: 0.2, above: 0.5 }[t.code] })),
    });
    expect([department.status, department.body.errors[0].message]).toEqual([
      422,
      'residents decide 0.3 of it, and superior 0.5: for a department nobody decides more than they do',
    ]);
    expect((await call('operator', 'GET', 'evaluation-schemes')).body.items).toHaveLength(1);
    expect((await call('centreLeader', 'PUT', 'evaluation-schemes/x', {})).status).toBe(403);
  });
});

describe('an evaluation', () => {
  let id = '';
  test('X13 scores and ranks the units of its kind as it would be now, and says who too few residents spoke of', async () => {
    const opened = await open();
    expect(opened.status, opened.text).toBe(201);
    id = opened.body.id;
    expect(opened.body).toMatchObject({
      period: '2026-H1',
      from: '2026-01-01T00:00:00+08:00',
      to: '2026-07-01T00:00:00+08:00',
      closesAt: '2026-07-30T23:59:59+08:00',
      closedAt: null,
      provisional: true,
    });
    const found = scores(opened.body);
    expect(Object.keys(found)).toHaveLength(15);
    expect(found[codeOf(two)]).toEqual([100, 1, null]);
    expect(found[codeOf(one)]).toEqual([90, 2, null]);
    expect(found[codeOf(three)]).toEqual([null, null, 'too-few-answers']);
    const again = await open();
    expect([again.status, again.body.code]).toEqual([409, 'evaluated-already']);
  });

  test('the level above and the other side weigh with the residents', async () => {
    const mark = (as: string, unit: string | undefined, points: number) =>
      call(as, 'POST', `evaluations/${id}/marks`, { unit: codeOf(unit), mark: points, reason: '年中述职' });
    expect((await mark('unit:510107', one, 70)).status).toBe(200);
    const side = await call('unit:510107-water', 'POST', 'evaluations/reviews', {
      cycle: '2026-H1',
      about: codeOf(one),
      marks: { response: 80, attendance: 80, result: 80, conduct: 80 },
    });
    expect(side.status, side.text).toBe(201);
    const seen = await call('inspector', 'GET', `evaluations/${id}`);
    expect(scores(seen.body)[codeOf(one)]).toEqual([83, 2, null]); // 0.5 * 90 + 0.3 * 80 + 0.2 * 70
    expect(seen.body.results[1].terms).toMatchObject([
      { source: 'satisfaction', numerator: 36, denominator: 40, points: 90 },
      { source: 'mutual_review', points: 80 },
      { source: 'superior_mark', points: 70 },
    ]);
    const own = await mark(one ?? '', one, 100);
    expect([own.status, own.body.code]).toEqual([403, 'not-superior']);
    expect((await mark('unit:510107-water', one, 100)).body.code).toBe('not-superior');
    expect((await mark('unit:510107', 'unit:510107-water', 100)).body.code).toBe('not-evaluated');
  });

  test('a street sees its own score alone, the district those below it, a bureau none', async () => {
    const seenBy = async (as: string) => (await call(as, 'GET', `evaluations/${id}`)).body.results.length;
    expect([await seenBy(one ?? ''), await seenBy('unit:510107'), await seenBy('unit:510107-water')]).toEqual([
      1, 15, 0,
    ]);
  });

  test('it closes at its date and not before; what it closed with never changes', async () => {
    clock.set('2026-07-30T23:59:58+08:00');
    await fireDue(deps);
    expect((await call('inspector', 'GET', `evaluations/${id}`)).body.provisional).toBe(true);
    clock.set('2026-07-31T08:00:00+08:00');
    await fireDue(deps);
    const closed = (await call('inspector', 'GET', `evaluations/${id}`)).body;
    expect(closed).toMatchObject({ provisional: false, closedAt: '2026-07-31T08:00:00+08:00' });
    expect(scores(closed)[codeOf(one)]).toEqual([83, 2, null]);
    await keep(pool, [another(ledBy(one), [said({ satisfaction: 'dissatisfied' })])]);
    await allCounted(deps);
    expect((await call('inspector', 'GET', `evaluations/${id}`)).body).toEqual(closed);
    const late = await call('unit:510107', 'POST', `evaluations/${id}/marks`, {
      unit: codeOf(one),
      mark: 1,
      reason: 'x',
    });
    expect([late.status, late.body.code]).toEqual([409, 'evaluation-closed']);
    await expect(pool.query("update evaluations set results = '[]'")).rejects.toThrow('does not change');
    const facts = await pool.query("select type from facts where subject = 'evaluation' order by id");
    expect(facts.rows.map((r) => r.type)).toEqual(['evaluation_opened', 'superior_marked', 'evaluation_closed']);
  });

  test('422 for a period of another cut, an unknown scheme, a date that is over', async () => {
    const codes = [
      await open({ period: '2026-Q1' }),
      await open({ scheme: 'none' }),
      await open({ period: '2026-H2', closesAt: '2026-12-31T00:00:00+08:00' }),
    ].map((reply) => [reply.status, reply.body.code]);
    expect(codes).toEqual([
      [422, 'period-unknown'],
      [422, 'scheme-unknown'],
      [422, 'in-the-past'],
    ]);
    expect((await open({ period: '2027-H1' })).body.code).toBe('too-early');
    expect((await open({}, 'operator')).status).toBe(403);
  });
});

describe('W17 the review of a period (述职评议)', () => {
  let id = '';
  const path = (unit: string | undefined, more = '') => `evaluations/${id}/units/${codeOf(unit)}${more}`;
  const rate = (unit: string | undefined, body: object = {}, as = 'unit:510107') =>
    call(as, 'POST', path(unit, '/ratings'), { part: 'head', grade: 'excellent', reason: '群众满意', ...body });

  test('201 its leader reports, the level above asks, and the leader answers, beside the score from the record', async () => {
    expect((await put('street-quarter', { cut: 'quarter' })).status).toBe(201);
    const late = { scheme: 'street-quarter', period: '2026-Q1' };
    const atOnce = await open(late); // would close before anybody had reported
    expect([atOnce.status, atOnce.body.code]).toEqual([422, 'in-the-past']);
    const opened = await open({ ...late, closesAt: '2026-07-31T08:30:00+08:00' });
    id = opened.body.id;
    const reported = await call(two ?? '', 'POST', path(two, '/report'), { text: '一季度述职：接诉即办 30 件' });
    expect(reported.status, reported.text).toBe(200);
    expect(reported.body).toMatchObject({
      unit: { code: codeOf(two) },
      evaluation: { provisional: true, results: [{ unit: { code: codeOf(two) }, score: 100, stars: 5 }] },
      report: { text: '一季度述职：接诉即办 30 件', at: '2026-07-31T08:00:00+08:00' },
      remarks: [],
      ratings: { head: null, team: null },
    });
    const asked = await call('unit:510107', 'POST', path(two, '/remarks'), { text: '漏水件为何反复？' });
    expect([asked.status, asked.body.remarks[0]]).toMatchObject([
      201,
      { seq: 1, by: { code: '510107' }, answer: null },
    ]);
    const answered = await call(two ?? '', 'POST', path(two, '/remarks/1/answer'), { text: '管网十月更换' });
    expect(answered.body.remarks[0].answer).toMatchObject({ text: '管网十月更换' });
    expect((await call(two ?? '', 'POST', path(two, '/remarks/2/answer'), { text: 'x' })).status).toBe(404);
  });

  test('403 whoever is not the leader reports, whoever is of the unit remarks, or whoever is not above it rates', async () => {
    expect((await call('unit:510107', 'POST', path(two, '/report'), { text: 'x' })).body.code).toBe('not-yours');
    expect((await call(two ?? '', 'POST', path(two, '/remarks'), { text: 'x' })).body.code).toBe('not-yours');
    expect((await rate(two, {}, two)).body.code).toBe('not-superior');
    expect((await call('operator', 'POST', path(two, '/report'), { text: 'x' })).status).toBe(403);
  });

  test('404 for a unit out of sight and for one that is not evaluated', async () => {
    for (const as of [one ?? '', 'unit:510107-water']) expect((await call(as, 'GET', path(two))).status).toBe(404);
    expect((await call('inspector', 'GET', path('unit:510107-water'))).status).toBe(404);
    for (const as of [two ?? '', 'unit:510107', 'inspector', 'auditor', 'government'])
      expect((await call(as, 'GET', path(two))).status, as).toBe(200);
  });

  test('409 a rating before the score stands, and “excellent” without a report or without four stars', async () => {
    const early = await rate(two);
    expect([early.status, early.body.code]).toEqual([409, 'too-early']);
    clock.set('2026-07-31T08:30:00+08:00');
    await fireDue(deps);
    expect((await call(two ?? '', 'GET', path(two))).body.evaluation.provisional).toBe(false);
    expect((await rate(two)).body.ratings.head).toMatchObject({ grade: 'excellent', by: { code: '510107' } });
    const unreported = await rate(one);
    expect([unreported.status, unreported.body.code, unreported.body.reported]).toEqual([409, 'not-excellent', false]);
    expect((await rate(three, { grade: 'incompetent', part: 'team' })).body.ratings).toMatchObject({
      head: null,
      team: { grade: 'incompetent' },
    });
    const stages = async (as: string) => (await call(as, 'GET', `evaluations/${id}/units?limit=200`)).body.items;
    const seen = await stages('unit:510107');
    expect(seen).toHaveLength(15);
    expect(seen.find((stage: { unit: { code: string } }) => stage.unit.code === codeOf(two))).toMatchObject({
      score: 100,
      reportedAt: '2026-07-31T08:00:00+08:00',
      remarks: 1,
      unanswered: 0,
      ratings: { head: 'excellent', team: null },
    });
    expect(await stages(one ?? '')).toMatchObject([{ unit: { code: codeOf(one) }, reportedAt: null }]);
    expect((await call('unit:510107', 'GET', `evaluations/${id}/units?limit=10`)).body.nextCursor).not.toBeNull();
    const late = await call(two ?? '', 'POST', path(two, '/report'), { text: '补充' });
    expect([late.status, late.body.code]).toEqual([409, 'evaluation-closed']);
    const { rows } = await pool.query(
      "select type, body::text from facts where subject = 'evaluation' and subject_id = $1 and type like 'period_%' order by id",
      [id],
    );
    expect(rows.map((r) => r.type)).toEqual([
      'period_report',
      'period_remark',
      'period_answer',
      'period_rate',
      'period_rate',
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/[\u4e00-\u9fff]/); // no words of people in the record that leaves
  });
});

test('X26 the yearly review closes at the date in December the city fixed, and the next year begins where it ended', async () => {
  expect((await put('street-year', { cut: 'year' })).status).toBe(201);
  const yearly = (period: string, closesAt?: string) => open({ scheme: 'street-year', period, closesAt });
  expect((await yearly('2026', '2026-12-01T00:00:00+08:00')).body.code).toBe('in-the-past');
  const opened = await yearly('2026', '2026-12-20T18:00:00+08:00');
  expect(opened.status, opened.text).toBe(201);
  expect(opened.body).toMatchObject({
    from: '2026-01-01T00:00:00+08:00',
    to: '2026-12-20T18:00:00+08:00',
    closesAt: '2026-12-20T18:00:00+08:00',
  });
  clock.set('2026-12-20T18:00:00+08:00');
  await fireDue(deps);
  const closed = (await call('inspector', 'GET', `evaluations/${opened.body.id}`)).body;
  expect(closed).toMatchObject({ provisional: false, closedAt: '2026-12-20T18:00:00+08:00' });
  clock.set('2027-01-04T09:00:00+08:00');
  expect((await yearly('2027')).body).toMatchObject({
    from: '2026-12-20T18:00:00+08:00',
    to: '2028-01-01T00:00:00+08:00',
    closesAt: '2028-01-30T23:59:59+08:00',
  });
});

test('L27 what a score rests on is there while the period runs, and a bureau sets no assessment of its own', async () => {
  expect((await put('department-year', { unitKind: 'department', cut: 'year' })).status).toBe(201);
  const running = await open({ scheme: 'department-year', period: '2027' });
  expect(running.body).toMatchObject({ provisional: true, closedAt: null });
  expect((await open({ scheme: 'department-year', period: '2027' }, 'unit:510107-water')).status).toBe(403);
});
