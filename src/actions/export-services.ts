import { isRefusal } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import { cityLists } from './city-lists.ts';
import { things } from './export-city.ts';
import { joined, paged, said, several, share, table, time, unit, whole } from './export-table.ts';
import { type IndexValuesAsked, listIndexValues } from './external-indices.ts';
import { coverage } from './service-points.ts';
import { countVisits } from './services.ts';
import type { PlaceLevel } from './statistics.ts';

/** The service catalogue (服务事项目录). */
export const services = things('services', cityLists.service, [
  ['编码', 'code', (service) => service.code],
  ['事项', 'service', (service) => service.name],
  ['单位', 'unit', (service, r) => unit(service.unit, r)],
  ['诉求类别', 'category', (service) => service.category],
  ['材料', 'materials', (service, r) => joined(service.materials, r)],
  ['办理时限', 'limit', (service) => service.limit?.days ?? null],
  ['时限单位', 'counted in', (service, r) => said('dayKind', service.limit?.kind, r)],
  ['到现场次数', 'visits needed', (service) => service.visitsNeeded],
  ['办理方式', 'ways', (service, r) => several(service.ways, (way) => said('serviceWay', way, r), r)],
  ['知识编码', 'article', (service) => service.article],
]);

/** How much of the catalogue needs no visit (一次不跑), or one at most. */
export const visitsNeeded = table(
  whole('/v1/statistics/services', async (deps, { by, ...asked }: Parameters<typeof countVisits>[1]) => {
    const counted = await countVisits(deps, { by, ...asked });
    return [...counted.by].map(([key, shares]) => ({ by, key, ...shares }));
  }),
  [
    [
      '范围',
      'key',
      ({ by, key }, r) => (by === 'level' || key === null ? said('level', key ?? 'city', r) : unit(key, r)),
    ],
    ['事项数', 'services', ({ noVisit }) => noVisit.denominator],
    ['一次不跑', 'no visit', ({ noVisit }) => noVisit.numerator],
    ['一次不跑占比', 'share of no visit', ({ noVisit }) => share(noVisit.share)],
    ['最多跑一次', 'one visit at most', ({ atMostOne }) => atMostOne.numerator],
    ['最多跑一次占比', 'share of one at most', ({ atMostOne }) => share(atMostOne.share)],
  ],
);

/** Where residents are served near home. */
export const servicePoints = things('service-points', cityLists.service_point, [
  ['编码', 'code', (point) => point.code],
  ['站点', 'name', (point) => point.name],
  ['类型编码', 'kind', (point) => point.kind],
  ['单位', 'unit', (point, r) => unit(point.unit, r)],
  ['地址', 'address', (point) => point.address],
  ['经度', 'longitude', (point) => point.lon],
  ['纬度', 'latitude', (point) => point.lat],
]);

type ReachAsked = Readonly<{
  from: Instant;
  to: Instant;
  level: PlaceLevel;
  area?: string | undefined;
  kind?: string | undefined;
  minutes: number;
  metresPerMinute: number;
}>;

/** How far the points reach (“3分钟”幸福生活圈), by area. */
export const reach = table(
  whole('/v1/statistics/service-points', async (deps, asked: ReachAsked, actor) => {
    const { minutes, metresPerMinute, area = null, kind, ...span } = asked;
    const found = await coverage(deps, { ...span, kind, area, radiusM: minutes * metresPerMinute }, actor);
    if (isRefusal(found)) return found;
    const rows = [];
    for (const each of found.areas) rows.push({ area: each, minutes, ...(await found.of(each)) });
    return rows;
  }),
  [
    ['编码', 'code', ({ area }) => area.code],
    ['区域', 'area', ({ area }) => area.name],
    ['步行分钟', 'minutes on foot', ({ minutes }) => minutes],
    ['覆盖面积', 'ground reached', ({ ground }) => ground?.numerator ?? null],
    ['面积', 'ground', ({ ground }) => ground?.denominator ?? null],
    ['面积覆盖率', 'share of ground', ({ ground }) => share(ground?.share ?? null)],
    ['覆盖诉求数', 'requests reached', ({ requests }) => requests.numerator],
    ['诉求数', 'requests', ({ requests }) => requests.denominator],
    ['诉求覆盖率', 'share of requests', ({ requests }) => share(requests.share)],
    ['无位置诉求数', 'requests without a place', ({ requests }) => requests.unknown],
  ],
);

/** Indices that others measure (公众安全感满意度测评 …). */
export const externalIndices = things('external-indices', cityLists.external_index, [
  ['编码', 'code', (index) => index.code],
  ['指数', 'index', (index) => index.name],
  ['来源', 'source', (index) => index.source],
  ['计量', 'measure', (index, r) => said('indexMeasure', index.measure, r)],
  ['周期', 'cut', (index, r) => said('cut', index.cut, r)],
]);

/** What an index has said of areas and units. */
export const indexValues = table(
  paged(
    '/v1/external-indices/:code/values',
    (deps, filter: Omit<IndexValuesAsked, 'after' | 'limit'>, page: Pick<IndexValuesAsked, 'after' | 'limit'>) =>
      listIndexValues(deps, { ...filter, ...page }),
    ({ value }) => ({ at: value.ends, id: value.id }),
  ),
  [
    ['指数', 'index', ({ value }, { state }) => state.indices.get(value.index)?.name ?? value.index],
    ['编码', 'code', ({ value }) => value.code],
    [
      '区域或单位',
      'area or unit',
      ({ value }, { city, state, now }) =>
        (value.kind === 'unit' ? city.units : state.areasAt(now).tree.byCode).get(value.code)?.name ?? value.code,
    ],
    ['期别', 'period', ({ value }) => value.period],
    ['数值', 'value', ({ value }) => value.value],
    ['样本量', 'sample', ({ value }) => value.sample],
    ['名次', 'place', ({ value }) => value.rank?.place ?? null],
    ['参评数', 'among', ({ value }) => value.rank?.of ?? null],
    ['较上期', 'on the period before', ({ onBefore }) => onBefore],
    ['较去年同期', 'on last year', ({ onLastYear }) => onLastYear],
    ['版本', 'version', ({ value }) => value.version],
    ['文件', 'document', ({ value }) => value.document],
    ['更正原因', 'reason', ({ value }) => value.reason],
    ['录入人', 'imported by', ({ value }) => value.importedBy.name],
    ['录入时间', 'imported', ({ value }) => time(value.at)],
  ],
);
