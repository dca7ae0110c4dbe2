import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { writePosition } from '../../src/actions/feed.ts';
import { aLight, demo } from '../support/city.ts';

const { app, call, act, pool, runtime, keys } = await demo();
await runtime.notices.ready();
const unit = '510107-urban-management';
const own = `unit:${unit}`;
const soon = { interval: 10, timeout: 10_000 };
const slowly = { interval: 50, timeout: 40_000 };

const make = async (remarkable: object = {}): Promise<string> =>
  (await call('operator', 'POST', 'requests', aLight(remarkable))).body.workOrder.id;
type Item = { workOrderId: string; type: string };
const changes = (query = '', as = own) => call(as, 'GET', `changes${query}`);
/** Everything after a cursor, and the cursor behind it. */
const readOn = async (since: string | null, as = own, limit = 50): Promise<{ items: Item[]; cursor: string }> => {
  const items: Item[] = [];
  for (let cursor = since; ; ) {
    const page = (await changes(`?limit=${limit}${cursor === null ? '' : `&since=${cursor}`}`, as)).body;
    items.push(...page.items);
    cursor = page.nextCursor as string;
    if (!page.hasMore) return { items, cursor };
  }
};
/** Other databases of this server hold the feed back while they write: the end is where a new fact has been seen. */
const settled = async (): Promise<string> => {
  const order = await make();
  let at: string | null = null;
  const seen: Item[] = [];
  await expect
    .poll(async () => {
      const read = await readOn(at);
      at = read.cursor;
      seen.push(...read.items);
      return seen.filter((i) => i.workOrderId === order).length;
    }, soon)
    .toBe(3);
  return at ?? '';
};

test('a unit sees what changed on its orders, with ids, state and version and nothing of the resident', async () => {
  const since = await settled();
  const order = await make();
  await act(own, order, 'sign');
  const { body, text } = await changes(`?since=${since}&wait=20&limit=1`);
  expect(Object.keys(body.items[0]).toSorted()).toEqual(['at', 'number', 'state', 'type', 'version', 'workOrderId']);
  expect(text).not.toContain('13800001234');
  await expect
    .poll(async () => (await readOn(since)).items.filter((i) => i.workOrderId === order).map((i) => i.type), soon)
    .toEqual(['register', 'accept', 'dispatch', 'sign']);
});

test('another unit does not see them', async () => {
  const since = await settled();
  await make();
  expect((await readOn(since, 'unit:510107-housing')).items).toEqual([]);
});

test('the unit an order has left is told so, and nothing that happens to it afterwards', async () => {
  const since = await settled();
  const order = await make();
  const stream = await listen(own, unit);
  const moved = await act('dispatcher', order, 'redispatch', {
    unit: '510107-housing',
    basis: '物业管理',
    reason: '派错单位',
  });
  expect(moved.status, moved.text).toBe(200);
  await act('unit:510107-housing', order, 'sign');
  const types = async (as: string) =>
    (await readOn(since, as)).items.filter((i) => i.workOrderId === order).map((i) => i.type);
  await expect.poll(() => types('unit:510107-housing'), soon).toContain('sign');
  expect(await types(own)).toEqual(['left']);
  await expect
    .poll(() => stream.sent.filter((s) => s.data.type === 'left').map((s) => s.event), soon)
    .toEqual(['updated']);
  stream.hangUp();
});

const someFact = (client: pg.PoolClient, order: string, mark: string) =>
  client.query(
    `insert into facts (subject, subject_id, type, at, actor, unit, body)
     values ('work_order', $1, $2, now(), '{"client":"test","name":"test","unit":null}', $3, '{}')`,
    [order, mark, unit],
  );

test('a transaction that began first and commits last is not skipped', async () => {
  const since = await settled();
  const order = await make();
  const [early, late] = [await pool.connect(), await pool.connect()];
  await early.query('begin');
  await someFact(early, order, 'early');
  await late.query('begin');
  await someFact(late, order, 'late');
  await late.query('commit');
  const before = await readOn(since);
  expect(before.items.map((i) => i.type)).not.toContain('late');
  await early.query('commit');
  early.release();
  late.release();
  const marks = (items: Item[]) => items.map((i) => i.type).filter((type) => type === 'early' || type === 'late');
  await expect.poll(async () => marks((await readOn(before.cursor)).items), soon).toEqual(['early', 'late']);
});

