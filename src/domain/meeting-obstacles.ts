import { type City, isUnder } from './city.ts';
import type { AgendaItem, Invited, Meeting, MeetingObstacle } from './meeting.ts';
import type { Setting } from './obstacles.ts';
import { type Refusal, refuse } from './refusal.ts';

/** What comes with an action, whichever it is. */
export type Said = object;
type Details = Refusal['details'] | null;
const empty = (value: unknown): boolean => !(typeof value === 'string' && value.trim() !== '');
/** What was said under a name, where anything was. */
export const member = <K extends string>(said: Said, key: K): unknown =>
  key in said ? (said as Record<K, unknown>)[key] : undefined;
/** The item an action is about, unless it was taken off the agenda. */
export const itemOf = ({ items }: Meeting, said: Said): AgendaItem | undefined =>
  items.find(({ id, state }) => id === member(said, 'itemId') && state !== 'removed');

/** Units that are invited and are none of the city's. */
export const stranger = (members: readonly Invited[], { units }: City): Refusal | null => {
  const unknown = members.flatMap(({ unit }) => (unit === null || units.has(unit) ? [] : [unit]));
  return unknown.length === 0 ? null : refuse('unit-unknown', { units: unknown });
};

/** What can stand in the way of a row of the life of a meeting. Answers the details of the refusal, or null. */
export const meetingObstacles: Readonly<
  Record<MeetingObstacle, (of: Meeting, said: Said, setting: Setting) => Details>
> = {
  'unit-unknown': (_of, said, { city }) => {
    const members = (member(said, 'members') ?? []) as readonly Invited[];
    const unit = member(said, 'unit');
    const named = member(said, 'result') === 'task' ? [...members, { unit: String(unit) } as Invited] : members;
    return stranger(named, city)?.details ?? null;
  },
  'in-the-past': (_of, said, { now }) => {
    const given = [member(said, 'meetsAt'), member(said, 'dueAt')];
    return given.some((at) => typeof at === 'number' && at <= now) ? {} : null;
  },
  'work-order-ended': (_of, said) =>
    member(said, 'open') === false ? { workOrders: [member(said, 'workOrderId')] } : null,
  'item-listed': ({ items }, said) => {
    const id = member(said, 'workOrderId');
    const there = items.find((item) => id !== null && item.workOrderId === id && item.state !== 'removed');
    return there === undefined ? null : { itemId: there.id };
  },
  'item-unknown': (of, said) => (itemOf(of, said) === undefined ? { itemId: member(said, 'itemId') } : null),
  // Several units may get tasks on one item; anything else is said once.
  'item-decided': (of, said) => {
    const state = itemOf(of, said)?.state;
    const isFurther = state === 'tasked' && member(said, 'result') === 'task';
    return state === 'open' || isFurther ? null : { state };
  },
  'reason-missing': (_of, said) => (empty(member(said, 'reason')) ? {} : null),
  'text-missing': (_of, said) => {
    const isOrder = typeof member(said, 'workOrderId') === 'string';
    return isOrder || !empty(member(said, 'text')) || !empty(member(said, 'subject')) ? null : {};
  },
  'not-a-member': ({ unit, members }, said, { city }) => {
    if (member(said, 'result') !== 'task') return null;
    const charged = String(member(said, 'unit'));
    return isUnder(city, charged, unit) || members.some((each) => each.unit === charged) ? null : { unit: charged };
  },
  'minutes-missing': ({ minutes }) => (empty(minutes) ? {} : null),
};
