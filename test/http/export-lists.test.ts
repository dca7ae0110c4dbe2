import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { type ExportListName, exportList, exportListNames, titleOf } from '../../src/actions/export-lists.ts';
import type { UnitRecord } from '../../src/domain/dossier.ts';
import { linesOfRecord } from '../../src/domain/dossier-lines.ts';
import { demo } from '../support/city.ts';
import { eventful, requesterName, requesterPhone } from '../support/eventful.ts';
import { lightsUnit } from '../support/follow-ups.ts';

const city = await demo();
const { app, call, pool } = city;
const ids = await eventful(city);
const unit = `unit:${lightsUnit}`;

/** Answers with rows that nobody takes out as a table, and why. */
const leftOut: readonly (readonly [url: RegExp, why: string])[] = [
  [/\/events$/, 'the history of one thing, in facts'],
  [/^\/v1\/work-orders\/:id\/attachments$/, 'the files of one order, each taken out by itself'],
  [/\/clocks$/, 'the clocks of one order, explained segment by segment'],
  [
    /^\/v1\/consents\/:id\/dossier$/,
    'kept as it was shown to whom it was asked of; the record as it is now has a table',
  ],
  [/^\/v1\/meetings\/:id(\/redacted)?$/, 'one meeting whole, for those who sit in it'],
  [/^\/v1\/incidents\/:id\/candidates$/, 'what a shift leader may pick from at the moment'],
  [/^\/v1\/publications\/:id\/photos$/, 'pictures to choose from'],
  [/^\/v1\/done$/, 'the caller’s own steps, in facts'],
  [/^\/v1\/changes$/, 'the feed machines follow'],
  [/^\/v1\/units\/:code\/webhook\/deliveries$/, 'the mail book of a machine'],
  [/^\/v1\/units\/:code\/queue$/, 'counts of a queue that is claimed, not printed'],
  [/^\/v1\/exports$/, 'the tables themselves'],
  [/^\/v1\/callers\/missed$/, 'its rows are phone numbers'],
  [
    /^\/v1\/public\//,
    'read by everybody as it is; staff take the same out of publications, rates, decrees and notices',
  ],
  [/^\/v1\/bulletins$/, 'has a page to print of its own'],
  [/^\/v1\/policies\/(clocks|ladder)$/, 'one policy whole, set as it is read'],
  [/^\/v1\/(areas\/locate|directory\/explain|calendars\/deadline|service-points\/nearest)$/, 'one question answered'],
];

type Schema = Readonly<{ $ref?: string; type?: string; items?: Schema; properties?: Readonly<Record<string, Schema>> }>;
type Get = Readonly<{ responses: Readonly<Record<string, { content?: Record<string, { schema: Schema }> }>> }>;
const document = app.swagger() as unknown as {
  paths: Record<string, Readonly<{ get?: Get }>>;
  components: { schemas: Record<string, Schema> };
};
/** A shape itself, where it is told by name. */
const itself = (shape: Schema | undefined): Schema =>
  shape?.$ref === undefined ? (shape ?? {}) : itself(document.components.schemas[shape.$ref.split('/').at(-1) ?? '']);

/** Whether a route answers with rows: a list of `items`, or any list of objects where it is not one thing by its id. */
const answersRows = (url: string, { responses }: Get): boolean => {
  const { properties = {} } = itself(responses['200']?.content?.['application/json']?.schema);
  const lists = Object.entries(properties).flatMap(([name, shape]) => {
    const { type, items } = itself(shape);
    return type === 'array' ? [{ name, isOfObjects: itself(items).type === 'object' }] : [];
  });
  return lists.some(({ name, isOfObjects }) => name === 'items' || (isOfObjects && !/\/:\w+$/.test(url)));
};
const withRows = Object.entries(document.paths).flatMap(([path, { get }]) => {
  const url = path.replaceAll(/\{(\w+)\}/g, ':$1');
  return get !== undefined && answersRows(url, get) ? [url] : [];
});

describe('every list', () => {
  test('has a name of its own in Chinese', () => {
    const names = exportListNames.map((name) => titleOf(name, 'zh'));
    expect(new Set(names).size).toBe(names.length);
    expect(names.join('')).toMatch(/^\p{Script=Han}+$/u);
  });

  test('can be taken out as a table, or is named with the reason why not; no reason is left over', () => {
    expect(withRows.length).toBeGreaterThan(60); // a walk that finds nothing must not pass
    const exported = new Set(exportListNames.map((name) => exportList(name).route));
    const reasonOf = (url: string) => leftOut.find(([pattern]) => pattern.test(url));
    const isEither = (url: string) => exported.has(url) !== (reasonOf(url) !== undefined);
    expect(withRows.filter((url) => !isEither(url))).toEqual([]);
    expect(leftOut.filter(([pattern]) => !withRows.some((url) => pattern.test(url)))).toEqual([]);
  });
});

