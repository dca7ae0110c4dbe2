import { nameOf } from './decide.ts';
import {
  type AgendaItem,
  type Invited,
  levelAbove,
  type Meeting,
  type MeetingAction,
  type MeetingObstacle,
  type MeetingSaid,
  type MeetingState,
  meetingLevels,
  meetingLife,
  meetingParties,
  nextMeetsAt,
} from './meeting.ts';
import { invited, meetingEffects, received } from './meeting-effects.ts';
import { itemOf, meetingObstacles, member, type Said, stranger } from './meeting-obstacles.ts';
import type { Setting } from './obstacles.ts';
import { type Refusal, refuse } from './refusal.ts';
import { allowedIn, arrive, notAllowed, type TableRow } from './table.ts';
import type { Instant } from './time.ts';
import { type Fact, partId, theSystem } from './work-order.ts';

/** An item on its way to another agenda: of the unit one level up, or of the same unit's next meeting. */
export type PassedItem = Readonly<{ unit: string; item: Omit<AgendaItem, 'seq'> }>;

/** The next meeting, what became true on the way, what goes on elsewhere, and when the next one of its series is. */
export type MeetingDecision = Readonly<{
  kind: 'decided';
  meeting: Meeting;
  facts: readonly Fact[];
  passed: readonly PassedItem[];
  nextAt: Instant | null;
}>;

/** One thing to do to a meeting, with what was said. */
export type MeetingCommand = {
  [A in MeetingAction]: Readonly<{ action: A; said: MeetingSaid[A] }>;
}[MeetingAction];

type Names = Readonly<{ id: string; number: string }>;

/** What a meeting is drafted with. */
export type MeetingDraft = Readonly<{
  unit: string;
  title: string;
  meetsAt: Instant;
  place: string | null;
  everyWeeks: number | null;
  members: readonly Invited[];
}>;

/** Drafts a meeting of a level. What waits for its agenda comes along. */
export function draftMeeting(
  { members, ...draft }: MeetingDraft,
  names: Names,
  waiting: readonly AgendaItem[],
  setting: Setting,
): MeetingDecision | Refusal {
  const { actor, city, now } = setting;
  const { unit, meetsAt } = draft;
  const kind = city.units.get(unit)?.kind;
  if (kind === undefined) return refuse('unit-unknown', { units: [unit] });
  if (!(kind in meetingLevels)) return refuse('not-a-meeting-level', { unit });
  if (!meetingParties(actor, draft, city).has('host'))
    return refuse('not-yours', { action: 'draft', allowedFor: ['host'] });
  const bare = begun({ ...draft, previousId: null }, names, setting);
  const stands = meetsAt <= now ? refuse('in-the-past') : stranger(members, city);
  if (stands) return stands;
  return drafted(received(invited(bare, members), waiting), setting);
}

/** The next one of a series, drafted by itself: the same people, and what was left over. */
export const draftNext = (
  before: Meeting,
  meetsAt: Instant,
  names: Names,
  waiting: readonly AgendaItem[],
  setting: Setting,
): MeetingDecision => {
  const { unit, title, place, everyWeeks } = before;
  const bySystem = { ...setting, actor: theSystem };
  const next = begun({ unit, title, place, everyWeeks, meetsAt, previousId: before.id }, names, bySystem);
  const seq = before.members.length;
  const members = before.members.map((member, i) => ({
    ...member,
    seq: i + 1,
    id: partId(next.id, i + 1),
    codeHash: null,
  }));
  return drafted(received({ ...next, seq, members }, waiting), bySystem);
};

/** What happens if this reaches the meeting now. Pure, like `decide`. */
export function decideMeeting(
  meeting: Meeting,
  { action, said }: MeetingCommand,
  setting: Setting,
): MeetingDecision | Refusal {
  const row: TableRow<MeetingState, string, MeetingObstacle> = meetingLife[action];
  const no = notAllowed(meetingLife, action, meeting.state, meetingParties(setting.actor, meeting, setting.city));
  if (no !== null) return no;
  for (const code of row.unless ?? []) {
    const details = meetingObstacles[code](meeting, said, setting);
    if (details !== null) return refuse(code, details);
  }
  const effect = meetingEffects[action] as (of: Meeting, said: unknown, setting: Setting) => Meeting;
  const to = arrive(row, meeting.state, undefined);
  const isOver = to !== 'drafted' && to !== 'held';
  const ended = isOver ? (meeting.endedAt ?? setting.now) : null;
  const raised = { ...meeting, version: meeting.version + 1, state: to, endedAt: ended };
  const next = effect(raised, said, setting);
  const body = { from: meeting.state, to, version: next.version, ...toldOf[action]?.(said as never) };
  const facts = [fact(`meeting_${action.replaceAll('-', '_')}`, meeting.unit, body, setting)];
  if (!isOver || meeting.state === to)
    return {
      kind: 'decided',
      meeting: next,
      facts: [...facts, ...heard(next, action, said, setting)],
      passed: [],
      nextAt: null,
    };
  return over(next, facts, setting);
}

