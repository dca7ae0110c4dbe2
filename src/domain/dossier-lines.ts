import type { MeanMarks, UnitRecord } from './dossier.ts';
import { measureGrades } from './graded-measure.ts';
import { type ReviewMarks, reviewAspects } from './mutual-review.ts';
import type { RateName } from './rates.ts';
import type { Words } from './resident.ts';
import type { Rate } from './share.ts';
import { supervisionGrades } from './supervision.ts';
import { inWords } from './words.ts';

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

const rateWords: Readonly<Partial<Record<RateName, Words>>> = {
  response: ['响应率', 'response'],
  resolution: ['解决率', 'resolution'],
  satisfaction: ['满意率', 'satisfaction'],
  signedInTime: ['按时签收率', 'signed in time'],
  submittedInTime: ['按时办结率', 'submitted in time'],
  rework: ['返工率', 'rework'],
  returnsGranted: ['准予退单率', 'returns granted'],
  returnsRefused: ['驳回退单率', 'returns refused'],
  extension: ['延期率', 'extension'],
  onAccount: ['挂账率', 'on account'],
  passedOn: ['二传手率', 'passed on'],
};
const measureWords: Readonly<Record<(typeof measureGrades)[number], Words>> = {
  remind: ['及时提醒', 'reminded'],
  rectify: ['限期整改', 'to put right'],
  referral: ['追责问责', 'referred'],
};
const aspectWords: Readonly<Record<keyof ReviewMarks, Words>> = {
  response: ['响应', 'response'],
  attendance: ['到场', 'attendance'],
  result: ['成效', 'result'],
  conduct: ['作风', 'conduct'],
};
const gradeWords = {
  excellent: ['优秀', 'excellent'],
  competent: ['称职', 'competent'],
  basically_competent: ['基本称职', 'basically competent'],
  incompetent: ['不称职', 'incompetent'],
} as const satisfies Record<string, Words>;

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
const part = (item: Words, { share, numerator, denominator }: Pick<Rate, 'share' | 'numerator' | 'denominator'>) => ({
  ...none,
  item,
  value: share,
  numerator,
  denominator,
});
const share = (zh: string, en: string, numerator: number, denominator: number): Given =>
  part([zh, en], { numerator, denominator, share: denominator === 0 ? null : numerator / denominator });

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
      ...Object.entries(rateWords).map(([name, words]) => rate(words, figures.rates[name as RateName])),
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
      part(['涉及工单办结率', 'cases closed'], called.closure),
      part(['被召集单位按时到场率', 'units that came on time'], called.reportInOnTime),
    ]),
    ...section('督办与问责', 'supervision and measures', [
      share('督办按时答复率', 'supervision answered on time', e.repliedInTime, e.supervised),
      ...supervisionGrades.map((grade) =>
        count(inWords('grade', grade, 'zh') ?? grade, grade, of.supervised[grade] ?? 0),
      ),
      ...measureGrades.map((grade) => count(...measureWords[grade], of.measures[grade] ?? 0)),
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
            head && `负责人${gradeWords[head.grade][0]}`,
            team && `班子${gradeWords[team.grade][0]}`,
          ]),
          noteOf([
            stars === null ? null : `${stars} stars`,
            rank === null ? null : `rank ${rank}`,
            head && `head ${gradeWords[head.grade][1]}`,
            team && `leadership ${gradeWords[team.grade][1]}`,
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
