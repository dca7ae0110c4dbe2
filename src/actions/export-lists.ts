import { canSeeAsking } from '../domain/asking-sight.ts';
import type { City } from '../domain/city.ts';
import type { Publication } from '../domain/publication.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Words } from '../domain/resident.ts';
import { type Instant, iso } from '../domain/time.ts';
import { inWords, type Language, type Vocabulary } from '../domain/words.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import { type AnyApproval, type ApprovalFilter, listApprovals } from './approve.ts';
import { type CoordinationFilter, listCoordinations } from './coordinate.ts';
import type { Deps } from './deps.ts';
import type { DossierAsked } from './dossiers.ts';
import { dossierAsTable } from './export-dossiers.ts';
import { type RatesAsked, ratesAsTable } from './export-rates.ts';
import { listOrders, type OrderFilter } from './look.ts';
import { listPublications, type PublicationFilter } from './publish.ts';
import { type Search, search } from './search.ts';
import { listSupervisions, type SupervisionFilter } from './supervise.ts';
import { listUndertakings, type UndertakingFilter } from './undertake.ts';

/** What stands in one field of an exported table. */
export type Cell = string | number | null;

type Asked<F> = Omit<F, 'limit' | 'cursor' | 'after'>;

type ConsentFilter = Pick<UndertakingFilter, 'by' | 'state' | 'about'> & Readonly<{ asked?: string | undefined }>;

/** What each list may be narrowed to when it is exported. */
export type ExportFilters = {
  'work-orders': Asked<Pick<OrderFilter, 'states' | 'unit' | 'area' | 'category' | 'overdue' | 'from' | 'to'>>;
  requests: Asked<Pick<Search, 'from' | 'to' | 'area' | 'category'>>;
  approvals: Asked<Pick<ApprovalFilter, 'pending' | 'kind'>>;
  'coordination-orders': Asked<Pick<CoordinationFilter, 'street' | 'unit' | 'states'>>;
  'supervision-orders': Asked<Pick<SupervisionFilter, 'unit' | 'by' | 'grade' | 'state'>>;
  'follow-ups': Asked<Pick<OrderFilter, 'states' | 'unit' | 'area' | 'category' | 'from' | 'to'>>;
  rates: RatesAsked;
  dossiers: DossierAsked;
  consents: Asked<ConsentFilter>;
  publications: Asked<Pick<PublicationFilter, 'states' | 'board' | 'unit' | 'area'>>;
};
export type ExportListName = keyof ExportFilters;

/**
 * A list that can be taken out as a table. It is read as its own route reads it, page by page, so an actor gets what that
 * shows and no more; `route` is the one whose right is asked. `rows` gives pages of fields in the order of `titles`.
 */
export type ExportList<F> = Readonly<{
  route: string;
  titles: readonly Words[];
  /** Why it cannot be taken out like this, where the filter itself may be out of somebody's sight. */
  refusal?: (deps: Deps, filter: F, actor: Actor) => Promise<Refusal | null>;
  rows: (deps: Deps, filter: F, actor: Actor, language: Language) => AsyncIterable<readonly (readonly Cell[])[]>;
}>;

type Reading = Readonly<{ city: City; language: Language }>;
type Column<T> = readonly [zh: string, en: string, cell: (item: T, reading: Reading) => Cell];

const pageSize = 500;

/** A list from how its pages are read and what its columns show. `placeOf` is where the next page goes on. */
function exported<F, T, P>(
  route: string,
  read: (deps: Deps, filter: F, place: P | undefined, actor: Actor) => Promise<readonly T[]>,
  placeOf: (item: T) => P,
  columns: readonly Column<T>[],
): ExportList<F>;
function exported<F, T, P, R>(
  route: string,
  read: (deps: Deps, filter: F, place: P | undefined, actor: Actor) => Promise<readonly T[]>,
  placeOf: (item: T) => P,
  columns: readonly Column<R>[],
  rowsOf: (item: T) => readonly R[],
): ExportList<F>;
function exported<F, T, P, R>(
  route: string,
  read: (deps: Deps, filter: F, place: P | undefined, actor: Actor) => Promise<readonly T[]>,
  placeOf: (item: T) => P,
  columns: readonly Column<R>[],
  rowsOf: (item: T) => readonly R[] = (item) => [item as unknown as R],
): ExportList<F> {
  return {
    route,
    titles: columns.map(([zh, en]) => [zh, en]),
    async *rows(deps, filter, actor, language) {
      const reading = { city: deps.city().city, language };
      for (let place: P | undefined; ; ) {
        const page = await read(deps, filter, place, actor);
        yield page.flatMap(rowsOf).map((row) => columns.map(([, , cell]) => cell(row, reading)));
        const last = page.at(-1);
        if (page.length < pageSize || last === undefined) return;
        place = placeOf(last);
      }
    },
  };
}

const time = (at: Instant | null | undefined): Cell => (at == null ? null : iso(at).slice(0, 19).replace('T', ' '));
const unit = (code: string | null, { city }: Reading): Cell =>
  code === null ? null : (city.units.get(code)?.name ?? code);
