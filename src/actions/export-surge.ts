import type { Cell } from '../domain/cell.ts';
import { isInForce, overAt } from '../domain/decree.ts';
import type { Reach } from '../domain/reach.ts';
import { listDecrees } from './decrees.ts';
import { area, byId, joined, number, type Reading, said, several, table, time, unit, yes } from './export-table.ts';
import { listIncidents } from './incidents.ts';
import { listMet } from './met-requests.ts';
import { listNotices } from './outages.ts';

/** Where something holds, by the names of areas; a drawn shape is told as one and stays out of the field. */
function where({ areas, polygon }: Reach, r: Reading): Cell {
  const drawn = r.language === 'zh' ? '图上划定范围' : 'a shape on the map';
  const named = areas.map((code) => area(code, r));
  return joined(polygon === null ? named : [...named, drawn], r);
}

/** Incidents (突发事件). */
export const incidents = table(
  byId('/v1/incidents', listIncidents, ({ incident }) => incident.id),
  [
    ['事件编号', 'number', ({ incident: i }) => i.number],
    ['标题', 'title', ({ incident: i }) => i.title],
    ['诉求类别', 'category', ({ incident: i }) => i.category],
    ['状态', 'state', ({ incident: i }, r) => said('incidentState', i.state, r)],
    ['范围', 'where', ({ incident: i }, r) => where(i.reach, r)],
    ['开始时间', 'from', ({ incident: i }) => time(i.since)],
    ['预计结束', 'to', ({ incident: i }) => time(i.until)],
    ['牵头工单', 'lead order', ({ lead }) => lead.number],
    ['承办单位', 'responsible unit', ({ lead }, r) => unit(lead.owner, r)],
    ['统一答复', 'answer', ({ incident: i }) => i.answer],
    ['通报次数', 'updates', ({ incident: i }) => i.updates.length],
    ['下次通报', 'next update', ({ incident: i }) => time(i.nextUpdateAt)],
    ['并入诉求数', 'joined', ({ counts }) => counts.joined],
    ['危险诉求数', 'danger', ({ counts }) => counts.danger],
    ['撤回数', 'withdrawn', ({ counts }) => counts.withdrawn],
    ['已恢复', 'restored', ({ counts }) => counts.restored],
    ['未恢复', 'not restored', ({ counts }) => counts.notRestored],
    ['未答复', 'unanswered', ({ counts }) => counts.unanswered],
    ['启动人', 'opened by', ({ incident: i }) => i.openedBy.actor.name],
    ['结束时间', 'ended', ({ incident: i }) => time(i.endedAt)],
  ],
);

/** The requests an incident has met, without whoever asked. */
export const incidentRequests = table(
  byId(
    '/v1/incidents/:id/requests',
    (deps, { id, ...filter }: Readonly<{ id: string }> & Parameters<typeof listMet>[2], actor) =>
      listMet(deps, id, filter, actor),
    ({ request }) => request.id,
  ),
  [
    ['诉求编号', 'request', ({ request }) => request.number],
    ['工单编号', 'work order', ({ request }, r) => number(request.workOrderId, r)],
    ['标题', 'title', ({ request }) => request.title],
    ['紧急程度', 'urgency', ({ request }, r) => said('urgency', request.urgency, r)],
    ['保密', 'confidential', ({ request }, r) => yes(request.confidential, r)],
    ['并入方式', 'how', ({ one }, r) => said('joined', one.how, r)],
    ['恢复情况', 'restored', ({ question }, r) => said('restored', question, r)],
    ['答复时间', 'answered', ({ one }) => time(one.answeredAt)],
    ['单独工单', 'own order', ({ one }, r) => number(one.ownOrderId, r)],
    ['来电时间', 'received', ({ request }) => time(request.receivedAt)],
    ['撤回时间', 'withdrawn', ({ request }) => time(request.withdrawnAt)],
  ],
  ({ request, one }) => [request.workOrderId, one.ownOrderId],
);

/** Notices of planned outages (停电停水通告). */
export const notices = table(
  byId('/v1/notices', listNotices, ({ notice }) => notice.id),
  [
    ['通告编号', 'number', ({ notice: n }) => n.number],
    ['标题', 'title', ({ notice: n }) => n.title],
    ['诉求类别', 'category', ({ notice: n }) => n.category],
    ['状态', 'state', ({ notice: n }, r) => said('noticeState', n.state, r)],
    ['范围', 'where', ({ notice: n }, r) => where(n.reach, r)],
    ['开始时间', 'from', ({ notice: n }) => time(n.since)],
    ['结束时间', 'to', ({ notice: n }) => time(n.until)],
    ['发布时间', 'announced', ({ notice: n }) => time(n.announcedAt)],
    ['责任单位', 'responsible unit', ({ notice: n }, r) => unit(n.unit, r)],
    ['内容', 'text', ({ notice: n }) => n.text],
    ['联系方式', 'contact', ({ notice: n }) => n.contact],
    ['直接答复', 'answers at once', ({ notice: n }, r) => yes(n.answersAtOnce, r)],
    ['发布人', 'issued by', ({ notice: n }) => n.issuedBy.actor.name],
    ['撤回原因', 'withdrawn because', ({ notice: n }) => n.withdrawnBecause],
  ],
);

/** Decrees (决定) that pause clocks. */
export const decrees = table(
  byId('/v1/decrees', listDecrees, ({ decree }) => decree.id),
  [
    ['编号', 'number', ({ decree: d }) => d.number],
    ['标题', 'title', ({ decree: d }) => d.title],
    [
      '状态',
      'phase',
      ({ decree: d }, r) =>
        said('decreePhase', isInForce(d, r.now) ? 'in_force' : overAt(d) <= r.now ? 'over' : 'to_come', r),
    ],
    ['发布机关', 'authority', ({ decree: d }, r) => unit(d.authority, r) ?? said('level', 'city', r)],
    ['诉求类别', 'categories', ({ decree: d }, r) => joined(d.categories, r)],
    ['范围', 'areas', ({ decree: d }, r) => several(d.areas, area, r)],
    ['内容', 'text', ({ decree: d }) => d.text],
    ['开始时间', 'from', ({ decree: d }) => time(d.beginsAt)],
    ['结束时间', 'to', ({ decree: d }) => time(d.until)],
    ['暂停工单数', 'orders held', ({ held }) => held],
    ['发布时间', 'published', ({ decree: d }) => time(d.publishedBy.at)],
    ['提前结束', 'ended early', ({ decree: d }) => time(d.endedAt)],
    ['结束原因', 'ended because', ({ decree: d }) => d.endedBecause],
  ],
);
