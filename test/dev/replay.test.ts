import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { answerOf, bodyOf, momentOf } from '../../src/dev/replay-rows.ts';
import { type CityProcess, startCity } from '../../src/dev/replay-server.ts';

const inside = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const root = await mkdtemp(join(tmpdir(), 'gridcall-replay-test-'));
const [folder, elsewhere] = [join(root, 'city'), join(root, 'elsewhere')];
for (const each of [root, folder, elsewhere]) {
  await mkdir(each, { recursive: true });
  await chmod(each, 0o755); // as root, PostgreSQL's own user has to reach it
}
// Residents are called by day: the drill's clock begins on a Monday morning.
const drill = { DATABASE_URL: '', REDIS_URL: '', GRIDCALL_DRILL: '2026-11-23T10:00:00+08:00' };

let city: CityProcess | null = null;
afterAll(async () => {
  await city?.close();
  await rm(root, { recursive: true, force: true });
});

function replay(...args: string[]) {
  const child = spawn(process.execPath, [inside('src/dev/replay.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }));
  return { child, ended };
}
const seeds = () => replay('--keys', join(folder, 'demo.json'), inside('src/dev/city/seed_requests_zh_cc0.jsonl'));

type Listed = {
  number: string;
  state: string;
  responsibleUnit: { code: string };
  assignments: { to: string | null }[];
};
async function orders({ url, keys }: CityProcess): Promise<readonly Listed[]> {
  const reply = await fetch(`${url}/v1/work-orders?limit=200`, {
    headers: { authorization: `Bearer ${keys.operator}` },
  });
  return ((await reply.json()) as { items: Listed[] }).items;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

test('120 requests come to their end, also when city and replay are killed in the middle, and none twice', async () => {
  const first = await startCity(folder, drill);
  city = first;
  const cut = seeds();
  await vi.waitFor(
    async () => expect((await orders(first)).filter((o) => o.state === 'closed').length).toBeGreaterThan(10),
    { timeout: 20_000, interval: 50 },
  );
  await Promise.all([kill(cut.child), kill(first.child)]);

  const second = await startCity(folder, drill);
  city = second;
  const found = await orders(second);
  expect(found.some((o) => o.state !== 'closed' && o.state !== 'answered')).toBe(true);
  for (const order of found.filter((o) => o.state !== 'closed' && o.state !== 'answered'))
    expect(
      order.assignments.filter((a) => a.to === null),
      order.number,
    ).toHaveLength(1);

  for (const run of ['again', 'once more']) {
    const { code, said } = await seeds().ended;
    expect(code, said).toBe(0);
    expect(said, run).toMatch(/^work orders +120$/m);
    expect(said, run).toMatch(/^as expected +100 of 100 with a point$/m);
    expect(await orders(second)).toHaveLength(120);
  }
}, 60_000);

test('another city comes in by a mapping alone, and a row the table places elsewhere is told', async () => {
  const square = (west: number, properties: object) => ({
    type: 'Feature',
    properties,
    geometry: {
      type: 'Polygon',
      coordinates: [[0, 1, 2, 3, 0].map((c) => [west + ([1, 2].includes(c) ? 0.1 : 0), c > 1 ? 10.1 : 10])],
    },
  });
  const [wards, csv, mapping] = ['wards.geojson', 'rows.csv', 'mapping.json'].map((name) => join(elsewhere, name));
  const features = [square(20, { ward: 7, called: 'Seven' }), square(20.1, { ward: 8, called: 'Eight' })];
  await writeFile(wards as string, JSON.stringify({ type: 'FeatureCollection', features }));
  await writeFile(
    csv as string,
    'no,what,day,x,y,ward\na1,lamp,2015-03-02 09:05,20.05,10.05,7\na2,pipe,2020-03-02 09:05,20.15,10.05,8\na3,noise,2020-03-02 09:05,,,8\n',
  );
  const areas = {
    name: 'Elsewhere',
    levels: ['ward'],
    files: ['wards.geojson'],
    mappings: [{ code: 'ward', name: 'called', level: { const: 'ward' } }],
    validFrom: ['1990-01-01T00:00:00+08:00', '2019-01-01T00:00:00+08:00'],
    acceptWarnings: 'none are expected',
  };
  const requests = {
    fields: { no: 'externalId', what: 'title', day: 'receivedAt', x: 'location.lon', y: 'location.lat' },
    values: {},
    always: { kind: 'help', channel: 'web' },
    moment: {
      pattern: '^(?<year>\\d+)-(?<month>\\d+)-(?<day>\\d+) (?<hour>\\d+):(?<minute>\\d+)$',
      zone: 'Asia/Tokyo',
    },
    answer: { column: 'ward', pattern: '^(?<ward>\\d)$', rename: {}, code: '{ward}' },
  };
  await writeFile(mapping as string, JSON.stringify({ areas, requests }));
  const arrange = ['--map', mapping as string, csv as string, '--areas', elsewhere];
  const { code, said } = await replay(...arrange, '--data', join(elsewhere, 'city')).ended;
  expect(said).toMatch(/^compared +2 /m);
  expect(said).toMatch(/^disagreements +0$/m);
  expect(code).toBe(0);

  requests.answer.rename = { 7: '8' };
  await writeFile(mapping as string, JSON.stringify({ areas, requests }));
  const again = await replay(...arrange, '--data', join(elsewhere, 'city')).ended;
  expect(again.said).toMatch(/^a1: placed in 7, the table says 8$/m);
  expect(again.code).toBe(1);
}, 60_000);

test('a row becomes a request by its mapping: fields, values, what is always so, and what the table answers', () => {
  const mapping = {
    fields: { when: 'receivedAt', lat: 'location.lat', lon: 'location.lon', what: 'title' },
    values: { by: { PHONE: { channel: 'hotline' }, '*': { channel: 'web' } } },
    always: { kind: 'help' },
    moment: {
      pattern: '^(?<day>\\d+)\\.(?<month>\\d+)\\.(?<year>\\d+) (?<hour>\\d+):(?<minute>\\d+)$',
      zone: 'Asia/Shanghai',
    },
    answer: {
      column: 'board',
      pattern: '^(?<number>\\d\\d) (?<town>.+)$',
      rename: { EAST: '3' },
      code: '{town}{number}',
    },
  };
  const row = { when: '02.03.2026 09:05', lat: '30.5', lon: '', what: ' lamp ', by: 'FAX', board: '04 EAST' };
  expect(bodyOf(row, mapping)).toEqual({
    kind: 'help',
    channel: 'web',
    title: 'lamp',
    receivedAt: '2026-03-02T09:05:00+08:00',
    location: { lat: 30.5 },
  });
  expect(answerOf(row, mapping)).toBe('304');
  expect(answerOf({ ...row, board: 'Unspecified EAST' }, mapping)).toBeNull();
});

test('a local moment gets the offset its zone had then, by summer and winter', () => {
  const moment = {
    pattern: '^(?<month>\\d{2})/(?<day>\\d{2})/(?<year>\\d{4}) (?<hour>\\d{2}):(?<minute>\\d{2}) (?<half>[AP]M)$',
    zone: 'America/New_York',
  };
  expect(momentOf('07/01/2019 12:30 AM', moment)).toBe('2019-07-01T00:30:00-04:00');
  expect(momentOf('01/15/2019 09:55 PM', moment)).toBe('2019-01-15T21:55:00-05:00');
  expect(momentOf('03/10/2019 12:30 AM', moment)).toBe('2019-03-10T00:30:00-05:00');
  expect(momentOf('11/03/2019 11:00 PM', moment)).toBe('2019-11-03T23:00:00-05:00');
  expect(() => momentOf('yesterday', moment)).toThrow('yesterday');
});
