import { describe, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { demo } from '../support/city.ts';

const { call, clock, deps, pool } = await demo();
const street = '510107001';
const byStreet = `unit:${street}`;
const team = `${street}-market`;
const bureau = 'unit:510107-market';
const district = 'unit:510107';
const ask = (more: object = {}, as = district) =>
  call(as, 'POST', 'consents', {
    asked: street,
    unit: team,
    post: `${team}-leader`,
    candidate: '王某某',
    purpose: 'promotion',
    text: '拟提拔，征求街道党工委意见',
    from: '2026-01-01T00:00:00+08:00',
    to: '2026-03-01T00:00:00+08:00',
    ...more,
  });
const on = (as: string, id: string, path: string, body: object = {}, headers = {}) =>
  call(as, 'POST', `consents/${id}/${path}`, body, headers);
const see = (as: string, id: string, path = '') => call(as, 'GET', `consents/${id}${path}`);
const waiting = async (as: string) =>
  (await call(as, 'GET', 'todo?limit=200')).body.items.filter(
    (item: { undertakingKind?: string }) => item.undertakingKind === 'consent',
  );

describe('W4b G11 consent to an appointment', () => {
  let id = '';
  test('201 the district asks the street where the team is stationed; it waits for the street’s leader, five working days', async () => {
    const made = await ask();
    expect(made.status, made.text).toBe(201);
    ({ id } = made.body);
    expect(made.headers.location).toBe(`/v1/consents/${id}`);
    expect(made.body).toMatchObject({
      state: 'unanswered',
      asked: { code: street },
      by: { code: '510107' },
      unit: { code: team },
      post: { code: `${team}-leader` },
      candidate: '王某某',
      purpose: 'promotion',
      dueAt: '2026-03-09T18:00:00+08:00',
      overdue: false,
      answer: null,
      decision: null,
      allowedActions: ['withdraw'],
    });
    expect(await waiting(byStreet)).toMatchObject([{ undertakingId: id, dueAt: '2026-03-09T18:00:00+08:00' }]);
    expect((await see(byStreet, id)).body.allowedActions).toEqual(['answer']);
  });

  test('the dossier is what it was when it was asked, under its hash, and cannot be changed', async () => {
    const asked = (await see(byStreet, id, '/dossier')).body;
    expect(asked).toMatchObject({
      unit: { code: team },
      terms: [{ holder: `holder-${team}-leader-a`, record: { measures: {} } }],
    });
    await call(district, 'POST', 'measures', { unit: team, demand: '整改' });
    await call(district, 'POST', `posts/${team}-leader/hand-over`, { to: 'somebody-else', note: '' });
    const later = await see('auditor', id, '/dossier');
    expect(later.body).toEqual(asked);
    const { hash } = (await see('auditor', id)).body.dossier;
    expect(later.headers.etag).toBe(`"${hash}"`);
    const page = await call(byStreet, 'GET', `consents/${id}/dossier`, undefined, { accept: 'text/html' });
    expect(page.text).toContain(hash);
    await expect(pool.query("update dossiers set hash = 'x'")).rejects.toThrow('does not change');
  });

  test('404 for the unit it is about and its bureau, for another street and for whoever is not of the two sides', async () => {
    for (const as of [`unit:${team}`, bureau, 'unit:510107005', 'centreLeader']) {
      expect((await see(as, id)).status, as).toBe(404);
      expect((await see(as, id, '/dossier')).status, as).toBe(404);
      expect((await see(as, id, '/events')).status, as).toBe(404);
      expect((await on(as, id, 'answer', { answer: 'consented' })).status, as).toBe(404);
      expect((await call(as, 'GET', 'consents')).body.items, as).toEqual([]);
    }
    for (const as of ['operator', 'shiftLeader', 'supervisor']) expect((await see(as, id)).status, as).toBe(403);
    for (const as of [byStreet, district, 'government', 'inspector', 'auditor']) {
      expect((await see(as, id)).status, as).toBe(200);
      expect((await call(as, 'GET', `consents?unit=${team}&state=unanswered`)).body.items, as).toHaveLength(1);
    }
    // Nor through the lists of other things that are owed.
    for (const list of ['suggestions', 'task-forces'])
      expect((await call('inspector', 'GET', `${list}/${id}`)).status).toBe(404);
    expect(await waiting(`unit:${team}`)).toEqual([]);
  });

  test('404 for the unit it is about whatever else its key may do; a street’s clerk neither sees nor is asked it', async () => {
    const keyOf = async (unit: string, roles: readonly string[]): Promise<Record<string, string>> => {
      const made = await call('admin', 'POST', 'clients', { name: `key of ${unit} ${roles[0]}`, unit, roles });
      expect(made.status, made.text).toBe(201);
      return { authorization: `Bearer ${made.body.key}` };
    };
    const auditorOf = await keyOf(team, ['auditor', 'unit_leader']);
    expect((await call(null, 'GET', `/v1/consents/${id}`, undefined, auditorOf)).status).toBe(404);
    expect((await call(null, 'GET', '/v1/consents', undefined, auditorOf)).body.items).toEqual([]);
    const clerk = await keyOf(street, ['unit_clerk', 'street_centre']);
    expect((await call(null, 'GET', `/v1/consents/${id}`, undefined, clerk)).status).toBe(403);
    const todo = await call(null, 'GET', '/v1/todo?limit=200', undefined, clerk);
    expect(todo.body.items.filter((item: { undertakingKind?: string }) => item.undertakingKind === 'consent')).toEqual(
      [],
    );
  });

  test('silence is never consent: the street is urged, the asker told, and nothing can be decided', async () => {
    clock.set('2026-03-10T18:00:00+08:00');
    await Promise.all([1, 2, 3].map(() => fireDue(deps)));
    const seen = (await see(district, id)).body;
    expect(seen).toMatchObject({ state: 'unanswered', overdue: true, answer: null });
    const { items } = (await see('auditor', id, '/events')).body;
    const done = items
      .filter((e: { type: string }) => e.type === 'rung_fired')
      .map((e: { body: { rung: string } }) => e.body.rung);
    expect(done).toEqual(['warn', 'owed_limit', 'owed_told']);
    const decided = await on(district, id, 'decision', { taken: true, reason: '急需' });
    expect([decided.status, decided.body.code]).toEqual([409, 'wrong-state']);
  });

  test('422 a refusal without its reason; refused, it is decided against only with one, and then it stands', async () => {
    expect((await on(byStreet, id, 'answer', { answer: 'refused' })).body.code).toBe('reason-missing');
    expect((await on(byStreet, id, 'answer', { answer: 'perhaps' })).status).toBe(400);
    expect((await on(district, id, 'answer', { answer: 'consented' })).body.code).toBe('not-yours');
    expect((await on(byStreet, id, 'answer', { answer: 'refused', text: 'x' }, { 'if-match': '"v1"' })).status).toBe(
      412,
    );
    const answered = await on(byStreet, id, 'answer', { answer: 'refused', text: '两次吹哨未到' });
    expect(answered.body, answered.text).toMatchObject({
      state: 'answered',
      answer: { answer: 'refused', text: '两次吹哨未到', inTime: false },
      allowedActions: [],
    });
    expect(await waiting(byStreet)).toEqual([]);
    expect(await waiting(district)).toMatchObject([{ kind: 'consent_decision', undertakingId: id, step: 'refused' }]);
    expect((await on(byStreet, id, 'decision', { taken: false })).body.code).toBe('not-yours');
    const bare = await on(district, id, 'decision', { taken: true });
    expect([bare.status, bare.body.code]).toEqual([422, 'reason-missing']);
    const decided = await on('government', id, 'decision', { taken: true, reason: '全区统筹' });
    expect(decided.body, decided.text).toMatchObject({
      state: 'decided',
      decision: { taken: true, reason: '全区统筹' },
    });
    expect(await waiting(district)).toEqual([]);
    const again = await on(district, id, 'decision', { taken: false });
    expect([again.status, again.body.code]).toEqual([409, 'wrong-state']);
    const { rows } = await pool.query(
      "select type, body::text from facts where subject = 'undertaking' and subject_id = $1",
      [id],
    );
    expect(rows.map((r) => r.type)).toContain('undertaking_decide');
    expect(JSON.stringify(rows)).not.toMatch(/[\u4e00-\u9fff]/); // neither the candidate nor anybody's words leave
  });

  test('the bureau asks about its own team, and withdraws with a reason; what is withdrawn is no longer answered', async () => {
    const made = await ask({ purpose: 'transfer', candidate: null, dueAt: '2026-04-01T12:00:00+08:00' }, bureau);
    expect(made.body, made.text).toMatchObject({ by: { code: '510107-market' }, dueAt: '2026-04-01T12:00:00+08:00' });
    expect((await see(district, made.body.id)).status, 'the district is no side of this one').toBe(404);
    expect((await on(bureau, made.body.id, 'withdraw', {})).status).toBe(400);
    expect((await on(bureau, made.body.id, 'withdraw', { reason: '另有任用' })).body).toMatchObject({
      state: 'withdrawn',
      withdrawnBecause: '另有任用',
    });
    expect((await on(byStreet, made.body.id, 'answer', { answer: 'consented' })).body.code).toBe('wrong-state');
  });

  test('asked together it is answered once, whoever is faster', async () => {
    const { body } = await ask();
    const said = ['consented', 'refused', 'consented_with_remarks'].map((answer) =>
      on(byStreet, body.id, 'answer', { answer, text: '意见' }),
    );
    const codes = (await Promise.all(said)).map(({ status }) => status).toSorted((a, b) => a - b);
    expect(codes).toEqual([200, 409, 409]);
  });

  test('403, 409 and 422 for who does not appoint, whom nobody serves, and posts and dates that are none', async () => {
    const codeOf = async (more: object, as = district) => {
      const { status, body } = await ask(more, as);
      return [status, body.code];
    };
    expect(await codeOf({}, 'unit:510107-roads')).toEqual([403, 'not-appointing']);
    expect(await codeOf({}, byStreet)).toEqual([409, 'not-served']);
    expect(await codeOf({ asked: '510107061' })).toEqual([409, 'not-served']);
    expect(await codeOf({ asked: 'nobody' })).toEqual([422, 'unit-unknown']);
    expect(await codeOf({ post: '510107-roads-leader' })).toEqual([422, 'post-unknown']);
    expect(await codeOf({ dueAt: '2026-03-01T00:00:00+08:00' })).toEqual([422, 'in-the-past']);
    expect(await codeOf({ to: '2025-01-01T00:00:00+08:00' })).toEqual([400, 'invalid']);
    expect(await codeOf({}, 'operator')).toEqual([403, 'forbidden']);
    const { rows } = await pool.query('select count(*)::int as kept from dossiers');
    expect(rows[0].kept, 'no dossier is kept of what was refused').toBe(3);
  });

  test('leaves as a table with the rights of the list', async () => {
    const taken = async (as: string) => {
      const made = await call(as, 'POST', 'exports', { list: 'consents', format: 'csv', filter: { unit: team } });
      expect(made.status, made.text).toBe(201);
      return (await call(null, 'GET', made.body.link)).text;
    };
    expect(await taken(district)).toMatch(/王某某,提拔,已决定,.*,不同意,两次吹哨未到,.*,是,全区统筹/);
    expect(await taken('unit:510107-roads')).not.toContain('王某某');
  });

  test('a list is read page by page, newest first', async () => {
    const one = (await call('auditor', 'GET', 'consents?limit=2')).body;
    expect(one.items).toHaveLength(2);
    const two = (await call('auditor', 'GET', `consents?limit=2&cursor=${one.nextCursor}`)).body;
    expect([two.items.map((c: { id: string }) => c.id), two.nextCursor]).toEqual([[id], null]);
    expect((await call('auditor', 'GET', 'consents?by=510107-market')).body.items).toHaveLength(1);
    expect((await call('auditor', 'GET', 'consents?state=decided')).body.items).toHaveLength(1);
  });
});
