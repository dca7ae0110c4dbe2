import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { workExports } from '../../src/actions/exports.ts';
import { aLight, demo } from '../support/city.ts';

const { app, call, dataDir, deps, pool } = await demo();
const owner = '510107-urban-management';
const unit = `unit:${owner}`;

const register = async (remarkable: object = {}) => {
  const made = await call('operator', 'POST', 'requests', aLight(remarkable));
  expect(made.status, made.text).toBe(201);
  return made.body;
};
const ask = (as: string, body: object, headers: Record<string, string> = {}) =>
  call(as, 'POST', 'exports', body, headers);
const taken = async (as: string, body: object, headers: Record<string, string> = {}): Promise<Buffer> => {
  const made = await ask(as, body, headers);
  expect(made.status, made.text).toBe(201);
  const reply = await app.inject({ method: 'GET', url: made.body.link });
  expect(reply.statusCode).toBe(200);
  expect(reply.rawPayload.length).toBe(made.body.bytes);
  return reply.rawPayload;
};
const tableOf = (csv: Buffer): string[][] => parse(csv, { bom: true, relax_column_count: true });

/** The files in a ZIP, read by its directory as readers do. */
function unzipped(zip: Buffer): ReadonlyMap<string, string> {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const files = new Map<string, string>();
  for (let at = zip.readUInt32LE(end + 16), n = zip.readUInt16LE(end + 10); n > 0; n--) {
    const [size, name] = [zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)];
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26);
    files.set(
      zip.toString('utf8', at + 46, at + 46 + name),
      inflateRawSync(zip.subarray(from, from + size)).toString(),
    );
    at += 46 + name;
  }
  return files;
}

