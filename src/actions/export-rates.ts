import { nameOfKey, type Rated } from '../domain/rated.ts';
import type { RateKey, RateName } from '../domain/rates.ts';
import { isRefusal } from '../domain/refusal.ts';
import type { Words } from '../domain/resident.ts';
import type { Rate, Thousandths } from '../domain/share.ts';
import type { Cell, ExportList } from './export-lists.ts';
import { type Asked, rates } from './statistics.ts';

/** What rates are taken out by: the span, the key and the weight, and what they are narrowed to. */
export type RatesAsked = Asked & Readonly<{ by: RateKey; w: Thousandths }>;

const names: Readonly<Partial<Record<RateName, Words>>> = {
  response: ['响应率', 'response'],
  resolution: ['解决率', 'resolution'],
  satisfaction: ['满意率', 'satisfaction'],
  signedInTime: ['按时签收率', 'signed in time'],
  submittedInTime: ['按时办结率', 'submitted in time'],
  rework: ['返工率', 'rework'],
  returnsGranted: ['退单率', 'returns granted'],
  extension: ['延期率', 'extension'],
};
const parts: readonly (readonly [zh: string, en: string, cell: (rate: Rate) => Cell])[] = [
  ['', '', ({ share }) => share],
  ['分子', 'numerator', ({ numerator }) => numerator],
  ['分母', 'denominator', ({ denominator }) => denominator],
  ['未联系上', 'not reached', ({ notReached }) => notReached],
  ['剔除', 'excluded', ({ excluded }) => excluded],
];
const rateNames = Object.keys(names) as readonly (keyof typeof names)[];

/** Rates as a table: a row for each key, and of every rate what it takes to judge it. */
export const ratesAsTable: ExportList<RatesAsked> = {
  route: '/v1/statistics/rates',
  titles: [
    ['编码', 'code'],
    ['名称', 'name'],
    ['工单数', 'orders'],
    ['考核数', 'assessed'],
    ['剔除数', 'excluded'],
    ...rateNames.flatMap((name) =>
      parts.map(([zh, en]): Words => [`${names[name]?.[0]}${zh}`, `${names[name]?.[1]} ${en}`.trim()]),
    ),
  ],
  refusal: async (deps, asked, actor) => {
    const found = await rates(deps, asked, actor);
    return isRefusal(found) ? found : null;
  },
  async *rows(deps, asked, actor) {
    const found = await rates(deps, asked, actor);
    if (isRefusal(found)) throw new Error(`rates cannot be taken out: ${found.code}`);
    const { city, areasAt } = deps.city();
    const { tree } = areasAt(deps.now());
    yield found.items.map((item) => [
      item.key,
      item.key === null ? null : nameOfKey(asked.by, item.key, city, tree),
      ...cellsOf(item),
    ]);
  },
};

const cellsOf = ({ figures }: Rated): readonly Cell[] => [
  figures.orders,
  figures.assessed,
  figures.excluded,
  ...rateNames.flatMap((name) => parts.map(([, , cell]) => cell(figures.rates[name]))),
];
