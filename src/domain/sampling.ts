/**
 * How much is looked at where not everything is (抽查): of the work of categories that are verified by sample, and of
 * direct answers. `seed` says which: whoever knows it can draw the same sample again.
 */
export type Sampling = Readonly<{
  version: string;
  seed: string;
  /** Shares, from 0 to 1. */
  verification: number;
  answered: number;
}>;

/** What a city starts with: one in five of either. */
export const defaultSampling: Sampling = {
  version: 'default-1',
  seed: 'default-1',
  verification: 0.2,
  answered: 0.2,
};

/** The lot a thing has under a seed, from 0 up to 1: always the same one (FNV-1a of both, mixed as MurmurHash3 does). */
export function lotOf(id: string, seed: string): number {
  let hash = 0x811c9dc5;
  for (const char of `${seed} ${id}`) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** Whether a thing falls into a sample of this share. */
export const sampled = (id: string, share: number, { seed }: Pick<Sampling, 'seed'>): boolean =>
  lotOf(id, seed) < share;
