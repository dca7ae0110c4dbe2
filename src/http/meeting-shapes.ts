import { z } from 'zod';
import type { MeetingForResidents } from '../actions/lookup-meeting.ts';
import type { ListedMeeting, SeenMeeting } from '../actions/meet.ts';
import {
  type AgendaItem,
  itemSources,
  itemStates,
  meetingLevels,
  meetingLife,
  meetingStates,
  memberRoles,
  stuckReasons,
} from '../domain/meeting.ts';
import { iso } from '../domain/time.ts';
import { undertakingStates } from '../domain/undertaking.ts';
import { states } from '../domain/work-order.ts';
import * as s from './shapes.ts';
import { time, unitRef, type Viewing } from './views.ts';

const levels = Object.values(meetingLevels);
const levelOf = (code: string, { city }: Viewing): (typeof levels)[number] => {
  const kind = city.units.get(code)?.kind;
  return kind !== undefined && kind in meetingLevels ? meetingLevels[kind as keyof typeof meetingLevels] : 'city';
};

const membersIn = z
  .array(
    z
      .object({ role: z.enum(memberRoles), unit: s.code.nullish(), name: s.said(100).nullish() })
      .transform(({ role, unit = null, name = null }) => ({ role, unit, name })),
  )
  .max(200);

/** When the meeting is, who comes, and how often: every so many weeks, or once. */
export const meetingIn = z.object({
  unit: s.code,
  title: s.said(200),
  meetsAt: s.moment,
  place: s.text(200).nullish(),
  everyWeeks: z.number().int().min(1).max(52).nullish(),
  members: membersIn.default([]),
  /** Invites the five of 五位一体 as well: government, property, owners' committee, party and deliberation body. */
  fiveInOne: z.boolean().default(false),
});
export const amendIn = z.object({
  title: s.said(200).optional(),
  meetsAt: s.moment.optional(),
  place: s.text(200).nullable().optional(),
  everyWeeks: z.number().int().min(1).max(52).nullable().optional(),
  members: membersIn.optional(),
});
export const itemIn = z
  .object({ workOrderId: s.id.optional(), subject: s.said(1000).optional() })
  .refine(
    ({ workOrderId, subject }) => (workOrderId === undefined) !== (subject === undefined),
    'is a work order or a subject in words',
  );
const decided = { text: s.said(5000) };
export const decisionIn = z.discriminatedUnion('result', [
  z.object({ result: z.literal('task'), ...decided, unit: s.code, dueAt: s.moment }),
  z.object({ result: z.literal('resolved'), ...decided }),
  z.object({ result: z.literal('unresolved'), ...decided }),
]);

const listed = {
  id: z.string(),
  number: z.string(),
  version: z.number(),
  level: z.enum(levels),
  unit: s.unitRef,
  title: z.string(),
  meetsAt: s.momentOut,
  place: z.string().nullable(),
  everyWeeks: z.number().nullable(),
  previousId: z.string().nullable(),
  state: z.enum(meetingStates),
  heldAt: s.momentOut.nullable(),
  endedAt: s.momentOut.nullable(),
  cancelReason: z.string().nullable(),
  draftedBy: z.object({ name: z.string(), unit: z.string().nullable(), at: s.momentOut }),
  allowedActions: z.array(z.enum(Object.keys(meetingLife) as [string, ...string[]])),
};
/** A meeting as lists show it. */
export const meetingInList = z.object({ ...listed, items: z.number(), members: z.number() });

const decisionOut = z.object({
  result: z.enum(['task', 'resolved', 'unresolved']),
  text: z.string(),
  at: s.momentOut,
  actor: z.string(),
  unit: s.unitRef.nullable(),
  dueAt: s.momentOut.nullable(),
  /** The task the decision is: its id among the meeting tasks, and how it stands. */
  task: z.object({ id: z.string(), state: z.enum(undertakingStates), answer: z.string().nullable() }).nullable(),
});
const itemOut = z.object({
  id: z.string(),
  source: z.enum(itemSources),
  why: z.array(z.enum(stuckReasons)),
  /** Absent names are not for whom the order is out of sight and confidential. */
  workOrder: z
    .object({
      id: z.string(),
      number: z.string(),
      title: z.string().nullable(),
      category: z.string().nullable(),
      state: z.enum(states),
      responsibleUnit: s.unitRef,
      inSight: z.boolean(),
    })
    .nullable(),
  subject: z.string().nullable(),
  state: z.enum(itemStates),
  decisions: z.array(decisionOut),
  removedReason: z.string().nullable(),
  addedAt: s.momentOut,
  from: z.object({ unit: s.unitRef, meetingId: z.string(), itemId: z.string() }).nullable(),
  /** Where it has been before and since, oldest first; empty where it has been nowhere else. */
  trail: z.array(
    z.object({
      itemId: z.string(),
      unit: s.unitRef,
      meeting: z.object({ id: z.string(), number: z.string(), meetsAt: s.momentOut }).nullable(),
      source: z.enum(itemSources),
      state: z.enum(itemStates),
      decisions: z.array(z.object({ result: z.string(), text: z.string(), at: s.momentOut })),
    }),
  ),
});
/** A meeting whole. */
export const meetingOut = z
  .object({
    ...listed,
    members: z.array(
      z.object({ id: z.string(), role: z.enum(memberRoles), unit: s.unitRef.nullable(), name: z.string().nullable() }),
    ),
    items: z.array(itemOut),
    minutes: z.string().nullable(),
  })
  .meta({ id: 'Meeting' });

