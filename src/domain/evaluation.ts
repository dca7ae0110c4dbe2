import type { EvaluationScheme, Term, TermSource } from './evaluation-scheme.ts';
import { termSources } from './evaluation-scheme.ts';

/** So many of so many, by which one term of one unit is counted; a mark of `n` points is n of 100. */
export type Counted = Readonly<{ numerator: number; denominator: number }>;

/** One term of a unit: what was counted, and its points of 100; null where nothing could be counted. */
export type TermScore = Pick<Term, 'code' | 'name' | 'source' | 'weight'> &
  Readonly<{ numerator: number; denominator: number; points: number | null }>;

/**
 * A unit's score, 0 to 100. Null with its reason where too few residents answered, or nothing at all was counted: then it
 * has neither stars nor a rank.
 */
export type UnitScore = Readonly<{
  unit: string;
  score: number | null;
  because: 'too-few-answers' | 'nothing-counted' | null;
  stars: 1 | 2 | 3 | 4 | 5 | null;
  rank: number | null;
  terms: readonly TermScore[];
}>;

/** Below so many answers a share of residents says too little to be compared. */
export const fewestAnswers = 30;

/** To two decimals, halves up: the only place where a score is rounded. */
const rounded = (points: number): number => Math.round((points + Number.EPSILON) * 100) / 100;

/**
 * Scores one unit by a scheme. Terms of which nothing was counted leave their weight to the others in proportion, but a
 * term of residents never does: their part of the whole must not shrink because nobody was asked.
 */
export function scoreOf(
  scheme: Pick<EvaluationScheme, 'terms'>,
  unit: string,
  counted: Readonly<Partial<Record<TermSource, Counted>>>,
): UnitScore {
  const terms = scheme.terms.map(({ code, name, source, weight }): TermScore => {
    const { numerator, denominator } = counted[source] ?? { numerator: 0, denominator: 0 };
    const points = denominator === 0 ? null : (100 * numerator) / denominator;
    return { code, name, source, weight, numerator, denominator, points };
  });
  const shown = terms.map((term) => ({ ...term, points: term.points === null ? null : rounded(term.points) }));
  const none = { unit, score: null, stars: null, rank: null, terms: shown };
  if (terms.some((term) => termSources[term.source] === 'residents' && term.denominator < fewestAnswers))
    return { ...none, because: 'too-few-answers' };
  const known = terms.filter((term) => term.points !== null);
  const weight = known.reduce((sum, term) => sum + term.weight, 0);
  if (weight === 0) return { ...none, because: 'nothing-counted' };
  const points = known.reduce((sum, term) => sum + term.weight * (term.points ?? 0), 0);
  const score = rounded(points / weight);
  return { ...none, score, because: null, stars: starsOf(score) };
}

/** Five stars from 90, four from 80, three from 70, two from 60. */
const starsOf = (score: number): NonNullable<UnitScore['stars']> =>
  score >= 90 ? 5 : score >= 80 ? 4 : score >= 70 ? 3 : score >= 60 ? 2 : 1;

/** The units in order of their score; equal scores share a rank, and those without one come last and have none. */
export function ranked(scores: readonly UnitScore[]): readonly UnitScore[] {
  const sorted = scores.toSorted((a, b) => (b.score ?? -1) - (a.score ?? -1) || (a.unit < b.unit ? -1 : 1));
  return sorted.map((each) => ({
    ...each,
    rank: each.score === null ? null : sorted.findIndex(({ score }) => score === each.score) + 1,
  }));
}
