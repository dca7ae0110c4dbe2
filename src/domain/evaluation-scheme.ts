import type { UnitKind } from './city.ts';

/** Whose voice a term is: what residents said afterwards, what the record shows, the other side of the mutual review, the level above. */
export const voices = ['residents', 'record', 'peers', 'superior'] as const;
export type Voice = (typeof voices)[number];

/** What a term can be read from, and whose voice that is. */
export const termSources = {
  response: 'residents',
  resolution: 'residents',
  satisfaction: 'residents',
  signed_in_time: 'record',
  submitted_in_time: 'record',
  reported_in_time: 'record',
  replied_in_time: 'record',
  mutual_review: 'peers',
  superior_mark: 'superior',
} as const satisfies Record<string, Voice>;
export type TermSource = keyof typeof termSources;

/** How often a scheme is applied: the quarterly cut, the half year, the year. */
export const cuts = ['quarter', 'half_year', 'year'] as const;
export type Cut = (typeof cuts)[number];

/** One term of a scheme; `weight` is its part of the whole, 0 to 1, in ten-thousandths at the finest. */
export type Term = Readonly<{ code: string; name: string; source: TermSource; weight: number }>;

/** By what units of a kind are judged (考核方案). */
export type EvaluationScheme = Readonly<{
  code: string;
  name: string;
  unitKind: UnitKind;
  cut: Cut;
  terms: readonly Term[];
}>;

/** The least part of the whole that residents decide: half for a street, seven tenths for a community (群众主观评价权重). */
export const residentFloor: Readonly<Partial<Record<UnitKind, number>>> = { street: 0.5, community: 0.7 };

/**
 * Everybody else is judged by the residents above all (以社区居民满意度为主要标准的评价体系): no other voice weighs more than
 * theirs. Those who staff a stationed unit are judged by the street and the bureau between them (派驻机构负责人考核权, as
 * where 组织部 and 社区党工委 have half each), so that a scheme of these may do without residents.
 */
const judgedBetweenBosses: ReadonlySet<UnitKind> = new Set(['stationed']);

const tenThousandths = (weight: number): number => Math.round(weight * 10_000);

/** The part of the whole that a voice decides, in ten-thousandths, so that tenths add up exactly. */
export const partOf = ({ terms }: Pick<EvaluationScheme, 'terms'>, voice: Voice): number =>
  terms
    .filter((term) => termSources[term.source] === voice)
    .reduce((sum, term) => sum + tenThousandths(term.weight), 0);

/** What keeps a scheme from being used; where in it, and why. */
export function schemeFaults(
  scheme: Omit<EvaluationScheme, 'code'>,
): readonly Readonly<{ pointer: string; message: string }>[] {
  const { terms, unitKind } = scheme;
  const sum = terms.reduce((all, { weight }) => all + tenThousandths(weight), 0);
  const floor = residentFloor[unitKind] ?? 0;
  const residents = partOf(scheme, 'residents');
  const louder = judgedBetweenBosses.has(unitKind)
    ? []
    : voices.map((voice) => [voice, partOf(scheme, voice)] as const).filter(([, part]) => part > residents);
  return [
    ...terms.flatMap(({ code, weight }, i) => [
      ...(weight > 0 && Math.abs(weight * 10_000 - tenThousandths(weight)) < 1e-6
        ? []
        : [{ pointer: `/terms/${i}/weight`, message: 'a weight is more than 0, in steps of 0.0001' }]),
      ...(terms.findIndex((other) => other.code === code) < i
        ? [{ pointer: `/terms/${i}/code`, message: `${code} stands twice` }]
        : []),
    ]),
    ...(sum === 10_000 ? [] : [{ pointer: '/terms', message: `the weights add up to ${sum / 10_000}, not to 1` }]),
    ...(residents >= tenThousandths(floor)
      ? louder.map(([voice, part]) => ({
          pointer: '/terms',
          message: `residents decide ${residents / 10_000} of it, and ${voice} ${part / 10_000}: for a ${unitKind} nobody decides more than they do`,
        }))
      : [
          {
            pointer: '/terms',
            message: `residents decide ${residents / 10_000} of it; for a ${unitKind} it is at least ${floor}`,
          },
        ]),
  ];
}
