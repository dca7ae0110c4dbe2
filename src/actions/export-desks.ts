import { type AdmissionFilter, listAdmissions } from './admit.ts';
import { clients as allClients, holds } from './clients.ts';
import {
  area,
  byId,
  channel,
  joined,
  number,
  paged,
  said,
  several,
  table,
  time,
  unit,
  whole,
  yes,
} from './export-table.ts';
import { lookAtMessages } from './messages.ts';
import { type TodoPlace, todo as waiting } from './todo.ts';
import { vendors as allVendors } from './vendors.ts';

/** What waits for whoever asks, the first due first (待办). */
export const todo = table(
  paged(
    '/v1/todo',
    (deps, _filter: object, { after, limit }: Readonly<{ after: TodoPlace | undefined; limit: number }>, actor) =>
      waiting(deps, actor, { after: after ?? null, limit }),
    ({ dueAt, id }) => ({ at: dueAt, id }),
  ),
  [
    ['事项', 'kind', ({ kind }, r) => said('todo', kind, r)],
    ['工单编号', 'work order', ({ workOrder }) => workOrder?.number ?? null],
    ['标题', 'title', ({ workOrder }) => workOrder?.title ?? null],
    ['工单状态', 'state', ({ workOrder }, r) => said('state', workOrder?.state, r)],
    ['期限', 'due', ({ dueAt }) => time(dueAt)],
    ['逾期', 'overdue', ({ dueAt }, r) => yes(dueAt === null ? null : dueAt < r.now, r)],
  ],
);

/** Matters that are to come to a street or community (准入), reviewed and then approved. */
export const admissions = table(
  paged(
    '/v1/admissions',
    (deps, filter: Omit<AdmissionFilter, 'after' | 'limit'>, page: Pick<AdmissionFilter, 'after' | 'limit'>, actor) =>
      listAdmissions(deps, { ...filter, ...page }, actor),
    ({ admission }) => ({ at: admission.askedAt, id: admission.id }),
  ),
  [
    ['编号', 'number', ({ admission: a }) => a.number],
    ['状态', 'state', ({ admission: a }, r) => said('approvalState', a.state, r)],
    ['诉求类别', 'category', ({ admission: a }) => a.category],
    ['单位', 'unit', ({ admission: a }, r) => unit(a.unit, r)],
    ['单位类型', 'unit kind', ({ admission: a }, r) => said('unitKind', a.unitKind, r)],
    ['清单', 'list', ({ admission: a }, r) => said('dutyList', a.list, r)],
    ['清单内容', 'text', ({ admission: a }) => a.text],
    ['下放权力', 'power', ({ admission: a }) => a.power],
    ['经费', 'fund', ({ admission: a }) => a.fund],
    ['人员', 'staff', ({ admission: a }) => a.staff],
    ['协议编号', 'contract', ({ admission: a }) => a.contract.number],
    ['生效时间', 'effective', ({ admission: a }) => time(a.effectiveAt)],
    ['理由', 'reason', ({ admission: a }) => a.reason],
    ['相关工单', 'work order', ({ admission: a }, r) => number(a.workOrderId, r)],
    ['申请单位', 'asked by unit', ({ admission: a }, r) => unit(a.askedByUnit, r)],
    ['申请人', 'asked by', ({ admission: a }) => a.askedBy],
    ['申请时间', 'asked', ({ admission: a }) => time(a.askedAt)],
    [
      '审核意见',
      'last decision',
      ({ admission: a }) => a.steps.findLast(({ reason }) => reason !== null)?.reason ?? null,
    ],
    ['办结时间', 'ended', ({ admission: a }) => time(a.endedAt)],
  ],
  ({ admission }) => [admission.workOrderId],
);

/** What residents were told by message (短信), without a phone or a word. */
export const messages = table(
  byId(
    '/v1/messages',
    (deps, filter: Parameters<typeof lookAtMessages>[1]) => lookAtMessages(deps, filter),
    ({ id }) => id,
  ),
  [
    ['类型', 'kind', ({ kind }, r) => said('messageKind', kind, r)],
    ['状态', 'state', ({ state }, r) => said('messageState', state, r)],
    ['工单编号', 'work order', ({ orderId }, r) => number(orderId, r)],
    ['生成时间', 'made', ({ madeAt }) => time(madeAt)],
    ['有效期至', 'expires', ({ expiresAt }) => time(expiresAt)],
    ['完成时间', 'done', ({ doneAt }) => time(doneAt)],
    ['回执', 'receipt', ({ receipt }) => receipt],
  ],
  ({ orderId }) => [orderId],
);

/** Keys and what they open (密钥), without their secrets. */
export const clients = table(
  whole('/v1/clients', async (deps, { name }: Readonly<{ name?: string | undefined }>) =>
    (await allClients(deps)).filter((client) => name === undefined || client.name === name),
  ),
  [
    ['密钥编号', 'id', ({ id }) => id],
    ['名称', 'name', ({ name }) => name],
    ['角色', 'roles', ({ roles }, r) => several(roles, (role) => said('role', role, r), r)],
    ['单位', 'unit', (client, r) => unit(client.unit, r)],
    ['区域', 'areas', ({ areas }, r) => several(areas, area, r)],
    ['渠道', 'channels', ({ channels }, r) => several(channels, channel, r)],
    ['地址', 'addresses', ({ cidrs }, r) => joined(cidrs, r)],
    ['创建时间', 'created', ({ createdAt }) => time(createdAt)],
    ['到期时间', 'expires', ({ expiresAt }) => time(expiresAt)],
    ['吊销时间', 'revoked', ({ revokedAt }) => time(revokedAt)],
    ['有效', 'active', (client, r) => yes(holds(client), r)],
  ],
);

/** Survey vendors that call back, without their secrets. */
export const vendors = table(
  whole('/v1/survey-vendors', (deps) => allVendors(deps)),
  [
    ['测评机构', 'vendor', ({ vendor }) => vendor],
    ['密钥数', 'secrets', ({ secrets }) => secrets.length],
    ['修改人', 'changed by', ({ changedBy }) => changedBy],
    ['修改时间', 'changed', ({ changedAt }) => time(changedAt)],
  ],
);
