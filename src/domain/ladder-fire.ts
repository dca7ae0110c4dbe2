import type { Admission } from './admission.ts';
import { superiors } from './city.ts';
import type { Clock } from './clocks.ts';
import type { CoordinationOrder, PowerSetting } from './coordination.ts';
import type { Addressee, Climber, LadderAction, LadderPolicy, Rung } from './ladder.ts';
import { rungsDue } from './ladder.ts';
import type { ToldPost } from './post-told.ts';
import { districtOf, holderAt, supervisorOf } from './powers.ts';
import type { SupervisionGrade, SupervisionOrder } from './supervision.ts';
import type { Instant } from './time.ts';
import type { Undertaking } from './undertaking.ts';
import { isClaimable, isOpen, type OrderClock, type WorkOrder } from './work-order.ts';

/** What a rung may look at when it fires. `unit` is whom the clock binds; `about` what the clock is of. */
export type Subject = Climber &
  Readonly<{
    about: 'order' | 'assist' | 'coordination' | 'supervision' | 'undertaking' | 'admission';
    owner: string;
    /** Null where the clock is the hotline's own. */
    unit: string | null;
    path: readonly string[];
    open: boolean;
    unsigned: boolean;
    /** It lies in the queue of its unit, and no clerk has a lease of it. */
    unclaimed: boolean;
    verifying: boolean;
    verifier: string | null;
    /** Who waits for an undertaking. */
    asker: string | null;
    problem: boolean;
    workOrderIds: readonly string[];
  }>;

/** What is to be done because a rung fired, with everybody found. The actions carry it out. */
export type Intent =
  | Readonly<{ do: 'warn'; unit: string | null }>
  | Readonly<{ do: 'urge' | 'tell'; unit: string | null; role: 'shift_leader' | 'duty_office' | 'verifier' | null }>
  | Readonly<{
      do: 'supervise';
      unit: string;
      by: string;
      grade: SupervisionGrade;
      workOrderIds: readonly string[];
      about: 'order' | 'assist' | 'coordination';
    }>
  | Readonly<{ do: 'one_level_up'; unit: string; to: string }>
  | Readonly<{ do: 'tell_post'; unit: string; whom: ToldPost }>
  | Readonly<{ do: 'ring'; unit: string; whom: 'post_b' | 'duty_leader' }>
  | Readonly<{ do: 'human_acknowledgement'; role: 'shift_leader'; choices: readonly ['acknowledge', 'assist'] }>
  | Readonly<{ do: 'sign_by_timeout' | 'unverified' | 'replace_judges' | 'next_grade' }>;

/** An action of a rung that no longer applied when it fired, and why. */
export type Nothing = Readonly<{
  action: LadderAction['do'];
  because: 'ended' | 'signed' | 'claimed' | 'urgent-never' | 'verified' | 'at-the-top' | 'problem-already' | 'nobody';
}>;

/** One rung that fired: what it leads to, and what of it came to nothing. `late` in ms tells how long it had waited. */
export type Fired = Readonly<{
  rung: string;
  policy: string;
  dueAt: Instant;
  lateMs: number;
  intents: readonly Intent[];
  nothing: readonly Nothing[];
}>;

/** The clock with what has fired on it. The same clock fires nothing twice; a later date empties the list. */
export type Firing<C extends Clock> = Readonly<{ clock: C; fired: readonly Fired[] }>;

/** Fires every rung of a clock that is due, in order of time; of those only the ones due by `by`. */
export function fireRungs<C extends Clock>(
  clock: C,
  subject: Subject,
  policy: Pick<LadderPolicy, 'version' | 'rungs'>,
  setting: Pick<PowerSetting, 'city' | 'powers' | 'now'>,
  by: Instant = setting.now,
): Firing<C> {
  const due = rungsDue(subject, clock, by, setting.city, policy.rungs);
  const fired = due.map(
    ({ rung, dueAt }): Fired => ({
      rung: rung.id,
      policy: policy.version,
      dueAt,
      lateMs: setting.now - dueAt,
      ...whatRungDoes(rung, subject, setting),
    }),
  );
  return {
    clock: due.length === 0 ? clock : { ...clock, fired: [...clock.fired, ...due.map(({ rung }) => rung.id)] },
    fired,
  };
}

/** What a rung leads to on this order as it is now: the actions that apply, and those that no longer do. */
export function whatRungDoes(
  { actions }: Pick<Rung, 'actions'>,
  subject: Subject,
  setting: Pick<PowerSetting, 'city' | 'powers'>,
): Readonly<{ intents: readonly Intent[]; nothing: readonly Nothing[] }> {
  const outcomes = actions.map((action) => applied(action, subject, setting));
  return {
    intents: outcomes.filter((outcome): outcome is Intent => 'do' in outcome),
    nothing: outcomes.filter((outcome): outcome is Nothing => 'because' in outcome),
  };
}

