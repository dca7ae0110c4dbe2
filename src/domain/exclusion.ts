import type { Approval, ApprovalTerms } from './approval.ts';
import type { Role } from './city.ts';
import { deadline } from './deadline.ts';
import { type FollowUp, isUnsolved } from './follow-up.ts';
import { isExcludedByJudges, type Judgement } from './judgement.ts';
import { fifteenDaysAfter, type Setting } from './obstacles.ts';
import { timetableOf } from './order-clocks.ts';
import { unitRoles } from './parties.ts';
import type { RefusalCode } from './refusal.ts';
import type { Instant } from './time.ts';
import type { Actor, WorkOrder } from './work-order.ts';

/** Why an answer may be taken out of the count (剔除情形), in the words residents are told. */
export const exclusionClasses = {
  untrue: '诉求不属实',
  unreasonable: '诉求不合理',
  force_majeure: '不可抗力',
  policy: '现行政策暂不支持',
  out_of_hands: '超出承办单位职责权限',
  duplicate: '重复诉求',
  litigation: '已进入诉讼、仲裁、信访等法定途径',
} as const;
export type ExclusionClass = keyof typeof exclusionClasses;

/** What only judges may say of a demand. */
const judgesOnly: ReadonlySet<string> = new Set(['untrue', 'unreasonable'] satisfies ExclusionClass[]);

/** Whether a claim of this class goes before judges; the others are decided by drawn reviewers. */
export const isForJudges = ({ class: claimed }: ApprovalTerms): boolean =>
  claimed !== undefined && judgesOnly.has(claimed);

/** Whether an answer says something against the unit: not solved, or not satisfied. Nothing else is worth excluding. */
export const isAdverse = ({ answer }: Pick<FollowUp, 'answer'>): boolean =>
  isUnsolved({ answer }) || answer?.satisfaction === 'dissatisfied' || answer?.satisfaction === 'very_dissatisfied';

/** The unit an answer rates: whoever was responsible when it came. Null where it has not come. */
export const ratedUnit = (order: WorkOrder, { answeredAt }: Pick<FollowUp, 'answeredAt'>): string | null =>
  answeredAt === null ? null : (order.assignments.findLast((a) => a.from <= answeredAt)?.unit ?? null);

/** Whether somebody works for a unit that an answer on this order rates; it may own the order no more. */
export const isRated = ({ roles, unit }: Actor, order: WorkOrder): boolean =>
  unit !== null &&
  unitRoles.some((role: Role) => roles.includes(role)) &&
  order.followUps.some((f) => ratedUnit(order, f) === unit);

/** The answer a unit means: the one it names, else the last adverse one about itself. */
export const contestedAnswer = (
  order: WorkOrder,
  { followUp }: ApprovalTerms,
  { actor }: Setting,
): string | undefined =>
  followUp ?? order.followUps.findLast((f) => isAdverse(f) && ratedUnit(order, f) === actor.unit)?.id;

/**
 * What keeps an exclusion from being asked: of an answer against the unit itself, within three working days of it, once,
 * with evidence, and not of what judges have weighed already.
 */
export function exclusionFault(order: WorkOrder, terms: ApprovalTerms, setting: Setting): RefusalCode | null {
  const answered = order.followUps.find((f) => f.id === terms.followUp);
  if (answered?.answeredAt == null || ratedUnit(order, answered) !== setting.actor.unit) return 'answer-unknown';
  if (terms.class === undefined || !(terms.class in exclusionClasses)) return 'class-missing';
  if (terms.evidence === undefined || terms.evidence.trim() === '') return 'evidence-missing';
  if (!isAdverse(answered)) return 'not-adverse';
  if (order.approvals.some((a) => isClaimOn(a, answered.id) && a.state !== 'withdrawn')) return 'excluded-before';
  if (isForJudges(terms) && judgementOn(order, answered)?.state === 'decided') return 'judged-already';
  const last = deadline({
    start: answered.answeredAt,
    kind: 'working_day',
    amount: 3,
    ...timetableOf(setting.city, setting.actor.unit),
  }).dueAt;
  return setting.now <= last ? null : 'exclusion-late';
}

/** The case in which judges weigh, or have weighed, an answer. */
export const judgementOn = (
  { judgements }: WorkOrder,
  { id, round }: Pick<FollowUp, 'id' | 'round'>,
): Judgement | undefined =>
  judgements.findLast(
    (j) => j.state !== 'cancelled' && (j.followUps.includes(id) || (j.cause !== 'exclusion' && j.round === round)),
  );

export const isClaimOn = ({ kind, terms }: Approval, followUp: string): boolean =>
  kind === 'exclusion' && terms.followUp === followUp;

/** By what an answer was taken out of the count: a granted claim, or a finding of judges. Null where it counts. */
export function exclusionOf(
  order: Pick<WorkOrder, 'approvals' | 'judgements'>,
  followUp: Pick<FollowUp, 'id' | 'round' | 'answer'>,
): Readonly<{ id: string; by: 'reviewers' | 'judges' }> | null {
  const claim = order.approvals.find((a) => isClaimOn(a, followUp.id) && a.state === 'granted');
  const found =
    claim === undefined
      ? order.judgements.find((j) => isExcludedByJudges({ judgements: [j] }, followUp))
      : { id: claim.id };
  if (found === undefined || isOverturned(order, found.id)) return null;
  return { id: found.id, by: claim === undefined || isForJudges(claim.terms) ? 'judges' : 'reviewers' };
}

/** Whether an answer is taken out of the count (剔除) now. Whoever counts shows it beside the rate. */
export const isExcluded = (
  order: Pick<WorkOrder, 'approvals' | 'judgements'>,
  followUp: Pick<FollowUp, 'id' | 'round' | 'answer'>,
): boolean => exclusionOf(order, followUp) !== null;

/** Whether a resident's appeal against an exclusion was granted: the answer counts again. */
const isOverturned = ({ approvals }: Pick<WorkOrder, 'approvals'>, id: string): boolean =>
  approvals.some((a) => a.kind === 'objection' && a.state === 'granted' && a.terms.against === id);

/** What a resident may appeal against: the exclusion of the own answer. */
export const exclusionFor = (order: WorkOrder, request: string): string | null =>
  order.followUps
    .filter((f) => f.request === request)
    .flatMap((f) => exclusionOf(order, f)?.id ?? [])
    .at(-1) ?? null;

/** What keeps a resident from appealing: it is not excluded, was appealed before, or fifteen days are over. */
export function appealFault(order: WorkOrder, against: string, now: Instant): RefusalCode | null {
  const claim = order.approvals.find((a) => a.id === against && a.kind === 'exclusion' && a.state === 'granted');
  const judged = order.judgements.find((j) => j.id === against && j.finding === 'exclude');
  const since = claim?.decidedAt ?? judged?.decidedAt ?? null;
  if (since === null) return 'not-excluded';
  const before = order.approvals.some((a) => a.terms.against === against && ['granted', 'refused'].includes(a.state));
  if (before) return 'excluded-before';
  return now > fifteenDaysAfter(since) ? 'requester-window' : null;
}
