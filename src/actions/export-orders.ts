import { canSeeAsking } from '../domain/asking-sight.ts';
import type { Publication } from '../domain/publication.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import { type AnyApproval, type ApprovalFilter, listApprovals } from './approve.ts';
import {
  type Asked,
  byId,
  type Column,
  channel,
  eachOf,
  number,
  paged,
  place,
  said,
  table,
  time,
  unit,
  yes,
} from './export-table.ts';
import { listOrders, type OrderFilter } from './look.ts';
import { listPublications, type PublicationFilter } from './publish.ts';
import { search } from './search.ts';

const onOrder = <T extends Readonly<{ order: WorkOrder }>>(): readonly Column<T>[] => [
  ['工单编号', 'work order', ({ order }) => order.number],
  ['标题', 'title', ({ order }) => order.title],
  ['承办单位', 'responsible unit', ({ order }, r) => unit(order.owner, r)],
];

const orders = byId(
  '/v1/work-orders',
  // Who asked a resident, and how often, is not for those whose work it is about.
  async (deps, filter: OrderFilter, actor) =>
    (await listOrders(deps, filter, actor)).map((order) => ({ order, asking: canSeeAsking(actor) })),
  ({ order }) => order.id,
);

/** Work orders (工单). */
export const workOrders = table(orders, [
  ...onOrder(),
  ['状态', 'state', ({ order }, r) => said('state', order.state, r)],
  ['诉求类型', 'kind', ({ order }, r) => said('kind', order.kind, r)],
  ['诉求类别', 'category', ({ order }) => order.category],
  ['紧急程度', 'urgency', ({ order }, r) => said('urgency', order.urgency, r)],
  ['时限档次', 'tier', ({ order }, r) => said('tier', order.tier, r)],
  ['街道', 'street', ({ order }) => place(order, 'street')],
  ['社区', 'community', ({ order }) => place(order, 'community')],
  ['网格', 'grid', ({ order }) => place(order, 'grid')],
  ['诉求数', 'requests', ({ order }) => order.requests.length],
  ['退单数', 'returns', ({ order }) => order.returns],
  ['返工数', 'reworks', ({ order }) => order.reworks],
  ['催单数', 'reminders', ({ order }) => order.reminders],
  ['超时签收', 'signed late', ({ order }, r) => yes(order.signedLate, r)],
  ['登记时间', 'registered', ({ order }) => time(order.registeredAt)],
  ['派单时间', 'dispatched', ({ order }) => time(order.dispatchedAt)],
  ['签收时间', 'signed', ({ order }) => time(order.signedAt)],
  ['办理时限', 'due', ({ order }) => time(order.clocks.findLast(({ kind }) => kind === 'resolve')?.dueAt)],
  ['办结时间', 'ended', ({ order }) => time(order.endedAt)],
]);

/** What residents answered, a row for each of the follow-ups (回访) of an order. */
export const followUps = table(
  eachOf(orders, ({ order, asking }) => order.followUps.map((followUp) => ({ order, followUp, asking }))),
  [
    ...onOrder<Readonly<{ order: WorkOrder; followUp: WorkOrder['followUps'][number]; asking: boolean }>>(),
    [
      '诉求编号',
      'request',
      ({ order, followUp }) => order.requests.find(({ id }) => id === followUp.request)?.number ?? null,
    ],
    ['轮次', 'round', ({ followUp }) => followUp.round],
    ['回访状态', 'state', ({ followUp }, r) => said('followUpState', followUp.state, r)],
    ['开始时间', 'opened', ({ followUp }) => time(followUp.openedAt)],
    ['呼叫次数', 'calls', ({ followUp, asking }) => (asking ? followUp.attempts.length : null)],
    ['回访时间', 'answered', ({ followUp }) => time(followUp.answeredAt)],
    ['是否联系', 'contacted', ({ followUp }, r) => yes(followUp.answer?.contacted, r)],
    ['是否解决', 'solved', ({ followUp }, r) => said('solved', followUp.answer?.solved, r)],
    ['满意度', 'satisfaction', ({ followUp }, r) => said('satisfaction', followUp.answer?.satisfaction, r)],
    ['不满意原因', 'reason', ({ followUp }, r) => said('reason', followUp.answer?.reason, r)],
  ],
);

