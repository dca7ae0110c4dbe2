import { uuidv7 } from 'uuidv7';
import { nameOf } from '../domain/decide.ts';
import { type NamedPeriod, periodNamed } from '../domain/evaluation-period.ts';
import {
  areSides,
  type CaseEvidence,
  type MutualReview,
  type ReviewMarks,
  reviewFault,
} from '../domain/mutual-review.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import { sightOf, unseenFault } from '../domain/visibility.ts';
import type { Actor, Fact } from '../domain/work-order.ts';
import { evidenceOf } from '../reports/evidence.ts';
import { findReviews, type ReviewFilter, saveReview } from '../store/evaluations.ts';
import { loadAll } from '../store/orders.ts';
import { transaction } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';

/** What one side says of the other. */
export type Reviewing = Readonly<{
  cycle: string;
  about: string;
  marks: ReviewMarks;
  comment: string;
  workOrderIds: readonly string[];
}>;

/**
 * One side of the mutual review says what it thinks of the other (双向评议); what it said before in the cycle gives way.
 * Beside it stands what the record shows of the other side up to now.
 */
export async function reviewMutually(
  deps: Deps,
  { cycle, about, marks, comment, workOrderIds }: Reviewing,
  actor: Actor,
): Promise<MutualReview | Refusal> {
  const setting = settingOf(deps, actor);
  const period = periodNamed(cycle);
  const fault = reviewFault(actor, { about, cycle: period }, setting);
  if (fault !== null || period === null || actor.unit === null) return fault ?? refuse('period-unknown');
  const named = [...new Set(workOrderIds)];
  const orders = await loadAll(deps.pool, named);
  const unseen = unseenFault(actor, named, orders, setting.city);
  if (unseen !== null) return unseen;
  const evidence = (await evidenceOf(deps.reading, [about], period)).get(about) as CaseEvidence;
  const review = { cycle, by: actor.unit, about, marks, comment, workOrderIds: named, evidence, actor: actor.name };
  const fact: Fact = {
    type: 'mutually_reviewed',
    at: setting.now,
    actor: nameOf(actor),
    unit: about,
    body: { cycle, by: actor.unit, about, marks },
  };
  return transaction(deps.pool, (tx) => saveReview(tx, { id: uuidv7(), ...review, at: setting.now }, fact));
}

/** Reviews within sight: a unit sees both directions of its own, whoever counts for the city all. */
export function listReviews(
  deps: Deps,
  filter: Omit<ReviewFilter, 'parties'>,
  actor: Actor,
): Promise<readonly MutualReview[]> {
  const sight = sightOf(actor, deps.city().city);
  return findReviews(deps.reading, { ...filter, parties: sight.all ? null : sight.units });
}

/** What the record of a period shows of a unit: for itself, whoever is above it, its other side, and the city's own desks. */
export async function evidenceOn(
  deps: Deps,
  unit: string,
  period: Pick<NamedPeriod, 'from' | 'to'>,
  actor: Actor,
): Promise<CaseEvidence | Refusal> {
  const { city } = deps.city();
  const sight = sightOf(actor, city);
  const isOther = actor.unit !== null && areSides(city, actor.unit, unit);
  if (!city.units.has(unit) || !(sight.all || sight.units.includes(unit) || isOther)) return refuse('not-found');
  return (await evidenceOf(deps.reading, [unit], period)).get(unit) as CaseEvidence;
}
