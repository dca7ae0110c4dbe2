import { createHash } from 'node:crypto';
import { type Dossier, isHeadOf, longestTerms, termsOf } from '../domain/dossier.ts';
import { type Span, spanFault } from '../domain/period.ts';
import { definition } from '../domain/rates.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import { canonical } from '../domain/snapshot.ts';
import { earlier } from '../domain/time.ts';
import { sightOf } from '../domain/visibility.ts';
import type { Actor } from '../domain/work-order.ts';
import { postRowsOf, recordOf } from '../reports/unit-record.ts';
import { atOneMoment, type Queryable } from '../store/rows.ts';
import type { Deps } from './deps.ts';
import { countedFirst, countFacts } from './measure.ts';

/** Which dossier: of a unit and a span; of one post, or of whoever headed the unit. */
export type DossierAsked = Span & Readonly<{ unit: string; post?: string | undefined }>;

/** The dossier of a unit, for its own leader, whoever is above it, and those who count for the city. */
export async function dossier(deps: Deps, asked: DossierAsked, actor: Actor): Promise<Dossier | Refusal> {
  const { city } = deps.city();
  const sight = sightOf(actor, city);
  if (!city.units.has(asked.unit) || !(sight.all || sight.units.includes(asked.unit))) return refuse('not-found');
  return makeDossier(deps, asked);
}

/** The same whoever asks. Everything in it is read at one moment; what is still to come is not counted. */
export async function makeDossier(deps: Deps, asked: DossierAsked): Promise<Dossier | Refusal> {
  const fault = spanFault(asked);
  if (fault !== null) return fault;
  const now = deps.now();
  const span: Span = { from: asked.from, to: earlier(asked.to, now) };
  if (span.to <= span.from) return refuse('in-the-future', { from: 'the span has not begun' });
  await countFacts(deps, countedFirst);
  return atOneMoment(deps.reading, (tx) => madeOf(tx, deps, { ...asked, ...span }));
}

async function madeOf(
  tx: Queryable,
  deps: Deps,
  { unit, post = null, from, to }: Span & Readonly<{ unit: string; post?: string | null | undefined }>,
): Promise<Dossier | Refusal> {
  const rows = (await postRowsOf(tx, unit)).filter((row) => isHeadOf(row.post, unit, post));
  if (post !== null && rows.length === 0) return refuse('post-unknown', { post });
  const { told, shorter: shorterTerms } = longestTerms(termsOf(rows, { from, to }));
  const madeAt = deps.now();
  const { record: whole, upTo } = await recordOf(tx, unit, { from, to }, madeAt);
  const terms: Dossier['terms'][number][] = [];
  for (const term of told) terms.push({ ...term, record: (await recordOf(tx, unit, term.span, madeAt)).record });
  const unitName = deps.city().city.units.get(unit)?.name ?? unit;
  return { unit, unitName, from, to, madeAt, definition, upTo, whole, terms, shorterTerms };
}

/** The hash under which a dossier is kept: whoever holds a copy can tell whether it is the one. */
export const hashOfDossier = (of: Dossier): string => createHash('sha256').update(canonical(of)).digest('hex');
