import { uuidv7 } from 'uuidv7';
import { unitsUnder } from '../domain/city.ts';
import {
  allowedOnMeeting,
  decideMeeting,
  draftMeeting,
  type MeetingCommand,
  type MeetingDecision,
  type MeetingDraft,
} from '../domain/meet.ts';
import { fiveInOne, type Meeting, seesMeeting } from '../domain/meeting.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Undertaking } from '../domain/undertaking.ts';
import { canSee, sightOf } from '../domain/visibility.ts';
import { type Actor, isOpen } from '../domain/work-order.ts';
import { hashQueryCode, newQueryCode } from '../store/intake.ts';
import { amongSight, factsOf, type StoredFact } from '../store/look.ts';
import {
  findMeetings,
  forgetWaiting,
  holdAgendas,
  loadMeeting,
  type MeetingFilter,
  saveMeeting,
  type TrailStep,
  trailsOf,
  waitingItems,
} from '../store/meetings.ts';
import { nextNumber } from '../store/numbers.ts';
import { load } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { type AgendaOrder, agendaOrders, stuckOrders } from '../store/stuck.ts';
import { tasksOf } from '../store/undertakings.ts';
import { agendasOf, carryOut, openTask } from './agendas.ts';
import { type Deps, settingOf } from './deps.ts';
import { type MeetingForResidents, redacted } from './lookup-meeting.ts';
import type { Expected } from './perform.ts';

export type { MeetingFilter, TrailStep } from '../store/meetings.ts';
export type { AgendaOrder } from '../store/stuck.ts';

/** A meeting with what the actor may do to it now. */
export type ListedMeeting = Readonly<{ meeting: Meeting; allowedActions: readonly string[] }>;

/** A meeting whole: its orders as the actor may see them, how its tasks stand, and where its items have been before and since. */
export type SeenMeeting = ListedMeeting &
  Readonly<{
    orders: ReadonlyMap<string, AgendaOrder>;
    /** Those of its orders that are in the actor's own sight. */
    inSight: ReadonlySet<string>;
    tasks: ReadonlyMap<string, Pick<Undertaking, 'state' | 'dueAt' | 'answers'>>;
    trails: ReadonlyMap<string, readonly TrailStep[]>;
  }>;

/** What a meeting is drafted with; `fiveInOne` invites those of 五位一体 beside whom is named. */
export type Drafting = MeetingDraft & Readonly<{ fiveInOne: boolean }>;

/** Drafts a meeting. What waits for the unit's next one is on its agenda. */
export async function draft(
  deps: Deps,
  { fiveInOne: isFive, members, ...said }: Drafting,
  actor: Actor,
): Promise<SeenMeeting | Refusal> {
  const setting = settingOf(deps, actor);
  const outcome = await transaction(deps.pool, async (tx) => {
    await holdAgendas(tx, [said.unit]);
    const names = { id: uuidv7(), number: await nextNumber(tx, 'meeting', setting.now) };
    const all = isFive ? [...fiveInOne(setting.city, said.unit), ...members] : members;
    const made = draftMeeting({ ...said, members: all }, names, await waitingItems(tx, said.unit), setting);
    if (isRefusal(made)) return made;
    await saveMeeting(tx, made.meeting, made.facts, setting);
    await forgetWaiting(tx, said.unit);
    return made;
  });
  return isRefusal(outcome) ? outcome : seen(deps, outcome.meeting, actor);
}

/** What a client may do to a meeting; what the city knows is found here. */
export type MeetingWish =
  | Extract<MeetingCommand, { action: 'amend' | 'remove' | 'hold' | 'decide' | 'minutes' | 'cancel' }>
  | Readonly<{ action: 'fill'; said: Readonly<{ limit: number }> }>
  | Readonly<{ action: 'add'; said: Readonly<{ workOrderId?: string | undefined; subject?: string | undefined }> }>
  | Readonly<{ action: 'close'; said: object }>;

/** One action on a meeting. Out of sight it does not exist. */
export async function actOnMeeting(
  deps: Deps,
  id: string,
  wish: MeetingWish,
  actor: Actor,
  expected: Expected = null,
): Promise<SeenMeeting | Refusal> {
  const outcome = await changing(deps, id, actor, expected, async (tx, meeting) => {
    const command = await commandOf(tx, deps, meeting, wish, actor);
    if (isRefusal(command)) return command;
    const decided = decideMeeting(meeting, command, settingOf(deps, actor));
    if (!isRefusal(decided) && command.action === 'decide') await openTask(tx, deps, meeting, command.said, actor);
    return decided;
  });
  return isRefusal(outcome) ? outcome : seen(deps, outcome.meeting, actor);
}

/** New codes for the residents' representatives, told this once. Those they had before hold no more. */
export async function inviteResidents(
  deps: Deps,
  id: string,
  actor: Actor,
): Promise<Readonly<{ kind: 'invited'; codes: readonly Readonly<{ name: string | null; code: string }>[] }> | Refusal> {
  const codes = new Map<string, Readonly<{ name: string | null; code: string }>>();
  const outcome = await changing(deps, id, actor, null, async (_tx, meeting) => {
    for (const { id: of, name } of meeting.members.filter(({ role }) => role === 'resident'))
      codes.set(of, { name, code: newQueryCode() });
    const hashes = Object.fromEntries(
      [...codes].map(([of, { code }]) => [of, hashQueryCode(deps.codeKey, meeting.number, code)]),
    );
    return decideMeeting(meeting, { action: 'invite', said: { hashes } }, settingOf(deps, actor));
  });
  return isRefusal(outcome) ? outcome : { kind: 'invited', codes: [...codes.values()] };
}