function applied(
  action: LadderAction,
  subject: Subject,
  setting: Pick<PowerSetting, 'city' | 'powers'>,
): Intent | Nothing {
  const { owner, workOrderIds, about } = subject;
  const unit = subject.unit ?? owner;
  const nothing = (because: Nothing['because']): Nothing => ({ action: action.do, because });
  if (!subject.open) return nothing('ended');
  switch (action.do) {
    case 'warn':
      return { do: 'warn', unit: subject.unit };
    case 'urge':
    case 'tell':
      return addressed(action.do, action.whom, subject, setting) ?? nothing('nobody');
    case 'supervise': {
      const at = action.by === 'district' ? [] : subject.path;
      const by = supervisorOf({ unit, owner, path: at }, setting);
      if (by === null) return nothing('at-the-top');
      // Supervision is about work orders; a call of a street may still be about none.
      if (about === 'admission' || (about === 'undertaking' && workOrderIds.length === 0)) return nothing('nobody');
      return {
        do: 'supervise',
        unit,
        by,
        grade: action.grade,
        workOrderIds,
        about: about === 'assist' || about === 'coordination' ? about : 'order',
      };
    }
    case 'one_level_up': {
      if (subject.problem) return nothing('problem-already');
      const to = superiors(setting.city, owner)[action.levels - 1];
      return to === undefined ? nothing('at-the-top') : { do: 'one_level_up', unit: owner, to };
    }
    case 'tell_post':
      return subject.unclaimed ? { do: 'tell_post', unit, whom: action.whom } : nothing('claimed');
    case 'ring':
      return subject.unsigned ? { do: 'ring', unit, whom: action.whom } : nothing('signed');
    case 'human_acknowledgement':
      return subject.unsigned
        ? { do: 'human_acknowledgement', role: 'shift_leader', choices: ['acknowledge', 'assist'] }
        : nothing('signed');
    case 'sign_by_timeout':
      if (subject.urgency !== 'normal') return nothing('urgent-never');
      return subject.unsigned ? { do: 'sign_by_timeout' } : nothing('signed');
    case 'unverified':
      return subject.verifying ? { do: 'unverified' } : nothing('verified');
    case 'replace_judges':
    case 'next_grade':
      return { do: action.do };
  }
}

function addressed(
  how: 'urge' | 'tell',
  whom: Addressee,
  { unit, owner, path, verifier, asker }: Subject,
  setting: Pick<PowerSetting, 'city' | 'powers'>,
): Intent | null {
  const to = (code: string | null | undefined): Intent | null =>
    code == null ? null : { do: how, unit: code, role: null };
  switch (whom) {
    case 'unit':
      return { do: how, unit, role: unit === null ? 'shift_leader' : null };
    case 'street':
      return to(holderAt(path, 'supervision', setting)?.code);
    case 'district':
      return to(districtOf(setting.city, path, owner));
    case 'superior':
      return to(superiors(setting.city, unit ?? owner)[0]);
    case 'asker':
      return to(asker);
    case 'duty_office':
      return { do: how, unit: districtOf(setting.city, path, owner), role: 'duty_office' };
    case 'verifier':
      return { do: how, unit: verifier, role: 'verifier' };
    case 'shift_leader':
      return { do: how, unit: null, role: 'shift_leader' };
  }
}

/** A work order's clock as the ladder sees it. */
export const subjectOf = (order: WorkOrder, clock: OrderClock): Subject => ({
  ...subjectOfOrder(order),
  about: clock.kind === 'assist' ? 'assist' : 'order',
  unit: clock.unit ?? (clock.kind === 'resident' || clock.kind === 'statutory' ? order.owner : null),
  // Judges may be asked about an order that has ended; their clock stops with the case.
  open: isOpen(order.state) || clock.kind === 'judgement',
});

/** A work order itself, where no clock but a count has brought the ladder to it. */
export const subjectOfOrder = (order: WorkOrder): Subject => ({
  about: 'order',
  owner: order.owner,
  unit: order.owner,
  path: order.placement.path.map((step) => step.code),
  open: isOpen(order.state),
  unsigned: order.state === 'dispatched',
  unclaimed: isClaimable(order) && !order.claimed,
  verifying: order.state === 'verifying',
  verifier: order.verifier?.unit ?? null,
  asker: null,
  problem: order.problem,
  workOrderIds: [order.id],
  tier: order.tier,
  urgency: order.urgency,
});

const beside = {
  unsigned: false,
  unclaimed: false,
  verifying: false,
  verifier: null,
  asker: null,
  problem: false,
  tier: null,
} as const;

/** A report-in clock as the ladder sees it: the silent unit is supervised by the street that called it. */
export const subjectOfCall = (
  order: CoordinationOrder,
  clock: OrderClock,
  { city }: Pick<PowerSetting, 'city'>,
): Subject => {
  // Who answers to nobody of the district, as a utility, is still told of there: the place is the street's.
  const above = [order.street, ...superiors(city, order.street)];
  return {
    ...beside,
    about: 'coordination',
    owner: clock.unit ?? order.street,
    unit: clock.unit ?? order.street,
    path: above.flatMap((unit) => city.units.get(unit)?.area ?? []).toReversed(),
    open: order.state === 'issued',
    workOrderIds: order.workOrderIds,
    urgency: order.kind === 'emergency' ? 'emergency' : 'normal',
  };
};

/** A reply clock as the ladder sees it. */
export const subjectOfReply = (order: SupervisionOrder): Subject => ({
  ...beside,
  about: 'supervision',
  owner: order.unit,
  unit: order.unit,
  path: [],
  open: order.state === 'issued',
  workOrderIds: order.workOrderIds,
  urgency: 'normal',
});

/** The clock of an undertaking as the ladder sees it. */
export const subjectOfUndertaking = ({ unit, by, state, workOrderId }: Undertaking): Subject => ({
  ...beside,
  about: 'undertaking',
  owner: unit,
  unit,
  path: [],
  asker: by,
  open: state === 'open',
  workOrderIds: workOrderId === null ? [] : [workOrderId],
  urgency: 'normal',
});

/** The clock of a look at an admission as the ladder sees it: nobody's but the deciders', who belong to no unit. */
export const subjectOfAdmission = ({ askedByUnit, endedAt }: Admission): Subject => ({
  ...beside,
  about: 'admission',
  owner: askedByUnit ?? '',
  unit: null,
  path: [],
  open: endedAt === null,
  workOrderIds: [],
  urgency: 'normal',
});
