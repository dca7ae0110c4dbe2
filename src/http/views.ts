import type { z } from 'zod';
import type { Seen, SeenRequest, StoredFact } from '../actions/look.ts';
import type { AreaTree } from '../domain/area.ts';
import { nextCallAt } from '../domain/calling.ts';
import type { City } from '../domain/city.ts';
import { lightOf } from '../domain/clocks.ts';
import type { Consultation } from '../domain/consultation.ts';
import { isExcluded } from '../domain/exclusion.ts';
import type { FollowUp } from '../domain/follow-up.ts';
import { type Instant, iso, written } from '../domain/time.ts';
import type { UndertakingKind } from '../domain/undertaking.ts';
import type { OrderClock, WorkOrder } from '../domain/work-order.ts';

import type { approvalOut } from './approval-shapes.ts';
import type { followUpOut } from './follow-up-shapes.ts';
import type { consultationOut, orderBriefOut, orderOut } from './order-shapes.ts';
import type { requestOut } from './request-shapes.ts';

type Out<T extends z.ZodType> = z.input<T>;
/** What a view must look up: names of units, and how late it is. */
export type Viewing = Readonly<{ city: City; now: Instant }>;

export const time = (at: Instant | null): string | null => (at === null ? null : iso(at));

export const unitRef = (code: string, { city }: Pick<Viewing, 'city'>) => ({
  code,
  name: city.units.get(code)?.name ?? code,
});

export const areaRef = (code: string, { byCode }: Pick<AreaTree, 'byCode'>) => ({
  code,
  name: byCode.get(code)?.name ?? code,
});

export const etagOf = (version: number): string => `"v${version}"`;

const clockView = (clock: OrderClock, { now }: Viewing) => ({
  kind: clock.kind,
  unit: clock.unit,
  startedAt: iso(clock.startedAt),
  dueAt: iso(clock.dueAt),
  light: lightOf(clock, now),
  state: clock.state,
  provisional: clock.provisional,
  stoppedAt: time(clock.stoppedAt),
  about: clock.about,
});

export const approvalView = (
  approval: WorkOrder['approvals'][number],
  order: Pick<WorkOrder, 'clocks'>,
): Out<typeof approvalOut> => {
  const { seq: _s, askedInState: _a, terms, ...a } = approval;
  const clock = order.clocks.findLast((c) => c.about === a.id);
  return {
    ...a,
    terms: { ...terms, ...momentsOf(terms) },
    askedAt: iso(a.askedAt),
    decidedAt: time(a.decidedAt),
    dueAt: time(clock?.dueAt ?? null),
  };
};

const momentsOf = ({ dueAt, until }: WorkOrder['approvals'][number]['terms']) => ({
  ...(dueAt === undefined ? {} : { dueAt: iso(dueAt) }),
  ...(until === undefined ? {} : { until: iso(until) }),
});

export const followUpView = (
  followUp: FollowUp,
  { city }: Readonly<{ city: Pick<City, 'calendar'> }>,
): Out<typeof followUpOut> => {
  const { seq: _s, ...f } = followUp;
  return {
    ...f,
    openedAt: iso(f.openedAt),
    attempts: f.attempts.map((a) => ({ ...a, at: iso(a.at), callBackAt: time(a.callBackAt) })),
    nextCallAt: time(nextCallAt(followUp, city.calendar.zone)),
    linkSentAt: time(f.linkSentAt),
    answeredAt: time(f.answeredAt),
  };
};

/** What lists and creates show: only clocks that still run. */
export const briefView = (order: WorkOrder, viewing: Viewing): Out<typeof orderBriefOut> => ({
  id: order.id,
  number: order.number,
  state: order.state,
  version: order.version,
  title: order.title,
  kind: order.kind,
  category: order.category,
  urgency: order.urgency,
  tier: order.tier,
  responsibleUnit: unitRef(order.owner, viewing),
  assists: order.assists.map(({ seq: _s, ...a }) => ({
    ...a,
    unit: unitRef(a.unit, viewing),
    from: iso(a.from),
    dueAt: iso(a.dueAt),
    completedAt: time(a.completedAt),
  })),
  placement: order.placement as Out<typeof orderBriefOut>['placement'],
  routing: order.routing as Out<typeof orderBriefOut>['routing'],
  clocks: order.clocks.filter((c) => c.state !== 'stopped').map((c) => clockView(c, viewing)),
  registeredAt: iso(order.registeredAt),
  dispatchedAt: time(order.dispatchedAt),
  endedAt: time(order.endedAt),
});

export const requestView = (r: SeenRequest): Out<typeof requestOut> => ({
  id: r.id,
  number: r.number,
  workOrderId: r.workOrderId,
  kind: r.kind,
  channel: r.channel,
  externalId: r.externalId,
  category: r.category,
  title: r.title,
  description: r.description,
  urgency: r.urgency,
  location: r.location,
  confidential: r.confidential,
  answers: r.answers,
  attachments: [...r.attachments],
  callRecordId: r.callRecordId,
  externalDueAt: time(r.externalDueAt),
  replyTo: r.replyTo,
  receivedAt: iso(r.receivedAt),
  registeredAt: iso(r.registeredAt),
  withdrawnAt: time(r.withdrawnAt),
  ...(r.requester === null
    ? {}
    : {
        requester: {
          name: r.requester.name,
          phone: r.requester.phone,
          anonymous: r.requester.anonymous,
          onBehalfOf: r.requester.onBehalfOf,
        },
      }),
});

