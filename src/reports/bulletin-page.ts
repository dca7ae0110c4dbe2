import {
  type Bulletin,
  type BulletinKind,
  type BulletinRate,
  bulletinRates,
  type Compared,
  type CountedKey,
  changeOf,
  comparisons,
} from '../domain/bulletin.ts';
import { escaped } from '../domain/markup.ts';
import { rateWords } from '../domain/rates.ts';
import type { Rate } from '../domain/share.ts';
import { iso } from '../domain/time.ts';
import { type Language, sayIn } from '../domain/words.ts';
import { bars } from './bars.ts';
import { daysOf, percentOf, printed, row, section, table } from './printed.ts';

type Words = readonly [zh: string, en: string];

const kinds: Readonly<Record<BulletinKind, Words>> = {
  daily: ['热线日报', 'Daily bulletin'],
  weekly: ['热线周报', 'Weekly bulletin'],
  monthly: ['热线月报', 'Monthly bulletin'],
  quarterly: ['热线季报', 'Quarterly bulletin'],
};
const words = {
  city: ['全市', 'The whole city'],
  unfinished: ['本期尚未结束', 'This span is not over'],
  made: ['编制时间', 'made'],
  intake: ['受理诉求', 'Requests'],
  ended: ['办结工单', 'Orders that ended'],
  overdue: ['当前逾期', 'Overdue now'],
  now: ['本期', 'This span'],
  before: ['上期', 'Span before'],
  lastYear: ['去年同期', 'Same span last year'],
  onBefore: ['环比', 'change'],
  onLastYear: ['同比', 'change on last year'],
  numbers: ['总体情况', 'In numbers'],
  rates: ['三率及办理', 'Rates'],
  rateNote: [
    '以居民办理时限落在本期的工单为准；分子/分母，未联系上与剔除另列；区间为 95% Wilson 区间。',
    'Of orders whose resident deadline falls in the span: numerator/denominator, with who was not reached and what was excluded; intervals are Wilson’s at 95 %.',
  ],
  notReached: ['未联系上', 'not reached'],
  excluded: ['剔除', 'excluded'],
  interval: ['区间', 'interval'],
  channel: ['按渠道', 'By channel'],
  kind: ['按类型', 'By kind'],
  category: ['按类别', 'By category'],
  leaves: ['高频事项', 'Most frequent matters'],
  street: ['按街道', 'By street'],
  matters: ['高频共性问题', 'What many ask about'],
  matter: ['类别', 'Category'],
  place: ['街道', 'Street'],
  people: ['人数', 'People'],
  field: ['为民服务', 'Among residents'],
  activities: ['公益活动', 'Activities'],
  deeds: ['办理实事', 'Things done for people'],
  visits: ['一线考察', 'Visits to the front line'],
  participants: ['参与人次', 'Who took part'],
  indices: ['外部测评', 'Measured by others'],
  index: ['指数', 'Index'],
  period: ['周期', 'Period'],
  value: ['得分', 'Value'],
  sample: ['样本', 'Sample'],
  rank: ['位次', 'Place'],
  onPeriodBefore: ['比上期', 'since the period before'],
  onYearBefore: ['比去年同期', 'since a year ago'],
  units: ['承办单位', 'Units'],
  unit: ['单位', 'Unit'],
  assessed: ['考核数', 'Assessed'],
  orders: ['工单数', 'Orders'],
  mark: ['竖线为上期。', 'The line marks the span before.'],
  nothing: ['无', 'none'],
} as const satisfies Readonly<Record<string, Words>>;

