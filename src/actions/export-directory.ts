import type { DirectoryRow } from '../domain/city.ts';
import { cityCoverage, listAreas } from './areas.ts';
import { directoryRows } from './city-lists.ts';
import { area, day, type ExportList, paged, said, several, table, time, unit, whole, yes } from './export-table.ts';
import { yearOf } from './import-calendar.ts';
import { type DutyMove, listMoves, type MoveFilter } from './move-duty.ts';
import { type Version, type VersionKind, versions } from './versions.ts';

/** Areas by name and level; their shapes are no matter for a table. */
export const areas = table(
  whole(
    '/v1/areas',
    (
      deps,
      {
        at,
        ...narrow
      }: Parameters<typeof listAreas>[2] & Readonly<{ at?: Parameters<typeof listAreas>[1] | undefined }>,
    ) => listAreas(deps, at ?? deps.now(), narrow),
  ),
  [
    ['编码', 'code', (a) => a.code],
    ['名称', 'name', (a) => a.name],
    ['层级', 'level', (a, r) => said('level', a.level, r)],
    ['上级编码', 'parent', (a) => a.parent],
    ['编码规则', 'scheme', (a) => a.scheme],
  ],
);

/** Grids that lack somebody (消除空白). */
export const coverage = table(
  whole('/v1/areas/coverage', (deps) => cityCoverage(deps).blanks),
  [
    ['编码', 'code', ({ code }) => code],
    ['名称', 'name', ({ name }) => name],
    ['缺少', 'missing', ({ missing }, r) => several(missing, (lack) => said('requirement', lack, r), r)],
  ],
);

/** Versions of the map or of the directory, drafts too. */
const versionsOf = (path: string, kind: VersionKind): ExportList<object> =>
  table(
    paged(
      `/v1/${path}/versions`,
      (
        deps,
        _filter: object,
        { after, limit }: Readonly<{ after: string | undefined; limit: number }>,
      ): Promise<readonly Version[]> => versions(deps, kind, { limit, before: after ?? null }),
      ({ id }) => id,
    ),
    [
      ['名称', 'name', (v) => v.name],
      ['状态', 'state', (v, r) => said('versionState', v.state, r)],
      ['生效时间', 'valid from', (v) => time(v.validFrom)],
      ['阻断问题', 'blocking', (v) => v.report.blocking.length],
      ['警告', 'warnings', (v) => v.report.warnings.length],
      ['接受警告的说明', 'accepted warnings', (v) => v.acceptedWarnings],
      ['修改人', 'changed by', (v) => v.changedBy],
      ['启用时间', 'activated', (v) => time(v.activatedAt)],
    ],
  );
export const areaVersions = versionsOf('areas', 'area');
export const directoryVersions = versionsOf('directory', 'directory');

/** The directory in force (派单目录). */
export const directory: ExportList<Parameters<typeof directoryRows>[1]> = table(whole('/v1/directory', directoryRows), [
  ['条目', 'line', (row: DirectoryRow) => row.line],
  ['诉求类别', 'category', (row) => row.category],
  ['区域', 'area', (row, r) => area(row.area, r)],
  ['责任单位', 'unit', (row, r) => unit(row.unit, r)],
  ['责任层级', 'level', (row, r) => said('level', row.level, r)],
  ['职责依据', 'duty basis', (row) => row.dutyBasis],
  ['时限档次', 'tier', (row, r) => said('tier', row.tier, r)],
  ['协办单位', 'co-handlers', (row, r) => several(row.coHandlers, unit, r)],
  ['最高层级', 'ceiling', (row, r) => said('level', row.ceiling, r)],
]);

/** Duties that have moved or will (职责划转). */
export const moves = table(
  paged(
    '/v1/directory/moves',
    (
      deps,
      filter: Omit<MoveFilter, 'after' | 'limit'>,
      page: Pick<MoveFilter, 'after' | 'limit'>,
    ): Promise<readonly DutyMove[]> => listMoves(deps, { ...filter, ...page }),
    ({ madeAt, id }) => ({ at: madeAt, id }),
  ),
  [
    ['诉求类别', 'category', (move) => move.category],
    ['区域', 'area', (move, r) => area(move.area, r)],
    ['原单位', 'from', (move, r) => unit(move.fromUnit, r)],
    ['新单位', 'to', (move, r) => unit(move.toUnit, r)],
    ['依据', 'basis', (move) => move.basis],
    ['在办工单留原单位', 'open orders stay', (move, r) => yes(move.keepOpen, r)],
    ['经办人', 'moved by', (move) => move.movedBy.name],
    ['办理时间', 'made', (move) => time(move.madeAt)],
    ['生效时间', 'effective', (move) => time(move.effectiveAt)],
    ['完成时间', 'done', (move) => time(move.doneAt)],
    ['移交工单数', 'orders moved', (move) => move.moved],
    ['保留工单数', 'orders kept', (move) => move.kept],
    ['撤回时间', 'withdrawn', (move) => time(move.withdrawnAt)],
    ['撤回原因', 'withdrawn because', (move) => move.withdrawReason],
  ],
);

/** Every day that is not of a plain week (工作日历). */
export const calendars = table(
  whole('/v1/calendars', (deps, { year }: Readonly<{ year?: number | undefined }>) =>
    deps
      .city()
      .city.calendar.publishedYears.filter((each) => year === undefined || each === year)
      .flatMap((each) => yearOf(deps, each) ?? []),
  ),
  [
    ['日期', 'date', ({ date }) => day(date)],
    ['名称', 'name', ({ name }) => name],
    ['放假', 'off', ({ isOffDay }, r) => yes(isOffDay, r)],
  ],
);

/** Who holds the two powers of the street. */
export const powers = table(
  whole('/v1/policies/powers', (deps) => deps.city().powers),
  [
    ['权力', 'power', ({ power }, r) => said('power', power, r)],
    ['层级', 'level', ({ level }, r) => said('level', level, r)],
    ['角色', 'roles', ({ roles }, r) => several(roles, (role) => said('role', role, r), r)],
    ['单位', 'units', ({ units: of }, r) => several(of, unit, r)],
  ],
);
