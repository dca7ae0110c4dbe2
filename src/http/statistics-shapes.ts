import { z } from 'zod';
import { counted, standings } from '../domain/measure.ts';
import { levels } from '../domain/ranking.ts';
import { rankedRates } from '../domain/rated.ts';
import { type RateName, rateKeys, rateMeanings, rateNames } from '../domain/rates.ts';
import { readWeight } from '../domain/share.ts';
import * as s from './shapes.ts';

/** The weight of "basically satisfied": 0 to 1, at most three decimals, as a number or written out. */
export const weight = z
  .union([z.string().max(8), z.number()])
  .default('0')
  .transform((given, ctx) => {
    const read = readWeight(String(given));
    if (read !== null) return read;
    ctx.addIssue({ code: 'custom', message: 'must be from 0 to 1 with at most three decimals' });
    return z.NEVER;
  })
  .describe(
    'how much “basically satisfied” (基本满意) weighs in satisfaction: 0 leaves it out of the satisfied, 1 counts it as satisfied like some cities do',
  );

/** Of which span. */
export const span = { from: s.from, to: s.to };
/** Of which rows. */
export const narrowed = {
  unit: s.code.optional().describe('this unit and those below it'),
  area: s.code.optional().describe('this area and all below it'),
  category: s.text(200).optional().describe('this category and all below it'),
  channel: s.text(64).optional().describe('what came in by this channel, by its code: hotline, wechat …'),
};
export const by = z.enum(rateKeys).describe('what the rows are counted by: one row for each');

const share = z.number().nullable().describe('numerator / denominator, rounded half up to six decimals');
export const rateOut = z
  .object({
    numerator: z.number(),
    denominator: z.number(),
    notReached: z.number().describe('who would stand in the denominator and could not be reached'),
    excluded: z.number().describe('taken out of the count (剔除)'),
    share,
    interval: z.object({ low: z.number(), high: z.number() }).nullable().describe('Wilson, 95 %'),
  })
  .meta({ id: 'Rate' });

/** Part of a whole that is known to the last one. */
export const portionOut = z.object({ numerator: z.number(), denominator: z.number(), share }).meta({ id: 'Portion' });

const every = <K extends string, T extends z.ZodType>(names: readonly K[], type: T) =>
  z.object(Object.fromEntries(names.map((name) => [name, type])) as Record<K, T>);

/** Every rate, with what it means. */
export const ratesBy = z.object(
  Object.fromEntries(rateNames.map((name) => [name, rateOut.describe(rateMeanings[name])])) as Record<
    RateName,
    typeof rateOut
  >,
);

const figures = {
  orders: z.number().describe('orders whose resident deadline falls in the span'),
  requests: z.number().describe('the requests on them'),
  assessed: z.number(),
  excluded: z.number(),
  notAccepted: z.number(),
  notAssessed: every(
    ['answered', 'withdrawn', 'referred', 'terminated', 'merged', 'void', 'self_found', 'not_asked'],
    z.number(),
  ),
  incidents: z.object({ orders: z.number(), requests: z.number() }),
  rates: ratesBy,
  responded: z.object({ byResident: z.number(), byUnitLog: z.number() }),
  ratings: every(['verySatisfied', 'satisfied', 'basically', 'dissatisfied', 'veryDissatisfied'], z.number()),
  hops: z.object({ hops: z.number(), orders: z.number(), mean: z.number().nullable() }),
  load: z.object({ residents: z.number(), upperLevel: z.number() }),
  index: z
    .object({ points: z.number().nullable(), sample: z.number(), change: z.number().nullable() })
    .describe('satisfaction in points of a hundred, and its change against the span before'),
};

const rank = z
  .union([
    z.object({ group: z.string(), place: z.number(), of: z.number() }),
    z.object({ group: z.string().nullable(), none: z.enum(['below_minimum', 'no_group']) }),
  ])
  .describe('a place among the like, or why there is none');

