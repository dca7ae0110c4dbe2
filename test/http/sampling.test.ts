import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';
import { askingIn, content } from '../support/follow-ups.ts';

const city = await demo();
const { call, act } = city;
const { claims, answer, order } = askingIn(city);

const draw = (answered: number, version: string) =>
  call('admin', 'PUT', 'policies/sampling', { version, seed: 'spring', verification: 0.2, answered });
/** A request the hotline answers at once. */
const answered = async (remarkable: object = {}): Promise<string> => {
  const made = await call('operator', 'POST', 'requests', aLight({ disposition: 'hold', ...remarkable }));
  const done = await act('operator', made.body.workOrder.id, 'answer', { text: '请看公告' });
  expect(done.body.state, done.text).toBe('answered');
  return made.body.workOrder.id;
};

test('direct answers are asked about by a share of the city’s, drawn by a seed anybody can draw again', async () => {
  expect((await call('operator', 'GET', 'policies/sampling')).body).toMatchObject({ seed: 'default-1', answered: 0.2 });
  expect((await draw(0, 'none')).status).toBe(200);
  expect((await order(await answered())).followUps).toEqual([]);
  expect((await draw(1, 'all')).body).toMatchObject({ answered: 1, seed: 'spring' });
  const id = await answered();
  expect((await order(id)).followUps).toMatchObject([{ occasion: 'answered', state: 'open' }]);
  const { items } = (await call('operator', 'GET', `work-orders/${id}/events`)).body;
  const opened = items.find((f: { type: string }) => f.type === 'follow_up_opened');
  expect(opened.body).toMatchObject({ occasion: 'answered', seed: 'spring', share: 1, policy: 'all' });
  expect((await order(await answered({ requester: { anonymous: true } }))).followUps).toEqual([]);
});

test('the hotline asks nobody about its own answer; a vendor does, and what is said moves nothing', async () => {
  expect((await claims({ max: 50 })).body.claims).toEqual([]);
  const { claims: given } = (await claims({ max: 50 }, 'vendor')).body;
  expect(given).toHaveLength(1);
  const { id } = given[0].followUp;
  const said = { ...content, solved: 'no', satisfaction: 'dissatisfied', reason: 'policy' };
  expect((await answer(id, said, 'followUp')).body.code).toBe('handling-unit-asks');
  const recorded = await answer(id, said, 'vendor');
  expect([recorded.status, recorded.body.occasion]).toEqual([200, 'answered']);
  const found = (await call('operator', 'GET', 'work-orders?state=answered')).body.items;
  expect(found.map((o: { state: string }) => o.state)).toContain('answered');
  expect((await call('operator', 'GET', 'work-orders?state=rework')).body.items).toEqual([]);
});

test('what a notice answered at intake is asked about like any direct answer', async () => {
  const [lon, lat] = [104.037274, 30.571764];
  const about = { category: '公用事业/供水', location: { lon, lat } };
  const { body } = await call('operator', 'POST', 'dispatch/preview', aLight(about));
  const street = body.workOrder.placement.path.find((step: { level: string }) => step.level === 'street').code;
  const notice = {
    title: '计划停水',
    category: '公用事业/供水',
    areas: [street],
    from: '2026-03-02T08:00:00+08:00',
    to: '2026-03-02T18:00:00+08:00',
    text: '管网改造',
    unit: 'utility-water',
    answersAtOnce: true,
  };
  expect((await call('shiftLeader', 'POST', 'notices', notice)).status).toBe(201);
  const made = await call('operator', 'POST', 'requests', aLight({ ...about, title: '家里没水', description: '没水' }));
  expect([made.status, made.body.workOrder?.state], made.text).toEqual([201, 'answered']);
  expect((await order(made.body.workOrder.id)).followUps).toMatchObject([{ occasion: 'answered', state: 'open' }]);
});

test.each([
  [{ answered: 1.1 }, 400],
  [{ answered: -0.1 }, 400],
  [{ seed: '' }, 400],
  [{ version: 'all' }, 409],
])('a policy of %j is %i', async (wrong, status) => {
  const body = { version: 'x', seed: 's', verification: 0.2, answered: 0.2, ...wrong };
  expect((await call('admin', 'PUT', 'policies/sampling', body)).status).toBe(status);
  expect((await call('operator', 'PUT', 'policies/sampling', body)).status).toBe(403);
});
