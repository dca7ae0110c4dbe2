import type { z } from 'zod';
import type { Hints, Intake, MetIncident, Registered } from '../actions/intake.ts';
import type { OutageNotice } from '../domain/outage.ts';
import { iso } from '../domain/time.ts';

import type { createdOut } from './order-shapes.ts';
import { briefView, time, type Viewing } from './views.ts';

/** What a create answers. The query code is told here and nowhere else. */
export const createdView = (registered: Registered, intake: Intake, viewing: Viewing): z.input<typeof createdOut> => {
  const { order } = registered;
  return {
    request: {
      id: registered.requestId,
      number: registered.number,
      ...(registered.queryCode === null ? {} : { queryCode: registered.queryCode }),
      workOrderId: order.id,
      kind: intake.kind,
      channel: intake.channel,
      externalId: intake.externalId,
      category: intake.category,
      title: intake.title,
      description: intake.description,
      urgency: registered.urgency,
      location: intake.location ?? null,
      confidential: intake.confidential,
      answers: intake.answers,
      attachments: [...intake.attachments],
      callRecordId: intake.callRecordId,
      externalDueAt: time(intake.externalDueAt),
      replyTo: intake.replyTo ?? null,
      receivedAt: iso(registered.receivedAt),
      registeredAt: iso(registered.registeredAt),
      withdrawnAt: null,
    },
    workOrder: {
      ...briefView(order, viewing),
      duplicateHints: registered.hints.map((h) => ({ ...h, why: [...h.why] })),
    },
    prompts: [...registered.prompts],
    incident: incidentView(registered.incident),
    notices: registered.notices.map((notice) => noticeView(notice, registered.answeredBy === notice.id)),
    ...hintsView(registered),
  };
};

/** What the caller is told of the incident the request is about. */
export const incidentView = (met: MetIncident | null) =>
  met && {
    id: met.incident.id,
    number: met.incident.number,
    title: met.incident.title,
    answer: met.incident.answer,
    nextUpdateAt: time(met.incident.nextUpdateAt),
    joined: met.joined,
    danger: [...met.danger],
    again: met.again,
  };

const noticeView = ({ id, number, title, text, contact, since, until }: OutageNotice, answered: boolean) => ({
  id,
  number,
  title,
  text,
  contact,
  from: iso(since),
  to: iso(until),
  answered,
});

/** What an operator can still ask or say while the caller is there. */
export const hintsView = ({ missingAnswers, retired, nuisance }: Hints & Pick<Registered, 'nuisance'>) => ({
  missingAnswers: missingAnswers.map(({ key, text }) => ({ key, text })),
  retired: retired === null ? null : { reason: retired.reason, rightPath: retired.rightPath },
  nuisance,
});
