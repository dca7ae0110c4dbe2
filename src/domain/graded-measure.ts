import { type City, isUnder } from './city.ts';
import { deadline } from './deadline.ts';
import { nameOf } from './decide.ts';
import type { JudgingPolicy } from './judging-policy.ts';
import type { Setting } from './obstacles.ts';
import { timetableOf } from './order-clocks.ts';
import { unitRoles } from './parties.ts';
import { speaksFor } from './powers.ts';
import { type Refusal, type RefusalCode, refuse } from './refusal.ts';
import { speaksForHotline } from './supervision.ts';
import { allowedIn, arrive, notAllowed, type Table, type TableRow } from './table.ts';
import { after, days, type Instant } from './time.ts';
import type { Actor, Fact } from './work-order.ts';

/** How hard a unit is taken, each grade harder than the one before (及时提醒、限期整改、追责问责). */
export const measureGrades = ['remind', 'rectify', 'referral'] as const;
export type MeasureGrade = (typeof measureGrades)[number];

export const measureStates = ['issued', 'replied', 'closed', 'lapsed'] as const;
export type MeasureState = (typeof measureStates)[number];

/** A written answer of the unit, and what was made of it. */
export type MeasureReply = Readonly<{
  text: string;
  actor: string;
  at: Instant;
  inTime: boolean | null;
  verdict: 'accepted' | 'refused' | null;
  reason: string | null;
}>;

/**
 * A measure against a unit: a person's, or the rule's where inspectors and judges found it at fault too often (`faults`).
 * `by` is the unit whose word it is, and `follows` the one it comes after. Only what is to be put right has a date.
 */
export type GradedMeasure = Readonly<{
  id: string;
  number: string;
  version: number;
  unit: string;
  grade: MeasureGrade;
  demand: string;
  workOrderIds: readonly string[];
  by: string;
  raisedBy: Fact['actor'];
  raisedAt: Instant;
  automatic: boolean;
  faults: number | null;
  rectifyBy: Instant | null;
  state: MeasureState;
  replies: readonly MeasureReply[];
  outcome: string | null;
  follows: string | null;
  endedAt: Instant | null;
}>;

export type MeasureParty = 'unit' | 'raiser' | 'system';
export type MeasureSaid = {
  reply: { text: string };
  accept: { outcome?: string | undefined };
  refuse: { reason: string; rectifyBy?: Instant | undefined };
  close: { outcome: string };
  lapse: object;
};
export type MeasureAction = keyof MeasureSaid;
export type MeasureObstacle = Extract<
  RefusalCode,
  'reply-missing' | 'reason-missing' | 'outcome-missing' | 'in-the-past' | 'too-early'
>;

/** The whole life of a measure: a reminder ends with the unit's word, the rest with that of whoever took it. */
// biome-ignore format: one row per line, read by column
export const measureLife = {
  reply:  { from: ['issued'],            by: ['unit'],   to: ['replied', 'closed'], unless: ['reply-missing'] },
  accept: { from: ['replied'],           by: ['raiser'], to: 'closed' },
  refuse: { from: ['replied'],           by: ['raiser'], to: 'issued',              unless: ['reason-missing', 'in-the-past'] },
  close:  { from: ['issued', 'replied'], by: ['raiser'], to: 'closed',              unless: ['outcome-missing'] },
  lapse:  { from: ['issued'],            by: ['system'], to: 'lapsed',              unless: ['too-early'] },
} as const satisfies Table<MeasureAction, MeasureState, MeasureParty, MeasureObstacle>;

type Policy = Pick<JudgingPolicy, 'memoryDays' | 'rectifyDays' | 'faults' | 'faultDays'>;
export type MeasureSetting = Setting & Readonly<{ judging: Policy }>;

/** What an actor is to a measure. */
export function measureParties(
  actor: Actor,
  { unit, by }: Pick<GradedMeasure, 'unit' | 'by'>,
  city: City,
): ReadonlySet<MeasureParty> {
  const found = new Set<MeasureParty>();
  if (actor.system) return found.add('system');
  if (actor.unit === unit && unitRoles.some((role) => actor.roles.includes(role))) found.add('unit');
  if (actor.unit !== unit && raises(actor, by, city)) found.add('raiser');
  return found;
}

/** Whether an actor's word is that of a unit towards those below it. Inspectors and the hotline's leaders are the centre's. */
const raises = (actor: Actor, by: string, city: City): boolean =>
  speaksFor(actor, by) ||
  speaksForHotline(actor, by, city) ||
  (city.units.get(by)?.kind === 'hotline_centre' &&
    (actor.unit === null || actor.unit === by) &&
    actor.roles.includes('inspector'));

