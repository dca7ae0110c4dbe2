import { type City, isUnder } from './city.ts';
import { firstClosing, lastWord, type NamedPeriod } from './evaluation-period.ts';
import type { EvaluationScheme } from './evaluation-scheme.ts';
import { type Refusal, refuse } from './refusal.ts';
import { type Instant, later } from './time.ts';
import type { Actor } from './work-order.ts';

/** The units a scheme judges: all of its kind. */
export const evaluated = ({ unitKind }: Pick<EvaluationScheme, 'unitKind'>, city: City): readonly string[] =>
  [...city.units.values()].filter(({ kind }) => kind === unitKind).map(({ code }) => code);

/** The half years whose mutual reviews count for a period: those that lie in it, or the one it lies in. */
export function cyclesOf({ name, cut }: Pick<NamedPeriod, 'name' | 'cut'>): readonly string[] {
  if (cut === 'half_year') return [name];
  const year = name.slice(0, 4);
  if (cut === 'year') return [`${year}-H1`, `${year}-H2`];
  return [`${year}-H${Number(name.slice(-1)) <= 2 ? 1 : 2}`];
}

/**
 * Why a scheme cannot be applied to a period; null where it can. The period is of the scheme's cut and has begun; a date
 * of closing that the city fixed lies ahead, and after the period, or for the yearly review in its December. One that is
 * opened when the last word about its period has passed needs such a date: it would close before anybody had reported.
 */
export function openingFault(
  scheme: EvaluationScheme | undefined,
  period: NamedPeriod | null,
  closesAt: Instant | undefined,
  { now }: Readonly<{ now: Instant }>,
): Refusal | null {
  if (scheme === undefined) return refuse('scheme-unknown');
  if (period === null || period.cut !== scheme.cut) return refuse('period-unknown', { cut: scheme.cut });
  if (now < period.from) return refuse('too-early', { from: period.from });
  if ((closesAt !== undefined && closesAt <= firstClosing(period)) || closingOf(period, closesAt) <= now)
    return refuse('in-the-past', { from: later(firstClosing(period), now) });
  return null;
}

/** When an evaluation closes: at the date given, else with the last word about its period. */
export const closingOf = (period: NamedPeriod, given: Instant | undefined): Instant => given ?? lastWord(period);

/** Why the level above cannot mark this unit here; null where it can. The superior marks, and nobody else. */
export function markFault(
  actor: Actor,
  unit: string,
  evaluation: Readonly<{ scheme: EvaluationScheme; closedAt: Instant | null }>,
  city: City,
): Refusal | null {
  if (evaluation.closedAt !== null) return refuse('evaluation-closed');
  if (!evaluated(evaluation.scheme, city).includes(unit)) return refuse('not-evaluated', { unit });
  return notAbove(actor, unit, city);
}

/** Why an actor does not speak for a unit above this one; null where it does. */
export function notAbove(actor: Actor, unit: string, city: City): Refusal | null {
  const above = city.units.get(unit)?.parent ?? null;
  const speaks = (['unit_leader', 'street_centre', 'supervisor', 'centre_leader', 'government'] as const).some((role) =>
    actor.roles.includes(role),
  );
  const isAbove = actor.unit !== null && actor.unit !== unit && above !== null && isUnder(city, unit, actor.unit);
  return speaks && isAbove ? null : refuse('not-superior', { unit: above });
}
