import { beforeEach, expect, test } from 'vitest';
import { demo, monday } from '../support/city.ts';

// What everybody who joined an incident is told by message, and how they answer whether it is restored.
const { app, call, clock, deps, pool } = await demo();
const [lon, lat] = [104.037274, 30.571764];

beforeEach(async () => {
  clock.set(monday);
  await pool.query("update incidents set state = 'ended', ended_at = now() where state = 'open'");
  await pool.query("update messages set state = 'overtaken', done_at = now() where state = 'waiting'");
  await deps.reloadSurge();
});

const incident = async (): Promise<string> => {
  const ring = [-0.004, 0.004].flatMap((x) => [-0.004, 0.004].map((y) => [lon + x, lat + y] as const));
  const [a, b, c, d] = ring;
  const made = await call('shiftLeader', 'POST', 'incidents', {
    title: '机投桥片区停电',
    category: '公用事业/供电',
    polygon: { type: 'Polygon', coordinates: [[a, c, d, b, a]] },
    leadUnit: 'utility-power',
    answer: '已知停电，正在抢修。',
    nextUpdateAt: '2026-03-02T10:00:00+08:00',
  });
  expect(made.status, made.text).toBe(201);
  return made.body.id;
};
let n = 0;
const aCut = async (more: object = {}) => {
  const phone = `1380001${String(++n).padStart(4, '0')}`;
  const made = await call('operator', 'POST', 'requests', {
    channel: 'hotline',
    kind: 'help',
    category: '公用事业/供电',
    title: '家里停电',
    description: '整栋楼都没电',
    location: { lon: lon + 0.001, lat: lat - 0.001 },
    requester: { name: '测试', phone },
    ...more,
  });
  expect(made.status, made.text).toBe(201);
  return { request: made.body.request, phone };
};
const on = (id: string, what: 'updates' | 'end', body: object) =>
  call('shiftLeader', 'POST', `incidents/${id}/${what}`, body);
type Taken = {
  claimId: string;
  token: number;
  message: { id: string; kind: string; to: string; link: string | null; text: { zh: string; en: string } };
};
const gateway = async (): Promise<Taken[]> =>
  (await call('messageGateway', 'POST', 'messages/claims', { max: 50, lease: 600 })).body.claims;
