import { isUnder, superiors } from './city.ts';
import { ruleFor, ruleUntil, startClock } from './clocks.ts';
import { askingFault, type Consent } from './consent.ts';
import type { ListedWorkOrder } from './coordination-life.ts';
import { nameOf } from './decide.ts';
import type { Setting } from './obstacles.ts';
import { endClock, timetableOf } from './order-clocks.ts';
import { speaksFor } from './powers.ts';
import { type Refusal, refuse } from './refusal.ts';
import { speaksForHotline } from './supervision.ts';
import { allowedIn, arrive, notAllowed, type TableRow } from './table.ts';
import type { Instant } from './time.ts';
import {
  type About,
  askerOf,
  type Member,
  type Undertaking,
  type UndertakingAction,
  type UndertakingKind,
  type UndertakingObstacle,
  type UndertakingSaid,
  type UndertakingState,
  undertakingLife,
  undertakingParties,
} from './undertaking.ts';
import type { Fact } from './work-order.ts';

/** The next undertaking, and what became true on the way. */
export type UndertakingDecision = Readonly<{ kind: 'decided'; undertaking: Undertaking; facts: readonly Fact[] }>;

/** One thing to do to an undertaking, with what was said. */
export type UndertakingCommand = {
  [A in UndertakingAction]: Readonly<{ action: A; said: UndertakingSaid[A] }>;
}[UndertakingAction];

/** What is undertaken: by whom, for whom, about what; `dueAt` null where the city's limit for the kind holds. */
export type UndertakingDraft = Readonly<{
  kind: UndertakingKind;
  unit: string;
  by: string;
  title: string;
  demand: string;
  leader?: string | null | undefined;
  plan?: string | null | undefined;
  members?: readonly Member[] | undefined;
  workOrder?: ListedWorkOrder | null | undefined;
  meeting?: Readonly<{ id: string; item: string }> | undefined;
  about?: About | undefined;
  dueAt?: Instant | null | undefined;
}>;

type Names = Readonly<{ id: string; number: string }>;
type Said = Omit<UndertakingDraft, 'kind' | 'by' | 'unit' | 'meeting'>;

/**
 * A task force (专班) or a deliberation (议事: a community or street talks a matter over with those it concerns, in rounds,
 * to a resolution), or what a visit asks for (现场交办). Somebody above charges the unit with it, or the unit itself.
 */
export function charge(
  kind: 'task_force' | 'deliberation' | 'field_task',
  { unit, ...said }: Said & Readonly<{ unit: string }>,
  names: Names,
  setting: Setting,
): UndertakingDecision | Refusal {
  const { actor, city } = setting;
  if (!city.units.has(unit)) return refuse('unit-unknown', { units: [unit] });
  if (actor.unit === null || !mayCharge(unit, setting)) return refuse('not-in-command', { unit });
  const attention = said.about?.attention;
  if (attention !== undefined && !city.units.has(attention.unit))
    return refuse('unit-unknown', { units: [attention.unit] });
  return undertake({ ...said, kind, unit, by: askerOf(city, unit, actor.unit) }, names, setting);
}

/** A suggestion of a street or community to the district above it, which has to answer (建议权). */
export function suggest(said: Said, names: Names, setting: Setting): UndertakingDecision | Refusal {
  const { actor, city } = setting;
  const by = actor.unit === null ? undefined : city.units.get(actor.unit);
  if (by === undefined || (by.kind !== 'street' && by.kind !== 'community') || !speaksFor(actor, by.code))
    return refuse('no-power', { unit: actor.unit, power: 'suggestion' });
  const district = superiors(city, by.code).find((above) => city.units.get(above)?.kind === 'district');
  if (district === undefined) return refuse('no-power', { unit: by.code, power: 'suggestion' });
  return undertake({ ...said, kind: 'suggestion', unit: district, by: by.code }, names, setting);
}

/** Asks a street or community for its consent, with the dossier of whom it is about (征得同意权). Errors: those of `askingFault`. */
export function askConsent(
  { asked, consent, ...said }: Said & Readonly<{ asked: string; consent: Consent }>,
  names: Names,
  setting: Setting,
): UndertakingDecision | Refusal {
  const fault = askingFault({ asked, unit: consent.unit, post: consent.post }, setting);
  if (fault !== null || setting.actor.unit === null) return fault ?? refuse('not-appointing');
  return undertake(
    { ...said, kind: 'consent', unit: asked, by: setting.actor.unit, about: { consent } },
    names,
    setting,
  );
}

