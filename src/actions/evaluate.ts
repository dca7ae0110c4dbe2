import { uuidv7 } from 'uuidv7';
import { nameOf } from '../domain/decide.ts';
import { closingOf, cyclesOf, evaluated, markFault, openingFault } from '../domain/evaluating.ts';
import { type Counted, ranked, scoreOf, type UnitScore } from '../domain/evaluation.ts';
import { periodNamed, spanJudged } from '../domain/evaluation-period.ts';
import { type EvaluationScheme, type TermSource, termSources } from '../domain/evaluation-scheme.ts';
import { figuresOf, type RateName } from '../domain/rates.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { earlier, type Instant } from '../domain/time.ts';
import { sightOf } from '../domain/visibility.ts';
import { type Actor, type Fact, theSystem } from '../domain/work-order.ts';
import { evidenceOf } from '../reports/evidence.ts';
import { countedBy } from '../reports/rates.ts';
import {
  type Evaluation,
  findEvaluations,
  isEvaluated,
  lastEndBefore,
  loadEvaluation,
  marksOf,
  meanMarks,
  saveEvaluation,
  saveMark,
} from '../store/evaluations.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';

/** An evaluation with its results: those it closed with, or, while it is open, as they would be now. */
export type SeenEvaluation = Readonly<{ evaluation: Evaluation; results: readonly UnitScore[]; provisional: boolean }>;

/** Applies a scheme to a period: all units of its kind are judged when it closes (考核). */
export async function openEvaluation(
  deps: Deps,
  said: Readonly<{ scheme: string; period: string; closesAt?: Instant | undefined }>,
  actor: Actor,
): Promise<SeenEvaluation | Refusal> {
  const now = deps.now();
  const scheme = deps.city().schemes.get(said.scheme);
  const period = periodNamed(said.period);
  const fault = openingFault(scheme, period, said.closesAt, { now });
  if (fault !== null || scheme === undefined || period === null) return fault ?? refuse('period-unknown');
  const closesAt = closingOf(period, said.closesAt);
  const bare: Evaluation = {
    id: uuidv7(),
    scheme,
    period: period.name,
    from: period.from,
    to: period.to,
    closesAt,
    openedBy: nameOf(actor),
    closedAt: null,
    results: null,
  };
  const opened = await transaction(deps.pool, async (tx): Promise<Evaluation | Refusal> => {
    if (await isEvaluated(tx, scheme.code, period.name)) return refuse('evaluated-already');
    const evaluation = { ...bare, ...spanJudged(period, closesAt, await lastEndBefore(tx, scheme.code, period.from)) };
    const body = { scheme: scheme.code, period: period.name, closesAt };
    await saveEvaluation(tx, evaluation, [
      { type: 'evaluation_opened', at: now, actor: nameOf(actor), unit: null, body },
    ]);
    return evaluation;
  });
  return isRefusal(opened) ? opened : seen(deps, opened);
}

/** The level above says what it thinks of a unit; said again it replaces what was said. */
export async function markUnit(
  deps: Deps,
  id: string,
  { unit, mark, reason }: Readonly<{ unit: string; mark: number; reason: string }>,
  actor: Actor,
): Promise<SeenEvaluation | Refusal> {
  const { city } = deps.city();
  const at = deps.now();
  const marked = await transaction(deps.pool, async (tx): Promise<Evaluation | Refusal> => {
    const evaluation = await loadEvaluation(tx, id, true);
    if (evaluation === null) return refuse('not-found');
    const fault = markFault(actor, unit, evaluation, city);
    if (fault !== null) return fault;
    const fact: Fact = { type: 'superior_marked', at, actor: nameOf(actor), unit, body: { mark } };
    await saveMark(tx, id, { unit, mark, reason, by: actor.unit ?? '', actor: actor.name, at }, [fact]);
    return evaluation;
  });
  return isRefusal(marked) ? marked : seen(deps, marked, actor);
}

/** One evaluation, as the actor may see it. */
export async function lookAtEvaluation(deps: Deps, id: string, actor: Actor): Promise<SeenEvaluation | Refusal> {
  const evaluation = await loadEvaluation(deps.reading, id);
  return evaluation === null ? refuse('not-found') : seen(deps, evaluation, actor);
}