test('however transactions overlap, a reader gets every change once', { timeout: 60_000 }, async () => {
  const order = await make();
  // Steps of three writers, each with a transaction of its own, and of one reader between them.
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        writer: fc.nat(2),
        does: fc.constantFrom('write' as const, 'write' as const, 'end' as const, 'undo' as const),
      }),
    },
    { weight: 2, arbitrary: fc.record({ writer: fc.constant(-1), does: fc.constant('read' as const) }) },
  );
  let n = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 20, maxLength: 30 }),
      fc.integer({ min: 1, max: 4 }),
      async (steps, limit) => {
        const run = `run${++n}`;
        let cursor = await settled();
        const seen: string[] = [];
        const expected: string[] = [];
        const writers: (pg.PoolClient & { mine?: string[] })[] = [];
        for (let i = 0; i < 3; i++) writers.push(await pool.connect());
        const look = async () => {
          const read = await readOn(cursor, own, limit);
          cursor = read.cursor;
          seen.push(...read.items.map((i) => i.type).filter((type) => type.startsWith(`${run}-`)));
        };
        const finish = async (writer: (typeof writers)[number] | undefined, how: 'commit' | 'rollback') => {
          if (writer?.mine === undefined) return;
          await writer.query(how);
          if (how === 'commit') expected.push(...writer.mine);
          delete writer.mine;
        };
        let mark = 0;
        for (const { writer: which, does } of steps) {
          const writer = writers[which];
          if (does === 'read') await look();
          else if (does === 'end') await finish(writer, 'commit');
          else if (does === 'undo') await finish(writer, 'rollback');
          else if (writer !== undefined) {
            if (writer.mine === undefined) await writer.query('begin');
            const name = `${run}-${++mark}`;
            await someFact(writer, order, name);
            writer.mine = [...(writer.mine ?? []), name];
          }
        }
        for (const writer of writers) {
          await finish(writer, 'commit');
          writer.release();
        }
        await expect
          .poll(async () => {
            await look();
            return seen.length;
          }, soon)
          .toBe(expected.length);
        expect(seen.toSorted()).toEqual(expected.toSorted());
      },
    ),
    { numRuns: 25 },
  );
});

test('a mirror that waits is told of the next change, and of none when there is none', async () => {
  const since = await settled();
  const waiting = changes(`?since=${since}&wait=20`);
  const order = await make();
  expect((await waiting).body.items[0]).toMatchObject({ workOrderId: order });
  const end = await settled();
  expect((await changes(`?since=${end}&wait=1`)).body).toMatchObject({ items: [], hasMore: false });
});

test('a cursor that is none is refused', async () => {
  const made = [
    writePosition({ xid: 2n ** 64n, id: 1n }),
    writePosition({ xid: 1n, id: 2n ** 63n }),
    'x',
    '%00',
    'bm8',
  ];
  for (const since of made) expect((await changes(`?since=${since}`)).status, since).toBe(400);
  expect((await changes('?wait=21')).status).toBe(400);
  expect((await changes('', 'vendor')).status).toBe(403);
});

const address = await app.listen({ port: 0, host: '127.0.0.1' });
type Sent = { id: string; event: string; data: { workOrderId: string; type: string } };
/** A client of a unit's stream: what it has been sent so far, and how to hang up. */
async function listen(as: string, code: string, lastId?: string) {
  const gone = new AbortController();
  const reply = await fetch(`${address}/v1/units/${code}/stream`, {
    headers: { authorization: `Bearer ${keys[as]}`, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
    signal: gone.signal,
  });
  const sent: Sent[] = [];
  let isOver = false;
  const read = async () => {
    let text = '';
    for await (const chunk of reply.body ?? []) {
      text += Buffer.from(chunk).toString();
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const fields = Object.fromEntries(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]),
        );
        text = text.slice(end + 2);
        if (fields.data) sent.push({ id: fields.id, event: fields.event, data: JSON.parse(fields.data) });
      }
    }
  };
  void read().then(
    () => (isOver = true),
    () => (isOver = true),
  );
  const hangUp = () => gone.abort();
  afterAll(hangUp);
  const about = (order: string) => sent.filter((s) => s.data.workOrderId === order).map((s) => s.event);
  return { status: reply.status, type: reply.headers.get('content-type'), sent, about, hangUp, isOver: () => isOver };
}

