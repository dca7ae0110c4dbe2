import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';
import { allCounted } from '../support/kept.ts';

const { call, deps } = await demo();
const march = 'from=2026-03-01T00:00:00%2B08:00&to=2026-05-01T00:00:00%2B08:00';
const small = {
  category: '城市管理/事件/暴露垃圾',
  title: '楼下有暴露垃圾',
  location: { lon: 103.9653, lat: 30.58346 },
};

test('L24 the load of each community: residents’ requests apart from tasks of the levels above, by who leads and by where', async () => {
  const community = '510107001004';
  const made = [];
  for (const more of [{}, {}, { channel: 'web' }, { channel: 'upper_level', externalId: 'above-1' }])
    made.push(await call('operator', 'POST', 'requests', aLight({ ...small, ...more })));
  for (const { body, status, text } of made) {
    expect(status, text).toBe(201);
    expect(body.workOrder.responsibleUnit.code).toBe(community);
  }
  await allCounted(deps);
  const load = async (query: string, as = 'centreLeader') => {
    const { body } = await call(as, 'GET', `statistics/rates?${march}&${query}`);
    return body.items.find(({ key }: { key: { code: string } }) => key.code === community)?.load;
  };
  const expected = { residents: 3, upperLevel: 1 };
  expect(await load('by=unit')).toEqual(expected);
  expect(await load('by=community')).toEqual(expected);
  expect(await load('by=unit', `unit:${community}`)).toEqual(expected);
  expect(await load('by=community&area=510107001', 'unit:510107001')).toEqual(expected);
  expect(await load('by=unit&channel=upper_level')).toEqual({ residents: 0, upperLevel: 1 });
});
