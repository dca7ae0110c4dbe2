import type { Tier } from './city.ts';
import {
  calendarDays,
  type Period,
  type TimeKind,
  wallHours,
  wallMinutes,
  workingDays,
  workingHours,
} from './deadline.ts';
import type { Instant } from './time.ts';

/** Every clock, and the event that starts it where nothing else is said. */
export const startEvents = {
  dispatching: 'registered',
  sign: 'dispatched',
  contact: 'dispatched',
  resolve: 'dispatched',
  resident: 'registered',
  statutory: 'registered',
  decision: 'asked',
  pass_down: 'received',
  promise: 'promised',
  arbitration: 'dispute_opened',
  assist: 'assist_given',
  review: 'submitted',
  verify: 'reviewed',
  follow_up: 'to_following_up',
  first_attempt: 'to_following_up',
  rework: 'rework',
  link: 'link_sent',
  judgement: 'judges_drawn',
  pause_end: 'pause_granted',
  on_account_review: 'on_account',
  report_in: 'coordination_issued',
  answer_call: 'coordination_issued',
  supervision_reply: 'supervision_issued',
  meeting_task: 'decided',
  task_force: 'set_up',
  deliberation: 'opened',
  suggestion: 'suggested',
  governance: 'found',
  consent: 'asked',
  field_task: 'visited',
} as const;

export type ClockKind = keyof typeof startEvents;
export const clockKinds = Object.keys(startEvents) as readonly ClockKind[];

/** The clocks of whoever is responsible: they count in that unit's hours, and stop when another one is. */
export const ownerClocks = [
  'dispatching',
  'sign',
  'contact',
  'resolve',
  'promise',
  'rework',
  'pause_end',
  'on_account_review',
  'pass_down',
] as const satisfies readonly ClockKind[];

/** A limit and the version of the policy it was taken from; `amount` as in `Period`. */
export type ClockRule = Readonly<{ kind: TimeKind; amount: number; version: string }>;

/** One line of the policy: the limit of a clock, in the ordinary case or in the one named by `variant`. */
export type ClockRuleRow = Readonly<{ clock: ClockKind; variant: string }> & Period;

/** All limits of a city, as data. */
export type ClockRules = Readonly<{ version: string; rows: readonly ClockRuleRow[] }>;

const row = (clock: ClockKind, variant: string, period: Period): ClockRuleRow => ({ clock, variant, ...period });

const tierLimits: Readonly<Record<Tier, Period>> = {
  emergency: wallHours(2),
  utility: wallHours(24),
  ordinary: calendarDays(7),
  hard: calendarDays(15),
  consult: workingDays(2),
};

const byTier = (clock: ClockKind): readonly ClockRuleRow[] =>
  Object.entries(tierLimits).map(([tier, period]) => row(clock, tier, period));

/**
 * The limits a city starts with. Statutory, promise, assist and pause_end have none: theirs comes from the category's
 * law, the date given, or the lead's own clock. That of first_attempt is a case of follow_up.
 */
export const defaultClockRules: ClockRules = {
  version: 'default-1',
  rows: [
    row('dispatching', 'default', workingHours(4)),
    row('dispatching', 'urgent', wallMinutes(15)),
    row('sign', 'default', workingHours(4)),
    row('sign', 'urgent', wallMinutes(30)),
    row('contact', 'default', wallHours(24)),
    row('contact', 'urgent', wallMinutes(30)),
    ...byTier('resolve'),
    ...byTier('resident'),
    row('decision', 'default', workingDays(1)),
    row('decision', 'return', workingHours(4)),
    row('decision', 'legal_review', workingDays(5)),
    row('decision', 'government_approval', workingDays(10)),
    row('pass_down', 'default', workingHours(4)),
    row('arbitration', 'default', workingDays(2)),
    row('arbitration', 'urgent', wallMinutes(30)),
    row('review', 'default', workingDays(1)),
    row('verify', 'default', workingDays(1)),
    row('follow_up', 'default', workingDays(5)),
    row('follow_up', 'first_attempt', workingDays(1)),
    row('rework', 'default', workingDays(3)),
    row('link', 'default', calendarDays(7)),
    row('judgement', 'default', workingDays(3)),
    row('on_account_review', 'default', calendarDays(30)),
    row('report_in', 'default', workingDays(3)),
    row('report_in', 'joint_enforcement', wallHours(24)),
    row('report_in', 'emergency', wallMinutes(30)),
    row('answer_call', 'default', workingHours(4)),
    row('supervision_reply', 'default', workingDays(1)),
    row('supervision_reply', 'daily', workingDays(3)),
    row('meeting_task', 'default', workingDays(5)),
    row('task_force', 'default', calendarDays(30)),
    row('deliberation', 'default', calendarDays(15)),
    row('suggestion', 'default', workingDays(10)),
    row('consent', 'default', workingDays(5)),
    row('governance', 'default', calendarDays(30)),
    row('field_task', 'default', workingDays(5)),
  ],
};

/**
 * A city's limits with those it starts with wherever it says nothing: a clock that came after the city wrote down its own
 * runs by the default.
 */
export const completed = (own: ClockRules | undefined): ClockRules => {
  if (own === undefined) return defaultClockRules;
  const isSaid = ({ clock, variant }: ClockRuleRow): boolean =>
    own.rows.some((row) => row.clock === clock && row.variant === variant);
  return { ...own, rows: [...own.rows, ...defaultClockRules.rows.filter((row) => !isSaid(row))] };
};

/**
 * The limit of `clock` in the case named by `variant`, else its ordinary one. Throws a RangeError where the city has
 * neither: a clock without a limit cannot run.
 */
export function ruleFor(rules: ClockRules, clock: ClockKind, variant = 'default'): ClockRule {
  const rows = rules.rows.filter((each) => each.clock === clock);
  const found = rows.find((each) => each.variant === variant) ?? rows.find((each) => each.variant === 'default');
  if (found === undefined)
    throw new RangeError(`no limit for the clock ${clock} (${variant}) in rules ${rules.version}`);
  return { kind: found.kind, amount: found.amount, version: rules.version };
}

/** Which tier counts: an emergency is always on the emergency tier, everything else on its category's. */
export const tierOf = (urgency: 'normal' | 'urgent' | 'emergency', category: Tier): Tier =>
  urgency === 'emergency' ? 'emergency' : category;

/** 'urgent' for urgent and emergency orders, as the variant of the clocks that have one. */
export const urgencyVariant = (urgency: 'normal' | 'urgent' | 'emergency'): 'urgent' | 'default' =>
  urgency === 'normal' ? 'default' : 'urgent';

/** The limit of a clock that ends at a date somebody gave: promise, pause_end. A date in the past is due at once. */
export const ruleUntil = (start: Instant, dueAt: Instant, version: string): ClockRule => ({
  ...wallMinutes(Math.max(0, dueAt - start) / 60_000),
  version,
});
