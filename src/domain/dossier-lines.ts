import type { MeanMarks, UnitRecord } from './dossier.ts';
import { measureGrades } from './graded-measure.ts';
import { type ReviewMarks, reviewAspects } from './mutual-review.ts';
import { type RateName, rateWords } from './rates.ts';
import type { Words } from './resident.ts';
import { type Portion, portionOf, type Rate } from './share.ts';
import { supervisionGrades } from './supervision.ts';
import { bothWords } from './words.ts';

/**
 * One line of a dossier as it is read on paper or in a table. A rate has all it takes to judge it; a count its `value`
 * alone; `note` says in words what a number does not.
 */
export type DossierLine = Readonly<{
  section: Words;
  item: Words;
  value: number | null;
  numerator: number | null;
  denominator: number | null;
  notReached: number | null;
  excluded: number | null;
  note: Words | null;
}>;

const rates = [
  'response',
  'resolution',
  'satisfaction',
  'signedInTime',
  'submittedInTime',
  'rework',
  'returnsGranted',
  'returnsRefused',
  'extension',
  'onAccount',
  'passedOn',
] as const satisfies readonly RateName[];
const aspectWords: Readonly<Record<keyof ReviewMarks, Words>> = {
  response: ['响应', 'response'],
  attendance: ['到场', 'attendance'],
  result: ['成效', 'result'],
  conduct: ['作风', 'conduct'],
};
type Given = Omit<DossierLine, 'section'>;
const none = { numerator: null, denominator: null, notReached: null, excluded: null, note: null } as const;
const count = (zh: string, en: string, value: number): Given => ({ ...none, item: [zh, en], value });
const rate = (item: Words, { share, ...of }: Rate): Given => ({
  item,
  value: share,
  numerator: of.numerator,
  denominator: of.denominator,
  notReached: of.notReached,
  excluded: of.excluded,
  note: null,
});
const portion = (item: Words, { share, numerator, denominator }: Portion): Given => ({
  ...none,
  item,
  value: share,
  numerator,
  denominator,
});
const share = (zh: string, en: string, numerator: number, denominator: number): Given =>
  portion([zh, en], portionOf(numerator, denominator));

/** What a record says, line by line, in the order of the page. */
export function linesOfRecord(of: UnitRecord): readonly DossierLine[] {
  const { figures, evidence: e, called } = of;
  const section = (zh: string, en: string, lines: readonly Given[]): readonly DossierLine[] =>
    lines.map((line) => ({ section: [zh, en], ...line }));
  return [
    ...section('诉求办理', 'residents’ orders', [
      count('承办工单', 'orders', figures.orders),
      count('考核工单', 'assessed', figures.assessed),
      count('剔除工单', 'excluded', figures.excluded),
      ...rates.map((name) => rate(rateWords[name], figures.rates[name])),
    ]),
    ...section('被吹哨与协办', 'calls and assists', [
      count('被召集', 'called', e.calls),
      share('到场率', 'reported in', e.reportedIn, e.calls),
      share('按时到场率', 'reported in on time', e.reportedInTime, e.calls),
      share('结果被认可率', 'results accepted', e.accepted, e.calls),
      count('结果被退回', 'results refused', e.refused),
      share('协办按时率', 'assists on time', e.assistsInTime, e.assists),
    ]),
    ...section('吹哨', 'calls it issued', [
      count('吹哨', 'calls', called.calls),
      count('召集单位', 'units called', called.units),
      portion(['涉及工单办结率', 'cases closed'], called.closure),
      portion(['被召集单位按时到场率', 'units that came on time'], called.reportInOnTime),
    ]),
    ...section('督办与问责', 'supervision and measures', [
      share('督办按时答复率', 'supervision answered on time', e.repliedInTime, e.supervised),
      ...supervisionGrades.map((grade) => count(...bothWords('grade', grade), of.supervised[grade] ?? 0)),
      ...measureGrades.map((grade) => count(...bothWords('measureGrade', grade), of.measures[grade] ?? 0)),
    ]),
    ...section('评议与抽查', 'judges and inspections', [
      share('评议认定未尽责', 'judged undutiful', of.judged.undutiful, of.judged.cases),
      share('抽查发现问题', 'inspections that found something', of.inspected.found, of.inspected.orders),
      count('作风表扬', 'conduct praised', of.conduct.praise),
      count('作风投诉', 'conduct complained of', of.conduct.complaint),
    ]),
    ...section('双向评议（对方评本单位）', 'mutual review, by others', marks(of.reviewed.byOthers)),
    ...section('双向评议（本单位评对方）', 'mutual review, of others', marks(of.reviewed.ofOthers)),
    ...section(
      '考核',
      'evaluations',
      of.evaluations.map(({ scheme, period, score, stars, rank, head, team }) => ({
        ...none,
        item: [`${scheme} ${period}`, `${scheme} ${period}`],
        value: score,
        note: [
          noteOf([
            stars === null ? null : `${stars}星`,
            rank === null ? null : `第${rank}名`,
            head && `负责人${bothWords('ratingGrade', head.grade)[0]}`,
            team && `班子${bothWords('ratingGrade', team.grade)[0]}`,
          ]),
          noteOf([
            stars === null ? null : `${stars} stars`,
            rank === null ? null : `rank ${rank}`,
            head && `head ${bothWords('ratingGrade', head.grade)[1]}`,
            team && `leadership ${bothWords('ratingGrade', team.grade)[1]}`,
          ]),
        ],
      })),
    ),
  ];
}

const noteOf = (parts: readonly (string | null)[]): string => parts.filter((each) => each !== null).join(' / ');

const marks = ({ reviews, marks: means }: MeanMarks): readonly Given[] => [
  count('评议次数', 'reviews', reviews),
  ...reviewAspects.map((aspect) => ({ ...none, item: aspectWords[aspect], value: means?.[aspect] ?? null })),
];
