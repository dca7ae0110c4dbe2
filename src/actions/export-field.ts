import { nameOfKey } from '../domain/rated.ts';
import { isRefusal } from '../domain/refusal.ts';
import { area, byId, day, number, said, several, table, time, unit, whole } from './export-table.ts';
import { countEntries, listFieldRecords } from './field-records.ts';

/** What units do among residents (公益活动、实事、一线考察). */
export const fieldRecords = table(
  byId('/v1/field-records', listFieldRecords, ({ id }) => id),
  [
    ['类型', 'kind', ({ kind }, r) => said('recordKind', kind, r)],
    ['日期', 'day', ({ on }) => day(on)],
    ['标题', 'title', ({ title }) => title],
    ['单位', 'unit', (record, r) => unit(record.unit, r)],
    ['区域', 'area', (record, r) => area(record.area, r)],
    ['内容', 'words', ({ words }) => words],
    ['参加人数', 'participants', ({ participants }) => participants],
    ['服务时长', 'hours', ({ hours }) => hours],
    ['考察人', 'visitors', ({ visitors }, r) => several(visitors, ({ name }) => name, r)],
    ['被考察单位', 'about', ({ about }, r) => unit(about, r)],
    ['相关工单', 'work orders', ({ workOrderIds }, r) => several(workOrderIds, number, r)],
    ['记录人', 'recorded by', ({ recordedBy }) => recordedBy.name],
    ['记录时间', 'recorded', ({ recordedAt }) => time(recordedAt)],
    ['作废时间', 'withdrawn', ({ withdrawn }) => time(withdrawn?.at)],
    ['作废原因', 'withdrawn because', ({ withdrawn }) => withdrawn?.reason ?? null],
  ],
  ({ workOrderIds }) => workOrderIds,
);

/** How many of them there were in a period or a span, by whom or where. */
export const fieldCounts = table(
  whole('/v1/statistics/field-records', async (deps, asked: Parameters<typeof countEntries>[1], actor) => {
    const found = await countEntries(deps, asked, actor);
    return isRefusal(found) ? found : [...found.by].map(([key, counts]) => ({ by: asked.by, key, ...counts }));
  }),
  [
    ['编码', 'code', ({ key }) => key],
    [
      '名称',
      'name',
      ({ by, key }, { city, state, now }) =>
        key === null || by === 'month' ? key : nameOfKey(by, key, city, state.areasAt(now).tree),
    ],
    ['公益活动', 'activities', ({ activities }) => activities],
    ['实事', 'deeds', ({ deeds }) => deeds],
    ['参加人数', 'participants', ({ participants }) => participants],
    ['服务时长', 'hours', ({ hours }) => hours],
    ['一线考察', 'visits', ({ visits }) => visits],
  ],
);
