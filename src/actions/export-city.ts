import { holderOf } from '../domain/city.ts';
import { type CityList, cityLists, thingsOf } from './city-lists.ts';
import { area, type Column, eachOf, joined, said, several, share, table, unit, whole, yes } from './export-table.ts';

/** What the city is made of, one kind of it. */
export const things = <T>(path: string, list: CityList<T>, columns: readonly Column<T>[]) =>
  table(
    whole(`/v1/${path}`, (deps, wanted: Readonly<Record<string, string | undefined>>) =>
      thingsOf(list, deps.city(), wanted),
    ),
    columns,
  );

/** Units (单位). */
export const units = things('units', cityLists.unit, [
  ['编码', 'code', (u) => u.code],
  ['名称', 'name', (u) => u.name],
  ['类型', 'kind', (u, r) => said('unitKind', u.kind, r)],
  ['上级单位', 'parent', (u, r) => unit(u.parent, r)],
  ['主管部门', 'line', (u, r) => unit(u.line, r)],
  ['辖区', 'area', (u, r) => area(u.area, r)],
  ['领导签批', 'leader signs', (u, r) => yes(u.leaderSigns, r)],
  ['排名分组', 'group', (u) => u.group ?? null],
]);

/** Posts and who holds them (岗位). */
export const posts = things('posts', cityLists.post, [
  ['编码', 'code', (p) => p.code],
  ['岗位', 'name', (p) => p.name],
  ['单位', 'unit', (p, r) => unit(p.unit, r)],
  ['角色', 'role', (p, r) => said('role', p.role, r)],
  ['A岗', 'holder A', (p) => p.holderA],
  ['B岗', 'holder B', (p) => p.holderB],
  ['当班', 'acting', holderOf],
  ['负责区域', 'areas', (p, r) => several(p.areas, area, r)],
  ['技能', 'skills', (p, r) => joined(p.skills, r)],
]);

/** Categories (诉求类别). */
export const categories = things('categories', cityLists.category, [
  ['类别', 'category', (c) => c.code],
  ['末级', 'leaf', (c, r) => yes(c.leaf, r)],
  ['需要地点', 'needs a place', (c, r) => yes(c.needsPlace, r)],
  ['难度', 'severity', (c, r) => said('severity', c.severity, r)],
  ['时限档次', 'tier', (c, r) => said('tier', c.tier, r)],
  ['核实方式', 'verification', (c, r) => said('verification', c.verification, r)],
  ['协办单位', 'co-handlers', (c, r) => several(c.coHandlers, unit, r)],
  ['综合事项', 'comprehensive', (c, r) => yes(c.comprehensive, r)],
  ['行政行为', 'administrative act', (c, r) => yes(c.administrativeAct, r)],
  ['考核任务', 'assessment', (c, r) => yes(c.assessment ?? false, r)],
  ['涉及安全', 'safety', (c, r) => yes(c.safety, r)],
  ['法定时限', 'statutory limit', (c) => c.statutory?.amount ?? null],
  ['时限单位', 'counted in', (c, r) => said('dayKind', c.statutory?.kind, r)],
  ['法律依据', 'law', (c) => c.statutory?.law ?? null],
  ['取消原因', 'retired because', (c) => c.retired?.reason ?? null],
]);

/** Channels (渠道). */
export const channels = things('channels', cityLists.channel, [
  ['编码', 'code', (c) => c.code],
  ['渠道', 'channel', (c) => c.name],
]);

/** Lines of the duty lists (权责清单). */
export const dutyLists = things('duty-lists', cityLists.duty, [
  ['条目', 'line', (d) => d.line],
  ['清单', 'list', (d, r) => said('dutyList', d.list, r)],
  ['单位类型', 'unit kind', (d, r) => said('unitKind', d.unitKind, r)],
  ['单位', 'unit', (d, r) => unit(d.unit, r)],
  ['诉求类别', 'category', (d) => d.category],
  ['内容', 'text', (d) => d.text],
  ['依据', 'basis', (d) => d.basis ?? null],
]);

/** Articles (知识库). */
export const knowledge = things('knowledge', cityLists.article, [
  ['编码', 'code', (a) => a.code],
  ['标题', 'title', (a) => a.title],
  ['诉求类别', 'category', (a) => a.category],
  ['内容', 'text', (a) => a.text],
]);

/** Matters of joint enforcement (联合执法事项). */
export const jointMatters = things('joint-matters', cityLists.joint_matter, [
  ['编码', 'code', (m) => m.code],
  ['事项', 'matter', (m) => m.name],
  ['诉求类别', 'category', (m) => m.category],
  ['参加单位', 'required units', (m, r) => several(m.requiredUnits, unit, r)],
  ['最少单位数', 'quorum', (m) => m.quorum],
  ['牵头单位', 'lead', (m, r) => unit(m.lead, r)],
  ['权力清单条目', 'power item', (m) => m.powerItem],
]);

/** A row for each term of each scheme. */
export const evaluationSchemes = table(
  eachOf(
    whole('/v1/evaluation-schemes', (deps, wanted: Readonly<Record<string, string | undefined>>) =>
      thingsOf(cityLists.evaluation_scheme, deps.city(), wanted),
    ),
    (scheme) => scheme.terms.map((term) => ({ scheme, term })),
  ),
  [
    ['编码', 'code', ({ scheme }) => scheme.code],
    ['考核方案', 'scheme', ({ scheme }) => scheme.name],
    ['单位类型', 'unit kind', ({ scheme }, r) => said('unitKind', scheme.unitKind, r)],
    ['周期', 'cut', ({ scheme }, r) => said('cut', scheme.cut, r)],
    ['指标', 'term', ({ term }) => term.name],
    ['来源', 'source', ({ term }, r) => said('termSource', term.source, r)],
    ['权重', 'weight', ({ term }) => share(term.weight)],
  ],
);