/** Requests (诉求), without whoever asked. */
export const requests = table(
  byId('/v1/requests', search, ({ request }) => request.id),
  [
    ['诉求编号', 'request', ({ request }) => request.number],
    ['工单编号', 'work order', ({ order }) => order.number],
    ['标题', 'title', ({ request }) => request.title],
    ['诉求类型', 'kind', ({ request }, r) => said('kind', request.kind, r)],
    ['诉求类别', 'category', ({ request }) => request.category],
    ['紧急程度', 'urgency', ({ request }, r) => said('urgency', request.urgency, r)],
    ['渠道', 'channel', ({ request }, r) => channel(request.channel, r)],
    ['保密', 'confidential', ({ request }, r) => yes(request.confidential, r)],
    ['街道', 'street', ({ order }) => place(order, 'street')],
    ['社区', 'community', ({ order }) => place(order, 'community')],
    ['承办单位', 'responsible unit', ({ order }, r) => unit(order.owner, r)],
    ['工单状态', 'state', ({ order }, r) => said('state', order.state, r)],
    ['来电时间', 'received', ({ request }) => time(request.receivedAt)],
    ['登记时间', 'registered', ({ request }) => time(request.registeredAt)],
    ['撤回时间', 'withdrawn', ({ request }) => time(request.withdrawnAt)],
  ],
);

/** An approval beside an order, or an admission, which belongs to none: both stand in one list. */
function approvalRow(seen: AnyApproval) {
  if ('approval' in seen) return { ...seen.approval, order: seen.order };
  const { id, state, reason, askedBy, askedByUnit, askedAt, steps, endedAt } = seen.admission;
  const last = endedAt === null ? undefined : steps.at(-1);
  const decided = { decidedBy: last?.decidedBy ?? null, decidedAt: endedAt, decisionReason: last?.reason ?? null };
  const kind = 'admission' as const;
  return { id, kind, state, reason, askedBy, askedByUnit, askedAt, ...decided, order: seen.order };
}

/** Approvals of every kind (审批). */
export const approvals = table(
  paged(
    '/v1/approvals',
    async (deps, filter: Asked<ApprovalFilter>, page: Pick<ApprovalFilter, 'after' | 'limit'>, actor) =>
      (await listApprovals({ ...deps, pool: deps.reading }, { ...filter, ...page }, actor)).map(approvalRow),
    ({ askedAt, id }) => ({ at: askedAt, id }),
  ),
  [
    ['审批类型', 'kind', ({ kind }, r) => said('approval', kind, r)],
    ['工单编号', 'work order', ({ order }) => order?.number ?? null],
    ['标题', 'title', ({ order }) => order?.title ?? null],
    ['承办单位', 'responsible unit', ({ order }, r) => unit(order?.owner, r)],
    ['申请理由', 'reason', ({ reason }) => reason],
    ['申请单位', 'asked by unit', ({ askedByUnit }, r) => unit(askedByUnit, r)],
    ['申请人', 'asked by', ({ askedBy }) => askedBy],
    ['申请时间', 'asked', ({ askedAt }) => time(askedAt)],
    ['审批结果', 'state', ({ state }, r) => said('approvalState', state, r)],
    ['审批人', 'decided by', ({ decidedBy }) => decidedBy],
    ['审批时间', 'decided', ({ decidedAt }) => time(decidedAt)],
    ['审批意见', 'decision', ({ decisionReason }) => decisionReason],
  ],
);

/** Publications (公示), shown or on their way. */
export const publications = table(
  byId(
    '/v1/publications',
    async (deps, filter: PublicationFilter, actor): Promise<readonly Publication[]> =>
      (await listPublications(deps, filter, actor)).map(({ publication }) => publication),
    ({ id }) => id,
  ),
  [
    ['公示栏', 'board', (p, r) => said('board', p.board, r)],
    ['工单编号', 'work order', (p, r) => number(p.workOrderId, r)],
    ['标题', 'title', (p) => p.draft.title],
    ['单位', 'unit', (p, r) => unit(p.unit, r)],
    ['诉求类别', 'category', (p) => p.category],
    ['原因', 'cause', (p, r) => said('cause', p.cause, r)],
    ['状态', 'state', (p, r) => said('publicationState', p.state, r)],
    ['申报时间', 'proposed', (p) => time(p.proposedAt)],
    ['公示期满', 'hold until', (p) => time(p.holdUntil)],
    ['公示时间', 'published', (p) => time(p.publishedAt)],
    ['更正次数', 'corrections', (p) => p.snapshots.filter(({ kind }) => kind === 'corrected').length],
    ['结束时间', 'ended', (p) => time(p.endedAt)],
  ],
  (p) => [p.workOrderId],
);