const span = { from: '2026-02-01T00:00:00+08:00', to: '2026-04-01T00:00:00+08:00' };
/** What a list has to be asked by. */
const filters: Readonly<Partial<Record<ExportListName, Readonly<Record<string, string>>>>> = {
  'unit-calls': { code: lightsUnit },
  'street-powers': { code: ids.street, ...span },
  'district-powers': { code: '510107', ...span },
  'incident-requests': { id: ids.incident },
  'inspected-units': span,
  'evaluation-scores': { id: ids.evaluation },
  rates: { ...span, by: 'unit' },
  levels: span,
  'most-asked': {},
  'refused-pushes': span,
  dossiers: { code: lightsUnit, ...span },
  'period-reviews': { id: ids.evaluation },
  'field-counts': { period: '2026-Q1' },
  'visits-needed': { by: 'level' },
  'service-reach': span,
  'index-values': { code: 'safety' },
  'snapshot-rates': { id: ids.snapshot },
  'snapshot-rows': { id: ids.snapshot },
};

type Part = Readonly<Record<'followUps' | 'lines' | 'terms' | 'days', readonly unknown[]>>;
type Body = Readonly<Record<'items' | 'streets' | 'byUnit' | 'results' | 'blanks', readonly Part[]>> &
  Readonly<{ whole: UnitRecord; terms: readonly Readonly<{ record: UnitRecord }>[] }>;
const sum = (all: readonly Part[], of: (each: Part) => readonly unknown[]): number =>
  all.reduce((total, each) => total + of(each).length, 0);
/** How many rows an answer has, where they are not its items. */
const rowsIn: Readonly<Partial<Record<ExportListName, (body: Body) => number>>> = {
  'follow-ups': ({ items }) => sum(items, (order) => order.followUps),
  'street-powers': ({ streets }) => streets.length,
  'district-powers': ({ streets }) => streets.length,
  'refused-pushes': ({ byUnit }) => sum(byUnit, ({ lines }) => lines),
  'evaluation-scores': ({ results }) => sum(results, ({ terms }) => terms),
  'evaluation-schemes': ({ items }) => sum(items, ({ terms }) => terms),
  dossiers: ({ whole, terms }) =>
    [whole, ...terms.map(({ record }) => record)].reduce((total, record) => total + linesOfRecord(record).length, 0),
  coverage: ({ blanks }) => blanks.length,
  calendars: ({ items }) => sum(items, ({ days }) => days),
};

/** The status of a list and how many rows it has, asked by its own route through all its pages. */
async function listed(as: string, name: ExportListName): Promise<[number, number]> {
  const asked = { ...filters[name] };
  const path = exportList(name).route.replaceAll(/:(\w+)/g, (_, key: string) => {
    const said = asked[key] ?? '';
    delete asked[key];
    return said;
  });
  let rows = 0;
  for (let cursor: string | null = ''; cursor !== null; ) {
    const paging = { limit: '200', ...(cursor === '' ? {} : { cursor }) };
    const takes = document.paths[exportList(name).route.replaceAll(/:(\w+)/g, '{$1}')]?.get as unknown as {
      parameters?: { name: string }[];
    };
    const known = new Set(takes.parameters?.map((p) => p.name));
    const query = new URLSearchParams(Object.entries({ ...asked, ...paging }).filter(([key]) => known.has(key)));
    const reply = await call(as, 'GET', `${path}?${query.toString()}`);
    if (reply.status !== 200) return [reply.status, 0];
    rows += (rowsIn[name] ?? (({ items }) => items.length))(reply.body);
    cursor = reply.body.nextCursor ?? null;
  }
  return [200, rows];
}
let n = 0;
async function tableOf(
  as: string,
  list: ExportListName,
  language = 'zh',
  headers: Record<string, string> = {},
): Promise<readonly [number, string[][]]> {
  const body = { list, format: 'csv', filter: filters[list] ?? {} };
  const made = await call(as, 'POST', 'exports', body, { ...headers, 'accept-language': language });
  if (made.status !== 201) return [made.status, []];
  // The limit of an address without a key is not what is asked here.
  n += 1;
  const { payload } = await app.inject({ method: 'GET', url: made.body.link, remoteAddress: `192.0.2.${n % 250}` });
  return [200, parse(payload, { bom: true, relax_column_count: true })];
}

const everybody = [
  'operator',
  'shiftLeader',
  'inspector',
  'auditor',
  'admin',
  'government',
  'judge',
  'gridWorker',
  unit,
  'unit:510107-water',
  `unit:${ids.street}`,
];
/** Lists that have nothing to tell in a city where nothing is missing. */
const empty: ReadonlySet<ExportListName> = new Set(['coverage']);
/** Columns in which names and codes stand as they are: people, posts, keys. */
const named = /编码|编号|名称|条目|机构|口径|岗|当班|人$|^评价员$/;

