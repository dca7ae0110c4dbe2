import { z } from 'zod';
import type { CaseFile } from '../domain/case-file.ts';
import type { City } from '../domain/city.ts';
import { dissatisfactionReasons, satisfactions, solvedAnswers } from '../domain/follow-up.ts';
import { requestKinds, urgencies } from '../domain/request.ts';
import { iso } from '../domain/time.ts';
import { contactOutcomes, outcomes } from '../domain/work-order.ts';
import * as s from './shapes.ts';
import { time, unitRef } from './views.ts';

/** A case as those read it who judge or review it: nothing of who asked. */
export const caseFileOut = z
  .object({
    kind: z.enum(requestKinds),
    category: z.string().nullable(),
    urgency: z.enum(urgencies),
    place: z.array(z.string()),
    unit: s.unitRef,
    requests: z.array(z.object({ title: z.string(), description: z.string(), receivedAt: s.momentOut })),
    returns: z.number(),
    reworks: z.number(),
    reminders: z.number(),
    contacts: z.array(z.object({ at: s.momentOut, how: z.string(), outcome: z.enum(contactOutcomes) })),
    submissions: z.array(
      z.object({
        at: s.momentOut,
        unit: s.unitRef,
        result: z.enum(outcomes),
        text: z.string(),
        evidence: z.array(z.string()),
        inTime: z.boolean().nullable(),
      }),
    ),
    /** What the unit says against answers that shall not count. */
    claims: z.array(z.object({ class: z.string().nullable(), reason: z.string(), evidence: z.string() })),
    answers: z.array(
      z.object({
        id: z.string(),
        at: s.momentOut.nullable(),
        contacted: z.boolean(),
        solved: z.enum(solvedAnswers),
        satisfaction: z.enum(satisfactions),
        reason: z.enum(dissatisfactionReasons).nullable(),
        comment: z.string().nullable(),
        disputed: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'CaseFile' });

export const caseFileView = (file: CaseFile, of: Readonly<{ city: City }>): z.input<typeof caseFileOut> => ({
  ...file,
  place: [...file.place],
  unit: unitRef(file.unit, of),
  requests: file.requests.map((r) => ({ ...r, receivedAt: iso(r.receivedAt) })),
  contacts: file.contacts.map((c) => ({ ...c, at: iso(c.at) })),
  submissions: file.submissions.map((sub) => ({
    ...sub,
    unit: unitRef(sub.unit, of),
    evidence: [...sub.evidence],
    at: iso(sub.at),
  })),
  claims: [...file.claims],
  answers: file.answers.map((a) => ({ ...a, at: time(a.at) })),
});
