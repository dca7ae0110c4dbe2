import { holderOf, type Post } from './city.ts';
import { type NamedPeriod, periodNamed } from './evaluation-period.ts';
import type { MeasureGrade } from './graded-measure.ts';
import type { CaseEvidence, ReviewMarks } from './mutual-review.ts';
import type { Span } from './period.ts';
import type { Rating } from './period-review.ts';
import type { Figures } from './rates.ts';
import type { Portion } from './share.ts';
import type { SupervisionGrade } from './supervision.ts';
import { dateOf, earlier, type Instant, later } from './time.ts';

/** A post as a row of the city's record had it, from when on and until when; `until` null: it still has. */
export type PostRow = Readonly<{ post: Post; since: Instant; until: Instant | null }>;

/** Somebody's time at the head of a unit: from `since` until `until`, null while it lasts; `span` is what of it is counted. */
export type HeadTerm = Readonly<{
  post: string;
  postName: string;
  holder: string;
  since: Instant;
  until: Instant | null;
  span: Span;
}>;

/** What one side of the mutual review has said, on average of each aspect; null where nobody said anything. */
export type MeanMarks = Readonly<{ reviews: number; marks: ReviewMarks | null }>;

/** How a unit came out of one evaluation that closed, and what rating its head was given. */
export type EvaluationResult = Readonly<{
  id: string;
  scheme: string;
  period: string;
  score: number | null;
  stars: number | null;
  rank: number | null;
  head: Pick<Rating, 'grade' | 'by'> | null;
  team: Pick<Rating, 'grade' | 'by'> | null;
}>;

/** What the record of a span shows of a unit. Only numbers: no resident's word and no resident's name. */
export type UnitRecord = Readonly<{
  figures: Pick<Figures, 'orders' | 'requests' | 'assessed' | 'excluded' | 'rates'>;
  /** Calls of streets to it, supervision orders and assists, as the mutual review counts them (考核权 by case evidence). */
  evidence: CaseEvidence;
  /** What came of the calls it issued itself, where it holds that power. */
  called: Readonly<{ calls: number; units: number; cases: number; closure: Portion; reportInOnTime: Portion }>;
  supervised: Readonly<Partial<Record<SupervisionGrade, number>>>;
  measures: Readonly<Partial<Record<MeasureGrade, number>>>;
  judged: Readonly<{ cases: number; undutiful: number }>;
  inspected: Readonly<{ orders: number; found: number }>;
  conduct: Readonly<{ praise: number; complaint: number }>;
  reviewed: Readonly<{ byOthers: MeanMarks; ofOthers: MeanMarks }>;
  evaluations: readonly EvaluationResult[];
}>;

/**
 * A performance dossier (履职档案): what the record shows of a unit, for each who headed it only what fell in that time.
 * Counted up to `upTo.fact`; what had not been counted yet is told.
 */
export type Dossier = Readonly<{
  unit: string;
  unitName: string;
  from: Instant;
  to: Instant;
  madeAt: Instant;
  definition: string;
  upTo: Readonly<{ fact: number; at: Instant | null; behind: number }>;
  whole: UnitRecord;
  terms: readonly (HeadTerm & Readonly<{ record: UnitRecord }>)[];
  /** How many shorter terms there were beside these. */
  shorterTerms: number;
}>;

/** A dossier that is kept as it was, under its hash; it never changes. */
export type KeptDossier = Readonly<{ id: string; dossier: Dossier; hash: string }>;

/** So many terms have a record of their own in one dossier. */
const mostTerms = 24;

/**
 * The longest terms in their order, and how many shorter ones there were: whoever stands in for a day, however often, hides
 * nobody who headed the unit for months.
 */
export function longestTerms(terms: readonly HeadTerm[]): Readonly<{ told: readonly HeadTerm[]; shorter: number }> {
  const lengthOf = ({ span }: HeadTerm): number => span.to - span.from;
  const longest = new Set(terms.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, mostTerms));
  return { told: terms.filter((term) => longest.has(term)), shorter: terms.length - longest.size };
}

/** The posts whose holder heads a unit, or the one post asked about. */
export const isHeadOf = (post: Pick<Post, 'code' | 'unit' | 'role'>, unit: string, asked: string | null): boolean =>
  post.unit === unit && (asked === null ? post.role === 'unit_leader' : post.code === asked);

/** Who headed a unit within a span, in the order in which they came; a change of anything else about the post is none. */
export function termsOf(rows: readonly PostRow[], { from, to }: Span): readonly HeadTerm[] {
  const merged: (Omit<HeadTerm, 'span'> & { until: Instant | null })[] = [];
  for (const { post, since, until } of rows.toSorted((a, b) => a.since - b.since)) {
    const holder = holderOf(post);
    const before = merged.findLast((term) => term.post === post.code);
    if (before?.holder === holder && before.until === since) before.until = until;
    else merged.push({ post: post.code, postName: post.name, holder, since, until });
  }
  return merged
    .map((term) => ({ ...term, span: { from: later(term.since, from), to: earlier(term.until ?? to, to) } }))
    .filter(({ span }) => span.to > span.from);
}

/** The half years of the mutual review that end within a span: each belongs to whoever headed the unit at its end. */
export function cyclesEnding({ from, to }: Span): readonly string[] {
  const [first, last] = [from, to].map((at) => Number(dateOf(at).slice(0, 4)));
  const names: NamedPeriod[] = [];
  for (let year = first ?? 0; year <= (last ?? 0); year += 1)
    for (const half of ['H1', 'H2'] as const) {
      const cycle = periodNamed(`${year - (half === 'H2' ? 1 : 0)}-${half}`);
      if (cycle !== null && cycle.to > from && cycle.to <= to) names.push(cycle);
    }
  return names.toSorted((a, b) => a.to - b.to).map(({ name }) => name);
}