describe.each(exportListNames)('%s', (name) => {
  test('has the rows its list shows to each, in words, is refused to whom that is, and says nothing of who asked', async () => {
    let most = 0;
    for (const as of everybody) {
      const [status, rows] = await listed(as, name);
      const [taken, [, titles = [], ...table]] = await tableOf(as, name);
      expect([taken, table.length], as).toEqual([status, rows]);
      expect(JSON.stringify(table)).not.toMatch(`${requesterName}|${requesterPhone}`);
      const isCode = (cell: string, i: number) => /^[a-z]+(?:[_-][a-z]+)*$/.test(cell) && !named.test(titles[i] ?? '');
      expect(
        table.flatMap((row) => row.filter(isCode)),
        as,
      ).toEqual([]);
      most = Math.max(most, rows);
    }
    expect(most > 0, 'a walk over nothing must not pass').toBe(!empty.has(name));
  });

  test('has titles of its own in two languages', () => {
    const { titles } = exportList(name);
    for (const language of [0, 1]) expect(new Set(titles.map((words) => words[language])).size).toBe(titles.length);
    expect(titles.map(([, english]) => english).join('')).toMatch(/^[\x20-\x7e]*$/);
  });
});

describe('what a list hides', () => {
  const column = async (as: string, list: ExportListName, title: string, headers: Record<string, string> = {}) => {
    const [, [, titles = [], ...rows]] = await tableOf(as, list, 'zh', headers);
    expect(titles).toContain(title);
    return rows.map((row) => row[titles.indexOf(title)]);
  };

  test('of a bench a judge reads the own seat alone, whoever oversees it all three', async () => {
    const { post, holder } = ids.judge;
    expect(await column('judge', 'judgements', '评价员', { 'gridcall-actor': holder })).toEqual([post]);
    expect((await column('shiftLeader', 'judgements', '评价员'))[0]?.split('、')).toHaveLength(3);
  });

  test('who was drawn to decide an exclusion its unit does not learn', async () => {
    expect(await column(unit, 'exclusions', '评审岗位')).toEqual(['']);
    expect((await column('inspector', 'exclusions', '评审岗位'))[0]?.split('、')).toContain(ids.reviewer);
    for (const list of ['exclusions', 'approvals', 'work-orders', 'follow-ups', 'measures'] as const)
      expect(JSON.stringify(await tableOf(unit, list)), list).not.toContain(ids.reviewer);
    expect(await column(unit, 'approvals', '审批意见')).toContain('证据不足');
  });

  test('keys leave without a secret, nor what one is known by', async () => {
    const { rows } = await pool.query<{ secret: string }>('select secret_hash as secret from clients');
    const text = JSON.stringify(await tableOf('admin', 'clients'));
    expect(text).toContain('管理员');
    for (const { secret } of rows) expect(text).not.toContain(secret);
    const vendors = await pool.query<{ secrets: string[] }>('select secrets from survey_vendors');
    const told = JSON.stringify(await tableOf('admin', 'survey-vendors'));
    for (const secret of vendors.rows.flatMap(({ secrets }) => secrets)) expect(told).not.toContain(secret);
  });

  test('a shape on the map is told as one, and no coordinate leaves', async () => {
    expect(await column('shiftLeader', 'incidents', '范围')).toEqual(['图上划定范围']);
    expect(JSON.stringify(await tableOf('shiftLeader', 'incidents'))).not.toContain('104.03');
    expect(await column('shiftLeader', 'notices', '范围')).toEqual(['机投桥街道']);
  });
});

describe('what a list is narrowed by', () => {
  const ask = (list: ExportListName, filter: object, as = 'shiftLeader') =>
    call(as, 'POST', 'exports', { list, format: 'csv', filter });

  test('is what its own route takes: words, some of them, yes or no, moments', async () => {
    const all = (await ask('work-orders', {})).body.rows;
    const some = async (filter: object) => (await ask('work-orders', filter)).body.rows;
    expect(await some({ state: ['closed'] })).toBe(1);
    expect(await some({ state: 'closed,no_such' })).toBeUndefined();
    expect((await some({ overdue: true })) + (await some({ overdue: 'false' }))).toBe(all);
    expect(await some({ from: '2026-03-03T00:00:00+08:00' })).toBe(0);
    expect((await ask('inspection-items', { mine: true })).body.rows).toBe(0);
    expect((await ask('measures', { grade: 'remind' })).body.rows).toBe(1);
    expect((await ask('posts', { role: 'judge' })).body.rows).toBeGreaterThan(3);
  });

  test('free words are not taken, a span has a beginning and an end, and what is out of sight is 404', async () => {
    expect((await ask('work-orders', { q: requesterName })).status).toBe(400);
    expect((await ask('rates', { by: 'unit' })).status).toBe(400);
    expect((await ask('field-counts', { period: '2026-Q1', ...span })).status).toBe(400);
    expect((await ask('index-values', { code: 'safety', area: '510107', unit: '510107' })).status).toBe(400);
    const backwards = { from: span.to, to: span.from };
    for (const list of ['levels', 'refused-pushes', 'most-asked'] as const)
      expect((await ask(list, backwards)).status, list).toBe(400);
    expect((await ask('rates', { ...backwards, by: 'unit' })).status).toBe(400);
    const before = (await pool.query('select from exports')).rowCount;
    expect((await ask('incident-requests', { id: ids.incident }, unit)).status).toBe(404);
    expect((await ask('unit-calls', { code: lightsUnit }, 'unit:510107-water')).status).toBe(404);
    expect((await pool.query('select from exports')).rowCount).toBe(before);
  });
});
