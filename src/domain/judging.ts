import type { Approval } from './approval.ts';
import { withPart } from './change.ts';
import { holderOf } from './city.ts';
import { type Decision, nameOf } from './decide.ts';
import { decidedByJudges } from './excluding.ts';
import {
  bench,
  type Finding,
  findingOf,
  type Judgement,
  type JudgementCause,
  type JudgesOpinion,
  majority,
  roundOf,
} from './judgement.ts';
import type { Setting } from './obstacles.ts';
import { endClock, startClockOf } from './order-clocks.ts';
import { awaited, isPartyTo, postsOf, type Seat, seated } from './panel.ts';
import { type Refusal, refuse } from './refusal.ts';
import { type Fact, partId, theSystem, type WorkOrder } from './work-order.ts';

/** What a judge says: both answers, each with its reason. */
export type Opinion = Pick<JudgesOpinion, 'reasonable' | 'dutiful'>;

/** Why judges are asked, and about which answers. */
export type Asked = Readonly<{ cause: JudgementCause; followUps: readonly string[]; reason: string | null }>;

/** The order with a case before judges, whose seats are still empty: lots fill them before anybody sees it. */
export function withJudgement(order: WorkOrder, { cause, followUps, reason }: Asked, setting: Setting): WorkOrder {
  const seq = order.seq + 1;
  const judgement: Judgement = {
    seq,
    id: partId(order.id, seq),
    cause,
    round: roundOf(order),
    followUps,
    askedBy: setting.actor.name,
    reason,
    openedAt: setting.now,
    seats: [],
    state: 'open',
    reasonable: null,
    dutiful: null,
    finding: null,
    decidedAt: null,
  };
  const opened = { ...order, seq, judgements: [...order.judgements, judgement] };
  return startClockOf(opened, 'judgement', setting, { about: judgement.id });
}

/** Records what a judge says. With the last of the bench the majority of each answer decides; what follows is left to `settle`. */
export function giveOpinion(order: WorkOrder, id: string, opinion: Opinion, setting: Setting): Decision | Refusal {
  const { actor, city, now } = setting;
  const judgement = order.judgements.find((j) => j.id === id);
  if (judgement === undefined) return refuse('not-found');
  const posts = new Set(postsOf(actor, city).map(({ code }) => code));
  const seat = seated(judgement.seats).find(({ post }) => posts.has(post));
  if (seat === undefined) return refuse('not-drawn');
  if (judgement.state !== 'open') return refuse('judgement-over', { state: judgement.state });
  if (seat.opinion !== null) return refuse('opinion-given');
  if (isPartyTo(actor, order)) return refuse('recused');
  if ([opinion.reasonable, opinion.dutiful].some(({ reason }) => reason.trim() === '')) return refuse('reason-missing');
  const said = { ...seat, opinion: { ...opinion, actor: actor.name, at: now } };
  const seats = judgement.seats.map((each) => (each === seat ? said : each));
  const opinions = seated(seats).flatMap((each) => each.opinion ?? []);
  const spoke = factOf('judge_spoke', { ...judgement, seats }, null, setting, {
    post: seat.post,
    spoken: opinions.length,
    of: bench,
  });
  if (opinions.length < bench)
    return { kind: 'decided', order: withJudgementAs(order, { ...judgement, seats }), facts: [spoke] };
  const reasonable = majority(opinions.map((each) => each.reasonable.yes));
  const dutiful = majority(opinions.map((each) => each.dutiful.yes));
  const finding = findingOf(reasonable, dutiful);
  const decided: Judgement = { ...judgement, seats, state: 'decided', reasonable, dutiful, finding, decidedAt: now };
  const stopped = stopClockOf(withJudgementAs(order, decided), id, 'decided', setting);
  const claims = decidedByJudges(told(stopped, decided, setting), decided, setting);
  // Found by all of them together, and not by whoever happened to be the last to speak.
  const together = { ...setting, actor: theSystem };
  const fact = (type: string, unit: string | null, body: Fact['body'] = {}): Fact =>
    factOf(type, decided, unit, together, body);
  return {
    kind: 'decided',
    order: claims.order,
    facts: [
      spoke,
      ...claims.facts,
      fact('judged', order.owner, { reasonable, dutiful, finding }),
      // Where policy stands in the way, the centre's leader takes it up; where a unit has not explained itself, it does.
      ...(finding === 'policy_problem' ? [fact('policy_problem', null, { category: order.category })] : []),
      ...(finding === 'explain' ? [fact('explanation_owed', order.owner)] : []),
    ],
  };
}