/** A bulletin as a page to print: A4, without scripts and without anything from elsewhere. `map` is a picture of its own. */
export function bulletinPage(of: Bulletin, language: Language, map: string | null): string {
  const say = sayIn(language);
  const w = (key: keyof typeof words): string => say(words[key]);
  const rate = (name: BulletinRate): string => say(rateWords[name]).replace(/^[a-z]/, (first) => first.toUpperCase());
  const where = of.area?.name ?? w('city');
  const chart = (id: string, title: string, items: readonly CountedKey[]): string =>
    section(
      title,
      items.length === 0
        ? `<p>${w('nothing')}</p>`
        : bars(
            id,
            title,
            items.map(({ key, counts }) => ({ label: key.name, value: counts.now, before: counts.before })),
          ),
    );
  const count = (title: string, { now, before, lastYear }: Compared<number>): string =>
    row([title, now, before, percent(changeOf(now, before)), lastYear, percent(changeOf(now, lastYear))]);

  const matters =
    of.matters.length === 0
      ? ''
      : section(
          w('matters'),
          table(
            [w('matter'), w('place'), w('orders'), w('people')],
            of.matters.map(({ category, street, orders, people, hot }) =>
              row([hot ? `★ ${category}` : category, street.name, orders, people]),
            ),
          ),
        );

  const heads = ['', w('now'), w('before'), w('onBefore'), w('lastYear'), w('onLastYear')];
  const { field } = of;
  const fieldRows = (['activities', 'deeds', 'visits', 'participants'] as const).filter((name) =>
    comparisons.some((each) => field[each][name] > 0),
  );
  const among =
    fieldRows.length === 0
      ? ''
      : section(
          w('field'),
          table(
            heads,
            fieldRows.map((name) =>
              count(w(name), {
                now: field.now[name],
                before: field.before[name],
                lastYear: field.lastYear[name],
              }),
            ),
          ),
        );
  const indices =
    of.indices.length === 0
      ? ''
      : section(
          w('indices'),
          table(
            [w('index'), w('period'), w('value'), w('onPeriodBefore'), w('onYearBefore'), w('sample'), w('rank')],
            of.indices.map(({ index, of: whose, period, value, sample, rank, onBefore, onLastYear }) =>
              row([
                `${whose.name} ${index.name}`,
                period,
                value,
                moved(onBefore),
                moved(onLastYear),
                sample ?? '–',
                rank === null ? '–' : `${rank.place}/${rank.of}`,
              ]),
            ),
          ),
        );

  return printed(
    `${say(kinds[of.kind])} ${daysOf(of.spans.now)}`,
    language,
    `<h1>${escaped(say(kinds[of.kind]))}</h1>
<p>${escaped(where)}　${daysOf(of.spans.now)}${of.complete ? '' : `　<strong>${w('unfinished')}</strong>`}</p>
<p class="note">${w('before')} ${daysOf(of.spans.before)}　${w('lastYear')} ${daysOf(of.spans.lastYear)}　${w('made')} ${iso(of.madeAt).slice(0, 16).replace('T', ' ')}</p>
${section(w('numbers'), table(heads, [count(w('intake'), of.intake.all), count(w('ended'), of.ended), row([w('overdue'), of.overdue.all, '', '', '', ''])]))}
${section(
  w('rates'),
  `${table(
    ['', w('now'), w('interval'), w('notReached'), w('excluded'), w('before'), w('lastYear')],
    bulletinRates.map((name) => rateRow(rate(name), of.rates[name])),
  )}<p class="note">${w('rateNote')}</p>`,
)}
${chart('channels', w('channel'), of.intake.byChannel)}
${chart('kinds', w('kind'), of.intake.byKind)}
${chart('categories', w('category'), of.intake.byCategory)}
${chart('leaves', w('leaves'), of.intake.leaves)}
${chart('streets', w('street'), of.intake.byStreet)}
<p class="note">${w('mark')}</p>
${map === null ? '' : `<section>${map}</section>`}
${matters}
${among}
${indices}
${section(
  w('units'),
  table(
    [w('unit'), w('assessed'), ...bulletinRates.map((name) => rate(name))],
    of.units.map(({ key, assessed, rates }) =>
      row([key.name, assessed, ...bulletinRates.map((name) => share(rates[name]))]),
    ),
  ),
)}
${section(
  w('overdue'),
  of.overdue.byUnit.length === 0
    ? `<p>${w('nothing')}</p>`
    : table(
        [w('unit'), w('orders')],
        of.overdue.byUnit.map(({ key, count: n }) => row([key.name, n])),
      ),
)}`,
  );
}

const rateRow = (title: string, { now, before, lastYear }: Compared<Rate>): string =>
  row([
    title,
    fraction(now),
    now.interval === null ? '–' : `${percentOf(now.interval.low)} – ${percentOf(now.interval.high)}`,
    now.notReached,
    now.excluded,
    fraction(before),
    fraction(lastYear),
  ]);

const moved = (by: number | null): string => (by === null ? '–' : `${by > 0 ? '+' : ''}${by}`);
const percent = (change: number | null): string =>
  change === null ? '–' : `${change > 0 ? '+' : ''}${percentOf(change)}`;
const share = (rate: Rate): string => (rate.share === null ? '–' : percentOf(rate.share));
const fraction = (rate: Rate): string =>
  rate.share === null ? '–' : `${share(rate)} (${rate.numerator}/${rate.denominator})`;
