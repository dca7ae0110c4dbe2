import { isExcluded } from './exclusion.ts';
import { type FollowUp, type FollowUpAnswer, occasions } from './follow-up.ts';
import type { WorkOrder } from './work-order.ts';

/** What residents said of one matter, counted: each requester once, by the last answer; the first stands beside. */
export type Answers = Readonly<{
  reached: number;
  notReached: number;
  /** Whose last answer was taken out of the count (剔除). */
  excluded: number;
  solved: number;
  verySatisfied: number;
  satisfied: number;
  basically: number;
  dissatisfied: number;
  veryDissatisfied: number;
  firstSolved: number;
  firstSatisfied: number;
  firstBasically: number;
  /** Whether everybody who was reached says that the unit had contacted them; null where nobody was. */
  contacted: boolean | null;
}>;

/** One requester of a matter (诉求人), however many requests are theirs: the first and the last answer, or none. */
type Voice = Readonly<{ first: FollowUpAnswer; last: FollowUpAnswer }> | 'excluded' | 'not_reached' | 'unheard';

/**
 * Counts what was said. `requesterOf` tells which requests are of one person. An incident (突发事件) counts once, with
 * the answer in the middle of all it got.
 */
export function answersOf(
  order: Pick<WorkOrder, 'followUps' | 'incident' | 'approvals' | 'judgements'>,
  requesterOf: ReadonlyMap<string, string>,
): Answers {
  const { followUps, incident } = order;
  const isIncident = incident !== null;
  const voices = [...Map.groupBy(followUps, (f) => requesterOf.get(f.request) ?? f.request).values()].map((asked) =>
    voiceOf(asked, (f) => isExcluded(order, f)),
  );
  const heard = voices.filter((voice) => typeof voice === 'object');
  const silent = voices.filter((voice) => voice === 'not_reached').length;
  const excluded = voices.filter((voice) => voice === 'excluded').length;
  const last = heard.map((voice) => voice.last);
  const first = heard.map((voice) => voice.first);
  const counted = isIncident ? middle(last) : last;
  const before = isIncident ? middle(first) : first;
  const rated = (answers: readonly FollowUpAnswer[], ...of: FollowUpAnswer['satisfaction'][]): number =>
    answers.filter(({ satisfaction }) => of.includes(satisfaction)).length;
  return {
    reached: counted.length,
    notReached: isIncident ? Math.min(silent, 1 - counted.length) : silent,
    excluded: isIncident ? Math.min(excluded, silent === 0 ? 1 - counted.length : 0) : excluded,
    solved: counted.filter(({ solved }) => solved === 'yes').length,
    verySatisfied: rated(counted, 'very_satisfied'),
    satisfied: rated(counted, 'satisfied'),
    basically: rated(counted, 'basically'),
    dissatisfied: rated(counted, 'dissatisfied'),
    veryDissatisfied: rated(counted, 'very_dissatisfied'),
    firstSolved: before.filter(({ solved }) => solved === 'yes').length,
    firstSatisfied: rated(before, 'very_satisfied', 'satisfied'),
    firstBasically: rated(before, 'basically'),
    contacted: last.length === 0 ? null : last.every(({ contacted }) => contacted),
  };
}

/**
 * After rework the last answer counts, and no silence takes it back. What was said when the limit had passed counts until
 * the resident is heard about what was done. Where that last answer is taken out of the count, no earlier one steps in.
 */
function voiceOf(asked: readonly FollowUp[], isOut: (followUp: FollowUp) => boolean): Voice {
  const isLater = (a: FollowUp, b: FollowUp): number =>
    occasions.indexOf(b.occasion) - occasions.indexOf(a.occasion) || a.round - b.round || a.seq - b.seq;
  const inOrder = asked.toSorted(isLater);
  const answers = inOrder.filter(({ answer }) => answer !== null);
  const last = answers.at(-1);
  if (last !== undefined && isOut(last)) return 'excluded';
  const first = answers.find((each) => !isOut(each));
  if (first?.answer && last?.answer) return { first: first.answer, last: last.answer };
  return inOrder.at(-1)?.state === 'not_reached' ? 'not_reached' : 'unheard';
}

const worstFirst: readonly FollowUpAnswer['satisfaction'][] = [
  'very_dissatisfied',
  'dissatisfied',
  'basically',
  'satisfied',
  'very_satisfied',
];
const leastFirst: readonly FollowUpAnswer['solved'][] = ['no', 'partly', 'yes'];

/** One answer for all of them: in the middle on each scale, of two in the middle the worse. */
function middle(answers: readonly FollowUpAnswer[]): readonly FollowUpAnswer[] {
  const [any] = answers;
  if (any === undefined) return [];
  const at = Math.floor((answers.length - 1) / 2);
  const middleOf = (ranks: readonly number[]): number => ranks.toSorted((a, b) => a - b)[at] ?? 0;
  const solved = leastFirst[middleOf(answers.map((a) => leastFirst.indexOf(a.solved)))] ?? any.solved;
  const satisfaction = worstFirst[middleOf(answers.map((a) => worstFirst.indexOf(a.satisfaction)))] ?? any.satisfaction;
  return [{ ...any, solved, satisfaction }];
}
