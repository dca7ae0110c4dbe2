import { clockWords, eventWords, kindWords, skippedWords, valueWords, type Words } from './drill-words.ts';

/** An entry of a record, as the API tells it. */
export type Event = Readonly<{
  id: string;
  type: string;
  at: string;
  actor: Readonly<{ client: string; name: string; unit: string | null }>;
  unit: string | null;
  body: Readonly<Record<string, unknown>>;
}>;

type Skipped = Readonly<{ date: string; why: string; name: string | null }>;
type Segment = Readonly<{
  from: string;
  to: string | null;
  state: string;
  event: string;
  reason: string | null;
  rule: Readonly<{ kind: string; amount: number; version: string }>;
  skippedDays: readonly Skipped[];
  dueAt: string;
}>;

/** A clock as `clocks` explains it. */
export type Clock = Readonly<{
  seq: number;
  kind: string;
  unit: string | null;
  about: string | null;
  state: string;
  startedAt: string;
  dueAt: string;
  stoppedAt: string | null;
  calendarVersion: string;
  rule: Segment['rule'];
  segments: readonly Segment[];
}>;

type Names = ReadonlyMap<string, string>;

const both = (words: Words | undefined, otherwise: string): string => words?.join(' ') ?? otherwise;
const hour = (moment: string): string => moment.slice(11, 19);
const dayAndHour = (moment: string): string => moment.slice(5, 16).replace('T', ' ');
const nameOf = (code: string | null, names: Names): string => (code === null ? '' : (names.get(code) ?? code));
export const isSystem = ({ actor }: Event): boolean => actor.client === 'system';

/** What happened, by whom and to whom; the firing of a rung is the reason for what follows it. */
export function lineOf(event: Event, names: Names): readonly string[] {
  const { type, at, actor, unit, body } = event;
  if (type === 'rung_fired') return [];
  const who = isSystem(event) ? '⏰' : nameOf(actor.unit, names) || actor.name;
  const to = nameOf(unit, names);
  const more = said(body);
  const what = both(eventWords[type], type);
  return [
    `${hour(at)}  ${who}  ${what}${more === '' ? '' : `（${more}）`}${to === '' || to === who ? '' : ` → ${to}`}`,
  ];
}

/** What of an event's own words tells a reader more. */
function said(body: Event['body']): string {
  const values = ['kind', 'whom', 'role', 'grade', 'solved', 'to'].flatMap(
    (key) => valueWords[String(body[key])] ?? [],
  );
  const words = ['outcome', 'holder'].flatMap((key) => (typeof body[key] === 'string' ? body[key] : []));
  return [...new Set([...values, ...words])].join(' ');
}

/** Why something happened by itself: the rung of the ladder, the version of the policy, and the clock it hangs on. */
export function explained(event: Event, clocks: readonly Clock[], names: Names): readonly string[] {
  if (event.type !== 'rung_fired') return [];
  const { rung, policy, clock } = event.body as { rung: string; policy: string; clock?: { seq: number } };
  const own = clocks.find(({ seq }) => seq === clock?.seq);
  const because = own === undefined ? '' : `，${own.segments.length > 1 ? counted(own, names) : briefly(own, names)}`;
  return [`${hour(event.at)}  ⏰  阶梯 rung ${rung} (${policy})${because}`];
}

/** The deadlines that an event started, each with how it is counted. */
export function whatStarted(
  { at, type }: Event,
  clocks: readonly Clock[],
  names: Names,
): Readonly<{ lines: readonly string[]; seqs: readonly number[] }> {
  if (type === 'rung_fired') return { lines: [], seqs: [] };
  const own = clocks.filter(({ startedAt }) => startedAt === at);
  return {
    lines: own.map((clock) => `          时限 clock: ${counted(clock, names)}`),
    seqs: own.map(({ seq }) => seq),
  };
}

const briefly = ({ kind, unit, dueAt }: Clock, names: Names): string =>
  `${both(clockWords[kind], kind)}${unit === null ? '' : ` ${nameOf(unit, names)}`} ${dayAndHour(dueAt)} 到期 due`;

/** A clock in words: whose, from when, how much of which time, the days left out, and when it is due. */
export function counted({ kind, unit, segments, dueAt }: Clock, names: Names): string {
  const stretches = segments.map(({ from, event, rule, skippedDays, state }) => {
    const amount = `${lengthOf(rule)} (${rule.version})`;
    const paused = state === 'paused' ? '，停表 paused' : '';
    return `${dayAndHour(from)} ${both(eventWords[event], event)} 起 ${amount}${paused}${leftOut(skippedDays)}`;
  });
  const whose = unit === null ? '' : ` ${nameOf(unit, names)}`;
  return `${both(clockWords[kind], kind)}${whose}: ${stretches.join('；')}，${dayAndHour(dueAt)}:${dueAt.slice(17, 19)} 到期 due`;
}

/** Whole hours of the wall read better than their minutes. */
function lengthOf({ kind, amount }: Segment['rule']): string {
  if (kind === 'wall' && amount >= 120 && amount % 60 === 0) return `${amount / 60} 小时 hours`;
  const { words, per } = kindWords[kind] ?? { words: [kind, ''] as const, per: 1 };
  return `${Math.round((amount / per) * 100) / 100} ${words.join(' ')}`;
}

function leftOut(days: readonly Skipped[]): string {
  if (days.length === 0) return '';
  const each = days.map(({ date, why, name }) => `${date.slice(5)} ${name ?? both(skippedWords[why], why)}`);
  return `，不计 not counted ${each.join('、')}`;
}