test('a unit’s stream tells what is queued, moved and urged, as it happens', async () => {
  const stream = await listen(own, unit);
  expect([stream.status, stream.type]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const order = await make();
  await expect.poll(() => stream.about(order), soon).toContain('queued');
  await act(own, order, 'sign');
  await act('operator', order, 'urge', { text: '催' });
  await expect.poll(() => stream.about(order).slice(-3), soon).toEqual(['queued', 'updated', 'urged']);
  expect(JSON.stringify(stream.sent)).not.toContain('13800001234');
  stream.hangUp();
});

test('G9 G8 a unit’s stream tells that it is supervised and called, and each is told once', async () => {
  const stream = await listen(own, unit);
  const { body: made } = await call('operator', 'POST', 'requests', aLight());
  const order = made.workOrder.id;
  const street = made.workOrder.placement.path.find((step: { level: string }) => step.level === 'street').code;
  const wanted = { unit, workOrderIds: [order], grade: 'daily', demand: '说明情况' };
  const supervised = await call('shiftLeader', 'POST', 'supervision-orders', wanted);
  expect(supervised.status, supervised.text).toBe(201);
  const draft = {
    kind: 'resident_request',
    street,
    workOrderIds: [order],
    units: [{ code: unit, task: '到场' }],
    demand: '到场',
  };
  const drafted = await call(`unit:${street}`, 'POST', 'coordination-orders', draft);
  await call(`unit:${street}`, 'POST', `coordination-orders/${drafted.body.id}/issue`);
  const beside = () =>
    stream.sent.map(({ event }) => event).filter((event) => event === 'supervised' || event === 'called');
  await expect.poll(beside, soon).toEqual(['supervised', 'called']);
  stream.hangUp();
});

test('a stream that comes back with Last-Event-ID gets what it missed, once, then goes on', async () => {
  const first = await listen(own, unit);
  const seen = await make();
  await expect.poll(() => first.about(seen), soon).toContain('queued');
  first.hangUp();
  const missed = await make();
  const again = await listen(own, unit, first.sent.at(-1)?.id);
  const after = await make();
  await expect.poll(() => again.about(after), soon).toContain('queued');
  expect(again.about(seen)).toEqual([]);
  expect(again.about(missed).filter((e) => e === 'queued')).toHaveLength(1);
  expect(new Set(again.sent.map((s) => s.id)).size).toBe(again.sent.length);
  again.hangUp();
});

test('however many listen, the feed is read once for all of them', async () => {
  const streams = await Promise.all(Array.from({ length: 20 }, () => listen(own, unit)));
  let reads = 0;
  const query = runtime.deps.pool.query.bind(runtime.deps.pool);
  runtime.deps.pool.query = ((...args: Parameters<typeof query>) => {
    if (String(args[0]).includes('pg_snapshot_xmin')) reads++;
    return query(...args);
  }) as typeof query;
  const began = performance.now();
  const order = await make();
  await expect.poll(() => streams.every((s) => s.about(order).includes('queued')), soon).toBe(true);
  delete (runtime.deps.pool as Partial<typeof runtime.deps.pool>).query;
  // One look for each notice and one for each quarter of a second, not one for each of the twenty.
  expect(reads).toBeLessThan(6 + (performance.now() - began) / 100);
  for (const stream of streams) stream.hangUp();
});

test('a client that does not read is cut off, and the others are not held up', { timeout: 60_000 }, async () => {
  const quick = await listen(own, unit);
  const slow = connect(Number(new URL(address).port), '127.0.0.1');
  slow.on('error', () => {});
  let heard = '';
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  slow.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
    if (heard.includes('retry: ')) begin();
  });
  slow.write(`GET /v1/units/${unit}/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keys[own]}\r\n\r\n`);
  await begun;
  slow.pause();
  const order = await make();
  // More than the sockets of both ends can hold.
  await pool.query(
    `insert into facts (subject, subject_id, type, at, actor, unit, body)
     select 'work_order', $1, repeat('x', 800) || n, now(), '{"client":"test","name":"test","unit":null}', $2, '{}'
     from generate_series(1, 8000) n`,
    [order, unit],
  );
  await act(own, order, 'sign');
  await expect
    .poll(() => quick.sent.some((s) => s.data.workOrderId === order && s.data.type === 'sign'), slowly)
    .toBe(true);
  slow.resume();
  await once(slow, 'close');
  expect(heard).not.toContain('"type":"sign"');
  quick.hangUp();
});

test('the stream of a unit out of sight is 404', async () => {
  expect((await listen('unit:510107-housing', unit)).status).toBe(404);
});

test('a stream ends within seconds when its key is revoked', async () => {
  const stream = await listen('unit:510107-housing', '510107-housing');
  expect(stream.status).toBe(200);
  await pool.query("update clients set revoked_at = now() where name = 'unit:510107-housing'");
  await expect.poll(stream.isOver, { interval: 100, timeout: 10_000 }).toBe(true);
});

test('streams and waits end when the server goes down', async () => {
  const stream = await listen(own, unit);
  const since = await settled();
  const waiting = changes(`?since=${since}&wait=20`);
  await app.close();
  expect((await waiting).status).toBe(200);
  await expect.poll(stream.isOver, soon).toBe(true);
});