/** An order whole. */
export const orderView = (
  { order, requests, coordination, supervision, beside, incident, allowedActions, contactShown }: Seen,
  viewing: Viewing,
): Out<typeof orderOut> => ({
  ...briefView(order, viewing),
  clocks: order.clocks.map((c) => clockView(c, viewing)),
  disposition: order.disposition,
  diversion: order.diversion,
  receivedAt: iso(order.receivedAt),
  designated: order.designated,
  problem: order.problem,
  clerk: order.clerk,
  signedAt: time(order.signedAt),
  signedLate: order.signedLate,
  leads: [...order.leads],
  returns: order.returns,
  reworks: order.reworks,
  reminders: order.reminders,
  unverified: order.unverified,
  confidential: order.confidential,
  finder: order.finder && { actor: order.finder.actor, unit: order.finder.unit },
  verifier: order.verifier && {
    party: order.verifier.party,
    unit: order.verifier.unit,
    actor: order.verifier.actor,
  },
  splitFrom: order.splitFrom,
  mergedInto: order.mergedInto,
  ending: order.ending,
  requests: requests.map(requestView),
  assignments: order.assignments.map(({ seq: _s, ...a }) => ({
    ...a,
    unit: unitRef(a.unit, viewing),
    from: iso(a.from),
    to: time(a.to),
  })),
  innerAssignments: order.innerAssignments.map(({ seq: _s, ...a }) => ({ ...a, at: iso(a.at), dueAt: time(a.dueAt) })),
  watchers: order.watchers.map(({ seq: _s, ...w }) => ({ ...w, since: iso(w.since) })),
  contacts: order.contacts.map(({ seq: _s, loggedAt: _l, whom, ...c }) => ({
    ...c,
    ...(contactShown ? { whom } : {}),
    at: iso(c.at),
  })),
  notes: order.notes.map(({ seq: _s, request: _r, ...n }) => ({ ...n, at: iso(n.at) })),
  submissions: order.submissions.map(({ seq: _s, resolveDueAt, ...s }) => ({
    ...s,
    evidence: [...s.evidence],
    at: iso(s.at),
    inTime: resolveDueAt === null ? null : s.at <= resolveDueAt,
  })),
  approvals: order.approvals.map((a) => approvalView(a, order)),
  followUps: order.followUps.map((f) => ({ ...followUpView(f, viewing), excluded: isExcluded(order, f) })),
  judgements: order.judgements.map(
    ({ id, cause, round, state, reasonable, dutiful, finding, openedAt, decidedAt }) => ({
      id,
      cause,
      round,
      state,
      reasonable,
      dutiful,
      finding,
      openedAt: iso(openedAt),
      decidedAt: time(decidedAt),
    }),
  ),
  supervisionOrders: supervision.map((sup) => ({
    ...sup,
    unit: unitRef(sup.unit, viewing),
    by: unitRef(sup.by, viewing),
    replyBy: iso(sup.replyBy),
  })),
  coordinationOrders: coordination.map((c) => ({
    ...c,
    street: unitRef(c.street, viewing),
    units: c.units.map((unit) => unitRef(unit, viewing)),
  })),
  ...besideView(beside, viewing),
  incident: incident && { ...incident },
  allowedActions: [...allowedActions],
});

/** What goes on beside an order: task forces, deliberations, tasks of meetings, and consultations. */
const besideView = ({ undertakings, consultations }: Seen['beside'], viewing: Viewing) => {
  const briefs = undertakings.map((u) => ({ ...u, unit: unitRef(u.unit, viewing), dueAt: iso(u.dueAt) }));
  const of = (kind: UndertakingKind) => briefs.filter((brief) => brief.kind === kind);
  return {
    taskForces: of('task_force'),
    deliberations: of('deliberation'),
    meetingTasks: of('meeting_task'),
    consultations: consultations.map((each) => consultationView(each, viewing)),
  };
};

/** A consultation as it was recorded. */
export const consultationView = (
  { at, unit, opinions, ...rest }: Consultation,
  viewing: Pick<Viewing, 'city'>,
): Out<typeof consultationOut> => {
  const named = (code: string | null) => (code === null ? null : unitRef(code, viewing));
  return { ...rest, at: iso(at), unit: named(unit), opinions: opinions.map((o) => ({ ...o, unit: named(o.unit) })) };
};

/** An entry of the history. */
export const factView = (f: StoredFact) => ({
  id: String(f.id),
  type: f.type,
  at: iso(f.at),
  actor: f.actor,
  unit: f.unit,
  body: written(f.body),
});
