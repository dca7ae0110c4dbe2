import type { Cell } from '../domain/cell.ts';
import { nameOfKey, type Rated } from '../domain/rated.ts';
import { type RateKey, type RateName, rateWords } from '../domain/rates.ts';
import { isRefusal } from '../domain/refusal.ts';
import type { Rate, Thousandths } from '../domain/share.ts';
import { type Column, share, table, whole } from './export-table.ts';
import { lookAtSnapshot } from './snapshots.ts';
import { type Asked, rates } from './statistics.ts';

/** What rates are taken out by: the span, the key and the weight, and what they are narrowed to. */
export type RatesAsked = Asked & Readonly<{ by: RateKey; w: Thousandths }>;

const names = [
  'response',
  'resolution',
  'satisfaction',
  'signedInTime',
  'submittedInTime',
  'rework',
  'returnsGranted',
  'extension',
] as const satisfies readonly RateName[];
const parts: readonly (readonly [zh: string, en: string, cell: (rate: Rate) => Cell])[] = [
  ['', '', (rate) => share(rate.share)],
  ['分子', 'numerator', ({ numerator }) => numerator],
  ['分母', 'denominator', ({ denominator }) => denominator],
  ['未联系上', 'not reached', ({ notReached }) => notReached],
  ['剔除', 'excluded', ({ excluded }) => excluded],
];

/** Rates as a table: a row for each key, and of every rate what it takes to judge it. */
const columns: readonly Column<Readonly<{ by: RateKey; rated: Rated }>>[] = [
  ['编码', 'code', ({ rated }) => rated.key],
  [
    '名称',
    'name',
    ({ by, rated }, { city, state, now }) =>
      rated.key === null ? null : nameOfKey(by, rated.key, city, state.areasAt(now).tree),
  ],
  ['工单数', 'orders', ({ rated }) => rated.figures.orders],
  ['考核数', 'assessed', ({ rated }) => rated.figures.assessed],
  ['剔除数', 'excluded', ({ rated }) => rated.figures.excluded],
  ...names.flatMap((name) =>
    parts.map(
      ([zh, en, cell]): Column<Readonly<{ rated: Rated }>> => [
        `${rateWords[name][0]}${zh}`,
        `${rateWords[name][1]} ${en}`.trim(),
        ({ rated }) => cell(rated.figures.rates[name]),
      ],
    ),
  ),
];

/** Rates of a span, as they are now. */
export const ratesNow = table(
  whole('/v1/statistics/rates', async (deps, asked: RatesAsked, actor) => {
    const found = await rates(deps, asked, actor);
    return isRefusal(found) ? found : found.items.map((rated) => ({ by: asked.by, rated }));
  }),
  columns,
);

/** Rates as they were frozen in a snapshot. */
export const ratesFrozen = table(
  whole('/v1/statistics/snapshots/:id', async (deps, { id }: Readonly<{ id: string }>) => {
    const found = await lookAtSnapshot(deps, id);
    if (isRefusal(found)) return found;
    const { by, figures } = found.snapshot;
    return figures.items.map((rated) => ({ by, rated }));
  }),
  columns,
);