const phonesOf = (taken: readonly Taken[]) => taken.map(({ message }) => message.to).toSorted();
let address = 0;
const visit = (method: 'GET' | 'POST', url: string, body?: string | object, accept = 'text/html') =>
  app.inject({
    method,
    url: url.replace(/^https?:\/\/[^/]+/, ''),
    remoteAddress: `198.51.100.${++address}`,
    headers: {
      accept,
      'accept-language': 'zh-CN',
      ...(typeof body === 'string' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
    ...(body === undefined ? {} : { payload: body }),
  });
const questionOf = async (phone: string): Promise<string> =>
  (await gateway()).find(({ message }) => message.to === phone)?.message.link ?? '';

test('an update reaches every telephone once, those in danger too, with the number of its last request', async () => {
  const id = await incident();
  const [one, danger] = [await aCut(), await aCut({ description: '家里有呼吸机' })];
  const again = await aCut({ requester: { name: '测试', phone: '13800020000' } });
  const lastPhone = '+86 138 0002 0000';
  const last = await aCut({ requester: { name: '测试', phone: lastPhone } });
  const gone = await aCut();
  const proof = { number: gone.request.number, code: gone.request.queryCode };
  await app.inject({ method: 'POST', url: '/v1/lookup/withdrawal', payload: proof, remoteAddress: '10.3.0.1' });
  await aCut({ requester: null });
  expect(await gateway()).toEqual([]);

  await on(id, 'updates', { text: '预计11点恢复', nextUpdateAt: '2026-03-02T11:00:00+08:00' });
  const taken = await gateway();
  expect(phonesOf(taken)).toEqual([one.phone, danger.phone, lastPhone].toSorted());
  const twice = taken.find(({ message }) => message.to === lastPhone)?.message;
  expect(twice).toMatchObject({ kind: 'incident_update', link: null });
  expect(twice?.text.zh).toContain('预计11点恢复');
  expect(twice?.text.zh).toContain(last.request.number);
  expect(twice?.text.zh).not.toContain(again.request.number);
  expect(JSON.stringify(twice?.text)).not.toContain('测试');
  for (const { message, token } of taken)
    expect((await call('messageGateway', 'POST', `messages/${message.id}/sent`, { token })).body).toMatchObject({
      state: 'sent',
      incidentId: id,
      followUpId: null,
    });
});

test('news that still waits is overtaken by the next; what a gateway has in hand goes out', async () => {
  const id = await incident();
  await Promise.all([aCut(), aCut()]);
  await on(id, 'updates', { text: '第一次通报' });
  const [first] = (await call('messageGateway', 'POST', 'messages/claims', { max: 1, lease: 600 })).body.claims;
  await on(id, 'updates', { text: '第二次通报' });
  const taken = await gateway();
  expect(taken).toHaveLength(2);
  for (const { message } of taken) expect(message.text.zh).toContain('第二次通报');
  const sent = await call('messageGateway', 'POST', `messages/${first.message.id}/sent`, { token: first.token });
  expect(sent.body.state, sent.text).toBe('sent');
  clock.set('2026-03-03T09:00:01+08:00');
  await on(id, 'updates', { text: '第三次通报' });
  clock.set('2026-03-04T09:00:02+08:00');
  expect(await gateway()).toEqual([]); // a day old: no news any more
});

test('what a gateway has in hand is its to report, also where nobody waits for it any more', async () => {
  const id = await incident();
  const [gone, kept] = [await aCut(), await aCut()];
  await on(id, 'updates', { text: '第一次通报' });
  const taken = await gateway();
  const of = (phone: string) => taken.find(({ message }) => message.to === phone);
  const proof = { number: gone.request.number, code: gone.request.queryCode };
  await app.inject({ method: 'POST', url: '/v1/lookup/withdrawal', payload: proof, remoteAddress: '10.3.0.2' });
  expect(await gateway()).toEqual([]);
  const mine = of(gone.phone);
  const sent = await call('messageGateway', 'POST', `messages/${mine?.message.id}/sent`, { token: mine?.token });
  expect([sent.status, sent.body.state], sent.text).toEqual([200, 'sent']);
  const other = of(kept.phone);
  expect(
    (await call('messageGateway', 'POST', `claims/${other?.claimId}/release`, { token: other?.token })).status,
  ).toBe(200);
  expect(phonesOf(await gateway())).toEqual([kept.phone]);
});

test('answered ten times at once it is answered once, and has one order of its own or none', async () => {
  const id = await incident();
  const { phone, request } = await aCut();
  await on(id, 'end', {});
  const link = await questionOf(phone);
  const said = Array.from({ length: 10 }, (_, i) => visit('POST', link, { restored: i % 2 === 0 }, 'application/json'));
  const answers = (await Promise.all(said)).map(({ statusCode }) => statusCode);
  expect(answers.filter((status) => ![200, 409, 410].includes(status))).toEqual([]);
  const { rows } = await pool.query(
    `select j.restored, (select count(*)::int from work_orders w where w.id = j.own_order_id) as orders
     from incident_requests j where j.request_id = $1`,
    [request.id],
  );
  expect(rows).toEqual([{ restored: rows[0].restored, orders: rows[0].restored ? 0 : 1 }]);
  expect(typeof rows[0].restored).toBe('boolean');
});

test('the end asks each who joined by a link of their own: “yes” counts, and the link is used up', async () => {
  const id = await incident();
  const made = await aCut();
  await aCut({ description: '有人被困' }); // has an order of its own, and is asked about that
  await on(id, 'end', { text: '已恢复供电。' });
  const taken = await gateway();
  expect(phonesOf(taken)).toEqual([made.phone]);
  const link = taken[0]?.message.link ?? '';
  const words = taken[0]?.message.text.zh;
  expect(words).toContain('已恢复供电。');
  expect(words).toContain(`：${link} `);
  const shown = await visit('GET', link);
  expect([shown.statusCode, shown.headers['cache-control']]).toEqual([200, 'no-store']);
  expect(shown.payload).toContain(made.request.number);
  expect(shown.payload).not.toMatch(/<script|测试|1380001|停电/);
  expect(shown.payload).toContain('回答“是”的，不保存补充说明');
  expect((await visit('GET', `${link}?lang=en`)).payload).toContain('Is it restored?');
  const empty = await visit('POST', link, 'restored=');
  expect([empty.statusCode, empty.payload.includes('请选择是否已恢复')]).toEqual([422, true]);
  const said = await visit('POST', link, 'restored=yes');
  expect([said.statusCode, said.payload.includes('谢谢')]).toEqual([200, true]);
  expect((await call('shiftLeader', 'GET', `incidents/${id}`)).body.counts).toMatchObject({
    restored: 1,
    unanswered: 0,
  });
  const over = await visit('POST', link, { restored: false }, 'application/json');
  expect([over.statusCode, over.json().code]).toEqual([410, 'survey-over']);
});

test('“no” by link opens an order of its own, urgent where the words tell of danger', async () => {
  const id = await incident();
  const made = await aCut();
  await on(id, 'end', {});
  const link = await questionOf(made.phone);
  const said = await visit('POST', link, { restored: false, words: '插座冒烟' }, 'application/json');
  expect(said.json(), said.payload).toEqual({ recorded: true });
  const own = (await call('operator', 'GET', `requests/${made.request.id}`)).body.workOrder;
  expect(own).toMatchObject({ number: made.request.number, urgency: 'urgent', state: 'dispatched' });
});

test('whoever has answered otherwise, or withdrawn, is not sent the question; after fifteen days the link is over', async () => {
  const id = await incident();
  const [early, gone, late] = [await aCut(), await aCut(), await aCut()];
  await on(id, 'end', {});
  const prove = ({ request }: typeof early, path: string, more: object = {}) =>
    app.inject({
      method: 'POST',
      url: `/v1/lookup/${path}`,
      payload: { number: request.number, code: request.queryCode, ...more },
      remoteAddress: `10.4.0.${++address}`,
    });
  expect((await prove(early, 'restored', { restored: true })).statusCode).toBe(200);
  expect((await prove(gone, 'withdrawal')).statusCode).toBe(200);
  const taken = await gateway();
  expect(phonesOf(taken)).toEqual([late.phone]);
  clock.set('2026-03-18T00:00:00+08:00');
  const link = taken[0]?.message.link ?? '';
  expect((await visit('GET', link)).statusCode).toBe(410);
  expect((await visit('POST', link, { restored: true }, 'application/json')).json().code).toBe('survey-over');
});

test('a link of one kind opens nothing of the other, and an unknown one is 404', async () => {
  const id = await incident();
  const made = await aCut();
  await on(id, 'end', {});
  const token = (await questionOf(made.phone)).split('/').at(-1);
  expect((await visit('GET', `/v1/surveys/${token}`)).statusCode).toBe(404);
  expect((await visit('GET', `/v1/restored/${'a'.repeat(22)}`)).statusCode).toBe(404);
  expect((await visit('GET', `/v1/restored/${token}`)).statusCode).toBe(200);
});

test('a question that cannot be delivered is recorded, and the resident stays unanswered', async () => {
  const id = await incident();
  await aCut();
  await on(id, 'end', {});
  const [one] = await gateway();
  const failed = await call('messageGateway', 'POST', `messages/${one?.message.id}/failed`, { token: one?.token });
  expect(failed.body, failed.text).toMatchObject({ kind: 'restored', state: 'failed' });
  expect((await call('shiftLeader', 'GET', `incidents/${id}`)).body.counts).toMatchObject({ unanswered: 1 });
});
