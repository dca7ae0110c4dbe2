import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { demoCity, demoSeeds } from '../../src/dev/demo-city.ts';
import { buildCalendar, hasRoundTheClockDuty, officeHours } from '../../src/domain/calendar.ts';
import { type City, isUnder, type UnitKind } from '../../src/domain/city.ts';
import { defaultClockRules } from '../../src/domain/clock-rules.ts';
import { defaultLadder } from '../../src/domain/ladder-rows.ts';
import { requestKinds, urgencies } from '../../src/domain/request.ts';
import { admits, route } from '../../src/domain/routing.ts';
import { defaultSampling } from '../../src/domain/sampling.ts';
import { serviceFaults } from '../../src/domain/service.ts';
import { servicePointFaults } from '../../src/domain/service-point.ts';

const demo = demoCity();
const units = new Map(demo.units.map((unit) => [unit.code, unit]));
const categories = new Map(demo.categories.map((category) => [category.code, category]));
const leaves = demo.categories.filter((category) => category.leaf);
const city: City = {
  version: 'demo',
  units,
  posts: demo.posts,
  categories,
  directory: demo.directory,
  dutyLists: demo.dutyLists,
  channels: new Map(demo.channels.map((channel) => [channel.code, channel])),
  calendar: buildCalendar(demo.notices),
  defaultHours: officeHours,
  clockRules: defaultClockRules,
  sampling: defaultSampling,
  counts: { version: defaultLadder.version, rows: defaultLadder.counts },
};
const kindOf = (code: string): UnitKind | undefined => units.get(code)?.kind;
const ofKind = (kind: UnitKind) => demo.units.filter((unit) => unit.kind === kind);
const areaCodes = new Set(demo.areas.features.map(({ properties }) => properties.code));
const place = ['510107', '510107001', '510107001004', '510107001004001'];
const repeated = (codes: readonly string[]): readonly string[] => codes.filter((code, i) => codes.indexOf(code) !== i);

test('the map has 1 district, 15 streets, 113 communities and 904 grids, at levels that are named', () => {
  const counts = demo.levels.map(
    ({ code, property }) => [code, demo.areas.features.filter((f) => f.properties.level === property).length] as const,
  );
  expect(Object.fromEntries(counts)).toEqual({ district: 1, street: 15, community: 113, grid: 904 });
  expect(demo.areas.features).toHaveLength(1 + 15 + 113 + 904);
});

test('every kind of office is there in its number', () => {
  expect(ofKind('hotline_centre')).toHaveLength(1);
  expect(ofKind('district')).toHaveLength(1);
  expect(ofKind('street')).toHaveLength(15);
  expect(ofKind('community')).toHaveLength(113);
  expect(ofKind('department').length).toBeGreaterThanOrEqual(20);
  expect(ofKind('utility').length).toBeGreaterThanOrEqual(5);
  expect(ofKind('property_company')).toHaveLength(2);
});

test('each of two streets commands six stationed teams, whose line is a department', () => {
  const teams = Map.groupBy(ofKind('stationed'), (unit) => unit.parent);
  expect([...teams.values()].map((of) => of.length)).toEqual([6, 6]);
  for (const team of ofKind('stationed')) {
    expect(kindOf(team.parent ?? '')).toBe('street');
    expect(kindOf(team.line ?? '')).toBe('department');
    expect(team.area).toBe(team.parent);
  }
});

test('the units form one tree under the hotline', () => {
  expect(repeated(demo.units.map((unit) => unit.code))).toEqual([]);
  for (const unit of demo.units) {
    if (unit.code === 'hotline') expect(unit.parent).toBeNull();
    else expect(units.has(unit.parent ?? ''), unit.code).toBe(true);
    expect(isUnder(city, unit.code, 'hotline'), unit.code).toBe(true);
  }
});

test('streets and communities bear the code and the parent of their area', () => {
  for (const { properties } of demo.areas.features)
    if (properties.level === 'street' || properties.level === 'community')
      expect(units.get(properties.code)).toMatchObject({
        kind: properties.level,
        area: properties.code,
        parent: properties.parent,
      });
  expect(demo.units.filter((unit) => unit.area !== null && !areaCodes.has(unit.area))).toEqual([]);
});