/** Evaluations, the last opened first. Their results are asked for one by one. */
export const listEvaluations = (
  deps: Deps,
  filter: Parameters<typeof findEvaluations>[1],
): Promise<readonly Evaluation[]> => findEvaluations(deps.reading, filter);

/** Closes an evaluation whose date has come: what was counted by then stands, and does not change any more. */
export async function closeEvaluation(tx: Queryable, deps: Deps, id: string): Promise<'fired' | 'stale' | 'held'> {
  const evaluation = await loadEvaluation(tx, id, true);
  const now = deps.now();
  if (evaluation === null || evaluation.closedAt !== null || evaluation.closesAt > now) return 'stale';
  const results = await resultsOf(tx, deps, evaluation);
  const scores = results.map(({ unit, score, rank }) => ({ unit, score, rank }));
  const body = { scheme: evaluation.scheme.code, period: evaluation.period, scores };
  await saveEvaluation(tx, { ...evaluation, closedAt: now, results }, [
    { type: 'evaluation_closed', at: now, actor: nameOf(theSystem), unit: null, body },
  ]);
  return 'fired';
}

/** A unit sees its own score and those of the units below it, whoever counts for the city all of them. */
async function seen(deps: Deps, evaluation: Evaluation, actor: Actor | null = null): Promise<SeenEvaluation> {
  const results = evaluation.results ?? (await resultsOf(deps.reading, deps, evaluation));
  const sight = actor === null ? null : sightOf(actor, deps.city().city);
  const shown = sight === null || sight.all ? results : results.filter(({ unit }) => sight.units.includes(unit));
  return { evaluation, results: shown, provisional: evaluation.closedAt === null };
}

/** The rates a term is read from; the rest comes from the record of calls and supervision, and from people. */
const rateOfSource: Readonly<Partial<Record<TermSource, RateName>>> = {
  response: 'response',
  resolution: 'resolution',
  satisfaction: 'satisfaction',
  signed_in_time: 'signedInTime',
  submitted_in_time: 'submittedInTime',
};

/** Scores every unit of the scheme's kind by what is known now, and ranks them: only like units are ever compared. */
async function resultsOf(
  from: Queryable,
  deps: Deps,
  { id, scheme, period: name, ...period }: Evaluation,
): Promise<readonly UnitScore[]> {
  const units = evaluated(scheme, deps.city().city);
  const asOf = earlier(deps.now(), period.closesAt);
  const { keys } = await countedBy(from, 'unit', { units, areas: null }, { ...period, asOf });
  const evidence = await evidenceOf(from, units, period);
  const said = await meanMarks(from, cyclesOf({ name, cut: scheme.cut }));
  const marks = new Map((await marksOf(from, id)).map(({ unit, mark }) => [unit, mark]));
  const of100 = (points: number | undefined): Counted | undefined =>
    points === undefined ? undefined : { numerator: points, denominator: 100 };
  return ranked(
    units.map((unit) => {
      const figures = figuresOf(keys.get(unit) ?? {}, 0);
      const record = evidence.get(unit);
      const counted = (source: TermSource): Counted | undefined => {
        const rate = rateOfSource[source];
        if (rate !== undefined) return figures.rates[rate];
        if (source === 'mutual_review') return of100(said.get(unit)?.mean);
        if (source === 'superior_mark') return of100(marks.get(unit));
        if (record === undefined) return undefined;
        return source === 'reported_in_time'
          ? { numerator: record.reportedInTime, denominator: record.calls }
          : { numerator: record.repliedInTime, denominator: record.supervised };
      };
      return scoreOf(scheme, unit, countsOf(scheme, counted));
    }),
  );
}

const countsOf = (
  { terms }: EvaluationScheme,
  counted: (source: TermSource) => Counted | undefined,
): Readonly<Partial<Record<TermSource, Counted>>> =>
  Object.fromEntries(
    (Object.keys(termSources) as TermSource[])
      .filter((source) => terms.some((term) => term.source === source))
      .flatMap((source) => {
        const found = counted(source);
        return found === undefined ? [] : [[source, found]];
      }),
  );
