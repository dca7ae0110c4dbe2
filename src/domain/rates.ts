import { type Counts, counted, type Standing } from './measure.ts';
import type { Words } from './resident.ts';
import { divided, type Rate, rateOf, shareOf, type Thousandths } from './share.ts';

/** The version of what is counted and how. A change of meaning is another one; snapshots keep theirs. */
export const definition = 'rates-1';

/** What rates can be asked for by; by month they are a series of the months in which residents' deadlines fall. */
export const rateKeys = ['unit', 'street', 'community', 'grid', 'category', 'channel', 'month'] as const;
export type RateKey = (typeof rateKeys)[number];

/** What was counted under one key, by standing. */
export type Counted = Readonly<Partial<Record<Standing, Counts>>>;

/**
 * The rates of a unit, a place, a category, a channel or a month over the orders whose resident deadline falls in the period.
 * Every order is in exactly one of `assessed`, `excluded`, `notAccepted` and `notAssessed`.
 */
export type Figures = Readonly<{
  orders: number;
  requests: number;
  assessed: number;
  excluded: number;
  notAccepted: number;
  notAssessed: Readonly<Record<(typeof reasons)[number], number>>;
  incidents: Readonly<{ orders: number; requests: number }>;
  rates: Readonly<Record<RateName, Rate>>;
  /** How the two parts of the response rate came about: by the resident's word, and by the unit's own log. */
  responded: Readonly<{ byResident: number; byUnitLog: number }>;
  ratings: Readonly<Record<(typeof ratings)[number], number>>;
  hops: Readonly<{ hops: number; orders: number; mean: number | null }>;
  load: Readonly<{ residents: number; upperLevel: number }>;
}>;

/** Why an order is not assessed although its deadline falls in the period. */
const reasons = [
  'answered',
  'withdrawn',
  'referred',
  'terminated',
  'merged',
  'void',
  'self_found',
  'not_asked',
] as const satisfies readonly Standing[];
const ratings = ['verySatisfied', 'satisfied', 'basically', 'dissatisfied', 'veryDissatisfied'] as const;

/** The three rates of the residents (三率), then what became of the work: what stands above the line and what below. */
export const rateMeanings = {
  response:
    '响应率: contacted in time by the resident’s word, or by the unit’s log where nobody was reached / assessed orders',
  resolution: '解决率: solved by the resident’s word / reached',
  satisfaction: '满意率: very satisfied and satisfied, and w times basically satisfied / rated',
  firstResolution: 'the same of the first answers, before any rework',
  firstSatisfaction: 'the same of the first answers, before any rework',
  signedInTime: 'signed within the sign limit / signed, signed by timeout, or overdue',
  submittedInTime: 'the submission that passed came within the limit / decided or overdue',
  rework: 'handed in and sent back / handed in',
  returnsGranted: 'returns that were granted: the dispatch was wrong / times made the lead',
  returnsRefused: 'returns that were refused: they count against the unit / times made the lead',
  extension: 'given more time / times made the lead',
  onAccount: 'put on account / times made the lead',
  firstContact: 'answered by the hotline itself / orders that are a matter of their own',
  passedOn: '二传手: passed down or handed over with nothing done / times made the lead',
  dispatchAccuracy: 'dispatches no granted return has shown to be wrong / dispatches',
} as const;
export type RateName = keyof typeof rateMeanings;

/** What each is called where people read it. */
export const rateWords: Readonly<Record<RateName, Words>> = {
  response: ['响应率', 'response'],
  resolution: ['解决率', 'resolution'],
  satisfaction: ['满意率', 'satisfaction'],
  firstResolution: ['首次解决率', 'first resolution'],
  firstSatisfaction: ['首次满意率', 'first satisfaction'],
  signedInTime: ['按时签收率', 'signed in time'],
  submittedInTime: ['按时办结率', 'submitted in time'],
  rework: ['返工率', 'rework'],
  returnsGranted: ['准予退单率', 'returns granted'],
  returnsRefused: ['驳回退单率', 'returns refused'],
  extension: ['延期率', 'extension'],
  onAccount: ['挂账率', 'on account'],
  firstContact: ['直接办结率', 'answered by the hotline'],
  passedOn: ['二传手率', 'passed on'],
  dispatchAccuracy: ['派单准确率', 'dispatch accuracy'],
};
export const rateNames = Object.keys(rateMeanings) as readonly RateName[];

