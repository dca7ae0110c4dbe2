import type { Figures, RateKey } from './rates.ts';
import type { Rate } from './share.ts';
import type { Snapshot } from './snapshot.ts';
import type { Instant } from './time.ts';

/** What the public reads of rates (三率公示): the residents' word, and whether the work was done in time and once. */
export const publicRates = [
  'response',
  'resolution',
  'satisfaction',
  'signedInTime',
  'submittedInTime',
  'rework',
] as const;
export type PublicRates = Readonly<Record<PublicRate, Rate | null>>;

/** By what rates are published. A grid has so few requests that its rates would tell who answered what. */
export const publicKeys = [
  'unit',
  'street',
  'community',
  'category',
  'channel',
  'month',
] as const satisfies readonly RateKey[];
export type PublicKey = (typeof publicKeys)[number];
export const isPublicKey = (by: RateKey): by is PublicKey => (publicKeys as readonly RateKey[]).includes(by);

type Shown = Readonly<{ assessed: number; excluded: number; rates: PublicRates }>;

/** Rates of a snapshot as they are published, whole: names as they were then, nothing is looked up for it later. */
export type RateBoard = Readonly<{
  from: Instant;
  to: Instant;
  by: PublicKey;
  /** The weight of "basically satisfied", in thousandths. */
  w: number;
  definition: string;
  /** The hash of the snapshot, by which anybody can hold this against it. */
  hash: string;
  /** The snapshot that this one corrects, and why. */
  corrects: string | null;
  reason: string | null;
  all: Shown;
  items: readonly (Shown & Readonly<{ key: Readonly<{ code: string | null; name: string | null }> }>)[];
}>;

/** A rate of fewer than these would tell what single residents have answered: it is left out. */
export const leastShown = 5;

/** What is published of a snapshot. `nameOf` names a unit, a place, a category or a channel. */
export function rateBoard(
  snapshot: Omit<Snapshot, 'by'> & Readonly<{ by: PublicKey }>,
  nameOf: (code: string) => string,
): RateBoard {
  const { all, items } = snapshot.figures;
  const each = items.map(({ figures }) => figures);
  const hidden = new Map(publicRates.map((name) => [name, hiddenOf(name, each)]));
  return {
    from: snapshot.from,
    to: snapshot.to,
    by: snapshot.by,
    w: snapshot.w,
    definition: snapshot.definition,
    hash: snapshot.hash,
    corrects: snapshot.corrects,
    reason: snapshot.reason,
    all: shown(all.figures, (name) => isTooSmall(all.figures, name)),
    items: items.map(({ key, figures }) => ({
      key: { code: key, name: key === null ? null : nameOf(key) },
      ...shown(figures, (name) => hidden.get(name)?.has(figures) === true),
    })),
  };
}

type PublicRate = (typeof publicRates)[number];
const sizeOf = ({ rates }: Figures, name: PublicRate): number => rates[name].denominator;
const isTooSmall = (figures: Figures, name: PublicRate): boolean => sizeOf(figures, name) < leastShown;

/**
 * Which figures of a rate are left out: the small ones, and where these together are small too the smallest of the
 * others, since whoever takes what is shown from the total would have them.
 */
function hiddenOf(name: PublicRate, items: readonly Figures[]): ReadonlySet<Figures> {
  const small = items.filter((figures) => isTooSmall(figures, name));
  const together = small.reduce((sum, figures) => sum + sizeOf(figures, name), 0);
  if (together === 0 || together >= leastShown) return new Set(small);
  const others = items.filter((figures) => !isTooSmall(figures, name));
  return new Set([...small, ...others.toSorted((a, b) => sizeOf(a, name) - sizeOf(b, name)).slice(0, 1)]);
}

const shown = ({ assessed, excluded, rates }: Figures, isHidden: (name: PublicRate) => boolean): Shown => ({
  assessed,
  excluded,
  rates: Object.fromEntries(publicRates.map((name) => [name, isHidden(name) ? null : rates[name]])) as PublicRates,
});
