import { uuidv7 } from 'uuidv7';
import { decideMeeting, draftNext, type MeetingCommand, type MeetingDecision } from '../domain/meet.ts';
import { levelAbove, type Meeting } from '../domain/meeting.ts';
import { isRefusal } from '../domain/refusal.ts';
import { undertake } from '../domain/undertake.ts';
import { type Actor, theSystem } from '../domain/work-order.ts';
import {
  forgetWaiting,
  holdAgendas,
  letWait,
  loadMeeting,
  nextDrafted,
  saveMeeting,
  waitingItems,
} from '../store/meetings.ts';
import { nextNumber } from '../store/numbers.ts';
import type { Queryable } from '../store/rows.ts';
import { agendaOrders } from '../store/stuck.ts';
import { type Deps, settingOf } from './deps.ts';
import { keep } from './undertake.ts';

/** The agendas a meeting may change: its unit's, and that of the level above; the lower one first, as everybody holds them. */
export const agendasOf = (deps: Deps, { unit }: Meeting): readonly string[] =>
  [unit, levelAbove(deps.city().city, unit)].filter((code) => code !== null);

type Decided = Extract<MeetingCommand, { action: 'decide' }>['said'];

/** A decision that charges a unit is a task of it, owed to the unit that holds the meeting. */
export async function openTask(
  tx: Queryable,
  deps: Deps,
  meeting: Meeting,
  said: Decided,
  actor: Actor,
): Promise<void> {
  const { itemId, text, unit, dueAt, undertakingId } = said;
  if (undertakingId === undefined || unit === undefined) return;
  const item = meeting.items.find((each) => each.id === itemId);
  const order = (await agendaOrders(tx, [item?.workOrderId ?? []].flat())).get(item?.workOrderId ?? '');
  const outcome = undertake(
    {
      kind: 'meeting_task',
      unit,
      by: meeting.unit,
      title: item?.subject ?? (order?.confidential === false ? order.title : (order?.number ?? '')),
      demand: text,
      workOrder: order === undefined ? null : { id: order.id, open: true },
      meeting: { id: meeting.id, item: itemId },
      dueAt: dueAt ?? null,
    },
    { id: undertakingId, number: await nextNumber(tx, 'undertaking', deps.now()) },
    settingOf(deps, actor),
  );
  if (isRefusal(outcome)) throw new Error(`a task that was decided cannot begin: ${outcome.code}`);
  await keep(tx, deps, outcome);
}

/** Writes a decision, drafts the next meeting of a series, and brings what goes on to where it goes on. */
export async function carryOut(tx: Queryable, deps: Deps, outcome: MeetingDecision, actor: Actor): Promise<void> {
  const { meeting, facts, passed, nextAt } = outcome;
  const setting = settingOf(deps, actor);
  await saveMeeting(tx, meeting, facts, setting);
  await letWait(tx, passed);
  if (nextAt !== null) {
    const names = { id: uuidv7(), number: await nextNumber(tx, 'meeting', setting.now) };
    const next = draftNext(meeting, nextAt, names, await waitingItems(tx, meeting.unit), setting);
    await saveMeeting(tx, next.meeting, next.facts, setting);
    await forgetWaiting(tx, meeting.unit);
  }
  for (const unit of new Set(passed.map(({ unit }) => unit))) await receiveAt(tx, deps, unit);
}

/** What waits for a unit comes onto the agenda of its next meeting, if that is drafted. */
async function receiveAt(tx: Queryable, deps: Deps, unit: string): Promise<void> {
  const items = await waitingItems(tx, unit);
  const id = items.length === 0 ? null : await nextDrafted(tx, unit);
  const meeting = id === null ? null : await loadMeeting(tx, id);
  if (meeting === null) return;
  const setting = settingOf(deps, theSystem);
  const outcome = decideMeeting(meeting, { action: 'receive', said: { items } }, setting);
  if (isRefusal(outcome)) throw new Error(`a drafted meeting does not receive: ${outcome.code}`);
  await saveMeeting(tx, outcome.meeting, outcome.facts, setting);
  await forgetWaiting(tx, unit);
}

/** Fires when the time for one of a series is over and nobody has held it: the next one takes over what it had. */
export async function fireMissed(tx: Queryable, deps: Deps, id: string): Promise<'fired' | 'stale' | 'held'> {
  const before = await loadMeeting(tx, id);
  if (before === null) return 'stale';
  await holdAgendas(tx, agendasOf(deps, before));
  const meeting = await loadMeeting(tx, id);
  const setting = settingOf(deps, theSystem);
  if (meeting === null || meeting.state !== 'drafted') return 'stale';
  const outcome = decideMeeting(meeting, { action: 'miss', said: {} }, setting);
  if (isRefusal(outcome)) throw new Error(`a meeting cannot be missed: ${outcome.code}`);
  await carryOut(tx, deps, outcome, theSystem);
  return 'fired';
}
