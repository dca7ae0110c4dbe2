import { beforeEach, describe, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { aLight, demo, monday } from '../support/city.ts';

const { act, call, clock, deps, pool } = await demo();
const owner = '510107-urban-management';
const unit = `unit:${owner}`;
const district = 'unit:510107';

const register = async (remarkable: object = {}) => {
  const made = await call('operator', 'POST', 'requests', aLight(remarkable));
  expect(made.status, made.text).toBe(201);
  return made.body.workOrder;
};
const first = await register();
const codeOf = (level: string): string =>
  first.placement.path.find((step: { level: string }) => step.level === level).code;
const street = codeOf('street');
const community = codeOf('community');
const byStreet = `unit:${street}`;
const byCommunity = `unit:${community}`;
const stranger = street === '510107001' ? 'unit:510107002' : 'unit:510107001';

beforeEach(async () => {
  // What earlier tests have begun waits for nothing more.
  await pool.query("update clocks set state = 'stopped', next_rung_at = null");
  await pool.query(
    "update meetings set state = 'cancelled', ended_at = now(), missed_at = null where ended_at is null",
  );
  await pool.query('delete from meeting_items where meeting_id is null');
  await pool.query(
    "update undertakings set state = 'cancelled', ended_at = now(), next_rung_at = null where state = 'open'",
  );
  await pool.query("update supervision_orders set state = 'withdrawn', next_rung_at = null");
  await pool.query('update work_orders set problem = false');
  clock.set(monday);
});

const draft = (as: string, more: object = {}) =>
  call(as, 'POST', 'meetings', {
    unit: as.slice('unit:'.length),
    title: '联席会议',
    meetsAt: '2026-03-20T10:00:00+08:00',
    members: [{ role: 'unit', unit: owner }],
    ...more,
  });
const drafted = async (as: string, more: object = {}): Promise<{ id: string; number: string }> => {
  const made = await draft(as, more);
  expect(made.status, made.text).toBe(201);
  return made.body;
};
const to = (as: string, id: string, path: string, body: object = {}, headers: Record<string, string> = {}) =>
  call(as, 'POST', `meetings/${id}/${path}`, body, headers);
const done = async (as: string, id: string, path: string, body: object = {}) => {
  const reply = await to(as, id, path, body);
  expect(reply.status, `${path}: ${reply.text}`).toBe(200);
  return reply.body;
};
type Item = {
  id: string;
  why: string[];
  state: string;
  source: string;
  workOrder: { id: string; title: string | null; inSight: boolean } | null;
  subject: string | null;
  trail: { unit: { code: string }; state: string; decisions: { result: string; text: string }[] }[];
};
const seen = async (as: string, id: string): Promise<{ items: Item[]; state: string; allowedActions: string[] }> =>
  (await call(as, 'GET', `meetings/${id}`)).body;
const itemOn = (meeting: { items: Item[] }, workOrderId: string) =>
  meeting.items.find((item) => item.workOrder?.id === workOrderId);
const todo = async (
  as: string,
): Promise<{ kind: string; meetingId?: string; undertakingId?: string; step?: string }[]> =>
  (await call(as, 'GET', 'todo?limit=200')).body.items;
const firedAt = async (moment: string): Promise<void> => {
  clock.set(moment);
  await Promise.all([1, 2, 3, 4].map(() => fireDue(deps)));
};
const stuck = async (more: object = {}): Promise<string> => {
  const { id } = await register(more);
  await pool.query('update work_orders set problem = true where id = $1', [id]);
  return id;
};

/** A meeting of a unit about these orders, held. */
const heldOn = async (as: string, orders: readonly string[], more: object = {}) => {
  const { id } = await drafted(as, more);
  for (const workOrderId of orders) await done(as, id, 'items', { workOrderId });
  return { id, meeting: (await done(as, id, 'hold')) as { items: Item[] } };
};
const closed = async (as: string, id: string) => {
  await done(as, id, 'minutes', { text: '会议纪要' });
  return done(as, id, 'close');
};

describe('W18 the agenda', () => {
  test('is filled from the stuck orders of the subtree, and says of each why it is stuck', async () => {
    const [problem, late, disputed, silent, supervised, fine, elsewhere] = [
      await register(),
      await register(),
      await register(),
      await register(),
      await register(),
      await register(),
      await register({ location: null }),
    ].map(({ id }) => id as string);
    await pool.query('update work_orders set problem = true where id = any($1)', [[problem, elsewhere]]);
    await act(unit, disputed ?? '', 'sign');
    await act(unit, disputed ?? '', 'note', { text: '现场查看', mark: 'site_visit' });
    const asked = await call(
      unit,
      'POST',
      `work-orders/${disputed}/approvals`,
      { kind: 'dispute', reason: '不属本单位', basis: '职责清单', proposedUnit: '510107-water' },
      { 'if-match': '*' },
    );
    expect(asked.status, asked.text).toBe(201);
    const called = await call(byStreet, 'POST', 'coordination-orders', {
      kind: 'emergency',
      street,
      workOrderIds: [silent],
      units: [{ code: '510107-water', task: '抽水' }],
      demand: '立即到场',
    });
    await call(byStreet, 'POST', `coordination-orders/${called.body.id}/issue`);
    const demanded = await call(byStreet, 'POST', 'supervision-orders', {
      unit: owner,
      workOrderIds: [supervised],
      grade: 'daily',
      demand: '说明',
      replyBy: '2026-03-02T12:00:00+08:00',
    });
    expect(demanded.status, demanded.text).toBe(201);
    await pool.query(
      "update clocks set due_at = '2026-03-02T10:00:00+08:00' where order_id = $1 and kind = 'resolve'",
      [late],
    );
    await firedAt('2026-03-02T15:00:00+08:00');

    const { id } = await drafted(byStreet);
    const filled = await done(byStreet, id, 'agenda');
    const why = Object.fromEntries(
      filled.items
        .map((item: Item) => [item.workOrder?.id, item.why])
        .filter(([order]: string[]) => order !== first.id),
    );
    expect(why).toEqual({
      [problem ?? '']: ['problem_order'],
      [late ?? '']: ['overdue'],
      [disputed ?? '']: ['dispute_pending'],
      // The silent unit is supervised about the same order, which nobody has answered yet in time.
      [silent ?? '']: expect.arrayContaining(['units_silent']),
      [supervised ?? '']: ['supervision_unanswered'],
    });
    expect(filled.items.every((item: Item) => item.source === 'stuck' && item.state === 'open')).toBe(true);
    expect(itemOn(filled, fine ?? '')).toBeUndefined();
    expect(itemOn(filled, elsewhere ?? '')).toBeUndefined(); // nothing places it in the street
    expect((await done(byStreet, id, 'agenda')).items).toHaveLength(filled.items.length);
    const narrow = await drafted(byStreet);
    expect((await done(byStreet, narrow.id, 'agenda', { limit: 2 })).items).toHaveLength(2);
  });

  test('takes and loses items by hand; 409 for one that is on it, 404 for an order out of sight', async () => {
    const order = await stuck();
    const other = await register({ location: null });
    const { id } = await drafted(byStreet);
    const added = await done(byStreet, id, 'items', { workOrderId: order });
    expect(itemOn(added, order)).toMatchObject({ source: 'by_hand', workOrder: { inSight: true, title: '路灯不亮' } });
    expect((await to(byStreet, id, 'items', { workOrderId: order })).body.code).toBe('item-listed');
    expect((await to(byCommunity, id, 'items', { workOrderId: order })).status).toBe(404);
    expect((await to(byStreet, id, 'items', { workOrderId: other.id })).body.code).toBe('not-found');
    expect((await to(byStreet, id, 'items', {})).body.code).toBe('invalid');
    const words = await done(byStreet, id, 'items', { subject: '菜市场搬迁' });
    expect(words.items[1]).toMatchObject({ subject: '菜市场搬迁', workOrder: null });
    const itemId = itemOn(words, order)?.id;
    expect((await to(byStreet, id, `items/${itemId}/remove`, { reason: ' ' })).status).toBe(400);
    const removed = await done(byStreet, id, `items/${itemId}/remove`, { reason: '已电话解决' });
    expect(itemOn(removed, order)).toMatchObject({ state: 'removed', removedReason: '已电话解决' });
    expect(itemOn(await done(byStreet, id, 'agenda'), order)).toMatchObject({ state: 'removed' });
    expect((await to(byStreet, id, `items/${itemId}/remove`, { reason: '再' })).body.code).toBe('item-unknown');
  });
});

describe('a joint meeting', () => {
  test('201 for a level’s own people; the units invited, and whoever is above, see it, and nobody else', async () => {
    const made = await draft(byStreet, { everyWeeks: 4, fiveInOne: true, place: '三楼' });
    expect(made.body).toMatchObject({ level: 'street', state: 'drafted', everyWeeks: 4, unit: { code: street } });
    expect(made.body.members.map((m: { role: string }) => m.role)).toContain('owners_committee');
    expect(made.headers.location).toBe(`/v1/meetings/${made.body.id}`);
    for (const as of [byStreet, district, unit, 'shiftLeader'])
      expect((await call(as, 'GET', `meetings/${made.body.id}`)).status, as).toBe(200);
    for (const as of [stranger, byCommunity])
      expect((await call(as, 'GET', `meetings/${made.body.id}`)).status, as).toBe(404);
    expect((await call(unit, 'GET', 'meetings?state=drafted')).body.items).toMatchObject([
      { id: made.body.id, items: 0 },
    ]);
    expect((await call(stranger, 'GET', 'meetings')).body.items).toEqual([]);
    expect(await todo(byStreet)).toContainEqual(expect.objectContaining({ kind: 'meeting', meetingId: made.body.id }));
    const invited = (await todo(unit)).filter((item) => item.meetingId === made.body.id);
    expect(invited.map(({ step }) => step)).toEqual(['invited']);
    expect((await todo(stranger)).filter((item) => item.kind === 'meeting')).toEqual([]);
    expect((await draft(unit, {})).body.code).toBe('not-a-meeting-level');
    expect((await draft(byCommunity, { unit: street })).body.code).toBe('not-yours');
    expect((await draft(byStreet, { meetsAt: '2026-03-01T10:00:00+08:00' })).body.code).toBe('in-the-past');
    expect((await draft(byStreet, { members: [{ role: 'unit', unit: 'nobody' }] })).body.code).toBe('unit-unknown');
    expect((await to(unit, made.body.id, 'hold')).status).toBe(403);
    expect((await to(byStreet, made.body.id, 'hold', {}, { 'if-match': '"v9"' })).status).toBe(412);
    const amended = await done(byStreet, made.body.id, 'amend', {
      members: [{ role: 'liaison', unit: owner, name: '老李' }],
    });
    expect(amended.members).toMatchObject([{ role: 'liaison', name: '老李' }]);
  });

  test('a member sees the title of an order only where it is not confidential or its own to see', async () => {
    const open = await stuck();
    const secret = await stuck({ confidential: true });
    const { id } = await drafted(byStreet, { members: [{ role: 'unit', unit: '510107-water' }] });
    await done(byStreet, id, 'agenda');
    const water = await seen('unit:510107-water', id);
    expect(itemOn(water, open)?.workOrder).toMatchObject({ title: '路灯不亮', inSight: false });
    expect(itemOn(water, secret)?.workOrder).toMatchObject({ title: null, inSight: false });
    expect(itemOn(await seen(byStreet, id), secret)?.workOrder).toMatchObject({ title: '路灯不亮', inSight: true });
  });

  test('a decision is a task: in the unit’s todo, done with a result, seen in the meeting and on the order', async () => {
    const order = await stuck();
    const { id, meeting } = await heldOn(byStreet, [order]);
    const itemId = itemOn(meeting, order)?.id;
    const decide = (body: object) => to(byStreet, id, `items/${itemId}/decisions`, { text: '换杆', ...body });
    const dueAt = '2026-03-27T18:00:00+08:00';
    expect((await decide({ result: 'task', unit: owner })).body.code).toBe('invalid');
    expect((await decide({ result: 'task', unit: '510107-water', dueAt })).body.code).toBe('not-a-member');
    expect((await decide({ result: 'task', unit: owner, dueAt: '2026-03-01T18:00:00+08:00' })).body.code).toBe(
      'in-the-past',
    );
    expect((await pool.query('select from undertakings where meeting_id = $1', [id])).rowCount).toBe(0);
    const decided = await decide({ result: 'task', unit: owner, dueAt });
    expect(decided.status, decided.text).toBe(200);
    const { task } = decided.body.items[0].decisions[0];
    expect(task).toMatchObject({ state: 'open', answer: null });
    expect(await todo(unit)).toContainEqual(
      expect.objectContaining({ kind: 'undertaking', undertakingId: task.id, undertakingKind: 'meeting_task', dueAt }),
    );
    expect((await call('operator', 'GET', `work-orders/${order}`)).body.meetingTasks).toMatchObject([{ id: task.id }]);
    expect((await call(unit, 'GET', `meeting-tasks/${task.id}`)).body).toMatchObject({
      by: { code: street },
      meetingId: id,
      itemId,
      title: '路灯不亮',
      demand: '换杆',
    });
    const completed = await call(unit, 'POST', `meeting-tasks/${task.id}/complete`, { result: '已换三根' });
    expect(completed.body).toMatchObject({
      state: 'done',
      answers: [{ result: 'done', text: '已换三根', inTime: true }],
    });
    const after = await closed(byStreet, id);
    expect(after).toMatchObject({ state: 'closed', minutes: '会议纪要', allowedActions: ['invite'] });
    expect(after.items[0]).toMatchObject({
      state: 'tasked',
      decisions: [{ task: { state: 'done', answer: '已换三根' } }],
    });
    expect((await call(byStreet, 'GET', `meeting-tasks?meetingId=${id}`)).body.items).toHaveLength(1);
    const facts = await pool.query("select body::text from facts where subject in ('meeting', 'undertaking')");
    expect(JSON.stringify(facts.rows)).not.toMatch(/[\u4e00-\u9fff]/); // no words of people in the record that leaves
  });

  test('an overdue task is urged at its date and told to the meeting’s unit a working day later, and makes the order stuck', async () => {
    const { id: order } = await register();
    const { id, meeting } = await heldOn(byStreet, [order]);
    const itemId = itemOn(meeting, order)?.id;
    const decided = await done(byStreet, id, `items/${itemId}/decisions`, {
      result: 'task',
      text: '换杆',
      unit: owner,
      dueAt: '2026-03-04T18:00:00+08:00',
    });
    const task = decided.items[0].decisions[0].task.id;
    await closed(byStreet, id);
    await firedAt('2026-03-05T18:00:00+08:00');
    const told = (await call(byStreet, 'GET', `meeting-tasks/${task}/events`)).body.items
      .filter(({ type }: { type: string }) => type === 'urged' || type === 'told')
      .map(({ type, unit: whom }: { type: string; unit: string }) => `${type} ${whom}`);
    expect(told).toEqual([`urged ${owner}`, `told ${street}`]);
    const next = await drafted(byStreet);
    expect(itemOn(await done(byStreet, next.id, 'agenda'), order)?.why).toEqual(['task_overdue']);
  });

  test('409 closing without minutes; a closed meeting takes nothing more', async () => {
    const { id, meeting } = await heldOn(byStreet, [await stuck()]);
    expect((await to(byStreet, id, 'close')).body.code).toBe('minutes-missing');
    await closed(byStreet, id);
    for (const [path, body] of [
      ['hold', {}],
      ['agenda', {}],
      ['items', { subject: '又一项' }],
      [`items/${meeting.items[0]?.id}/decisions`, { result: 'resolved', text: '好' }],
      ['cancel', { reason: '取消' }],
    ] as const)
      expect((await to(byStreet, id, path, body)).body).toMatchObject({ status: 409, code: 'wrong-state' });
  });
});

test('a list holds what one may open, and nothing else: its query and the rule say the same', async () => {
  await drafted(byStreet);
  await drafted(byCommunity, { members: [] });
  await drafted(district, { members: [{ role: 'unit', unit: street }] });
  const all = (await call('shiftLeader', 'GET', 'meetings')).body.items.map((m: { id: string }) => m.id);
  for (const as of [byStreet, byCommunity, district, unit, stranger, 'unit:510107-water', 'supervisor', 'inspector']) {
    const listed = (await call(as, 'GET', 'meetings?limit=200')).body.items.map((m: { id: string }) => m.id);
    const open: string[] = [];
    for (const id of all) if ((await call(as, 'GET', `meetings/${id}`)).status === 200) open.push(id);
    expect(listed, as).toEqual(open);
  }
});

describe('what goes on', () => {
  test('X5 unresolved passes up level by level with its trail, and the level below hears what became of it', async () => {
    const order = await stuck();
    const ready = await drafted(byStreet); // is there already when the item comes
    const { id, meeting } = await heldOn(byCommunity, [order]);
    await done(byCommunity, id, `items/${meeting.items[0]?.id}/decisions`, { result: 'unresolved', text: '无执法权' });
    await closed(byCommunity, id);
    const above = itemOn(await seen(byStreet, ready.id), order);
    expect(above).toMatchObject({ source: 'passed_up', state: 'open', why: ['unresolved_below'] });
    expect(above?.trail).toMatchObject([
      { unit: { code: community }, state: 'unresolved', decisions: [{ result: 'unresolved', text: '无执法权' }] },
      { unit: { code: street }, state: 'open' },
    ]);
    await done(byStreet, ready.id, 'hold');
    await done(byStreet, ready.id, `items/${above?.id}/decisions`, { result: 'unresolved', text: '需市政改造' });
    await closed(byStreet, ready.id);
    const city = await drafted(district); // drafted after the item came
    const atDistrict = itemOn(await seen(district, city.id), order);
    expect(atDistrict?.trail.map((step) => step.unit.code)).toEqual([community, street, '510107']);
    await done(district, city.id, 'hold');
    await done(district, city.id, `items/${atDistrict?.id}/decisions`, { result: 'resolved', text: '纳入改造' });
    const heard = await call(byStreet, 'GET', `meetings/${ready.id}`);
    expect(heard.body.items[0].trail[2]).toMatchObject({ state: 'resolved', decisions: [{ text: '纳入改造' }] });
    const { rows } = await pool.query("select unit from facts where type = 'meeting_item_decided' order by id");
    expect(rows.map((row) => row.unit)).toEqual([community, street]);
  });

  test('L5 a series drafts its next meeting by itself, and what is unresolved or was not reached is on its agenda', async () => {
    const [unresolved, unreached, resolved] = [await stuck(), await stuck(), await stuck()];
    const { id, meeting } = await heldOn(byStreet, [unresolved, unreached, resolved], { everyWeeks: 2 });
    const decide = (order: string, result: string) =>
      done(byStreet, id, `items/${itemOn(meeting, order)?.id}/decisions`, { result, text: '说明' });
    await decide(unresolved, 'unresolved');
    await decide(resolved, 'resolved');
    await closed(byStreet, id);
    const listed = (await call(byStreet, 'GET', 'meetings?state=drafted')).body.items;
    expect(listed).toMatchObject([
      {
        previousId: id,
        everyWeeks: 2,
        meetsAt: '2026-04-03T10:00:00+08:00',
        draftedBy: { name: 'system' },
        members: 1,
      },
    ]);
    const next = await seen(byStreet, listed[0].id);
    expect(next.items.map((item) => [item.workOrder?.id, item.source])).toEqual([
      [unresolved, 'rolled_over'],
      [unreached, 'rolled_over'],
    ]);
    expect((await todo(byStreet)).filter((item) => item.kind === 'meeting').map((item) => item.meetingId)).toEqual([
      listed[0].id,
    ]);
    const above = await drafted(district);
    expect((await seen(district, above.id)).items.map((item) => item.workOrder?.id)).toEqual([unresolved]);
  });

  test('a series that nobody holds is missed by the scanner, once however many look, and goes on', async () => {
    const order = await stuck();
    const { id } = await drafted(byStreet, { everyWeeks: 1 });
    await done(byStreet, id, 'items', { workOrderId: order });
    await firedAt('2026-03-25T17:59:59+08:00');
    expect((await seen(byStreet, id)).state).toBe('drafted');
    await firedAt('2026-03-25T18:00:00+08:00');
    expect((await seen(byStreet, id)).state).toBe('missed');
    const { items } = (await call(byStreet, 'GET', 'meetings?state=drafted')).body;
    expect(items).toMatchObject([{ previousId: id, meetsAt: '2026-03-27T10:00:00+08:00', items: 1 }]);
    const told = await pool.query("select unit from facts where subject_id = $1 and type = 'told'", [id]);
    expect(told.rows).toEqual([{ unit: '510107' }]);
  });

  test('in a drill each of a series is missed at its own moment, one after the other', async () => {
    const { id } = await drafted(byStreet, { everyWeeks: 1 });
    clock.set('2026-04-09T19:00:00+08:00');
    await fireDue(deps, { inOrder: true });
    const { rows } = await pool.query(
      "select f.at, m.previous_id from facts f join meetings m on m.id = f.subject_id where f.type = 'meeting_miss' and (m.id = $1 or m.previous_id is not null) and f.at > '2026-03-25T17:00:00+08:00' and f.actor->>'name' = 'system' order by f.id desc limit 3",
      [id],
    );
    expect(rows.map((row) => row.at.toISOString()).toReversed()).toEqual([
      '2026-03-25T10:00:00.000Z',
      '2026-04-01T10:00:00.000Z',
      '2026-04-09T10:00:00.000Z', // three days of Qingming lie between
    ]);
  });

  test('items that come up at one moment from several communities are all on the street’s agenda, each once', async () => {
    const communities = [...deps.city().city.units.values()].filter(
      (u) => u.parent === street && u.kind === 'community',
    );
    const ready = await drafted(byStreet);
    const all = await Promise.all(
      communities.slice(0, 4).map(async ({ code }, i) => {
        const as = `unit:${code}`;
        const { id } = await drafted(as, { members: [] });
        const { items } = await done(as, id, 'items', { subject: `议题 ${i}` });
        await done(as, id, 'hold');
        await done(as, id, `items/${items[0].id}/decisions`, { result: 'unresolved', text: '上报' });
        await done(as, id, 'minutes', { text: '纪要' });
        return { as, id };
      }),
    );
    expect(all.length).toBeGreaterThan(1);
    await Promise.all(all.map(({ as, id }) => done(as, id, 'close')));
    const subjects = (await seen(byStreet, ready.id)).items.map((item) => item.subject ?? '').toSorted();
    expect(subjects).toEqual(all.map((_each, i) => `议题 ${i}`));
  });
});

describe('L12 residents’ representatives', () => {
  test('see the redacted agenda by number and own code: no number, title, name or phone, no confidential order', async () => {
    const order = await stuck({ requester: { name: '欧阳测试', phone: '13900009999' } });
    const secret = await stuck({ confidential: true });
    const { id, number } = await drafted(byStreet, {
      members: [
        { role: 'resident', name: '居民代表甲' },
        { role: 'resident', name: '居民代表乙' },
      ],
    });
    const meeting = await done(byStreet, id, 'agenda');
    expect((await to(unit, id, 'codes')).status).toBe(404);
    const { codes } = await done(byStreet, id, 'codes');
    expect(codes).toMatchObject([{ name: '居民代表甲' }, { name: '居民代表乙' }]);
    await done(byStreet, id, 'hold');
    await done(byStreet, id, `items/${itemOn(meeting, order)?.id}/decisions`, {
      result: 'task',
      text: '与欧阳测试（13900009999）联系后换杆',
      unit: street,
      dueAt: '2026-03-27T18:00:00+08:00',
    });
    const look = (code: string) => call(null, 'POST', 'lookup/meetings', { number, code });
    const shown = await look(codes[1].code);
    expect(shown.status, shown.text).toBe(200);
    expect(shown.headers['cache-control']).toBe('no-store');
    const place = shown.body.items.find((item: { decisions: unknown[] }) => item.decisions.length > 0);
    expect(place).toMatchObject({
      category: '城市管理/部件/路灯',
      why: ['problem_order'],
      state: 'tasked',
      responsibleUnit: { code: owner },
      decisions: [{ result: 'task', unit: { code: street }, taskState: 'open' }],
    });
    expect(place.area).toHaveLength(3);
    const { rows } = await pool.query('select number from work_orders where id = any($1)', [[order, secret]]);
    for (const hidden of [
      '欧阳测试',
      '13900009999',
      '路灯不亮',
      '居民代表',
      order,
      secret,
      ...rows.map((row) => row.number),
    ])
      expect(shown.text).not.toContain(hidden);
    expect(shown.body.items).toHaveLength(meeting.items.length - 1);
    expect((await call(byStreet, 'GET', `meetings/${id}/redacted`)).body).toEqual(shown.body);
    const sameKey = { 'idempotency-key': 'codes once more' };
    const again = () => call(byStreet, 'POST', `meetings/${id}/codes`, undefined, sameKey);
    const early = (await again()).body.codes[0].code;
    const lookOnce = () => call(null, 'POST', 'lookup/meetings', { number, code: early }, sameKey);
    expect((await lookOnce()).status).toBe(200);
    const late = (await again()).body.codes[0].code;
    expect(late).not.toBe(early);
    expect((await lookOnce()).body.code).toBe('code-wrong');
    expect((await look(late)).status).toBe(200);
    const answers = await pool.query(
      "select convert_from(body, 'UTF8') as text from idempotency where body is not null",
    );
    for (const { text } of answers.rows) expect(text).not.toContain(late);
    const kept = await pool.query('select members::text from meetings where id = $1', [id]);
    for (const { code } of codes) expect(kept.rows[0].members).not.toMatch(new RegExp(`"${code}"`));
  });

  test('404 for a wrong code, an old one, or another meeting’s number; guessing is stopped', async () => {
    const { id, number } = await drafted(byStreet, { members: [{ role: 'resident', name: '居民代表甲' }] });
    const [old] = (await done(byStreet, id, 'codes')).codes;
    const [fresh] = (await done(byStreet, id, 'codes')).codes;
    const look = (code: string, of = number) => call(null, 'POST', 'lookup/meetings', { number: of, code });
    if (old.code !== fresh.code) expect((await look(old.code)).body.code).toBe('code-wrong');
    expect((await look(fresh.code, 'LX20260302999999')).body.code).toBe('code-wrong');
    expect((await look(fresh.code)).status).toBe(200);
    for (let i = 0; i < 6; i++) await look('nothing');
    expect((await look(fresh.code)).status).toBe(429);
  });
});