const said = (vocabulary: Vocabulary, code: string | null, { language }: Reading): Cell =>
  inWords(vocabulary, code, language);
const place = (order: WorkOrder, level: string): Cell =>
  order.placement.path.find((step) => step.level === level)?.name ?? null;
const yes = (is: boolean, { language }: Reading): Cell => (language === 'zh' ? (is ? '是' : '否') : is ? 'yes' : 'no');
const due = ({ clocks }: WorkOrder): Instant | undefined => clocks.findLast(({ kind }) => kind === 'resolve')?.dueAt;

const ordersOf = async (deps: Deps, filter: Asked<OrderFilter>, cursor: string | undefined, actor: Actor) =>
  (await listOrders(deps, { ...filter, cursor, limit: pageSize }, actor)).map((order) => ({
    order,
    // Who asked a resident, and how often, is not for those whose work it is about.
    asking: canSeeAsking(actor),
  }));

const aboutOrder: readonly Column<WorkOrder>[] = [
  ['工单编号', 'work order', (o) => o.number],
  ['标题', 'title', (o) => o.title],
  ['承办单位', 'responsible unit', (o, r) => unit(o.owner, r)],
];
const onOrder = <T extends Readonly<{ order: WorkOrder }>>(): readonly Column<T>[] =>
  aboutOrder.map(([zh, en, cell]) => [zh, en, ({ order }, reading) => cell(order, reading)]);

/** An approval beside an order, or an admission, which belongs to none: both stand in one list. */
function approvalRow(seen: AnyApproval) {
  if ('approval' in seen) return { ...seen.approval, order: seen.order };
  const { id, state, reason, askedBy, askedByUnit, askedAt, steps, endedAt } = seen.admission;
  const last = endedAt === null ? undefined : steps.at(-1);
  const decided = { decidedBy: last?.decidedBy ?? null, decidedAt: endedAt, decisionReason: last?.reason ?? null };
  const kind = 'admission' as const;
  return { id, kind, state, reason, askedBy, askedByUnit, askedAt, ...decided, order: seen.order };
}

const approvalColumns: readonly Column<ReturnType<typeof approvalRow>>[] = [
  ['审批类型', 'kind', ({ kind }, r) => said('approval', kind, r)],
  ['工单编号', 'work order', ({ order }) => order?.number ?? null],
  ['标题', 'title', ({ order }) => order?.title ?? null],
  ['承办单位', 'responsible unit', ({ order }, r) => unit(order?.owner ?? null, r)],
  ['申请理由', 'reason', ({ reason }) => reason],
  ['申请单位', 'asked by unit', ({ askedByUnit }, r) => unit(askedByUnit, r)],
  ['申请人', 'asked by', ({ askedBy }) => askedBy],
  ['申请时间', 'asked', ({ askedAt }) => time(askedAt)],
  ['审批结果', 'state', ({ state }, r) => said('approvalState', state, r)],
  ['审批人', 'decided by', ({ decidedBy }) => decidedBy],
  ['审批时间', 'decided', ({ decidedAt }) => time(decidedAt)],
  ['审批意见', 'decision', ({ decisionReason }) => decisionReason],
];

type FollowUpRow = Readonly<{ order: WorkOrder; followUp: WorkOrder['followUps'][number]; asking: boolean }>;

