import { counted } from '../domain/measure.ts';
import { levelTarget } from '../domain/ranking.ts';
import { isRefusal } from '../domain/refusal.ts';
import {
  area,
  byId,
  channel,
  joined,
  number,
  paged,
  said,
  share,
  table,
  time,
  unit,
  whole,
  yes,
} from './export-table.ts';
import { type HotAsked, mostAsked } from './hot-matters.ts';
import { listSnapshots, rowsInSnapshot } from './snapshots.ts';
import { type Asked, endedAtLevels } from './statistics.ts';

/** At which level matters ended. */
export const levels = table(
  whole('/v1/statistics/levels', async (deps, asked: Asked, actor) => {
    const found = await endedAtLevels(deps, asked, actor);
    return isRefusal(found) ? found : found.items;
  }),
  [
    ['层级', 'level', ({ level }, r) => said('level', level, r)],
    ['办结数', 'ended', ({ rate }) => rate.numerator],
    ['总数', 'all', ({ rate }) => rate.denominator],
    ['占比', 'share', ({ rate }) => share(rate.share)],
    ['目标', 'target', ({ level }) => (level === levelTarget.level ? share(levelTarget.share) : null)],
  ],
);

const mostPlaces = 10_000;

/** What is asked about most, by category and street (高频共性问题). */
export const mostAskedAbout = table(
  whole('/v1/statistics/hot-matters', async (deps, asked: Omit<HotAsked, 'limit'>, actor) => {
    const found = await mostAsked(deps, { ...asked, limit: mostPlaces }, actor);
    return isRefusal(found) ? found : found.items.map((item) => ({ ...item, from: found.from, to: found.to }));
  }),
  [
    ['诉求类别', 'category', ({ category }) => category],
    ['街道', 'street', ({ street }, r) => area(street, r)],
    ['工单数', 'orders', ({ orders }) => orders],
    ['人数', 'people', ({ people }) => people],
    ['高频', 'high-frequency', ({ hot }, r) => yes(hot, r)],
    ['治理中', 'under governance', ({ governanceId }, r) => yes(governanceId !== null, r)],
    ['开始时间', 'from', ({ from }) => time(from)],
    ['结束时间', 'to', ({ to }) => time(to)],
  ],
);

/** Frozen figures (快照). */
export const snapshots = table(
  byId(
    '/v1/statistics/snapshots',
    (deps, page: Parameters<typeof listSnapshots>[1]) => listSnapshots(deps, page),
    ({ id }) => id,
  ),
  [
    ['快照编号', 'snapshot', ({ id }) => id],
    ['开始时间', 'from', ({ from }) => time(from)],
    ['结束时间', 'to', ({ to }) => time(to)],
    ['统计维度', 'by', ({ by }, r) => said('rateKey', by, r)],
    ['基本满意权重', 'weight of basically satisfied', ({ w }) => w / 1000],
    ['口径', 'definition', ({ definition }) => definition],
    ['行数', 'rows', ({ rowCount }) => rowCount],
    ['指纹', 'hash', ({ hash }) => hash],
    ['更正对象', 'corrects', ({ corrects }) => corrects],
    ['更正原因', 'reason', ({ reason }) => reason],
    ['制作人', 'made by', ({ madeBy }) => madeBy.name],
    ['制作时间', 'made', ({ madeAt }) => time(madeAt)],
  ],
);

/** The rows a snapshot was counted from, for whoever counts them again: the columns keep the names the rule gives them. */
export const snapshotRows = table(
  paged(
    '/v1/statistics/snapshots/:id/rows',
    async (
      deps,
      { id }: Readonly<{ id: string }>,
      { after, limit }: Readonly<{ after: readonly [string, string] | undefined; limit: number }>,
    ) => {
      const found = await rowsInSnapshot(deps, id, { after: after ?? null, limit });
      return isRefusal(found) ? found : found.rows;
    },
    ({ orderId, unit: of }) => [orderId, of] as const,
  ),
  [
    ['工单编号', 'work order', ({ orderId }, r) => number(orderId, r)],
    ['单位', 'unit', (row, r) => unit(row.unit, r)],
    ['诉求人期限', 'due', ({ dueAt }) => time(dueAt)],
    ['区域', 'areas', ({ areaPath }, r) => joined(areaPath, r)],
    ['诉求类别', 'category', ({ category }) => category],
    ['渠道', 'channel', (row, r) => channel(row.channel, r)],
    ['统计身份', 'standing', ({ standing }, r) => said('standing', standing, r)],
    ['签收期限', 'sign by', ({ signBy }) => time(signBy)],
    ['办结期限', 'submit by', ({ submitBy }) => time(submitBy)],
    ...counted.map((name) => [name, name, (row: Readonly<Record<typeof name, number>>) => row[name]] as const),
  ],
  ({ orderId }) => [orderId],
);
