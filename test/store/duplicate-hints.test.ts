import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { call } = await demo();

// The corner of four cells of the index: 250 cells to a degree.
const corner = { lon: 26_009 / 250, lat: 7643 / 250 };
const metresPerDegree = 111_320;

test('a request about 100 m off is hinted at, on whichever side of a cell of the index it lies, and none farther off', async () => {
  const first = await call('operator', 'POST', 'requests', aLight({ location: corner }));
  expect(first.status, first.text).toBe(201);
  const { id } = first.body.workOrder;
  const metres = fc.integer({ min: -400, max: 400 });
  await fc.assert(
    fc.asyncProperty(metres, metres, fc.uuid(), async (east, north, words) => {
      const location = {
        lon: corner.lon + east / (metresPerDegree * Math.cos((corner.lat * Math.PI) / 180)),
        lat: corner.lat + north / metresPerDegree,
      };
      const like = aLight({ location, title: words, requester: null });
      const { body } = await call('operator', 'POST', 'dispatch/preview', like);
      const hints = body.workOrder.duplicateHints as { workOrderId: string; why: string[] }[];
      const farthest = Math.max(Math.abs(east), Math.abs(north));
      if (farthest < 99) expect(hints).toMatchObject([{ workOrderId: id, why: ['place'] }]);
      if (farthest > 102) expect(hints).toEqual([]);
    }),
    {
      numRuns: 150,
      examples: [
        [-90, -90, 'a'],
        [90, -90, 'b'],
        [-90, 90, 'c'],
        [90, 90, 'd'],
      ],
    },
  );
});

test('the words are hinted at wherever they are said, apart from case, spaces and punctuation', async () => {
  const said = { description: 'The Lamp at gate 3 is broken!', location: { lon: 104.01, lat: 30.6 } };
  const first = await call('operator', 'POST', 'requests', aLight({ ...said, requester: null }));
  const again = { description: 'the lamp, at gate 3, is broken', location: { lon: 104.05, lat: 30.65 } };
  const { body } = await call('operator', 'POST', 'dispatch/preview', aLight({ ...again, requester: null }));
  expect(body.workOrder.duplicateHints).toMatchObject([{ workOrderId: first.body.workOrder.id, why: ['text'] }]);
});