/** Who speaks for a unit, or governs it, charges it and those under it; the hotline charges every unit of the city. */
const mayCharge = (unit: string, { actor, city }: Setting): boolean =>
  actor.unit !== null &&
  (speaksFor(actor, actor.unit) || speaksForHotline(actor, actor.unit, city) || actor.roles.includes('government')) &&
  isUnder(city, unit, actor.unit);

/** Begins an undertaking. Who may is decided before; here is what holds for all of them. */
export function undertake(draft: UndertakingDraft, names: Names, setting: Setting): UndertakingDecision | Refusal {
  const { now, actor } = setting;
  const { kind, unit, by, title, demand, leader = null, plan = null, members = [], meeting, about = {} } = draft;
  const unknown = unknownOf([unit, ...members.flatMap((m) => m.unit ?? [])], setting);
  if (unknown.length > 0) return refuse('unit-unknown', { units: unknown });
  if (draft.workOrder?.open === false) return refuse('work-order-ended', { workOrders: [draft.workOrder.id] });
  if (draft.dueAt != null && draft.dueAt <= now) return refuse('in-the-past');
  const bare: Undertaking = {
    ...names,
    version: 1,
    kind,
    state: 'open',
    unit,
    by,
    leader,
    members,
    title,
    demand,
    plan,
    workOrderId: draft.workOrder?.id ?? null,
    meetingId: meeting?.id ?? null,
    itemId: meeting?.item ?? null,
    about,
    dueAt: now,
    clocks: [],
    notes: [],
    answers: [],
    openedBy: { actor: nameOf(actor), at: now },
    cancelReason: null,
    endedAt: null,
    seq: 0,
  };
  const undertaking = withClock(bare, setting, draft.dueAt ?? null);
  const body = { kind, by, dueAt: undertaking.dueAt, workOrder: undertaking.workOrderId, to: 'open' };
  return { kind: 'decided', undertaking, facts: [fact('undertaking_opened', undertaking, setting, body)] };
}

/** What happens if this reaches the undertaking now. Pure, like `decide`. */
export function decideUndertaking(
  undertaking: Undertaking,
  { action, said }: UndertakingCommand,
  setting: Setting,
): UndertakingDecision | Refusal {
  const row: TableRow<UndertakingState, string, UndertakingObstacle> = undertakingLife[action];
  const { state } = undertaking;
  const parties = undertakingParties(setting.actor, undertaking, setting.city);
  const no = notAllowed(undertakingLife, action, state, parties);
  if (no !== null) return no;
  for (const code of row.unless ?? []) {
    const details = obstacles[code](said, setting, { action, of: undertaking });
    if (details !== null) return refuse(code, details);
  }
  const effect = effects[action] as (of: Undertaking, said: unknown, setting: Setting) => Undertaking;
  const stopped = row.stops === undefined ? undertaking : withoutClock(undertaking, action, setting);
  const to = arrive(row, state, undefined);
  const ended = to === 'open' ? null : setting.now;
  const changed = effect({ ...stopped, version: undertaking.version + 1, state: to, endedAt: ended }, said, setting);
  const next = row.starts === undefined ? changed : withClock(changed, setting, dateOf(changed, action, said));
  const { kind, dueAt, version } = next;
  const body = { kind, dueAt, from: state, to, version, ...told(action, next) };
  return { kind: 'decided', undertaking: next, facts: [fact(`undertaking_${action}`, next, setting, body)] };
}

/** What the actor may do to it now, whatever then stands in the way of it. */
export const allowedOnUndertaking = (
  undertaking: Undertaking,
  { actor, city }: Pick<Setting, 'actor' | 'city'>,
): readonly UndertakingAction[] =>
  allowedIn(undertakingLife, undertaking.state, undertakingParties(actor, undertaking, city));

type Words = Readonly<Record<string, unknown>>;
type Details = Refusal['details'] | null;

const empty = (value: unknown): boolean => !(typeof value === 'string' && value.trim() !== '');
const unknownOf = (codes: readonly string[], { city }: Setting): readonly string[] =>
  codes.filter((code) => !city.units.has(code));

/** Who consents needs no reason, but who refuses or remarks says what; and who decides against a refusal, why. */
function needsReason({ reason, text, result, taken }: Words, { action, of }: Reached): boolean {
  if (action === 'finish') return of.kind === 'consent' && result !== 'consented' && empty(text);
  if (action === 'decide') return taken === true && of.answers.at(-1)?.result === 'refused' && empty(reason);
  return empty(reason);
}

