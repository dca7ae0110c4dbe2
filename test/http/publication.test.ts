import { beforeEach, describe, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo, monday } from '../support/city.ts';

const { act, call, clock, deps, pool } = await demo();
const owner = '510107-urban-management';
const unit = `unit:${owner}`;

/** The limit of an ordinary matter of that Monday; two working days later it is published. */
const limit = '2026-03-09T23:59:59+08:00';
const holdOver = '2026-03-11T18:00:00+08:00';

beforeEach(async () => {
  // What earlier tests have begun waits for nothing more.
  await pool.query("update clocks set state = 'stopped', next_rung_at = null");
  await pool.query("update supervision_orders set state = 'withdrawn', next_rung_at = null");
  await pool.query("update publications set state = 'withdrawn', hold = null, ended_at = now() where ended_at is null");
  await pool.query('update work_orders set claimable = false, pressing = false');
  clock.set(monday);
});

type Code = { code: string };
type Item = { id: string; title: string; text: string; unit: Code; street: Code; community: Code };
const register = async (remarkable: object = {}) => {
  const made = await call('operator', 'POST', 'requests', aLight(remarkable));
  expect(made.status, made.text).toBe(201);
  return {
    id: made.body.workOrder.id as string,
    proof: { number: made.body.request.number, code: made.body.request.queryCode },
  };
};
const firedAt = async (moment: string): Promise<void> => {
  clock.set(moment);
  await Promise.all([1, 2, 3, 4].map(() => fireDue(deps)));
};
const board = async (path: string): Promise<Item[]> => {
  const found = await call(null, 'GET', `public/${path}`);
  expect(found.status, found.text).toBe(200);
  return found.body.items;
};
const queued = async (workOrderId: string, as = 'publisher') =>
  (await call(as, 'GET', `publications?workOrderId=${workOrderId}`)).body.items;
const done = async (as: string, id: string, action: string, body: object = {}): Promise<void> => {
  const { status, text } = await act(as, id, action, body);
  expect(status, `${action}: ${text}`).toBe(200);
};
const on = (as: string, id: string, what: string, body: object = {}) =>
  call(as, 'POST', `publications/${id}/${what}`, body);