/** Whose word an actor's is: that of the own unit, or of the centre for inspectors who belong to none. */
const wordOf = (actor: Actor, city: City): string | null => {
  const centre = centreOf(city);
  if (actor.unit !== null && raises(actor, actor.unit, city)) return actor.unit;
  return centre !== null && raises(actor, centre, city) ? centre : null;
};

/** The hotline centre, in whose name the rule speaks. */
export const centreOf = ({ units }: City): string | null =>
  [...units.values()].find(({ kind }) => kind === 'hotline_centre')?.code ?? null;

/** The grade after the last one, as long as that is remembered; else the mildest. */
export const gradeAfter = (
  last: Pick<GradedMeasure, 'grade' | 'raisedAt'> | null,
  now: Instant,
  { memoryDays }: Policy,
): MeasureGrade => {
  const isOver = last === null || after(last.raisedAt, days(memoryDays)) < now;
  if (isOver) return 'remind';
  return measureGrades[measureGrades.indexOf(last.grade) + 1] ?? 'referral';
};

/** What somebody wants to take against a unit; without a grade the one that follows from the last. */
export type MeasureWanted = Readonly<{
  unit: string;
  grade?: MeasureGrade | undefined;
  demand: string;
  workOrderIds: readonly string[];
  rectifyBy?: Instant | undefined;
}>;
export type MeasureDecision = Readonly<{ kind: 'decided'; measure: GradedMeasure; facts: readonly Fact[] }>;
type Names = Readonly<{ id: string; number: string }>;

/** A person takes a measure against a unit below: by whoever leads a unit above it, the hotline's leaders, or an inspector. */
export function takeMeasure(
  { unit, grade, demand, workOrderIds, rectifyBy }: MeasureWanted,
  last: GradedMeasure | null,
  names: Names,
  setting: MeasureSetting,
): MeasureDecision | Refusal {
  const { actor, city, now, judging } = setting;
  if (!city.units.has(unit)) return refuse('unit-unknown', { units: [unit] });
  const by = wordOf(actor, city);
  if (by === null || by === unit || !isUnder(city, unit, by)) return refuse('not-in-command', { unit });
  if (demand.trim() === '') return refuse('demand-missing');
  if (rectifyBy !== undefined && rectifyBy <= now) return refuse('in-the-past');
  const chosen = grade ?? gradeAfter(last, now, judging);
  return begun(
    { unit, by, grade: chosen, demand, workOrderIds, faults: null, follows: last?.id ?? null },
    names,
    setting,
    rectifyBy,
  );
}

/** The rule takes the next measure where inspectors and judges have found a unit at fault too often; null where they have not. */
export function measureByRule(
  { unit, faults, workOrderIds }: Readonly<{ unit: string; faults: number; workOrderIds: readonly string[] }>,
  last: GradedMeasure | null,
  names: Names,
  setting: MeasureSetting,
): MeasureDecision | null {
  const { city, now, judging } = setting;
  const by = centreOf(city);
  if (faults < judging.faults || by === null || by === unit) return null;
  const grade = gradeAfter(last, now, judging);
  return begun(
    { unit, by, grade, demand: 'rule:repeated_faults', workOrderIds, faults, follows: last?.id ?? null },
    names,
    setting,
  );
}

/** The one that comes after a measure whose date has passed without an answer: it is referred. */
export const referred = (measure: GradedMeasure, names: Names, setting: MeasureSetting): MeasureDecision => {
  const { unit, by, demand, workOrderIds, id } = measure;
  return begun({ unit, by, grade: 'referral', demand, workOrderIds, faults: null, follows: id }, names, setting);
};

function begun(
  of: Pick<GradedMeasure, 'unit' | 'by' | 'grade' | 'demand' | 'workOrderIds' | 'faults' | 'follows'>,
  names: Names,
  setting: MeasureSetting,
  rectifyBy?: Instant,
): MeasureDecision {
  const { actor, now } = setting;
  const measure: GradedMeasure = {
    ...of,
    ...names,
    version: 1,
    raisedBy: nameOf(actor),
    raisedAt: now,
    automatic: actor.system,
    rectifyBy: of.grade === 'rectify' ? (rectifyBy ?? rectifyDate(of.unit, setting)) : null,
    state: 'issued',
    replies: [],
    outcome: null,
    endedAt: null,
  };
  return {
    kind: 'decided',
    measure,
    facts: [factOf('measure_raised', measure, setting, { grade: of.grade, by: of.by, faults: of.faults })],
  };
}

