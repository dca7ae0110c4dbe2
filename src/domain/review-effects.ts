import { ask, askNoMore } from './asking.ts';
import { type Change, type Effects, withPart } from './change.ts';
import { end } from './ending.ts';
import { type FollowUp, inRound, isUnsolved } from './follow-up.ts';
import { consequenceOf, type Finding, type Judgement } from './judgement.ts';
import { withJudgement, withoutJudgements } from './judging.ts';
import type { Setting } from './obstacles.ts';
import { endClocks, owedToResident, restoreStopped, startClockOf } from './order-clocks.ts';
import { tookPart } from './parties.ts';
import { isAsked } from './request.ts';
import { revive } from './responsibility.ts';
import { unitOfLevel } from './routing.ts';
import { sampled } from './sampling.ts';
import type { Verifier, WorkOrder } from './work-order.ts';

/** What is done with work that was handed in: looked at, asked about, closed, or sent back. */
export const reviewEffects = {
  review: (order, said, setting) => {
    if (!said.passed)
      return {
        order: {
          ...order,
          clocks: restoreStopped(
            order.clocks,
            ['resolve', 'rework', 'promise'],
            setting,
            'review failed',
            order.submissions.at(-1)?.at,
          ),
        },
        to: 'handling',
        body: said,
      };
    const way =
      (order.category === null ? undefined : setting.city.categories.get(order.category))?.verification ?? 'desk';
    const looked =
      way === 'field' ||
      way === 'desk' ||
      (way === 'sample' && sampled(order.id, setting.city.sampling.verification, setting.city.sampling));
    if (looked)
      return { order: { ...order, verifier: verifierFor(order, setting) }, to: 'verifying', body: { passed: true } };
    return { order: toFollowUp(order, setting), to: 'following_up', body: { passed: true } };
  },
  verify: (order, said, setting) => {
    if (said.passed) return { order: toFollowUp(order, setting), body: { passed: true } };
    return { ...toRework(order, setting), body: { passed: false, reason: said.reason } };
  },
  verify_by_timeout: (order, _said, setting) => ({
    order: { ...toFollowUp(order, setting), unverified: true },
    body: { chargedTo: order.verifier },
  }),
  judge: (order, { cause, reason, followUps = [] }, setting) => {
    const judged = withJudgement(order, { cause, followUps, reason: reason ?? null }, setting);
    const judgement = judged.judgements.at(-1)?.id;
    return { order: judged, body: { judgement, cause, followUps } };
  },
  conclude: (order, _said, setting) => {
    const next = consequenceOf(order);
    if (next.what === 'rework') {
      const back = toRework(order, setting);
      const body = { followUp: next.followUp, judgement: next.judgement };
      return { ...back, order: withWords(back.order, inRound(order).filter(isUnsolved), setting), body };
    }
    if (next.what !== 'close') throw new Error(`an order is concluded that should ${next.what}`);
    const { asked, judgement } = next;
    return { order: end(order, setting, { class: endedBy(next) }), body: { asked, judgement: judgement?.id ?? null } };
  },
  reopen: (order, said, setting) => {
    const { actor, now } = setting;
    const [request] = actor.requests;
    // It is the requester who is believed once.
    const believed = order.reopened || request !== undefined;
    const back = toRework(revive({ ...order, reopened: believed }, setting, 'reopen'), setting);
    if (request === undefined) return { ...back, body: { reason: said.reason ?? null } };
    // A resident's own words stand with the notes, and not in the record of facts.
    const note = { actor: actor.name, unit: null, at: now, public: false, mark: null, request };
    const told = said.reason ? withPart(back.order, 'notes', { ...note, text: said.reason }) : back.order;
    return { ...back, order: told, body: {} };
  },
  object: (order, _said, setting) => {
    const revived = revive(askNoMore(order, setting), setting, 'objection');
    const clocks = restoreStopped(
      revived.clocks,
      [...owedToResident(order, setting.city), ...(order.state === 'terminated' ? (['resolve'] as const) : [])],
      setting,
      'objection',
    );
    if (order.state === 'closed') return toRework({ ...revived, clocks }, setting);
    if (order.state === 'terminated') return { order: { ...revived, clocks }, to: 'handling' };
    return {
      order: startClockOf({ ...revived, clocks, disposition: 'hold' }, 'dispatching', setting),
      to: 'accepted',
    };
  },
} satisfies Effects;

/**
 * What residents said goes along with the work, as notes: what they say stays out of the record of facts. The words of
 * whoever was pressed to change a rating stay with the answer, which units do not read: they may tell of who pressed.
 */
const withWords = (order: WorkOrder, unsolved: readonly FollowUp[], { now }: Setting): WorkOrder =>
  unsolved.reduce((before, { request, answer }) => {
    if (!answer?.comment?.trim() || answer.askedToChange === true) return before;
    const note = { actor: 'resident', unit: null, at: now, text: answer.comment, public: false, mark: null, request };
    return withPart(before, 'notes', note);
  }, order);

/** How an order ends that nobody sends back: because nobody could be asked, all have answered, or as judges found. */
const endedBy = ({ asked, judgement }: Readonly<{ asked: number; judgement: Judgement | null }>): string => {
  if (judgement?.finding) return endings[judgement.finding];
  return asked === 0 ? 'nobody_to_ask' : 'followed_up';
};

const endings: Readonly<Record<Finding, string>> = {
  rework: 'followed_up',
  explain: 'explained',
  exclude: 'excluded',
  policy_problem: 'policy_problem',
};

/**
 * To the residents: their clock stops, and everybody who can be asked is, once per round. Who was being asked because
 * the limit passed is not called twice: what comes now is the later word.
 */
function toFollowUp(order: WorkOrder, setting: Setting): WorkOrder {
  const stopped = endClocks(order, ['resident', 'statutory'], setting, 'following_up');
  return ask(askNoMore(stopped, setting), order.requests.filter(isAsked), 'handled', setting);
}

/** Back to the same unit for three working days, with the resident's own limit running on as if it had never stopped. */
function toRework(order: WorkOrder, setting: Setting): Change {
  const { clocks, ...asked } = withoutJudgements(askNoMore(order, setting), setting, 'rework');
  const back: WorkOrder = {
    ...asked,
    reworks: order.reworks + 1,
    clerk: null,
    verifier: null,
    clocks: restoreStopped(clocks, owedToResident(order, setting.city), setting, 'rework'),
  };
  return { order: startClockOf(back, 'rework', setting), to: 'rework' };
}

/** Who looks whether it is done: for a department's work the finder, else a grid worker, else the street; up one level for the rest. */
function verifierFor(order: WorkOrder, { city }: Setting): Verifier {
  const kind = city.units.get(order.owner)?.kind;
  const path = order.placement.path.map((step) => step.code);
  const street = unitOfLevel(city, 'street', path)?.code ?? null;
  const parent = city.units.get(order.owner)?.parent ?? null;
  if (kind === 'community') return { party: 'street', unit: parent, actor: null };
  if (kind === 'street') return { party: 'district', unit: parent, actor: null };
  if (kind === 'district' || kind === 'hotline_centre') return { party: 'inspector', unit: null, actor: null };
  const { finder } = order;
  if (finder !== null && !tookPart(finder, order, city))
    return { party: 'finder', unit: finder.unit, actor: finder.actor, client: finder.client };
  if (unitOfLevel(city, 'community', path) !== undefined) return { party: 'grid_worker', unit: null, actor: null };
  return street === null || street === order.owner
    ? { party: 'inspector', unit: null, actor: null }
    : { party: 'street', unit: street, actor: null };
}