describe('a list as a table', () => {
  test('CSV that spreadsheets read: BOM, CRLF, who took it in the first row, titles, and no cell that runs', async () => {
    await register({ title: '=HYPERLINK("http://x","灯")' });
    await register({ title: '灯, "又"\n不亮' });
    const csv = await taken('shiftLeader', { list: 'work-orders', format: 'csv' }, { 'gridcall-actor': '%3D1%2B1' });
    const text = csv.toString();
    expect(text.startsWith('\ufeff')).toBe(true);
    expect(text.replaceAll('\r\n', '').replaceAll('又"""\n不亮', '')).not.toMatch(/[\r]/);
    const [watermark, titles, ...rows] = tableOf(csv);
    expect(watermark?.[0]).toMatch(
      /^导出人：=1\+1 \(shiftLeader, hotline\)；导出时间：2026-03-02T09:00:00\+08:00；清单：工单；条件：无；导出编号/,
    );
    expect(titles?.slice(0, 4)).toEqual(['工单编号', '标题', '承办单位', '状态']);
    expect(rows.map((row) => row[1])).toEqual(['灯, "又"\n不亮', '\'=HYPERLINK("http://x","灯")']);
    expect(rows[0]?.[3]).toBe('已派单，待承办单位签收');
  });

  test.each(['=1', '+1', '-1', '@a', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠1'])(
    'a title that begins like %j runs nowhere',
    async (title) => {
      await register({ title });
      const [, , row] = tableOf(await taken('operator', { list: 'work-orders', format: 'csv' }));
      expect(row?.[1]).toBe(`'${title}`);
    },
  );

  test('XLSX of one sheet, text marked as text, readable by its own directory', async () => {
    await register({ title: '<b>&"\u0001' });
    const files = unzipped(
      await taken('operator', { list: 'work-orders', format: 'xlsx' }, { 'accept-language': 'en' }),
    );
    expect([...files.keys()].toSorted()).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet1.xml',
    ]);
    const sheet = files.get('xl/worksheets/sheet1.xml') ?? '';
    expect(sheet).toContain('Exported by operator');
    expect(sheet).toContain('<t xml:space="preserve">responsible unit</t>');
    expect(sheet).toContain('&lt;b&gt;&amp;&quot;</t>');
    expect(sheet).not.toContain('<f>');
    expect(sheet).toContain('<pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/>');
  });

  test('moments are dates a spreadsheet counts with, by the city’s clock, numbers numbers and rates shares; CSV says them', async () => {
    await register({ title: '日期' });
    const sheetOf = async (body: object) =>
      unzipped(await taken('shiftLeader', { format: 'xlsx', ...body })).get('xl/worksheets/sheet1.xml') ?? '';
    const [row = ''] = (await sheetOf({ list: 'work-orders' })).match(/<row>(?:(?!<row>).)*日期.*?<\/row>/) ?? [];
    expect(row).toContain('<c s="1"><v>46083.375</v></c>'); // 2026-03-02 09:00 in the city, 01:00 in Greenwich
    expect(row).toContain('<c><v>1</v></c>');
    const days = await sheetOf({ list: 'calendars', filter: { year: 2026 } });
    expect(days).toContain('<c s="2"><v>46023</v></c>'); // 2026-01-01
    const month = { from: '2026-03-01T00:00:00+08:00', to: '2026-04-01T00:00:00+08:00', by: 'unit' };
    const rates = await sheetOf({ list: 'rates', filter: { ...month, w: '0.5' } });
    expect(rates).toMatch(/<c s="3"><v>[\d.]+<\/v><\/c>/);
    expect(rates).toContain('by=unit from=2026-03-01T00:00:00+08:00 to=2026-04-01T00:00:00+08:00 w=0.5');
    const csv = tableOf(await taken('shiftLeader', { list: 'work-orders', format: 'csv' }));
    expect(csv.find((cells) => cells[1] === '日期')).toContain('2026-03-02 09:00:00');
  });

  test('an unzip of the system agrees that the XLSX is whole, where there is one', async ({ skip }) => {
    const folder = await mkdtemp(join(tmpdir(), 'gridcall-zip-'));
    try {
      await writeFile(join(folder, 'a.xlsx'), await taken('operator', { list: 'requests', format: 'xlsx' }));
      try {
        expect(execFileSync('unzip', ['-t', join(folder, 'a.xlsx')]).toString()).toContain('No errors detected');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') skip('there is no unzip on this machine');
        throw error;
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('every list has its table, and requests leave without whoever asked', async () => {
    const { workOrder } = await register({
      requester: { name: '郜烨琛', phone: '13912345678' },
      description: '找郜烨琛',
    });
    await call(unit, 'POST', `work-orders/${workOrder.id}/approvals`, {
      kind: 'return',
      reason: '不属我局',
      basis: '三定方案',
      proposedUnit: '510107-water',
    });
    await call('shiftLeader', 'POST', 'supervision-orders', {
      unit: owner,
      workOrderIds: [workOrder.id],
      grade: 'daily',
      demand: '限期',
    });
    const street = workOrder.placement.path.find((step: { level: string }) => step.level === 'street').code;
    await call(`unit:${street}`, 'POST', 'coordination-orders', {
      kind: 'resident_request',
      street,
      workOrderIds: [workOrder.id],
      units: [{ code: owner, task: '修灯' }],
      demand: '现场会商',
    });
    await call('publisher', 'POST', 'publications', { workOrderId: workOrder.id, board: 'problem' });
    const last = async (list: string, as = 'shiftLeader') =>
      tableOf(await taken(as, { list, format: 'csv' })).slice(1, 3);
    for (const [list, words] of Object.entries({
      requests: ['路灯不亮', '求助', '区综合行政执法局'],
      approvals: ['退单', '不属我局', '待审', '区综合行政执法局'],
      'supervision-orders': ['日常督办', '待答复', '限期'],
      'coordination-orders': ['居民诉求', '草拟', '现场会商'],
      publications: ['晾问题', '人工选报', '公示前'],
      'follow-ups': [],
    })) {
      const [titles, row = []] = await last(list);
      expect(titles?.length).toBeGreaterThan(5);
      for (const word of words) expect(row, list).toContain(word);
      expect(JSON.stringify([titles, row])).not.toMatch(/郜烨琛|13912345678/);
    }
  });
});

describe('whose table it is', () => {
  test('a unit takes out what its own list shows, 403 who may not read the list, 404 for another client', async () => {
    const rows = tableOf(await taken('unit:510107-water', { list: 'work-orders', format: 'csv' }));
    expect(rows).toHaveLength(2);
    const own = tableOf(await taken(unit, { list: 'work-orders', format: 'csv' }));
    expect(own.length).toBeGreaterThan(10);
    expect((await ask('vendor', { list: 'work-orders', format: 'csv' })).status).toBe(403);
    expect((await ask('publisher', { list: 'requests', format: 'csv' })).status).toBe(403);
    const made = (await ask(unit, { list: 'work-orders', format: 'csv', filter: { state: ['closed'] } })).body;
    expect(made).toMatchObject({ state: 'ready', rows: 0 });
    expect((await call('unit:510107-water', 'GET', `exports/${made.id}`)).status).toBe(404);
    expect((await call(unit, 'GET', `exports/${made.id}`)).body).toEqual(made);
    expect((await call(unit, 'GET', 'exports?limit=1')).body.items).toEqual([made]);
  });

  test('a unit takes out what residents answered, and not how often they were called', async () => {
    const { workOrder } = await register();
    await pool.query("update work_orders set state = 'following_up' where id = $1", [workOrder.id]);
    await pool.query(
      `insert into follow_ups (order_id, seq, id, request, round, occasion, state, opened_at, call_agreed, unit_contacted, attempts)
       select w.id, 900, gen_random_uuid(), r.id, 1, 'handled', 'open', now(), false, false,
         '[{"outcome": "no_answer", "at": 1772400000000, "by": "x", "callRecordId": null, "callBackAt": null}]'
       from work_orders w join requests r on r.work_order_id = w.id where w.id = $1`,
      [workOrder.id],
    );
    const callsOf = async (as: string) => {
      const [, titles = [], ...rows] = tableOf(await taken(as, { list: 'follow-ups', format: 'csv' }));
      const number = titles.indexOf('工单编号');
      return rows.find((row) => row[number] === workOrder.number)?.[titles.indexOf('呼叫次数')];
    };
    expect([await callsOf('operator'), await callsOf(unit)]).toEqual(['1', '']);
  });

  test('400 for what is no list, no form or no filter of the list', async () => {
    for (const body of [
      {},
      { list: 'exports', format: 'csv' },
      { list: 'requests', format: 'pdf' },
      { list: 'requests', format: 'csv', filter: { phone: '138' } },
    ])
      expect((await ask('shiftLeader', body)).status).toBe(400);
  });

  test('a link holds for a day, for this file alone; a changed one is 404', async () => {
    const { id, link, expiresAt } = (await ask('operator', { list: 'approvals', format: 'csv' })).body;
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / 3_600_000)).toBe(24);
    const other = (await ask('operator', { list: 'approvals', format: 'csv' })).body;
    const get = async (url: string) => (await app.inject({ method: 'GET', url })).statusCode;
    expect(await get(link)).toBe(200);
    expect(await get(link.replace(id, other.id))).toBe(404);
    expect(await get(link.replace(/expires=\d+/, `expires=${Date.now() + 9e9}`))).toBe(404);
    expect(await get(link.slice(0, -2))).toBe(404);
    expect(await get(`/v1/exports/${id}/file`)).toBe(400);
    await pool.query("update exports set expires_at = now() - interval '1 second' where id = $1", [id]);
    expect(await get(link)).toBe(404);
    await workExports(deps);
    expect((await call('operator', 'GET', `exports/${id}`)).body).toMatchObject({ state: 'expired', link: null });
    const files = new Set(
      (await readdir(join(dataDir, 'exports'), { recursive: true })).map((name) => name.slice(-36)),
    );
    expect([files.has(id), files.has(other.id)]).toEqual([false, true]);
  });

  test('that it was asked is a fact without anybody’s words', async () => {
    const { id } = (await ask('operator', { list: 'approvals', format: 'xlsx' })).body;
    const { rows } = await pool.query(
      "select type, actor->>'name' as name, body from facts where subject = 'export' and subject_id = $1",
      [id],
    );
    expect(rows).toEqual([
      { type: 'export_asked', name: 'operator', body: { list: 'approvals', format: 'xlsx', filter: {} } },
    ]);
  });
});

describe('a long table', () => {
  const many = 10_500;
  test('202 above ten thousand rows: a worker writes it, once however many look', async () => {
    // As many orders as make it long, written past the rules: only their number is asked here.
    await pool.query(
      `insert into work_orders select made.* from generate_series(1, $1) n, (select * from work_orders limit 1) w,
         jsonb_populate_record(null::work_orders, to_jsonb(w) || jsonb_build_object('id', gen_random_uuid(), 'number', 'long' || n)) made`,
      [many],
    );
    await pool.query('analyze work_orders');
    const made = await ask('shiftLeader', { list: 'work-orders', format: 'csv' });
    expect([made.status, made.body.state, made.body.link]).toEqual([202, 'waiting', null]);
    const done = await Promise.all([1, 2, 3].map(() => workExports(deps)));
    expect(done.toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
    const ready = (await call('shiftLeader', 'GET', `exports/${made.body.id}`)).body;
    expect(ready.state).toBe('ready');
    expect(ready.rows).toBeGreaterThan(many);
    const file = await app.inject({ method: 'GET', url: ready.link });
    expect(tableOf(file.rawPayload)).toHaveLength(ready.rows + 2);
  }, 120_000);

  test('of ten asked for at once three are taken, seven are 429', async () => {
    const asked = await Promise.all(
      Array.from({ length: 10 }, () => ask('dispatcher', { list: 'work-orders', format: 'csv' })),
    );
    expect(asked.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      ...Array.from({ length: 3 }, () => 202),
      ...Array.from({ length: 7 }, () => 429),
    ]);
    await pool.query("update exports set state = 'failed' where state = 'waiting'");
  }, 120_000);

  test('one whose key was revoked meanwhile fails, one whose worker died is taken up again, the fourth at once is 429', async () => {
    const asked = [];
    for (let i = 0; i < 3; i++) asked.push((await ask('centreLeader', { list: 'work-orders', format: 'csv' })).body.id);
    const fourth = await ask('centreLeader', { list: 'work-orders', format: 'csv' });
    expect(fourth.body).toMatchObject({ status: 429, code: 'too-many-requests' });
    await pool.query(
      "update exports set state = 'running', attempts = 2, leased_until = now() - interval '1 second' where id = $1",
      [asked[0]],
    );
    await pool.query("update exports set state = 'failed' where id = $1", [asked[1]]);
    await pool.query(
      'update exports set asked_by = asked_by || \'{"roles": ["centre_leader", "admin"]}\' where id = $1',
      [asked[2]],
    );
    await workExports(deps);
    const states = await Promise.all(
      asked.map(async (id) => (await call('centreLeader', 'GET', `exports/${id}`)).body),
    );
    expect(states.map(({ state, failure }) => [state, failure])).toEqual([
      ['ready', null],
      ['failed', null],
      ['failed', 'forbidden'],
    ]);
  }, 120_000);

  test('what went out of its asker’s sight while it waited fails with the reason, and is not tried again', async () => {
    const { id } = (await ask(unit, { list: 'unit-calls', format: 'csv', filter: { code: owner } })).body;
    await pool.query(
      `update exports set state = 'waiting', expires_at = null, rows = null, bytes = null,
         filter = jsonb_build_object('code', '510107-water') where id = $1`,
      [id],
    );
    await workExports(deps);
    expect((await call(unit, 'GET', `exports/${id}`)).body).toMatchObject({ state: 'failed', failure: 'not-found' });
  }, 120_000);
});