/** An order whose limit is over and that nobody stopped from being shown. */
const shown = async (remarkable: object = {}) => {
  const made = await register(remarkable);
  await firedAt(limit);
  await firedAt(holdOver);
  const [publication] = await queued(made.id);
  expect(publication, 'a publication').toMatchObject({ state: 'published' });
  return { ...made, publication };
};
const content = { contacted: true, solved: 'yes', satisfaction: 'satisfied' };
const finished = async (id: string, opinion: object = content): Promise<void> => {
  await done(unit, id, 'sign');
  await done(unit, id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
  await done(unit, id, 'submit', {
    result: 'solved',
    text: '三盏路灯已更换，联系 138 0000 1234',
    evidence: [
      { stage: 'before', text: '办理前 3 盏不亮' },
      { stage: 'after', text: '测试甲家门口已亮' },
      { text: '线路已检查' },
    ],
    requesterTold: true,
  });
  await done('operator', id, 'review', { passed: true });
  await done('gridWorker', id, 'verify', { passed: true });
  await call('followUp', 'POST', 'follow-ups/claims', { max: 50, lease: 60 });
  const { followUps } = (await call('operator', 'GET', `work-orders/${id}`)).body;
  const asked = followUps.find(({ state }: { state: string }) => state === 'open').id;
  const answered = await call('followUp', 'POST', `follow-ups/${asked}/answer`, opinion);
  expect(answered.status, answered.text).toBe(200);
};

describe('G35 problems are shown (晾问题)', () => {
  test('an overdue order appears by unit when its hold is over, screened, and once however many look', async () => {
    const { id } = await register({ title: '路灯不亮，找13800001234', description: '测 试 甲家3栋2单元501门口' });
    await firedAt('2026-03-09T23:59:58+08:00');
    expect(await queued(id)).toEqual([]);
    await firedAt(limit);
    expect(await queued(id)).toMatchObject([
      { board: 'problem', cause: 'overdue', state: 'waiting', holdUntil: holdOver, unit: { code: owner } },
    ]);
    await firedAt('2026-03-11T17:59:59+08:00');
    expect(await board('problems')).toEqual([]);
    await firedAt(holdOver);
    const [item, ...others] = await board('problems');
    expect(others).toEqual([]);
    expect(item).toMatchObject({
      title: '路灯不亮，找〔电话〕',
      text: '〔姓名〕家〔门牌〕门口',
      category: { code: '城市管理/部件/路灯' },
      unit: { code: owner },
      street: { code: '510107012' },
      cause: 'overdue',
      registeredOn: '2026-03-02',
      dueOn: '2026-03-09',
      publishedAt: holdOver,
      corrections: [],
    });
    expect((await call(null, 'GET', `public/problems/${item?.id}`)).body).toEqual(item);
  });

  test('what is overdue says which date passed: that of the rework where it is the rework that is late', async () => {
    const { id } = await register();
    await finished(id, { ...content, solved: 'no' });
    await firedAt('2026-03-05T18:00:00+08:00');
    expect(await queued(id)).toMatchObject([{ cause: 'overdue', state: 'waiting' }]);
    await firedAt('2026-03-09T18:00:00+08:00');
    expect(await board('problems')).toMatchObject([{ cause: 'overdue', dueOn: '2026-03-05' }]);
  });

  test('what is no longer overdue when it appears, but listed, is called listed', async () => {
    const { id } = await register();
    await firedAt(limit);
    await call('shiftLeader', 'POST', 'supervision-orders', {
      unit: owner,
      workOrderIds: [id],
      grade: 'listed',
      demand: '限期修好',
    });
    await pool.query(
      "update clocks set due_at = '2026-03-20T23:59:59+08:00' where order_id = $1 and kind = 'resolve'",
      [id],
    );
    await firedAt(holdOver);
    expect(await board('problems')).toMatchObject([{ cause: 'listed', dueOn: '2026-03-20' }]);
  });

  test('a listed order appears before its limit; one supervised daily does not', async () => {
    const [listed, daily] = [await register(), await register()];
    for (const [grade, { id }] of [
      ['listed', listed],
      ['daily', daily],
    ] as const)
      await call('shiftLeader', 'POST', 'supervision-orders', {
        unit: owner,
        workOrderIds: [id],
        grade,
        demand: '限期修好',
      });
    await firedAt('2026-03-02T10:00:00+08:00');
    expect(await queued(listed.id)).toMatchObject([{ cause: 'listed', state: 'waiting' }]);
    expect(await queued(daily.id)).toEqual([]);
  });

  test('confidential orders, reports and categories left out never appear, nor by a publisher’s hand', async () => {
    const kept = [await register({ confidential: true }), await register({ kind: 'report' })];
    const policy = (await call('admin', 'GET', 'policies/publication')).body;
    expect(
      (await call('admin', 'PUT', 'policies/publication', { ...policy, excludedCategories: ['城市管理/部件'] })).status,
    ).toBe(200);
    const left = await register();
    await firedAt(limit);
    await firedAt('2026-04-20T18:00:00+08:00');
    for (const { id } of [...kept, left]) {
      expect(await queued(id)).toEqual([]);
      const refused = await call('publisher', 'POST', 'publications', { workOrderId: id, board: 'problem' });
      expect(refused.body).toMatchObject({ status: 409, code: 'not-publishable' });
    }
    expect(await board('problems')).toEqual([]);
    expect((await call('admin', 'PUT', 'policies/publication', policy)).status).toBe(200);
    const wrong = await call('admin', 'PUT', 'policies/publication', { ...policy, excludedCategories: ['nothing'] });
    expect(wrong.body).toMatchObject({ status: 422, code: 'configuration-invalid' });
  });

  test('what is solved, or given more time, while it waits is not shown', async () => {
    const [solved, extended] = [await register(), await register()];
    await firedAt(limit);
    await finished(solved.id);
    await pool.query("update clocks set due_at = '2026-04-01' where order_id = $1 and kind = 'resolve'", [extended.id]);
    await firedAt(holdOver);
    expect(await queued(solved.id)).toMatchObject([{ state: 'withdrawn', trail: [] }]);
    expect(await queued(extended.id)).toMatchObject([{ state: 'withdrawn', trail: [] }]);
    expect(await board('problems')).toEqual([]);
  });
});

describe('the legal hold', () => {
  test('what is stopped is not shown until it is let go on; what the legal office stopped a publisher cannot', async () => {
    const { id } = await register();
    await firedAt(limit);
    const [{ id: publication }] = await queued(id);
    expect((await on('legalOffice', publication, 'hold', {})).status).toBe(400);
    expect((await on(unit, publication, 'hold', { reason: '不愿公开' })).status).toBe(403);
    const held = await on('legalOffice', publication, 'hold', { reason: '涉诉' });
    expect(held.body).toMatchObject({ state: 'held', hold: { role: 'legal', reason: '涉诉' } });
    await firedAt(holdOver);
    expect(await board('problems')).toEqual([]);
    expect((await on('publisher', publication, 'release')).body).toMatchObject({
      status: 403,
      code: 'not-the-decider',
    });
    expect((await on('publisher', publication, 'approve')).body).toMatchObject({ status: 409, code: 'wrong-state' });
    expect((await on('legalOffice', publication, 'release')).body).toMatchObject({ state: 'waiting', hold: null });
    await firedAt('2026-03-12T09:00:00+08:00');
    expect(await board('problems')).toHaveLength(1);
  });

  test('a doubtful text waits for a publisher, whose words are screened as well', async () => {
    const { id } = await register({ description: 'please hurry' });
    await firedAt(limit);
    const [{ id: publication, ...waits }] = await queued(id);
    expect(waits).toMatchObject({
      state: 'doubtful',
      draft: { doubts: ['letters'] },
      allowedActions: ['illustrate', 'approve', 'hold', 'withdraw'],
    });
    await firedAt(holdOver);
    expect(await board('problems')).toEqual([]);
    const waiting = async (as: string): Promise<string[]> =>
      (await call(as, 'GET', 'todo')).body.items.map(
        (item: { publicationId?: string; step?: string }) => `${item.publicationId} ${item.step}`,
      );
    expect(await waiting('publisher')).toEqual([`${publication} doubtful`]);
    expect(await waiting('legalOffice')).toContain(`${publication} doubtful`);
    const approved = await on('publisher', publication, 'approve', {
      text: '路灯不亮，电话 1380000 1234，诉求人测试甲',
    });
    expect(approved.body).toMatchObject({ state: 'waiting', approvedBy: { name: 'publisher' } });
    for (const as of ['publisher', 'legalOffice']) expect(await waiting(as)).toContain(`${publication} waiting`);
    await firedAt('2026-03-12T09:00:00+08:00');
    expect(await board('problems')).toMatchObject([{ text: '路灯不亮，电话 〔电话〕，诉求人〔姓名〕' }]);
  });

  test('412 for a version that is no longer, 404 out of sight, 403 without the right; nothing changes', async () => {
    const { id } = await register();
    await firedAt(limit);
    const [{ id: publication, version }] = await queued(id);
    const stale = await call('publisher', 'POST', `publications/${publication}/approve`, {}, { 'if-match': '"v9"' });
    expect(stale.status).toBe(412);
    expect((await call('unit:510107-water', 'GET', `publications/${publication}`)).status).toBe(404);
    expect((await call(unit, 'GET', `publications/${publication}`)).status).toBe(200);
    expect(await queued(id, 'unit:510107-water')).toEqual([]);
    expect((await on('operator', publication, 'approve')).status).toBe(403);
    expect(await on('publisher', '0199a000-0000-7000-8000-000000000001', 'approve')).toMatchObject({ status: 404 });
    expect(await queued(id)).toMatchObject([{ version }]);
  });
});

describe('G36 results are shown (晒结果)', () => {
  test('the result takes the place of the problem, with what was there before and after, in the same moment', async () => {
    const { id, publication } = await shown();
    await finished(id);
    expect(await board('problems')).toMatchObject([{ id: publication.id }]);
    const [result] = await queued(id);
    expect(result).toMatchObject({ board: 'result', cause: 'ended', state: 'waiting', problemId: publication.id });
    await firedAt(result.holdUntil);
    expect(await board('problems')).toEqual([]);
    expect(await board('results')).toMatchObject([
      {
        id: result.id,
        problemId: publication.id,
        outcome: 'solved',
        result: '三盏路灯已更换，联系 〔电话〕',
        evidence: [
          { stage: 'before', text: '办理前 3 盏不亮' },
          { stage: 'after', text: '〔姓名〕家门口已亮' },
          { stage: null, text: '线路已检查' },
        ],
        finishedOn: '2026-03-11',
      },
    ]);
    const feed = (await call(null, 'GET', 'public/results.atom')).text;
    expect(feed).toContain('办理后：〔姓名〕家门口已亮\n\n线路已检查');
    expect((await call(null, 'GET', `public/problems/${publication.id}`)).status).toBe(404);
    expect((await queued(id)).map((p: { board: string; state: string }) => `${p.board} ${p.state}`)).toEqual([
      'result published',
      'problem replaced',
    ]);
  });

  test('a result whose resident says it is not fixed is taken down at once; the problem may return', async () => {
    const { id, proof } = await shown();
    await finished(id);
    await firedAt('2026-03-12T18:00:00+08:00');
    expect(await board('results')).toHaveLength(1);
    expect((await call(null, 'POST', 'lookup/reopen', { ...proof, reason: '仍不亮' })).status).toBe(200);
    expect(await board('results')).toEqual([]);
    const [result] = await queued(id);
    expect(result).toMatchObject({
      state: 'withdrawn',
      trail: [{ kind: 'published' }, { kind: 'withdrawn', reason: 'reopened' }],
    });
    await firedAt('2026-03-17T18:00:00+08:00');
    expect((await queued(id))[0]).toMatchObject({ board: 'problem', round: 2, state: 'waiting' });
  });

  test('an order that ends without a result takes its problem down; a publisher may propose what never was one', async () => {
    const { id } = await shown();
    await done('dispatcher', id, 'redispatch', { unit: '510107-water', basis: '派错', reason: '派错' });
    expect(await board('problems')).toMatchObject([
      { unit: { code: '510107-water' }, corrections: [{ note: '承办单位已变更' }] },
    ]);
    await done('shiftLeader', id, 'void', { reason: '重复' });
    expect(await board('problems')).toEqual([]);
    const chosen = await register();
    await finished(chosen.id);
    const made = await call('publisher', 'POST', 'publications', { workOrderId: chosen.id, board: 'result' });
    expect(made.body, made.text).toMatchObject({ board: 'result', cause: 'chosen', state: 'waiting', problemId: null });
    const twice = await call('publisher', 'POST', 'publications', { workOrderId: chosen.id, board: 'result' });
    expect(twice.body).toMatchObject({ status: 409, code: 'publication-exists' });
    const open = await call('publisher', 'POST', 'publications', { workOrderId: chosen.id, board: 'problem' });
    expect(open.body).toMatchObject({ status: 409, code: 'not-publishable', because: 'state' });
  });
});

describe('what was shown stays in the record', () => {
  test('a snapshot is never changed and never goes, whoever asks the database', async () => {
    await shown();
    await expect(pool.query("update publication_snapshots set content = '{}'")).rejects.toThrow('does not change');
    await expect(pool.query('delete from publication_snapshots')).rejects.toThrow('does not change');
    await expect(pool.query('truncate publication_snapshots')).rejects.toThrow('does not change');
  });

  test('a correction is appended with its note; what stood there before stays in the trail', async () => {
    const { publication } = await shown();
    expect((await on('publisher', publication.id, 'corrections', { title: '路灯' })).status).toBe(400);
    const corrected = await on('publisher', publication.id, 'corrections', {
      title: '四盏路灯不亮 13800001234',
      note: '实为四盏',
    });
    expect(corrected.status, corrected.text).toBe(201);
    expect(corrected.body.trail).toMatchObject([
      { kind: 'published', title: '路灯不亮' },
      { kind: 'corrected', title: '四盏路灯不亮 〔电话〕' },
    ]);
    expect(await board('problems')).toMatchObject([
      { title: '四盏路灯不亮 〔电话〕', corrections: [{ at: holdOver, note: '实为四盏' }] },
    ]);
  });

  test('a requester who does not want it makes it vanish at once, with the trail kept; it does not come back', async () => {
    const { id, proof, publication } = await shown();
    const asked = await call(null, 'POST', 'lookup/publication', { ...proof, publish: false });
    expect(asked.body, asked.text).toMatchObject({ publish: false });
    expect(await board('problems')).toEqual([]);
    expect((await call(null, 'GET', `public/problems/${publication.id}`)).status).toBe(404);
    const [gone] = await queued(id);
    expect(gone).toMatchObject({
      state: 'withdrawn',
      trail: [{ kind: 'published' }, { kind: 'withdrawn', reason: 'opted_out', by: { name: 'resident' } }],
    });
    await firedAt('2026-04-20T18:00:00+08:00');
    expect(await queued(id)).toHaveLength(1);
    await finished(id);
    expect(await queued(id)).toHaveLength(1);
    const again = await call('publisher', 'POST', 'publications', { workOrderId: id, board: 'result' });
    expect(again.body).toMatchObject({ code: 'not-publishable', because: 'opted_out' });
    expect((await call(null, 'POST', 'lookup/publication', { ...proof, publish: true })).body.publish).toBe(true);
    expect((await call('publisher', 'POST', 'publications', { workOrderId: id, board: 'result' })).status).toBe(201);
    const stranger = await call(null, 'POST', 'lookup/publication', { ...proof, code: 'xx', publish: false });
    expect(stranger.body.code).toBe('code-wrong');
  });

  test('one of many who joined an incident says so for the own request alone: nothing of it is shown anyway', async () => {
    const [lon, lat] = [104.037274, 30.571764];
    const opened = await call('shiftLeader', 'POST', 'incidents', {
      title: '片区停电',
      category: '公用事业/供电',
      polygon: {
        type: 'Polygon',
        coordinates: [
          [
            [lon - 0.01, lat - 0.01],
            [lon + 0.01, lat - 0.01],
            [lon + 0.01, lat + 0.01],
            [lon - 0.01, lat - 0.01],
          ],
        ],
      },
      leadUnit: 'utility-power',
      answer: '正在抢修',
      nextUpdateAt: '2026-03-02T10:00:00+08:00',
    });
    expect(opened.status, opened.text).toBe(201);
    const first = await register({ category: '公用事业/供电' });
    const joined = await register({ category: '公用事业/供电', requester: { name: '郜烨琛', phone: '13912345678' } });
    expect(joined.id).toBe(first.id);
    // The hotline's own report of an incident is never shown; this one is as if a resident had asked.
    await pool.query("update work_orders set kind = 'help' where id = $1", [first.id]);
    await pool.query("update requests set kind = 'help' where work_order_id = $1", [first.id]);
    await firedAt('2026-03-04T18:00:00+08:00');
    await firedAt('2026-03-10T18:00:00+08:00');
    expect(await board('problems')).toHaveLength(1);
    const told = await call(null, 'POST', 'lookup/publication', { ...joined.proof, publish: false });
    expect(told.body, told.text).toMatchObject({ publish: false });
    expect(await board('problems')).toHaveLength(1);
  });

  test('a confidential request that joins takes the order off the board', async () => {
    const { id } = await shown();
    const other = await register({ confidential: true });
    await done('dispatcher', other.id, 'merge', { into: id });
    expect(await board('problems')).toEqual([]);
    expect((await queued(id))[0].trail.at(-1)).toMatchObject({ kind: 'withdrawn', reason: 'confidential' });
  });

  test('facts tell of each step and hold no words of anybody', async () => {
    const { id, publication } = await shown({ title: '独一无二的标题' });
    const { rows } = await pool.query(
      'select type, unit, body::text as body from facts where subject_id = $1 order by id',
      [publication.id],
    );
    expect(rows.map(({ type }) => type)).toEqual(['publication_proposed', 'publication_publish']);
    expect(rows.every(({ unit: of, body }) => of === owner && body.includes(id) && !body.includes('独一无二'))).toBe(
      true,
    );
  });
});

describe('everybody reads the boards', () => {
  test('by unit, street, community and category, a page at a time', async () => {
    for (const title of ['一', '二', '三']) await register({ title });
    await firedAt(limit);
    await firedAt(holdOver);
    const [item] = await board('problems');
    const [street, community] = [item?.street.code, item?.community.code];
    const count = async (query: string): Promise<number> => (await board(`problems?${query}`)).length;
    expect(await count(`unit=${owner}`)).toBe(3);
    expect(await count(`street=${street}&category=${encodeURIComponent('城市管理')}`)).toBe(3);
    expect(await count(`community=${community}`)).toBe(3);
    expect([await count('unit=510107-water'), await count('street=510107001'), await count('category=x')]).toEqual([
      0, 0, 0,
    ]);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { body: { items: Item[]; nextCursor: string | null } } = await call(
        null,
        'GET',
        `public/problems?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.nextCursor;
    }
    expect(new Set(seen).size).toBe(3);
    expect(seen).toHaveLength(3);
    expect((await call(null, 'GET', 'public/problems?cursor=x')).status).toBe(400);
  });

  test('with a strong ETag, kept for a minute, and 304 to whoever has it', async () => {
    await shown();
    for (const path of ['public/problems', 'public/results', 'public/problems.atom', 'public/results.atom']) {
      const first = await call(null, 'GET', path);
      expect(first.headers.etag).toMatch(/^"[\w-]{27}"$/);
      expect(first.headers['cache-control']).toBe('public, max-age=60');
      const again = await call(null, 'GET', path, undefined, { 'if-none-match': `"x", ${first.headers.etag}` });
      expect([again.status, again.text, again.headers.etag]).toEqual([304, '', first.headers.etag]);
      expect((await call(null, 'GET', path, undefined, { 'if-none-match': '"x"' })).status).toBe(200);
    }
    expect((await call(null, 'GET', 'public/problems')).headers['ratelimit-limit']).toBe('120');
  });

  test('X41 as Atom feeds, of all and of one community, whatever the words hold', async () => {
    const { publication } = await shown({ title: '<b>路灯</b> & "灯" \u0007]]>' });
    const community = (await call(null, 'GET', `public/problems/${publication.id}`)).body.community.code;
    for (const path of [
      'public/problems.atom',
      `public/problems.atom?community=${community}`,
      `public/communities/${community}/feed.atom`,
    ]) {
      const { headers, text, status } = await call(null, 'GET', path);
      expect(status, text).toBe(200);
      expect(headers['content-type']).toBe('application/atom+xml; charset=utf-8');
      expect(text).toContain(`<id>urn:uuid:${publication.id}</id>`);
      expect(text).toContain('晾问题：&lt;b&gt;路灯&lt;/b&gt; &amp; &quot;灯&quot; ]]&gt;');
      expect(text).not.toContain('<b>');
    }
    const ids = async (path: string) => /<id>(.*?)<\/id>/.exec((await call(null, 'GET', path)).text)?.[1];
    expect(await ids('public/problems.atom')).toBe(await ids('public/problems.atom'));
    expect(await ids('public/problems.atom')).not.toBe(await ids('public/results.atom'));
    expect((await call(null, 'GET', 'public/communities/510107003/feed.atom')).status).toBe(404);
  });

  test('X41 a community’s feed tells of the outages planned there too, by area or by polygon', async () => {
    const [lon, lat] = [104.037274, 30.571764];
    const around = (half: number) => ({
      type: 'Polygon',
      coordinates: [
        [
          [lon - half, lat - half],
          [lon + half, lat - half],
          [lon + half, lat + half],
          [lon - half, lat + half],
          [lon - half, lat - half],
        ],
      ],
    });
    const issue = async (title: string, where: object): Promise<void> => {
      const made = await call('shiftLeader', 'POST', 'notices', {
        title,
        category: '公用事业/供水',
        from: '2026-03-03T08:00:00+08:00',
        to: '2026-03-03T18:00:00+08:00',
        text: '管网改造停水',
        unit: 'utility-water',
        ...where,
      });
      expect(made.status, made.text).toBe(201);
    };
    await issue('街道停水', { areas: ['510107012'] });
    await issue('一处停水', { polygon: around(0.0005) });
    await issue('一片停水', { polygon: around(0.2) });
    await issue('别处停水', { areas: ['510107001'] });
    const { text, headers } = await call(null, 'GET', 'public/communities/510107012008/feed.atom');
    expect(['街道', '一处', '一片', '别处'].map((where) => text.includes(`计划停用：${where}停水`))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(text).toContain('2026-03-03 08:00 至 2026-03-03 18:00');
    expect(headers.etag).toBeDefined();
  });
});