type Reached = Readonly<{ action: UndertakingAction; of: Undertaking }>;

const obstacles: Readonly<Record<UndertakingObstacle, (said: Words, setting: Setting, reached: Reached) => Details>> = {
  'text-missing': ({ text }) => (empty(text) ? {} : null),
  'outcome-missing': ({ text }, _setting, { of }) => (of.kind !== 'consent' && empty(text) ? {} : null),
  'reason-missing': (said, _setting, reached) => (needsReason(said, reached) ? {} : null),
  'in-the-past': ({ dueAt }, { now }) => (typeof dueAt === 'number' && dueAt <= now ? {} : null),
  'unit-unknown': ({ unit, members }, setting) => {
    const named = ((members ?? []) as readonly Member[]).flatMap((m) => m.unit ?? []);
    const unknown = unknownOf([...(typeof unit === 'string' ? [unit] : []), ...named], setting);
    return unknown.length === 0 ? null : { units: unknown };
  },
};

const effects: {
  [A in UndertakingAction]: (of: Undertaking, said: UndertakingSaid[A], setting: Setting) => Undertaking;
} = {
  note: (of, { text, present = [] }, { actor, now }) => {
    const seq = of.seq + 1;
    const round = of.kind === 'deliberation' ? of.notes.length + 1 : null;
    const note = { seq, at: now, actor: actor.name, unit: actor.unit, text, round, present };
    return { ...of, seq, notes: [...of.notes, note] };
  },
  plan: (of, { plan = of.plan, leader = of.leader, members = of.members }) => ({ ...of, plan, leader, members }),
  assign: (of, { unit = of.unit }) => ({ ...of, unit }),
  finish: (of, { result, text }, { actor, now }) => {
    const seq = of.seq + 1;
    const answer = { seq, at: now, actor: actor.name, result, text, inTime: now <= of.dueAt, refused: null };
    return { ...of, seq, answers: [...of.answers, answer] };
  },
  refuse: (of, { reason }, { actor, now }) => {
    const last = of.answers.at(-1);
    const refused = { at: now, actor: actor.name, reason };
    return { ...of, answers: of.answers.map((each) => (each === last ? { ...each, refused } : each)) };
  },
  decide: (of, { taken, reason = null }, { actor, now }) => {
    const { consent } = of.about;
    if (consent === undefined) throw new Error(`undertaking ${of.id} asks for nobody's consent`);
    const decision = { taken, reason, actor: actor.name, at: now };
    return { ...of, about: { ...of.about, consent: { ...consent, decision } } };
  },
  cancel: (of, { reason }) => ({ ...of, cancelReason: reason }),
  lapse: (of, { reason }) => ({ ...of, cancelReason: reason }),
};

/** A new date where one was said; where only the unit changes, the date there was; else what the kind's limit gives. */
const dateOf = ({ dueAt }: Undertaking, action: UndertakingAction, said: Words): Instant | null =>
  typeof said.dueAt === 'number' ? (said.dueAt as Instant) : action === 'assign' ? dueAt : null;

const told = (action: UndertakingAction, { answers, unit, about }: Undertaking): Fact['body'] => {
  const last = answers.at(-1);
  if (action === 'assign') return { unit };
  if (action === 'decide') return { taken: about.consent?.decision?.taken };
  return action === 'finish' && last !== undefined ? { result: last.result, inTime: last.inTime } : {};
};

/** A date that was given holds; otherwise the kind says how long the unit has. */
function withClock(of: Undertaking, { city, now }: Setting, dueAt: Instant | null): Undertaking {
  const seq = of.seq + 1;
  const rule = dueAt === null ? ruleFor(city.clockRules, of.kind) : ruleUntil(now, dueAt, 'given');
  const clock = startClock({ seq, kind: of.kind, unit: of.unit, rule, at: now }, timetableOf(city, of.unit));
  return { ...of, seq, dueAt: clock.dueAt, clocks: [...of.clocks, { ...clock, about: null }] };
}

const withoutClock = (of: Undertaking, action: string, setting: Setting): Undertaking => ({
  ...of,
  clocks: of.clocks.map((clock) => endClock(clock, setting, action)),
});

/** What the unit does is told to whom it is owed, and everything else to the unit. */
const fact = (type: string, { unit, by }: Undertaking, { now, actor }: Setting, body: Fact['body']): Fact => ({
  type,
  at: now,
  actor: nameOf(actor),
  unit: type === 'undertaking_finish' ? by : unit,
  body,
});
