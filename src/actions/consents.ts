import { uuidv7 } from 'uuidv7';
import { askingFault, type ConsentPurpose } from '../domain/consent.ts';
import type { KeptDossier } from '../domain/dossier.ts';
import type { Span } from '../domain/period.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import { askConsent } from '../domain/undertake.ts';
import type { UndertakingState } from '../domain/undertaking.ts';
import type { Actor } from '../domain/work-order.ts';
import { keepDossier, keptDossier } from '../store/dossiers.ts';
import { nextNumber } from '../store/numbers.ts';
import { transaction } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';
import { hashOfDossier, makeDossier } from './dossiers.ts';
import {
  keep,
  listUndertakings,
  lookAtUndertaking,
  type SeenUndertaking,
  seen,
  type UndertakingFilter,
} from './undertake.ts';

/** What the states of an undertaking are called where consent is owed: silence is no answer and never becomes one. */
export const consentStates = {
  open: 'unanswered',
  done: 'answered',
  decided: 'decided',
  cancelled: 'withdrawn',
} as const satisfies Record<UndertakingState, string>;
const states = Object.keys(consentStates) as UndertakingState[];
export type ConsentState = (typeof consentStates)[UndertakingState];

/** What consents are listed by: who is asked, who asks, and `unit`, whom it is about. */
export type ConsentFilter = Pick<UndertakingFilter, 'by' | 'overdue' | 'cursor' | 'limit'> &
  Readonly<{ asked?: string | undefined; unit?: string | undefined; state?: ConsentState | undefined }>;

/** Consents asked of and by the actor's unit, newest first; those who look after appointments see all. */
export const listConsents = (
  deps: Deps,
  { asked, unit, state, ...filter }: ConsentFilter,
  actor: Actor,
): Promise<readonly SeenUndertaking[]> =>
  listUndertakings(
    deps,
    {
      ...filter,
      kind: 'consent',
      unit: asked,
      about: unit,
      state: states.find((each) => consentStates[each] === state),
    },
    actor,
  );

/** Whom somebody wants consent about, from whom and to what; `span` is that of the dossier beside it. */
export type ConsentWanted = Readonly<{
  asked: string;
  unit: string;
  post: string;
  candidate: string | null;
  purpose: ConsentPurpose;
  text: string;
  span: Span;
  dueAt?: Instant | undefined;
}>;

/**
 * Asks a street or community for its consent to an appointment (征得同意权). The dossier of the post is made now and kept
 * with it, so that both sides, and whoever looks later, speak of the same record.
 */
export async function wantConsent(deps: Deps, wanted: ConsentWanted, actor: Actor): Promise<SeenUndertaking | Refusal> {
  const { asked, unit, post, candidate, purpose, text, span, dueAt } = wanted;
  // Before anything is counted for somebody who may not ask; asking it looks again.
  const fault = askingFault({ asked, unit, post }, settingOf(deps, actor));
  if (fault !== null) return fault;
  const dossier = await makeDossier(deps, { ...span, unit, post });
  if (isRefusal(dossier)) return dossier;
  return transaction(deps.pool, async (tx) => {
    const setting = settingOf(deps, actor);
    const kept: KeptDossier = { id: uuidv7(), dossier, hash: hashOfDossier(dossier) };
    const named = setting.city.posts.find(({ code }) => code === post)?.name ?? post;
    const consent = {
      unit,
      post,
      candidate,
      purpose,
      decision: null,
      dossier: { id: kept.id, hash: kept.hash },
    };
    const names = { id: uuidv7(), number: await nextNumber(tx, 'undertaking', setting.now) };
    const outcome = askConsent({ asked, consent, title: named, demand: text, dueAt }, names, setting);
    if (isRefusal(outcome)) return outcome;
    await keepDossier(tx, kept);
    await keep(tx, deps, outcome);
    return seen(deps, outcome.undertaking, actor);
  });
}

/** The dossier a consent was asked with, for whoever sees the consent. */
export async function dossierOfConsent(deps: Deps, id: string, actor: Actor): Promise<KeptDossier | Refusal> {
  const found = await lookAtUndertaking(deps, { id, kind: 'consent' }, actor);
  if (isRefusal(found)) return found;
  const { consent } = found.undertaking.about;
  const kept = consent === undefined ? null : await keptDossier(deps.pool, consent.dossier.id);
  return kept ?? refuse('not-found');
}