/** Holds the agendas that may change, decides, and carries it out. */
async function changing(
  deps: Deps,
  id: string,
  actor: Actor,
  expected: Expected,
  deciding: (tx: Queryable, meeting: Meeting) => Promise<MeetingDecision | Refusal>,
): Promise<MeetingDecision | Refusal> {
  const { city } = deps.city();
  const before = await loadMeeting(deps.pool, id);
  if (before === null || !seesMeeting(sightOf(actor, city), before)) return refuse('not-found');
  return transaction(deps.pool, async (tx) => {
    await holdAgendas(tx, agendasOf(deps, before));
    const meeting = await loadMeeting(tx, id);
    if (meeting === null) throw new Error('a meeting is never deleted');
    if (expected !== null && expected !== meeting.version) return refuse('stale-version', { version: meeting.version });
    const outcome = await deciding(tx, meeting);
    if (!isRefusal(outcome)) await carryOut(tx, deps, outcome, actor);
    return outcome;
  });
}

async function commandOf(
  tx: Queryable,
  deps: Deps,
  { unit, items }: Meeting,
  wish: MeetingWish,
  actor: Actor,
): Promise<MeetingCommand | Refusal> {
  const { city } = deps.city();
  switch (wish.action) {
    case 'fill': {
      const units = unitsUnder(city, unit);
      const area = city.units.get(unit)?.area ?? null;
      const subtree = { unit, units, areas: area === null ? [] : [area] };
      return { action: 'fill', said: { stuck: await stuckOrders(tx, subtree, deps.now(), wish.said.limit) } };
    }
    case 'add': {
      const { workOrderId = null, subject = null } = wish.said;
      if (workOrderId === null) return { action: 'add', said: { workOrderId, subject, open: true } };
      const order = await load(tx, workOrderId);
      if (order === null || !canSee(actor, order, city)) return refuse('not-found');
      return { action: 'add', said: { workOrderId, subject: null, open: isOpen(order.state) } };
    }
    case 'decide': {
      const { said } = wish;
      return said.result === 'task' ? { action: 'decide', said: { ...said, undertakingId: uuidv7() } } : wish;
    }
    case 'close': {
      const orders = await agendaOrders(
        tx,
        items.flatMap(({ workOrderId }) => workOrderId ?? []),
      );
      const ended = [...orders.values()].filter((order) => order.ended).map((order) => order.id);
      return { action: 'close', said: { ended } };
    }
    default:
      return wish;
  }
}

/** Meetings within the actor's sight, the last drafted first. */
export async function listMeetings(deps: Deps, filter: MeetingFilter, actor: Actor): Promise<readonly ListedMeeting[]> {
  const found = await findMeetings(deps.reading, sightOf(actor, deps.city().city), filter);
  return found.map((meeting) => ({ meeting, allowedActions: allowedOnMeeting(meeting, settingOf(deps, actor)) }));
}

/** One, or a refusal that does not tell whether it exists. */
export async function lookAtMeeting(deps: Deps, id: string, actor: Actor): Promise<SeenMeeting | Refusal> {
  const meeting = await loadMeeting(deps.pool, id);
  if (meeting === null || !seesMeeting(sightOf(actor, deps.city().city), meeting)) return refuse('not-found');
  return seen(deps, meeting, actor);
}

/** What became true of one, oldest first. */
export async function meetingHistory(
  deps: Deps,
  id: string,
  actor: Actor,
  { after, limit }: Readonly<{ after: number; limit: number }>,
): Promise<readonly StoredFact[] | Refusal> {
  const meeting = await loadMeeting(deps.pool, id);
  if (meeting === null || !seesMeeting(sightOf(actor, deps.city().city), meeting)) return refuse('not-found');
  return factsOf(deps.pool, id, after, limit);
}

/** The agenda as residents' representatives see it, for those who invite them. */
export async function redactedFor(deps: Deps, id: string, actor: Actor): Promise<MeetingForResidents | Refusal> {
  const meeting = await loadMeeting(deps.pool, id);
  if (meeting === null || !seesMeeting(sightOf(actor, deps.city().city), meeting)) return refuse('not-found');
  return redacted(deps, meeting);
}

async function seen(deps: Deps, meeting: Meeting, actor: Actor): Promise<SeenMeeting> {
  const { city } = deps.city();
  const ids = meeting.items.flatMap(({ workOrderId }) => workOrderId ?? []);
  const [orders, inSight, tasks, steps] = await Promise.all([
    agendaOrders(deps.pool, ids),
    amongSight(deps.pool, sightOf(actor, city), ids),
    tasksOf(deps.pool, [meeting.id]),
    trailsOf(
      deps.pool,
      meeting.items.map(({ root }) => root),
    ),
  ]);
  const allowedActions = allowedOnMeeting(meeting, settingOf(deps, actor));
  return { meeting, allowedActions, orders, inSight, tasks, trails: Map.groupBy(steps, ({ root }) => root) };
}
