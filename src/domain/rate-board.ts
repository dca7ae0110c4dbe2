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
export type PublicRates = Readonly<Record<(typeof publicRates)[number], Rate | null>>;

/** By what rates are published. A grid has so few requests that its rates would tell who answered what. */
export const publicKeys = ['unit', 'street', 'community', 'category', 'channel'] as const satisfies readonly RateKey[];
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
export const rateBoard = (
  snapshot: Omit<Snapshot, 'by'> & Readonly<{ by: PublicKey }>,
  nameOf: (code: string) => string,
): RateBoard => ({
  from: snapshot.from,
  to: snapshot.to,
  by: snapshot.by,
  w: snapshot.w,
  definition: snapshot.definition,
  hash: snapshot.hash,
  corrects: snapshot.corrects,
  reason: snapshot.reason,
  all: shown(snapshot.figures.all.figures),
  items: snapshot.figures.items.map(({ key, figures }) => ({
    key: { code: key, name: key === null ? null : nameOf(key) },
    ...shown(figures),
  })),
});

const shown = ({ assessed, excluded, rates }: Figures): Shown => ({
  assessed,
  excluded,
  rates: Object.fromEntries(
    publicRates.map((name) => [name, rates[name].denominator < leastShown ? null : rates[name]]),
  ) as PublicRates,
});