test('utilities are on duty round the clock; some communities work long hours, others the ordinary week', () => {
  for (const { code, hours } of ofKind('utility'))
    expect(hours !== null && hasRoundTheClockDuty(hours), code).toBe(true);
  const long = ofKind('community').filter((unit) => unit.hours?.week.sat?.[0]?.join('-') === '08:00-20:00');
  expect(long.length).toBeGreaterThan(0);
  expect(ofKind('community').filter((unit) => unit.hours === null)).toHaveLength(113 - long.length);
});

test('every post has a holder and another one to stand in, and every unit a clerk and a leader', () => {
  expect(repeated(demo.posts.map((post) => post.code))).toEqual([]);
  for (const post of demo.posts) {
    expect(units.has(post.unit), post.code).toBe(true);
    expect(post.holderB, post.code).not.toBeNull();
    expect(post.holderB, post.code).not.toBe(post.holderA);
  }
  const rolesOf = Map.groupBy(demo.posts, (post) => post.unit);
  for (const unit of demo.units) {
    const held = rolesOf.get(unit.code)?.map((post) => post.role) ?? [];
    expect(held, unit.code).toEqual(expect.arrayContaining(['unit_clerk', 'unit_leader']));
  }
});

test('every grid has exactly one worker post, of its own community', () => {
  const workers = demo.posts.filter((post) => post.role === 'grid_worker');
  const covered = workers.flatMap((post) => post.areas);
  const grids = demo.areas.features.filter((f) => f.properties.level === 'microgrid').map((f) => f.properties);
  expect(covered.toSorted()).toEqual(grids.map((grid) => grid.code).toSorted());
  const parentOf = new Map(grids.map((grid) => [grid.code, grid.parent]));
  for (const post of workers) for (const grid of post.areas) expect(parentOf.get(grid)).toBe(post.unit);
});

test('the categories form a tree of at most three levels in which a leaf has no children', () => {
  for (const { code, name, parent } of demo.categories) {
    expect(code.split('/').length, code).toBeLessThanOrEqual(3);
    expect(code).toBe(parent === null ? name : `${parent}/${name}`);
    if (parent !== null) expect(categories.get(parent), code).toMatchObject({ leaf: false });
  }
});

test('all 41 events and 38 components of digital city management are leaves', () => {
  const names = JSON.parse(
    readFileSync(new URL('../../src/dev/city/urban_case_categories.json', import.meta.url), 'utf8'),
  );
  for (const [kind, count] of [
    ['事件', 41],
    ['部件', 38],
  ] as const) {
    const listed = Object.values<string[]>(names[kind]).flat();
    expect(listed).toHaveLength(count);
    for (const name of listed) expect(categories.get(`城市管理/${kind}/${name}`)?.leaf, name).toBe(true);
  }
});

test('co-handlers and lines of the directory and the duty lists name what exists', () => {
  for (const leaf of leaves)
    for (const code of leaf.coHandlers) expect(units.has(code), `${leaf.code} ${code}`).toBe(true);
  for (const row of demo.directory.rows) {
    if (row.unit !== null) expect(units.has(row.unit), row.line).toBe(true);
    expect(categories.has(row.category), row.category).toBe(true);
    expect(row.dutyBasis).not.toBe('');
  }
  for (const line of demo.dutyLists) expect(categories.has(line.category), line.category).toBe(true);
  expect(repeated(demo.directory.rows.map((row) => row.line))).toEqual([]);
  expect(repeated(demo.dutyLists.map((line) => line.line))).toEqual([]);
  for (const article of demo.knowledge)
    expect(categories.get(article.category), article.code).toMatchObject({ tier: 'consult' });
});

test('every leaf is decided by exactly one row, at the level of its severity', () => {
  const rowsOf = Map.groupBy(demo.directory.rows, (row) => row.category);
  for (const { code, severity } of leaves) {
    const rows = rowsOf.get(code) ?? [];
    expect(rows, code).toHaveLength(1);
    const level = { small: 'community', ordinary: 'street', major: null }[severity];
    expect(rows[0]?.level, code).toBe(level);
    if (level === null) expect(['department', 'utility'], code).toContain(kindOf(rows[0]?.unit ?? ''));
    else expect(rows[0]?.unit, code).toBeNull();
  }
});