/** Up to where the facts are counted: a number read while some wait may lag behind what has happened. */
export const upToOut = z
  .object({
    fact: z.number(),
    at: s.momentOut.nullable(),
    behind: z.number().describe('facts that are not counted yet; 10000 stands for that many or more'),
  })
  .meta({ id: 'CountedUpTo' });

const key = z.object({ code: z.string().nullable(), name: z.string().nullable() });
const item = z.object({ key, ...figures, ranks: every(rankedRates, rank).nullable() });
export const ratesOut = z
  .object({
    from: s.momentOut,
    to: s.momentOut,
    by,
    w: z.number(),
    definition: z.string(),
    scope: z
      .object({ unit: z.string().nullable(), area: z.string().nullable() })
      .describe(
        'whose orders: those a unit and those below it lead, or those that lie in an area; null: of everybody, everywhere',
      ),
    leastForRank: z.number(),
    counted: upToOut,
    all: z.object(figures),
    items: z.array(item),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'Rates' });

/** What is asked about most, and by which rule it is a high-frequency matter. */
export const hotMattersOut = z.object({
  from: s.momentOut,
  to: s.momentOut,
  rule: z.object({ people: z.number(), orders: z.number(), days: z.number(), policy: z.string() }),
  items: z.array(
    z.object({
      category: z.string(),
      street: s.areaRef,
      orders: z.number(),
      people: z.number().describe('different people with a known number'),
      hot: z.boolean(),
      hotMatterId: z.string().nullable().describe('the open governance item, where there is one'),
    }),
  ),
});

export const levelsOut = z.object({
  from: s.momentOut,
  to: s.momentOut,
  definition: z.string(),
  counted: upToOut,
  target: z.object({ level: z.enum(levels), share: z.number() }),
  items: z.array(z.object({ level: z.enum(levels), ...rateOut.shape })),
});

const weightOut = z.number().describe('of "basically satisfied" in satisfaction');
export const freezeIn = z
  .object({
    ...span,
    by,
    w: weight,
    corrects: s.id.nullable().default(null).describe('the snapshot this one corrects'),
    reason: s.reason.nullable().default(null),
  })
  .refine(({ corrects, reason }) => (corrects === null) === (reason === null), {
    path: ['reason'],
    message: 'a correction names what it corrects and why; nothing else does',
  });

const brief = {
  id: z.string(),
  from: s.momentOut,
  to: s.momentOut,
  by,
  w: weightOut,
  definition: z.string(),
  rowCount: z.number(),
  rowsHash: z.string(),
  hash: z.string(),
  corrects: z.string().nullable(),
  reason: z.string().nullable(),
  madeBy: z.object({ client: z.string(), name: z.string(), unit: z.string().nullable() }),
  madeAt: s.momentOut,
};
export const snapshotBrief = z.object(brief);
export const snapshotOut = z
  .object({
    ...brief,
    versions: z.object({
      calendar: z.string(),
      clockRules: z.string(),
      ladder: z.string(),
      directory: z.string(),
      city: z.string(),
    }),
    asOf: s.momentOut.describe('limits that still ran then and had passed count as late'),
    counted: z.object({ fact: z.number(), at: s.momentOut.nullable() }),
    correctedBy: z.array(z.string()),
    recounted: z.object({
      reproduced: z
        .boolean()
        .nullable()
        .describe('null: made under another definition, only its rows could be checked'),
      rowsUnchanged: z.boolean(),
      hashUnchanged: z.boolean(),
      differences: z.array(z.string()).describe('members that came out otherwise'),
    }),
    all: z.object(figures),
    items: z.array(item),
  })
  .meta({ id: 'Snapshot' });

/** A row as it was counted. */
export const rowOut = z
  .object({
    orderId: z.string(),
    unit: z.string(),
    dueAt: s.momentOut,
    areaPath: z.array(z.string()),
    category: z.string().nullable(),
    channel: z.string().nullable(),
    standing: z.enum(standings),
    signBy: s.momentOut.nullable(),
    submitBy: s.momentOut.nullable(),
    counts: every(counted, z.number()),
  })
  .meta({ id: 'MeasureRow' });