const rectifyDate = (unit: string, { city, now, judging }: MeasureSetting): Instant =>
  deadline({ start: now, kind: 'working_day', amount: judging.rectifyDays, ...timetableOf(city, unit) }).dueAt;

export type MeasureCommand = { [A in MeasureAction]: Readonly<{ action: A; said: MeasureSaid[A] }> }[MeasureAction];

/** What happens if this reaches the measure now. Pure, like `decide`. */
export function decideMeasure(
  measure: GradedMeasure,
  { action, said }: MeasureCommand,
  setting: MeasureSetting,
): MeasureDecision | Refusal {
  const row: TableRow<MeasureState, string, MeasureObstacle> = measureLife[action];
  const no = notAllowed(measureLife, action, measure.state, measureParties(setting.actor, measure, setting.city));
  const stands = no === null && row.unless?.find((code) => obstacles[code](measure, said, setting));
  if (no || stands) return no ?? refuse(stands as MeasureObstacle);
  const effect = effects[action] as (measure: GradedMeasure, said: unknown, setting: MeasureSetting) => GradedMeasure;
  const changed = effect({ ...measure, version: measure.version + 1 }, said, setting);
  const decided = action === 'reply' && measure.grade === 'remind' ? 'closed' : undefined;
  const state = arrive(row, measure.state, decided);
  const ended = state === 'closed' || state === 'lapsed';
  const next: GradedMeasure = { ...changed, state, endedAt: ended ? setting.now : null };
  const body = { grade: next.grade, from: measure.state, to: state, version: next.version };
  return { kind: 'decided', measure: next, facts: [factOf(`measure_${action}`, next, setting, body)] };
}

/** What the actor may do to a measure now. */
export const allowedOnMeasure = (
  measure: GradedMeasure,
  { actor, city }: Pick<Setting, 'actor' | 'city'>,
): readonly MeasureAction[] => allowedIn(measureLife, measure.state, measureParties(actor, measure, city));

const text = (said: object, key: string): boolean => {
  const value: unknown = Reflect.get(said, key);
  return typeof value === 'string' && value.trim() !== '';
};

const obstacles: Readonly<
  Record<MeasureObstacle, (measure: GradedMeasure, said: object, setting: Setting) => boolean>
> = {
  'reply-missing': (_measure, said) => !text(said, 'text'),
  'reason-missing': (_measure, said) => !text(said, 'reason'),
  'outcome-missing': (_measure, said) => !text(said, 'outcome'),
  'in-the-past': (_measure, said, { now }) =>
    'rectifyBy' in said && typeof said.rectifyBy === 'number' && said.rectifyBy <= now,
  'too-early': ({ rectifyBy }, _said, { now }) => rectifyBy === null || now < rectifyBy,
};

const effects: {
  [A in MeasureAction]: (measure: GradedMeasure, said: MeasureSaid[A], setting: MeasureSetting) => GradedMeasure;
} = {
  reply: (measure, said, { actor, now }) => {
    const inTime = measure.rectifyBy === null ? null : now <= measure.rectifyBy;
    const reply = { text: said.text, actor: actor.name, at: now, inTime, verdict: null, reason: null };
    return { ...measure, replies: [...measure.replies, reply] };
  },
  accept: (measure, { outcome }) => ({ ...judged(measure, 'accepted', null), outcome: outcome ?? null }),
  refuse: (measure, { reason, rectifyBy }, setting) => ({
    ...judged(measure, 'refused', reason),
    rectifyBy: measure.grade === 'rectify' ? (rectifyBy ?? rectifyDate(measure.unit, setting)) : null,
  }),
  close: (measure, { outcome }) => ({ ...measure, outcome }),
  lapse: (measure) => measure,
};

const judged = (measure: GradedMeasure, verdict: 'accepted' | 'refused', reason: string | null): GradedMeasure => ({
  ...measure,
  replies: measure.replies.map((reply, n) =>
    n === measure.replies.length - 1 ? { ...reply, verdict, reason } : reply,
  ),
});

const factOf = (type: string, { unit }: GradedMeasure, { actor, now }: Setting, body: Fact['body']): Fact => ({
  type,
  at: now,
  actor: nameOf(actor),
  unit,
  body,
});
