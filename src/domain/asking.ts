import type { Change } from './change.ts';
import { ruleFor } from './clocks.ts';
import type { Decision } from './decide.ts';
import type { FollowUp } from './follow-up.ts';
import type { Setting } from './obstacles.ts';
import { endClock, startClockOf } from './order-clocks.ts';
import { isAsked, type RequestRef } from './request.ts';
import { sampled } from './sampling.ts';
import type { Instant } from './time.ts';
import { type ContactOutcome, type Fact, partId, type WorkOrder } from './work-order.ts';

/**
 * Asks these residents, each once on an occasion and in a round: they may be called from now on, first within a working
 * day and for five at most.
 */
export const ask = (
  order: WorkOrder,
  requests: readonly RequestRef[],
  occasion: FollowUp['occasion'],
  setting: Setting,
): WorkOrder =>
  requests
    .filter(({ id }) => !order.followUps.some((f) => f.request === id && isOf(f, order, occasion)))
    .reduce((before, request) => askOne(before, request, occasion, setting), order);

const isOf = (followUp: FollowUp, { reworks }: WorkOrder, occasion: FollowUp['occasion']): boolean =>
  followUp.round === reworks + 1 && followUp.occasion === occasion;

function askOne(order: WorkOrder, request: RequestRef, occasion: FollowUp['occasion'], setting: Setting): WorkOrder {
  const seq = order.seq + 1;
  const about = partId(order.id, seq);
  const opened: FollowUp = {
    seq,
    id: about,
    request: request.id,
    round: order.reworks + 1,
    occasion,
    state: 'open',
    openedAt: setting.now,
    attempts: [],
    linkSentAt: null,
    unitContacted: false,
    answeredAt: null,
    by: null,
    answer: null,
  };
  const begun = { ...order, seq, followUps: [...order.followUps, opened] };
  const asked = startClockOf(begun, 'follow_up', setting, { about });
  // Of a direct answer nobody at the hotline may ask: it is its own work.
  if (occasion === 'answered') return asked;
  const rule = ruleFor(setting.city.clockRules, 'follow_up', 'first_attempt');
  return startClockOf(asked, 'first_attempt', setting, { about, rule });
}

/** Asks no more of those residents who are still being asked: somebody else's answer, or an end, has overtaken it. */
export const askNoMore = (
  order: WorkOrder,
  setting: Setting,
  which: (followUp: FollowUp) => boolean = () => true,
): WorkOrder =>
  order.followUps
    .filter((f) => f.state === 'open' && which(f))
    .reduce((before, f) => finished(before, { ...f, state: 'cancelled' }, setting, 'cancelled'), order);

/** The follow-up is over: its clocks stop. */
export const finished = (order: WorkOrder, followUp: FollowUp, setting: Setting, cause: string): WorkOrder => ({
  ...changed(order, followUp),
  clocks: order.clocks.map((c) => (c.about === followUp.id ? endClock(c, setting, cause) : c)),
});

/** The order with one of its follow-ups as it is now. */
export const changed = (order: WorkOrder, followUp: FollowUp): WorkOrder => ({
  ...order,
  followUps: order.followUps.map((f) => (f.id === followUp.id ? followUp : f)),
});

/** A direct answer (直接答复) is asked about by sample, whatever is said then; the record says by which seed. */
export function askAnswered(order: WorkOrder, setting: Setting): Asked {
  const { sampling } = setting.city;
  const drawn = order.requests.filter((r) => isAsked(r) && sampled(r.id, sampling.answered, sampling));
  const asked = ask(order, drawn, 'answered', setting);
  const how = { seed: sampling.seed, share: sampling.answered, policy: sampling.version };
  return {
    order: asked,
    facts: asked.followUps
      .slice(order.followUps.length)
      .map((f) => ({ type: 'follow_up_opened', unit: order.owner, body: { ...aboutOf(f), ...how } })),
  };
}

/**
 * The limit promised to the residents has passed and the work is not handed in: they are asked beside the order, which
 * that never moves. The unit is told.
 */
export function askOverdue(order: WorkOrder, setting: Setting): Asked {
  const asked = ask(order, order.requests.filter(isAsked), 'overdue', setting);
  const opened = asked.followUps.slice(order.followUps.length);
  return {
    order: asked,
    facts: opened.map((f) => ({ type: 'follow_up_opened', unit: order.owner, body: aboutOf(f) })),
  };
}

/** What became true of an order on the way, told with the ids of who was asked about what. */
export type Asked = Readonly<{ order: WorkOrder; facts: readonly Omit<Fact, 'at' | 'actor'>[] }>;

/** There are no more calls: the resident gets a link to answer by, for seven days. */
export function sendLink(order: WorkOrder, followUp: FollowUp, setting: Setting): Asked {
  const sent = { ...followUp, linkSentAt: setting.now };
  const silent = finished(order, sent, setting, 'link_sent');
  return {
    order: startClockOf(silent, 'link', setting, { about: followUp.id }),
    facts: [{ type: 'survey_link_sent', unit: null, body: aboutOf(followUp) }],
  };
}

/** The handling unit talks to residents who are being asked what they think of its work: logged, and marked on each. */
export function besideAsking(order: WorkOrder, outcome: ContactOutcome, at: Instant): Change {
  const talked = outcome === 'reached' || outcome === 'refused';
  const beside = order.followUps.filter((f) => f.occasion === 'handled' && f.state === 'open' && at >= f.openedAt);
  if (!talked || beside.length === 0) return { order };
  const marked = beside.reduce((before, f) => changed(before, { ...f, unitContacted: true }), order);
  const followUps = beside.map(({ id }) => id);
  return { order: marked, also: [{ type: 'unit_contacted', unit: null, body: { followUps } }] };
}

/** Nobody was reached. Silence is neither satisfied nor unsatisfied, and is counted apart. */
export const notReached = (order: WorkOrder, followUp: FollowUp, setting: Setting, because: string): Asked => ({
  order: finished(order, { ...followUp, state: 'not_reached' }, setting, because),
  facts: [{ type: 'follow_up_not_reached', unit: order.owner, body: { ...aboutOf(followUp), because } }],
});

/** Which resident was asked about what, without a name. */
export const aboutOf = ({ id, request, round, occasion }: FollowUp) => ({ followUp: id, request, round, occasion });

/** As a decision of whoever acts. */
export const stamped = ({ order, facts }: Asked, { now, actor }: Setting): Decision => ({
  kind: 'decided',
  order,
  facts: facts.map((fact) => ({
    at: now,
    actor: { client: actor.client, name: actor.name, unit: actor.unit },
    ...fact,
  })),
});