/** What the residents are told of a finding; they may object to the end. */
const toldBy: Readonly<Record<Finding, string>> = {
  rework: '第三方评议：请承办单位重新办理。',
  explain: '第三方评议：诉求难以支持，承办单位将向您作出解释。如不认可，十五日内可以提出异议。',
  exclude: '第三方评议：诉求难以支持，承办单位已履职尽责。如不认可，十五日内可以提出异议。',
  policy_problem: '第三方评议：诉求合理，因政策原因暂不能解决，已转热线中心研究。如不认可，十五日内可以提出异议。',
};

/** The residents read what was found of the order; what a claim against one answer led to is told to whoever gave it. */
const told = (order: WorkOrder, { cause, finding }: Judgement, { now }: Setting): WorkOrder =>
  cause === 'exclusion' || finding === null
    ? order
    : withPart(order, 'notes', {
        actor: 'system',
        unit: null,
        at: now,
        text: toldBy[finding],
        public: true,
        mark: null,
        request: null,
      });

/** Whoever has said nothing by the limit is replaced, and those drawn instead have the whole limit again. */
export function replaceSilent(order: WorkOrder, id: string | null, setting: Setting): Decision | Refusal {
  const judgement = order.judgements.find((j) => j.id === id);
  if (judgement?.state !== 'open') return refuse('judgement-over');
  const silent = awaited(judgement.seats);
  const next = { ...judgement, seats: vacated(judgement.seats, silent, 'silent') };
  const stopped = stopClockOf(withJudgementAs(order, next), judgement.id, 'replaced', setting);
  return {
    kind: 'decided',
    order: startClockOf(stopped, 'judgement', setting, { about: judgement.id }),
    facts: [factOf('judges_silent', judgement, null, setting, { posts: silent.map(({ post }) => post) })],
  };
}

/** Whom a party to the case is: a person by name, within a unit where one is said. */
export type Party = Readonly<{ name: string; unit: string | null; reason: string }>;

/** Marks somebody as a party to the case (回避): barred from it from now on, and from any seat they have been drawn for. */
export function recuse(order: WorkOrder, party: Party, setting: Setting): Decision | Refusal {
  const { actor, city, now } = setting;
  if (party.reason.trim() === '') return refuse('reason-missing');
  if (order.recusals.some((r) => r.name === party.name && r.unit === party.unit))
    return { kind: 'decided', order, facts: [] };
  const seq = order.seq + 1;
  const marked = { ...order, seq, recusals: [...order.recusals, { seq, ...party, by: actor.name, at: now }] };
  const theirs = <O>(seats: readonly Seat<O>[]): readonly Seat<O>[] =>
    awaited(seats).filter(({ post, unit }) => {
      const holder = city.posts.find(({ code }) => code === post);
      return holder !== undefined && isPartyTo({ name: holderOf(holder), unit }, marked);
    });
  const judgements = marked.judgements.map((judgement) => {
    const gone = judgement.state === 'open' ? theirs(judgement.seats) : [];
    return gone.length === 0 ? judgement : { ...judgement, seats: vacated(judgement.seats, gone, 'recused') };
  });
  const approvals = marked.approvals.map((approval) => {
    const seats = approval.seats ?? [];
    const gone = approval.state === 'pending' ? theirs(seats) : [];
    return gone.length === 0 ? approval : { ...approval, seats: vacated(seats, gone, 'recused') };
  });
  const fact: Fact = { type: 'recused', at: now, actor: nameOf(actor), unit: null, body: { unit: party.unit } };
  return { kind: 'decided', order: { ...marked, judgements, approvals }, facts: [fact] };
}

