import type { Evidence } from './work-order.ts';

/**
 * A picture for the public (办理前后对比): a copy of its own with an id of its own, upright, smaller than what was handed
 * in, and with what nobody shall recognise covered. It is never changed; another cover makes another copy.
 */
export type PublishedPicture = Readonly<{
  id: string;
  stage: NonNullable<Evidence['stage']>;
  caption: string;
  /** In pixels. */
  width: number;
  height: number;
  bytes: number;
  sha256: string;
}>;

/** What is covered (打码), in fractions of the upright picture's width and height from its upper left corner. */
export type Mask = Readonly<{ x: number; y: number; width: number; height: number }>;

/** A picture on its way to a board: which file of the order it shows, and what of it is covered. */
export type DraftPicture = PublishedPicture & Readonly<{ attachmentId: string; masks: readonly Mask[] }>;

/** A mask in pixels, never smaller than what was asked to be covered; null where nothing of it is on the picture. */
export function coveredPixels(
  { x, y, width, height }: Mask,
  size: Readonly<{ width: number; height: number }>,
): Readonly<{ left: number; top: number; width: number; height: number }> | null {
  const left = Math.max(0, Math.floor(x * size.width));
  const top = Math.max(0, Math.floor(y * size.height));
  const right = Math.min(size.width, Math.ceil((x + width) * size.width));
  const bottom = Math.min(size.height, Math.ceil((y + height) * size.height));
  return right <= left || bottom <= top ? null : { left, top, width: right - left, height: bottom - top };
}

/** The same picture covered in the same places: its copy can stay. */
export const isSameCopy = (
  one: Pick<DraftPicture, 'attachmentId' | 'masks'>,
  other: Pick<DraftPicture, 'attachmentId' | 'masks'>,
): boolean => one.attachmentId === other.attachmentId && placesOf(one.masks) === placesOf(other.masks);
const placesOf = (masks: readonly Mask[]): string =>
  masks.map(({ x, y, width, height }) => [x, y, width, height].join(' ')).join('\n');

/** What the public is told of a picture: nothing of the file it was made from. */
export const shownOf = ({ attachmentId: _a, masks: _m, ...shown }: DraftPicture): PublishedPicture => shown;

/** The pictures laid out that are not on the board yet: somebody has to look at each of them first. */
export const unseenOf = (laidOut: readonly PublishedPicture[], shown: readonly PublishedPicture[]): readonly string[] =>
  laidOut.map(({ id }) => id).filter((id) => !shown.some((each) => each.id === id));