/** What the actor may do to it now, whatever then stands in the way of it. */
export const allowedOnMeeting = (
  meeting: Meeting,
  { actor, city }: Pick<Setting, 'actor' | 'city'>,
): readonly MeetingAction[] => allowedIn(meetingLife, meeting.state, meetingParties(actor, meeting, city));

const begun = (
  of: Omit<MeetingDraft, 'members'> & Readonly<{ previousId: string | null }>,
  names: Names,
  { actor, now }: Setting,
): Meeting => ({
  ...names,
  ...of,
  version: 1,
  state: 'drafted',
  members: [],
  items: [],
  minutes: null,
  heldAt: null,
  draftedBy: { actor: nameOf(actor), at: now },
  cancelReason: null,
  endedAt: null,
  seq: 0,
});

const drafted = (meeting: Meeting, setting: Setting): MeetingDecision => {
  const { unit, meetsAt, everyWeeks, items } = meeting;
  const body = { meetsAt, everyWeeks, items: items.length, to: 'drafted' };
  return { kind: 'decided', meeting, facts: [fact('meeting_draft', unit, body, setting)], passed: [], nextAt: null };
};

/**
 * What goes on after a meeting is over. The rules: unresolved items pass to the next level's agenda (X5); whatever is
 * unresolved or was not reached stays with a series as well (L5), and without one waits for the unit's next meeting.
 */
function over(meeting: Meeting, facts: readonly Fact[], setting: Setting): MeetingDecision {
  const { city, now } = setting;
  const { unit, everyWeeks } = meeting;
  const above = levelAbove(city, unit);
  let { seq } = meeting;
  const going = (item: AgendaItem, source: AgendaItem['source'], to: string): PassedItem => {
    seq += 1;
    const id = partId(meeting.id, seq);
    const from = { unit, meetingId: meeting.id, itemId: item.id };
    const { seq: _s, ...rest } = item;
    const isUp = source === 'passed_up';
    const why = isUp ? [...new Set([...item.why, 'unresolved_below' as const])] : item.why;
    const onTheWay = { ...rest, id, source, from, why, state: 'open', decisions: [], addedAt: now } as const;
    return { unit: to, item: onTheWay };
  };
  const passed = meeting.items.flatMap((item): PassedItem[] => {
    const up = item.state === 'unresolved' && above !== null ? [going(item, 'passed_up', above)] : [];
    const stays = item.state === 'deferred' || (item.state === 'unresolved' && (everyWeeks !== null || above === null));
    return stays ? [...up, going(item, 'rolled_over', unit)] : up;
  });
  const told = passed
    .filter(({ item }) => item.source === 'passed_up')
    .map(({ unit: to, item }) =>
      fact('meeting_item_passed_up', to, { item: item.id, root: item.root, from: unit }, setting),
    );
  const missed =
    meeting.state === 'missed' && above !== null
      ? [fact('told', above, { role: null, missed: meeting.number }, setting)]
      : [];
  const nextAt = everyWeeks === null ? null : nextMeetsAt(meeting, everyWeeks, now, city);
  return { kind: 'decided', meeting: { ...meeting, seq }, facts: [...facts, ...told, ...missed], passed, nextAt };
}

/** The unit an item was passed up from hears what became of it. */
function heard(meeting: Meeting, action: MeetingAction, said: Said, setting: Setting): readonly Fact[] {
  const item = action === 'decide' ? itemOf(meeting, said) : undefined;
  if (item?.source !== 'passed_up' || item.from === null) return [];
  const body = { item: item.from.itemId, root: item.root, result: member(said, 'result'), by: meeting.unit };
  return [fact('meeting_item_decided', item.from.unit, body, setting)];
}

/** What a record may say of an action: ids and numbers, nobody's words. */
const toldOf: { [A in MeetingAction]?: (said: MeetingSaid[A]) => Fact['body'] } = {
  amend: ({ meetsAt }) => (meetsAt === undefined ? {} : { meetsAt }),
  fill: ({ stuck }) => ({ stuck: stuck.length }),
  add: ({ workOrderId }) => ({ workOrder: workOrderId }),
  remove: ({ itemId }) => ({ item: itemId }),
  receive: ({ items }) => ({ items: items.map(({ id }) => id) }),
  decide: ({ itemId, result, unit = null, dueAt = null, undertakingId = null }) => ({
    item: itemId,
    result,
    unit,
    dueAt,
    undertaking: undertakingId,
  }),
};

const fact = (type: string, unit: string, body: Fact['body'], { now, actor }: Setting): Fact => ({
  type,
  at: now,
  actor: nameOf(actor),
  unit,
  body,
});