export const exportLists: { readonly [L in ExportListName]: ExportList<ExportFilters[L]> } = {
  'work-orders': exported('/v1/work-orders', ordersOf, ({ order }) => order.id as string, [
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
    ['办理时限', 'due', ({ order }) => time(due(order))],
    ['办结时间', 'ended', ({ order }) => time(order.endedAt)],
  ]),
  requests: exported(
    '/v1/requests',
    async (deps, filter, cursor: string | undefined, actor) => {
      const found = await search(deps, { ...filter, cursor, limit: pageSize }, actor);
      if ('kind' in found) throw new Error(`requests are not searched by phone here: ${found.code}`);
      return found;
    },
    ({ request }) => request.id as string,
    [
      ['诉求编号', 'request', ({ request }) => request.number],
      ['工单编号', 'work order', ({ order }) => order.number],
      ['标题', 'title', ({ request }) => request.title],
      ['诉求类型', 'kind', ({ request }, r) => said('kind', request.kind, r)],
      ['诉求类别', 'category', ({ request }) => request.category],
      ['紧急程度', 'urgency', ({ request }, r) => said('urgency', request.urgency, r)],
      ['渠道', 'channel', ({ request }, { city }) => city.channels.get(request.channel)?.name ?? request.channel],
      ['保密', 'confidential', ({ request }, r) => yes(request.confidential, r)],
      ['街道', 'street', ({ order }) => place(order, 'street')],
      ['社区', 'community', ({ order }) => place(order, 'community')],
      ['承办单位', 'responsible unit', ({ order }, r) => unit(order.owner, r)],
      ['工单状态', 'state', ({ order }, r) => said('state', order.state, r)],
      ['来电时间', 'received', ({ request }) => time(request.receivedAt)],
      ['登记时间', 'registered', ({ request }) => time(request.registeredAt)],
      ['撤回时间', 'withdrawn', ({ request }) => time(request.withdrawnAt)],
    ],
  ),
  approvals: exported(
    '/v1/approvals',
    (deps, filter, after: NonNullable<ApprovalFilter['after']> | undefined, actor) =>
      listApprovals({ ...deps, pool: deps.reading }, { ...filter, after, limit: pageSize }, actor),
    (seen) => ({ at: approvalRow(seen).askedAt, id: approvalRow(seen).id }),
    approvalColumns,
    (seen) => [approvalRow(seen)],
  ),
  'coordination-orders': exported(
    '/v1/coordination-orders',
    (deps, filter, cursor: string | undefined, actor) =>
      listCoordinations(deps, { ...filter, cursor, limit: pageSize }, actor),
    ({ order }) => order.id,
    [
      ['吹哨单编号', 'number', ({ order }) => order.number],
      ['类型', 'kind', ({ order }, r) => said('coordinationKind', order.kind, r)],
      ['街道', 'street', ({ order }, r) => unit(order.street, r)],
      ['状态', 'state', ({ order }, r) => said('coordinationState', order.state, r)],
      ['要求', 'demand', ({ order }) => order.demand],
      ['召集单位', 'called units', ({ order }, r) => order.units.map((called) => unit(called.unit, r)).join('、')],
      ['工单数', 'work orders', ({ order }) => order.workOrderIds.length + order.leftWorkOrderIds.length],
      ['签发时间', 'issued', ({ order }) => time(order.issuedBy?.at)],
      ['结果', 'outcome', ({ order }) => order.outcome ?? order.cancelReason],
      ['办结时间', 'ended', ({ order }) => time(order.endedAt)],
    ],
  ),
  'supervision-orders': exported(
    '/v1/supervision-orders',
    (deps, filter, cursor: string | undefined, actor) =>
      listSupervisions(deps, { ...filter, cursor, limit: pageSize }, actor),
    ({ order }) => order.id,
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
  ),
  'follow-ups': exported(
    '/v1/work-orders',
    ordersOf,
    ({ order }) => order.id as string,
    [
      ...onOrder<FollowUpRow>(),
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
      ['是否联系', 'contacted', ({ followUp: { answer } }, r) => (answer === null ? null : yes(answer.contacted, r))],
      ['是否解决', 'solved', ({ followUp }, r) => said('solved', followUp.answer?.solved ?? null, r)],
      ['满意度', 'satisfaction', ({ followUp }, r) => said('satisfaction', followUp.answer?.satisfaction ?? null, r)],
      ['不满意原因', 'reason', ({ followUp }, r) => said('reason', followUp.answer?.reason ?? null, r)],
    ],
    ({ order, asking }) => order.followUps.map((followUp) => ({ order, followUp, asking })),
  ),
  rates: ratesAsTable,
  dossiers: dossierAsTable,
  consents: exported(
    '/v1/consents',
    async (deps, { asked, about, ...filter }, cursor: string | undefined, actor) =>
      (
        await listUndertakings(deps, { ...filter, kind: 'consent', unit: asked, about, cursor, limit: pageSize }, actor)
      ).flatMap(({ undertaking }) => {
        const { consent } = undertaking.about;
        return consent === undefined ? [] : [{ undertaking, consent }];
      }),
    ({ undertaking }) => undertaking.id,
    [
      ['编号', 'number', ({ undertaking }) => undertaking.number],
      ['征求单位', 'asked', ({ undertaking }, r) => unit(undertaking.unit, r)],
      ['提出单位', 'by', ({ undertaking }, r) => unit(undertaking.by, r)],
      ['单位', 'unit', ({ consent }, r) => unit(consent.unit, r)],
      ['岗位', 'post', ({ undertaking }) => undertaking.title],
      ['人选', 'candidate', ({ consent }) => consent.candidate],
      ['事由', 'purpose', ({ consent }, r) => said('consentPurpose', consent.purpose, r)],
      ['状态', 'state', ({ undertaking }, r) => said('consentState', undertaking.state, r)],
      ['提出时间', 'asked at', ({ undertaking }) => time(undertaking.openedBy.at)],
      ['答复期限', 'due', ({ undertaking }) => time(undertaking.dueAt)],
      ['答复', 'answer', ({ undertaking }, r) => said('consentAnswer', undertaking.answers.at(-1)?.result ?? null, r)],
      ['意见', 'words', ({ undertaking }) => undertaking.answers.at(-1)?.text ?? null],
      ['答复时间', 'answered', ({ undertaking }) => time(undertaking.answers.at(-1)?.at)],
      ['决定', 'taken', ({ consent: { decision } }, r) => (decision === null ? null : yes(decision.taken, r))],
      ['决定理由', 'reason', ({ consent }) => consent.decision?.reason ?? null],
    ],
  ),
  publications: exported(
    '/v1/publications',
    async (deps, filter, cursor: string | undefined, actor): Promise<readonly Publication[]> =>
      (await listPublications(deps, { ...filter, cursor, limit: pageSize }, actor)).map(
        ({ publication }) => publication,
      ),
    ({ id }) => id,
    [
      ['公示栏', 'board', (p, r) => said('board', p.board, r)],
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
  ),
};