const headView = ({ meeting, allowedActions }: ListedMeeting, viewing: Viewing) => {
  const { seq: _s, members: _m, items: _i, minutes: _n, draftedBy, ...m } = meeting;
  return {
    ...m,
    level: levelOf(m.unit, viewing),
    unit: unitRef(m.unit, viewing),
    meetsAt: iso(m.meetsAt),
    heldAt: time(m.heldAt),
    endedAt: time(m.endedAt),
    draftedBy: { name: draftedBy.actor.name, unit: draftedBy.actor.unit, at: iso(draftedBy.at) },
    allowedActions: [...allowedActions],
  };
};

/** A meeting as lists show it. */
export const meetingListView = (listed: ListedMeeting, viewing: Viewing): z.input<typeof meetingInList> => ({
  ...headView(listed, viewing),
  items: listed.meeting.items.filter(({ state }) => state !== 'removed').length,
  members: listed.meeting.members.length,
});

/** A meeting whole, as this actor may see it. */
export const meetingView = (seen: SeenMeeting, viewing: Viewing): z.input<typeof meetingOut> => ({
  ...headView(seen, viewing),
  members: seen.meeting.members.map(({ id, role, unit, name }) => ({
    id,
    role,
    unit: unit === null ? null : unitRef(unit, viewing),
    name,
  })),
  items: seen.meeting.items.map((item) => itemView(item, seen, viewing)),
  minutes: seen.meeting.minutes,
});

function itemView(item: AgendaItem, seen: SeenMeeting, viewing: Viewing): z.input<typeof itemOut> {
  const order = seen.orders.get(item.workOrderId ?? '');
  const inSight = order !== undefined && seen.inSight.has(order.id);
  const trail = seen.trails.get(item.root) ?? [];
  const named = (code: string | null) => (code === null ? null : unitRef(code, viewing));
  return {
    id: item.id,
    source: item.source,
    why: [...item.why],
    workOrder:
      order === undefined
        ? null
        : {
            id: order.id,
            number: order.number,
            title: order.confidential && !inSight ? null : order.title,
            category: order.category,
            state: order.state,
            responsibleUnit: unitRef(order.owner, viewing),
            inSight,
          },
    subject: item.subject,
    state: item.state,
    decisions: item.decisions.map(({ seq: _s, undertakingId, unit, ...d }) => {
      const task = seen.tasks.get(undertakingId ?? '');
      const answer = task?.answers.at(-1)?.text ?? null;
      return {
        ...d,
        at: iso(d.at),
        unit: named(unit),
        dueAt: time(d.dueAt),
        task: undertakingId === null || task === undefined ? null : { id: undertakingId, state: task.state, answer },
      };
    }),
    removedReason: item.removedReason,
    addedAt: iso(item.addedAt),
    from: item.from && { ...item.from, unit: unitRef(item.from.unit, viewing) },
    trail: (trail.length > 1 ? trail : []).map((step) => ({
      itemId: step.id,
      unit: unitRef(step.unit, viewing),
      meeting: step.meeting && { ...step.meeting, meetsAt: iso(step.meeting.meetsAt) },
      source: step.source,
      state: step.state,
      decisions: step.decisions.map(({ result, text, at }) => ({ result, text, at: iso(at) })),
    })),
  };
}

/** What residents' representatives see of a meeting: nobody's name, number or address. */
export const redactedOut = z.object({
  number: z.string(),
  level: z.enum(levels),
  unit: s.unitRef,
  meetsAt: s.momentOut,
  place: z.string().nullable(),
  state: z.enum(meetingStates),
  items: z.array(
    z.object({
      position: z.number(),
      category: z.string().nullable(),
      area: z.array(z.string()),
      subject: z.string().nullable(),
      why: z.array(z.enum(stuckReasons)),
      state: z.enum(itemStates),
      responsibleUnit: s.unitRef.nullable(),
      ended: z.boolean(),
      decisions: z.array(
        z.object({
          result: z.enum(['task', 'resolved', 'unresolved']),
          text: z.string().nullable(),
          unit: s.unitRef.nullable(),
          dueAt: s.momentOut.nullable(),
          taskState: z.enum(undertakingStates).nullable(),
        }),
      ),
    }),
  ),
});

/** The same written out. */
export const redactedView = (
  { meeting, items, tasks }: MeetingForResidents,
  viewing: Viewing,
): z.input<typeof redactedOut> => {
  const named = (code: string | null) => (code === null ? null : unitRef(code, viewing));
  return {
    number: meeting.number,
    level: levelOf(meeting.unit, viewing),
    unit: unitRef(meeting.unit, viewing),
    meetsAt: iso(meeting.meetsAt),
    place: meeting.place,
    state: meeting.state,
    items: items.map(({ unit, ...item }) => ({
      ...item,
      area: [...item.area],
      why: [...item.why],
      responsibleUnit: named(unit),
      decisions: item.decisions.map(({ undertakingId, ...d }) => ({
        ...d,
        unit: named(d.unit),
        dueAt: time(d.dueAt),
        taskState: tasks.get(undertakingId ?? '') ?? null,
      })),
    })),
  };
};