/** A drawn judge declares to be a party: the seat goes to somebody else. */
export function recuseOneself(order: WorkOrder, id: string, reason: string, setting: Setting): Decision | Refusal {
  const judgement = order.judgements.find((j) => j.id === id);
  if (judgement === undefined) return refuse('not-found');
  const posts = new Set(postsOf(setting.actor, setting.city).map(({ code }) => code));
  const seat = seated(judgement.seats).find(({ post }) => posts.has(post));
  if (seat === undefined) return refuse('not-drawn');
  if (judgement.state !== 'open') return refuse('judgement-over', { state: judgement.state });
  if (seat.opinion !== null) return refuse('opinion-given');
  return recuse(order, { name: setting.actor.name, unit: seat.unit, reason }, setting);
}

/**
 * The case has moved on without its judges. Where a unit has claimed that an answer shall not count, they go on for the
 * count alone.
 */
export function withoutJudgements(order: WorkOrder, setting: Pick<Setting, 'city' | 'now'>, cause: string): WorkOrder {
  const claims = new Set(
    order.approvals.flatMap(({ state, terms }) => (state === 'pending' ? (terms.judgement ?? []) : [])),
  );
  const open = order.judgements.filter((j) => j.state === 'open' && j.cause !== 'exclusion');
  const goOn: readonly Judgement[] = open.filter((j) => claims.has(j.id)).map((j) => ({ ...j, cause: 'exclusion' }));
  const over = open.filter((j) => !claims.has(j.id)).map(({ id }) => id);
  const going = goOn.reduce(withJudgementAs, order);
  return over.reduce((before, id) => cancelled(before, id, cause, setting), going);
}

/** A unit has taken its claim back: judges who were asked because of it alone are not asked any more. */
export function withoutClaim(order: WorkOrder, { terms }: Approval, setting: Setting): WorkOrder {
  const judgement = order.judgements.find((j) => j.id === terms.judgement);
  const isMoot = judgement?.state === 'open' && judgement.cause === 'exclusion';
  return isMoot ? cancelled(order, judgement.id, 'withdrawn', setting) : order;
}

const cancelled = (order: WorkOrder, id: string, cause: string, setting: Pick<Setting, 'city' | 'now'>): WorkOrder => ({
  ...order,
  judgements: order.judgements.map((j) => (j.id === id ? { ...j, state: 'cancelled' } : j)),
  clocks: order.clocks.map((c) => (c.about === id ? endClock(c, setting, cause) : c)),
});

const vacated = <O>(
  seats: readonly Seat<O>[],
  gone: readonly Seat<O>[],
  left: 'silent' | 'recused',
): readonly Seat<O>[] => seats.map((seat) => (gone.includes(seat) ? { ...seat, left } : seat));

const withJudgementAs = (order: WorkOrder, judgement: Judgement): WorkOrder => ({
  ...order,
  judgements: order.judgements.map((j) => (j.id === judgement.id ? judgement : j)),
});

const stopClockOf = (order: WorkOrder, about: string, cause: string, setting: Setting): WorkOrder => ({
  ...order,
  clocks: order.clocks.map((c) => (c.about === about ? endClock(c, setting, cause) : c)),
});

const factOf = (
  type: string,
  { id, cause, round }: Judgement,
  unit: string | null,
  { actor, now }: Setting,
  body: Fact['body'],
): Fact => ({ type, at: now, actor: nameOf(actor), unit, body: { judgement: id, cause, round, ...body } });
