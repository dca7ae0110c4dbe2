import { type FollowUp, inRound, isUnsolved } from './follow-up.ts';
import type { Seat } from './panel.ts';
import type { Instant } from './time.ts';
import type { Outcome, WorkOrder } from './work-order.ts';

/** How many judges weigh a case: odd, so that a majority always speaks. */
export const bench = 3;

/** Why a case came before judges: a resident's answer, a unit's claim against one, what an inspector saw, a complaint. */
export const judgementCauses = ['follow_up', 'exclusion', 'inspection', 'complaint'] as const;
export type JudgementCause = (typeof judgementCauses)[number];

/** What judges may find, by the two questions they answer. */
export const findings = ['rework', 'explain', 'exclude', 'policy_problem'] as const;
export type Finding = (typeof findings)[number];

/** One axis of an opinion, with its reason. */
export type Answered = Readonly<{ yes: boolean; reason: string }>;

/** What one judge says: is the demand reasonable, and did the unit do its duty? */
export type JudgesOpinion = Readonly<{ reasonable: Answered; dutiful: Answered; actor: string; at: Instant }>;

/**
 * A case before drawn third-party judges (评价员). `followUps` are the answers it is about. It is decided when the whole
 * bench has spoken, and cancelled when the case has moved on without it.
 */
export type Judgement = Readonly<{
  seq: number;
  id: string;
  cause: JudgementCause;
  round: number;
  followUps: readonly string[];
  askedBy: string;
  reason: string | null;
  openedAt: Instant;
  seats: readonly Seat<JudgesOpinion>[];
  state: 'open' | 'decided' | 'cancelled';
  reasonable: boolean | null;
  dutiful: boolean | null;
  finding: Finding | null;
  decidedAt: Instant | null;
}>;

/**
 * What follows from the two answers. A fair demand that was not met by duty is worked on again; one that no duty could
 * meet shows a fault of policy. An unfair one is taken out of the count where the unit did its duty; where it did not,
 * it owes the resident an explanation.
 */
export const findingOf = (reasonable: boolean, dutiful: boolean): Finding =>
  reasonable ? (dutiful ? 'policy_problem' : 'rework') : dutiful ? 'exclude' : 'explain';

/** The answer of more than half of them. */
export const majority = (answers: readonly boolean[]): boolean =>
  answers.filter((yes) => yes).length * 2 > answers.length;

/** Results by which the unit itself says that it was not, or could not be, done. */
const notDone: ReadonlySet<Outcome> = new Set(['explained', 'cannot']);

/**
 * Whether an unsolved answer is weighed by judges before the work begins again: the resident says that the demand was not
 * supported, or that policy stands against it, or the unit had handed in an explanation or that it cannot be done.
 */
export const isTestedFirst = ({ answer }: FollowUp, { submissions }: Pick<WorkOrder, 'submissions'>): boolean => {
  if (!isUnsolved({ answer })) return false;
  const handedIn = submissions.at(-1)?.result;
  const isStopped = answer?.reason === 'demand_not_supported' || answer?.reason === 'policy';
  return isStopped || (handedIn !== undefined && notDone.has(handedIn));
};

/** The round of follow-ups an order is in now. */
export const roundOf = ({ reworks }: Pick<WorkOrder, 'reworks'>): number => reworks + 1;

/** The judgement that says what becomes of the order in this round; one on a claim against an answer never does. */
export const judgementOf = (order: Pick<WorkOrder, 'judgements' | 'reworks'>): Judgement | undefined =>
  order.judgements.findLast((j) => j.round === roundOf(order) && j.cause !== 'exclusion' && j.state !== 'cancelled');

/** What becomes of an order that is being followed up: rework, judges, waiting, or the end; with the answer that says so. */
export type Consequence =
  | Readonly<{ what: 'rework'; followUp: string | null; judgement: string | null }>
  | Readonly<{ what: 'judge'; followUps: readonly string[] }>
  | Readonly<{ what: 'wait' }>
  | Readonly<{ what: 'close'; asked: number; judgement: Judgement | null }>;

/**
 * What the answers of this round lead to. One unsolved for a reason that needs no testing sends the order back at once;
 * the others wait for judges, who also say it for whoever answers so later in the round.
 */
export function consequenceOf(
  order: Pick<WorkOrder, 'followUps' | 'submissions' | 'judgements' | 'reworks'>,
): Consequence {
  const round = inRound(order);
  const unsolved = round.filter(isUnsolved);
  const plain = unsolved.find((f) => !isTestedFirst(f, order));
  if (plain) return { what: 'rework', followUp: plain.id, judgement: null };
  const judged = judgementOf(order);
  if (judged?.finding === 'rework')
    return { what: 'rework', followUp: judged.followUps[0] ?? null, judgement: judged.id };
  if (unsolved.length > 0 && judged === undefined) return { what: 'judge', followUps: unsolved.map((f) => f.id) };
  if (judged?.state === 'open' || round.some((f) => f.state === 'open')) return { what: 'wait' };
  return { what: 'close', asked: round.length, judgement: judged ?? null };
}

/**
 * Whether judges have taken an answer out of the count (剔除): one they weighed, or another unsolved one of the round whose
 * end they decided.
 */
export const isExcludedByJudges = (
  { judgements }: Pick<WorkOrder, 'judgements'>,
  { id, round, answer }: Pick<FollowUp, 'id' | 'round' | 'answer'>,
): boolean =>
  judgements.some(
    (j) =>
      j.finding === 'exclude' &&
      (j.followUps.includes(id) || (j.cause !== 'exclusion' && j.round === round && isUnsolved({ answer }))),
  );