test('what has no place of its own is decided without one; a retired item is not dispatched at all', () => {
  for (const leaf of leaves) {
    const routing = leaf.needsPlace ? route(city, leaf, place, 'placed') : route(city, leaf, [], 'not_needed');
    expect(routing.status, leaf.code).toBe(leaf.retired === null ? 'decided' : 'undecided');
  }
  expect(leaves.filter((leaf) => leaf.retired !== null).length).toBeGreaterThanOrEqual(1);
});

test('a community never owns an administrative act', () => {
  const acts = leaves.filter((leaf) => leaf.administrativeAct);
  expect(acts.length).toBeGreaterThan(0);
  const [community] = ofKind('community');
  for (const leaf of acts) {
    expect(['street', 'department', 'utility'], leaf.code).toContain(
      kindOf(route(city, leaf, place, 'placed').unit ?? ''),
    );
    expect(community && admits(city, community, leaf.code).refused, leaf.code).toBe(true);
  }
});

test('the duty lists admit all that the directory gives a street or a community, and refuse what they forbid', () => {
  for (const leaf of leaves) {
    const unit = units.get(route(city, leaf, place, 'placed').unit ?? '');
    if (unit) expect(admits(city, unit, leaf.code), leaf.code).toEqual({ refused: false });
  }
  for (const line of demo.dutyLists.filter((l) => l.list === 'negative')) {
    const unit = ofKind(line.unitKind ?? 'community')[0];
    expect(unit && admits(city, unit, line.category)).toEqual({ refused: true, line: line.line, text: line.text });
  }
  for (const unitKind of ['street', 'community'])
    expect(new Set(demo.dutyLists.filter((l) => l.unitKind === unitKind).map((l) => l.list)).size, unitKind).toBe(4);
});

test('every service and every service point fits the city', () => {
  const articles = new Set(demo.knowledge.map(({ code }) => code));
  expect(demo.services.flatMap((service) => serviceFaults(service, city, (code) => articles.has(code)))).toEqual([]);
  expect(demo.servicePoints.flatMap((point) => servicePointFaults(point, city))).toEqual([]);
  expect(repeated([...demo.services, ...demo.servicePoints].map(({ code }) => code))).toEqual([]);
});

test('the law’s own periods stand beside labour and consumer matters', () => {
  expect(categories.get('人力社保/劳动报酬')?.statutory).toMatchObject({ amount: 60, kind: 'working_day' });
  expect(categories.get('市场监管/预付式消费')?.statutory).toMatchObject({ amount: 7, kind: 'working_day' });
});

test('all fifteen channels have a Chinese name', () => {
  const codes =
    'hotline web app mini_program sms mail media walk_in kiosk grid_worker sensor petition upper_level police_110 open311';
  expect(demo.channels.map((channel) => channel.code)).toEqual(codes.split(' '));
  for (const { name } of demo.channels) expect(name).toMatch(/\p{Script=Han}/u);
});

test('every seed request reads as a channel, a kind, an urgency and a leaf of this city', () => {
  const { requests, mapping } = demoSeeds();
  expect(requests).toHaveLength(120);
  for (const seed of requests) {
    expect(categories.get(seed.category)?.leaf, seed.category).toBe(true);
    expect(city.channels.has(mapping.channels[seed.channel] ?? ''), seed.channel).toBe(true);
    expect(requestKinds).toContain(mapping.urgency[seed.urgency]?.kind);
    expect(urgencies).toContain(mapping.urgency[seed.urgency]?.urgency);
    expect(kindOf(seed.expect_community)).toBe('community');
  }
});

test('the seeds start at every level: community, street, department and utility', () => {
  const { requests } = demoSeeds();
  const kinds = requests.map(({ category, expect_street, expect_community }) => {
    const at = ['510107', expect_street, expect_community];
    return kindOf(route(city, categories.get(category), at, 'placed').unit ?? '');
  });
  expect(new Set(kinds)).toEqual(new Set(['community', 'street', 'department', 'utility']));
});

test('the published years run to 2026, and 2027 has no notice yet', () => {
  expect(city.calendar.publishedThrough).toBe('2026-12-31');
  expect(demo.notices.map((notice) => notice.year)).toContain(2027);
});
