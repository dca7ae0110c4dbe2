import { z } from 'zod';
import type { SeenUndertaking } from '../actions/undertake.ts';
import { type Instant, iso } from '../domain/time.ts';
import {
  resultsOf,
  suggestionTopics,
  type UndertakingKind,
  undertakingKinds,
  undertakingLife,
  undertakingStates,
  type Volume,
} from '../domain/undertaking.ts';
import * as s from './shapes.ts';
import { time, unitRef, type Viewing } from './views.ts';

export const membersIn = z
  .array(
    z
      .object({ unit: s.code.nullish(), name: s.said(100).nullish() })
      .transform(({ unit = null, name = null }) => ({ unit, name }))
      .refine(({ unit, name }) => unit !== null || name !== null, 'names a unit, a person, or both'),
  )
  .max(100);

const resultOut = z.enum([...new Set(Object.values(resultsOf).flat())] as [string, ...string[]]);
const volumeOut = z.object({ from: s.momentOut, to: s.momentOut, orders: z.number(), people: z.number() });

/** What every collection of undertakings shows. */
export const undertakingOut = z
  .object({
    id: z.string(),
    number: z.string(),
    version: z.number(),
    kind: z.enum(undertakingKinds),
    state: z.enum(undertakingStates),
    unit: s.unitRef,
    by: s.unitRef,
    leader: z.string().nullable(),
    members: z.array(z.object({ unit: s.unitRef.nullable(), name: z.string().nullable() })),
    title: z.string(),
    demand: z.string(),
    plan: z.string().nullable(),
    workOrderId: z.string().nullable(),
    meetingId: z.string().nullable(),
    itemId: z.string().nullable(),
    /** The unit on the attention list that it is about, and why it is there. */
    attention: z.object({ unit: s.unitRef, reason: z.string() }).nullable(),
    topic: z.enum(suggestionTopics).nullable(),
    fieldRecordId: z.string().nullable().describe('the visit it was asked for on'),
    dueAt: s.momentOut,
    overdue: z.boolean(),
    notes: z.array(
      z.object({
        at: s.momentOut,
        actor: z.string(),
        unit: z.string().nullable(),
        text: z.string(),
        /** The round of a deliberation, and who took part in it. */
        round: z.number().nullable(),
        present: z.array(z.string()),
      }),
    ),
    answers: z.array(
      z.object({
        at: s.momentOut,
        actor: z.string(),
        result: resultOut,
        text: z.string(),
        inTime: z.boolean(),
        refused: z.object({ at: s.momentOut, actor: z.string(), reason: z.string() }).nullable(),
      }),
    ),
    openedAt: s.momentOut,
    openedBy: z.object({ name: z.string(), unit: z.string().nullable() }),
    endedAt: s.momentOut.nullable(),
    cancelReason: z.string().nullable(),
    allowedActions: z.array(z.enum(Object.keys(undertakingLife) as [string, ...string[]])),
  })
  .meta({ id: 'Undertaking' });

/** A high-frequency matter: what came in before it was governed, and what since, or since that ended. */
export const hotMatterOut = undertakingOut
  .extend({
    category: z.string(),
    street: s.areaRef,
    policy: z.string(),
    before: volumeOut,
    after: volumeOut,
  })
  .meta({ id: 'HotMatter' });
export const volumeView = ({ from, to, orders, people }: Volume) => ({ from: iso(from), to: iso(to), orders, people });

/** An undertaking as it goes out. */
export function undertakingView(
  { undertaking, allowedActions }: SeenUndertaking,
  viewing: Viewing,
): z.input<typeof undertakingOut> {
  const { clocks: _c, seq: _s, about, openedBy, ...u } = undertaking;
  const late = (at: Instant) => u.state === 'open' && at < viewing.now;
  return {
    ...u,
    unit: unitRef(u.unit, viewing),
    by: unitRef(u.by, viewing),
    members: u.members.map(({ unit, name }) => ({ unit: unit === null ? null : unitRef(unit, viewing), name })),
    attention: about.attention
      ? { unit: unitRef(about.attention.unit, viewing), reason: about.attention.reason }
      : null,
    topic: about.topic ?? null,
    fieldRecordId: about.visit ?? null,
    dueAt: iso(u.dueAt),
    overdue: late(u.dueAt),
    notes: u.notes.map(({ seq: _n, ...n }) => ({ ...n, at: iso(n.at), present: [...n.present] })),
    answers: u.answers.map(({ seq: _n, refused, ...a }) => ({
      ...a,
      at: iso(a.at),
      refused: refused && { ...refused, at: iso(refused.at) },
    })),
    openedAt: iso(openedBy.at),
    openedBy: { name: openedBy.actor.name, unit: openedBy.actor.unit },
    endedAt: time(u.endedAt),
    allowedActions: [...allowedActions],
  };
}

const done = z
  .object({ result: s.said(5000), done: z.boolean().default(true) })
  .transform(({ result, done: isDone }) => ({
    text: result,
    result: isDone ? ('done' as const) : ('not_done' as const),
  }));

/** How the answer to each kind is given: the last part of the path, and what is said, as it reads for that kind. */
export const answerShapes = {
  meeting_task: {
    path: 'complete',
    summary: 'The unit has done what the meeting decided, or says why not',
    body: done,
  },
  task_force: {
    path: 'end',
    summary: 'End the task force with what came of it',
    body: z
      .object({ outcome: s.said(5000), result: z.enum(resultsOf.task_force).default('solved') })
      .transform(({ outcome, result }) => ({ text: outcome, result })),
  },
  deliberation: {
    path: 'resolve',
    summary: 'Record the resolution, or that there is none',
    body: z.object({ resolution: s.said(5000), agreed: z.boolean() }).transform(({ resolution, agreed }) => ({
      text: resolution,
      result: agreed ? ('agreed' as const) : ('not_agreed' as const),
    })),
  },
  suggestion: {
    path: 'reply',
    summary: 'The district answers the suggestion',
    body: z
      .object({ text: s.said(5000), result: z.enum(resultsOf.suggestion) })
      .transform(({ text, result }) => ({ text, result })),
  },
  governance: {
    path: 'end',
    summary: 'End the governance with what came of it',
    body: z
      .object({ outcome: s.said(5000), result: z.enum(resultsOf.governance).default('solved') })
      .transform(({ outcome, result }) => ({ text: outcome, result })),
  },
  field_task: {
    path: 'complete',
    summary: 'The unit has done what the visit asked for, or says why not',
    body: done,
  },
} as const satisfies Record<
  Exclude<UndertakingKind, 'consent'>,
  Readonly<{ path: string; summary: string; body: z.ZodType }>
>;
