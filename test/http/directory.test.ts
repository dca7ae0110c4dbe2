import { expect, test } from 'vitest';
import type { DirectoryRow } from '../../src/domain/city.ts';
import { aLight, demo } from '../support/city.ts';

const { call, clock } = await demo();

const light = '城市管理/部件/路灯';
const explain = (category: string, area?: string) =>
  call(
    'operator',
    'GET',
    `directory/explain?category=${encodeURIComponent(category)}${area === undefined ? '' : `&area=${area}`}`,
  );

/** Every row of the directory in force. */
async function present(): Promise<DirectoryRow[]> {
  const rows: DirectoryRow[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await call('operator', 'GET', `directory?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`);
    rows.push(...page.body.items);
    cursor = page.body.nextCursor;
  }
  return rows;
}
const draft = (rows: readonly object[], more: object = {}) =>
  call('admin', 'POST', 'directory/versions', { name: 'new', rows, ...more });
const activate = (id: string, body: object = {}) => call('admin', 'POST', `directory/versions/${id}/activate`, body);
const codes = (findings: readonly { code: string }[]) => [...new Set(findings.map((f) => f.code))].toSorted();

test('the rows in force, by category and unit, and the one that decides, with the guard’s answer', async () => {
  const rows = await present();
  expect(rows).toHaveLength(166);
  const ours = await call('operator', 'GET', `directory?category=${encodeURIComponent(light)}`);
  expect(ours.body).toMatchObject({
    version: '2026-01-01',
    items: [{ category: light, unit: '510107-urban-management' }],
  });
  const why = await explain(light, '510107001');
  expect(why.body).toMatchObject({
    version: '2026-01-01',
    path: ['510107', '510107001'],
    rows: [{ category: light, chosen: true, responsible: '510107-urban-management' }],
    routing: { status: 'decided', unit: '510107-urban-management' },
    admission: { unit: '510107-urban-management', admitted: true },
  });
  expect((await explain(light)).body.routing).toMatchObject({ status: 'undecided', reason: 'place-missing' });
  expect((await explain('没有')).body.code).toBe('category-unknown');
  expect((await explain(light, 'nowhere')).body.code).toBe('area-unknown');
});

test('the report finds what blocks, and a version with that is not activated', async () => {
  const rows = await present();
  const [first] = rows as [DirectoryRow];
  const row = (more: object) => ({ ...first, line: `x${Math.random()}`, area: '510107001', ...more });
  for (const [extra, code] of [
    [{ ...first }, 'line-twice'],
    [{ ...first, line: 'x' }, 'ambiguous'],
    [row({ category: '没有' }), 'category-unknown'],
    [row({ unit: 'nobody', level: null }), 'unit-unknown'],
    [row({ area: '999' }), 'area-unknown'],
    [row({ unit: null, level: null }), 'nobody-named'],
    [row({ category: '城市管理/事件/私搭乱建', unit: null, level: 'community' }), 'administrative-act'],
  ] as const) {
    const made = await draft([...rows, extra]);
    expect(made.status, made.text).toBe(201);
    expect(codes(made.body.report.blocking)).toContain(code);
    expect((await activate(made.body.versionId, { acceptWarnings: '已核' })).body.code).toBe('version-blocked');
  }
});

test('leaves nobody decides and rows off the duty list are warnings, to be accepted in writing', async () => {
  const rows = await present();
  const fewer = rows.filter((r) => r.category !== light);
  const pushed = { ...(rows.find((r) => r.category === light) as DirectoryRow), unit: null, level: 'community' };
  expect(codes((await draft(fewer)).body.report.warnings)).toEqual(['leaf-undecided']);
  const made = await draft([...fewer, pushed]);
  expect(made.body.report).toMatchObject({ blocking: [], warnings: [{ code: 'off-duty-list', line: pushed.line }] });
  expect((await activate(made.body.versionId)).body.code).toBe('warnings-not-accepted');
  const seen = await call('auditor', 'GET', `directory/versions/${made.body.versionId}`);
  expect(seen.body).toMatchObject({ state: 'draft', findings: { blocking: 0, warnings: 1 } });
  expect(seen.body.rows).toHaveLength(rows.length);
});

test('a version decides from its date on, whole, and never before', async () => {
  const rows = await present();
  const changed = rows.map((r) => (r.category === light ? { ...r, unit: '510107-roads' } : r));
  const made = await draft(changed, { name: '2026-04-01', validFrom: '2026-04-01T00:00:00+08:00' });
  expect((await activate(made.body.versionId)).status).toBe(200);
  expect((await activate(made.body.versionId)).body.code).toBe('already-active');
  const backdated = await draft(rows, { name: '2020', validFrom: '2020-01-01T00:00:00+08:00' });
  expect((await activate(backdated.body.versionId)).body.validFrom).toBe('2026-03-02T09:00:00+08:00');
  expect((await explain(light, '510107001')).body.version).toBe('2020');
  const owner = async () => (await call('operator', 'POST', 'requests', aLight())).body.workOrder.responsibleUnit.code;
  expect(await owner()).toBe('510107-urban-management');
  clock.set('2026-04-01T00:00:00+08:00');
  expect(await owner()).toBe('510107-roads');
  expect(
    (await call('auditor', 'GET', 'directory/versions')).body.items.map((v: { name: string }) => v.name),
  ).toContain('2026-04-01');
});