/** Works the rates out. `w` is the weight of "basically satisfied" in satisfaction: 0 unless somebody says otherwise. */
export function figuresOf(of: Counted, w: Thousandths): Figures {
  const all = sumOf(Object.values(of));
  const { assessed = nothing } = of;
  const ordersOf = (standing: Standing): number => of[standing]?.orders ?? 0;
  const beside = { notReached: assessed.notReached, excluded: all.excluded };
  const own = all.orders - ordersOf('merged') - ordersOf('void') - ordersOf('self_found');
  return {
    orders: all.orders,
    requests: all.requests,
    assessed: assessed.orders,
    excluded: ordersOf('excluded'),
    notAccepted: ordersOf('not_accepted'),
    notAssessed: Object.fromEntries(reasons.map((r) => [r, ordersOf(r)])) as Figures['notAssessed'],
    incidents: { orders: all.incidents, requests: all.incidentRequests },
    rates: {
      response: shareOf(assessed.contactedByWord + assessed.contactedByLog, assessed.orders, {
        notReached: assessed.silent,
        excluded: ordersOf('excluded'),
      }),
      resolution: shareOf(assessed.solved, assessed.reached, beside),
      satisfaction: rateOf(
        (assessed.verySatisfied + assessed.satisfied) * 1000 + assessed.basically * w,
        assessed.reached,
        beside,
      ),
      firstResolution: shareOf(assessed.firstSolved, assessed.reached, beside),
      firstSatisfaction: rateOf(assessed.firstSatisfied * 1000 + assessed.firstBasically * w, assessed.reached, beside),
      signedInTime: shareOf(all.signedInTime, all.signedInTime + all.signedLate),
      submittedInTime: shareOf(all.submittedInTime, all.submittedInTime + all.submittedLate),
      rework: shareOf(all.reworked, all.handedIn),
      returnsGranted: shareOf(all.returnsGranted, all.leads),
      returnsRefused: shareOf(all.returnsRefused, all.leads),
      extension: shareOf(all.extended, all.leads),
      onAccount: shareOf(all.onAccount, all.leads),
      firstContact: shareOf(all.firstContact, own),
      passedOn: shareOf(all.passedOn, all.leads),
      dispatchAccuracy: shareOf(all.dispatches - all.misdispatches, all.dispatches),
    },
    responded: { byResident: assessed.contactedByWord, byUnitLog: assessed.contactedByLog },
    ratings: Object.fromEntries(ratings.map((r) => [r, assessed[r]])) as Figures['ratings'],
    hops: {
      hops: all.hops,
      orders: all.dispatched,
      mean: all.dispatched === 0 ? null : divided(all.hops, all.dispatched),
    },
    load: { residents: own - all.upperLevel, upperLevel: all.upperLevel },
  };
}

/** The sum of counts; of none, nothing. */
export const sumOf = (all: readonly Counts[]): Counts =>
  all.reduce((sum, each) => Object.fromEntries(counted.map((n) => [n, sum[n] + each[n]])) as Counts, nothing);

/** Everything that was counted, whatever its key. */
export const countedInAll = (keys: ReadonlyMap<string | null, Counted>): Counted => {
  const all = [...keys.values()].flatMap((of) => Object.entries(of));
  const byStanding = [...Map.groupBy(all, ([standing]) => standing)];
  return Object.fromEntries(byStanding.map(([standing, each]) => [standing, sumOf(each.map(([, counts]) => counts))]));
};

const nothing = Object.fromEntries(counted.map((name) => [name, 0])) as Counts;
