import type { Span } from '../domain/period.ts';
import { isRefusal } from '../domain/refusal.ts';
import { callsOf, listCoordinations } from './coordinate.ts';
import { byId, type ExportList, eachOf, said, several, share, table, time, unit, whole } from './export-table.ts';
import { lookAtPowers } from './powers.ts';
import { listRefusedPushes } from './pushes.ts';
import { listSupervisions } from './supervise.ts';

/** Coordination orders (吹哨单). */
export const coordinationOrders = table(
  byId('/v1/coordination-orders', listCoordinations, ({ order }) => order.id),
  [
    ['吹哨单编号', 'number', ({ order }) => order.number],
    ['类型', 'kind', ({ order }, r) => said('coordinationKind', order.kind, r)],
    ['街道', 'street', ({ order }, r) => unit(order.street, r)],
    ['状态', 'state', ({ order }, r) => said('coordinationState', order.state, r)],
    ['要求', 'demand', ({ order }) => order.demand],
    ['召集单位', 'called units', ({ order }, r) => several(order.units, (called) => unit(called.unit, r), r)],
    ['工单数', 'work orders', ({ order }) => order.workOrderIds.length + order.leftWorkOrderIds.length],
    ['签发时间', 'issued', ({ order }) => time(order.issuedBy?.at)],
    ['结果', 'outcome', ({ order }) => order.outcome ?? order.cancelReason],
    ['办结时间', 'ended', ({ order }) => time(order.endedAt)],
  ],
);

/** The calls that hold a unit, in turn. */
export const unitCalls = table(
  whole('/v1/units/:code/calls', async (deps, { code }: Readonly<{ code: string }>, actor) => {
    const found = await callsOf(deps, code, actor);
    return isRefusal(found) ? found : found.queue;
  }),
  [
    ['吹哨单编号', 'coordination order', (call) => call.number],
    ['类型', 'kind', (call, r) => said('coordinationKind', call.kind, r)],
    ['吹哨街道', 'street', (call, r) => unit(call.street, r)],
    ['被召集单位', 'unit', (call, r) => unit(call.unit, r)],
    ['任务', 'task', (call) => call.task],
    ['状态', 'state', (call, r) => said('callState', call.state, r)],
    ['到场时段起', 'slot from', (call) => time(call.slot?.from)],
    ['到场时段止', 'slot to', (call) => time(call.slot?.to)],
    ['报到期限', 'report in by', (call) => time(call.reportInBy)],
    ['召集时间', 'called', (call) => time(call.calledAt)],
  ],
);

/** Supervision orders (督办单). */
export const supervisionOrders = table(
  byId('/v1/supervision-orders', listSupervisions, ({ order }) => order.id),
  [
    ['督办单编号', 'number', ({ order }) => order.number],
    ['级别', 'grade', ({ order }, r) => said('grade', order.grade, r)],
    ['被督办单位', 'unit', ({ order }, r) => unit(order.unit, r)],
    ['督办单位', 'by', ({ order }, r) => unit(order.by, r)],
    ['状态', 'state', ({ order }, r) => said('supervisionState', order.state, r)],
    ['要求', 'demand', ({ order }) => order.demand],
    ['工单数', 'work orders', ({ order }) => order.workOrderIds.length + order.leftWorkOrderIds.length],
    ['签发时间', 'issued', ({ order }) => time(order.issuedBy.at)],
    ['答复期限', 'reply by', ({ order }) => time(order.replyBy)],
    ['答复次数', 'replies', ({ order }) => order.replies.length],
    ['最后答复', 'last reply', ({ order }) => time(order.replies.at(-1)?.at)],
    ['办结时间', 'ended', ({ order }) => time(order.endedAt)],
  ],
);

/** What came of the coordination power of a street, or of each street of a district. */
export const powersOf = (level: 'street' | 'district'): ExportList<Span & Readonly<{ code: string }>> =>
  table(
    whole(`/v1/${level}s/:code/powers/summary`, async (deps, { code, from, to }, actor) => {
      const found = await lookAtPowers(deps, { code, level, from, to }, actor);
      return isRefusal(found) ? found : [...found.streets].map(([street, summary]) => ({ street, ...summary }));
    }),
    [
      ['街道', 'street', (row, r) => unit(row.street, r)],
      ['吹哨数', 'calls', (row) => row.calls],
      ['召集单位数', 'units', (row) => row.units],
      ['工单数', 'cases', (row) => row.cases],
      ['办结数', 'closed', (row) => row.closure.numerator],
      ['办结率', 'closure', (row) => share(row.closure.share)],
      ['应报到数', 'due to report in', (row) => row.reportInOnTime.denominator],
      ['按时报到数', 'reported in on time', (row) => row.reportInOnTime.numerator],
      ['按时报到率', 'share on time', (row) => share(row.reportInOnTime.share)],
    ],
  );

/** What was to be given to streets and communities and was refused (减负), by who pushed and what. */
export const refused = table(
  eachOf(
    whole(
      '/v1/statistics/refused-pushes',
      async (deps, asked: Span & Readonly<{ unit?: string | undefined }>, actor) => {
        const found = await listRefusedPushes(deps, asked, actor);
        return isRefusal(found) ? found : found.byUnit;
      },
    ),
    ({ unit: by, lines }) => lines.map((line) => ({ by, ...line })),
  ),
  [
    ['下派单位', 'pushed by', ({ by }, r) => unit(by, r)],
    ['诉求类别', 'category', ({ category }) => category],
    ['拒绝依据', 'because', ({ code }, r) => said('refusedPush', code, r)],
    ['清单条目', 'line', ({ line }) => line],
    ['清单内容', 'text', ({ line }, { city }) => city.dutyLists.find((duty) => duty.line === line)?.text ?? null],
    ['次数', 'pushes', ({ pushes }) => pushes],
  ],
);
