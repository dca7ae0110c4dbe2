import { buffer } from 'node:stream/consumers';
import type { OverlayOptions, Sharp } from 'sharp';
import { coveredPixels, type Mask } from '../domain/publication-pictures.ts';

/** The kinds of picture that are taken, by their media type. */
export const pictureTypes = ['image/jpeg', 'image/png', 'image/webp'] as const;
export type PictureType = (typeof pictureTypes)[number];
export const isPicture = (mediaType: string): mediaType is PictureType =>
  pictureTypes.includes(mediaType as PictureType);

/** Why a file is no picture that can be kept: damaged, too large to decode (in pixels, or in the time it takes), or one that moves. */
export type PictureFault = 'broken' | 'too-large' | 'moves';

/**
 * A picture can be decoded into far more memory than its file has bytes. The largest that phones write within 20 MB are
 * sold as 64 megapixels and have a little more.
 */
export const mostPixels = 65_000_000;
/** Decoders take their time for every line: one that is a single pixel wide keeps everybody waiting for a minute. */
export const mostSide = 32_768;
/** Pictures decoded at the same time; others wait on disk. A large one takes half a gigabyte while it is in work. */
const atOnce = 1;
const mostSeconds = 60;

/** The long side of a copy for the public, in pixels. */
export const longestSide = 1600;

/** A copy for the public, a JPEG, with its size in pixels. */
export type PublicCopy = Readonly<{ content: Buffer; width: number; height: number }>;

/** Decodes and encodes pictures, one at a time. */
export type Pictures = Readonly<{
  /**
   * The same picture encoded anew: upright, in sRGB, and nothing but its pixels. What cameras and programs write beside
   * them (EXIF with place and phone, XMP, IPTC, comments, profiles, thumbnails) and whatever follows the end is gone.
   */
  cleaned(content: AsyncIterable<Uint8Array>, type: PictureType): Promise<Buffer | PictureFault>;
  /** A copy of at most `longestSide`, filled where it is masked: what was there is not in the file any more. */
  covered(content: AsyncIterable<Uint8Array>, masks: readonly Mask[]): Promise<PublicCopy | PictureFault>;
}>;

type Library = typeof import('sharp').default;

/** The library is loaded with the first picture: a process that meets none has no need of it. */
let loading: Promise<Library> | undefined;
const library = (): Promise<Library> => (loading ??= import('sharp').then((found) => prepared(found.default)));

function prepared(sharp: Library): Library {
  sharp.concurrency(1);
  sharp.cache(false);
  // Whatever first bytes may promise, no other decoder is ever asked.
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
  });
  return sharp;
}

/** Pictures of one process. */
export function pictures(): Pictures {
  const inTurn = turns(atOnce);
  /** Decodes a picture upright and works on it while no other is in memory; what the decoder says is the file's fault. */
  const decoded = <T>(content: AsyncIterable<Uint8Array>, work: (picture: Sharp, size: Size) => Promise<T>) =>
    inTurn(async (): Promise<T | PictureFault> => {
      const [sharp, file] = await Promise.all([library(), buffer(content)]);
      try {
        const picture = sharp(file, { limitInputPixels: mostPixels, failOn: 'error', autoOrient: true });
        const { autoOrient: size, pages = 1 } = await picture.metadata();
        if (size.width * size.height > mostPixels || Math.max(size.width, size.height) > mostSide) return 'too-large';
        if (pages > 1) return 'moves';
        return await work(picture.timeout({ seconds: mostSeconds }), size);
      } catch (error) {
        return faultOf(error);
      }
    });
  return {
    cleaned: (content, type) => decoded(content, (picture) => encoded(picture, type).toBuffer()),
    covered: (content, masks) =>
      decoded(content, async (picture, whole) => {
        const scale = Math.min(1, longestSide / Math.max(whole.width, whole.height));
        const width = Math.max(1, Math.round(whole.width * scale));
        const height = Math.max(1, Math.round(whole.height * scale));
        const smaller = picture.resize(width, height, { fit: 'fill' }).flatten({ background: 'white' });
        const fills = masks.flatMap((mask) => coveredPixels(mask, { width, height }) ?? []).map(filled);
        const content = await smaller.composite(fills).jpeg({ quality: 82, optimiseCoding: false }).toBuffer();
        return { content, width, height };
      }),
  };
}

type Size = Readonly<{ width: number; height: number }>;

/** Plain grey: unlike blurred or coarsened pixels it holds nothing of what it covers. */
const filled = ({ left, top, width, height }: Size & Readonly<{ left: number; top: number }>): OverlayOptions => ({
  input: { create: { width, height, channels: 3, background: { r: 96, g: 96, b: 96 } } },
  left,
  top,
});

const encoded = (picture: Sharp, type: PictureType): Sharp => {
  if (type === 'image/png') return picture.png();
  return type === 'image/webp' ? picture.webp({ quality: 90 }) : picture.jpeg({ quality: 90, optimiseCoding: false });
};

/** What the decoder says of a file is a fault of the file. */
function faultOf(error: unknown): PictureFault {
  if (!(error instanceof Error)) throw error;
  return /exceeds pixel limit|timeout/i.test(error.message) ? 'too-large' : 'broken';
}

/** Lets so many run at once; the rest wait in the order in which they came. */
function turns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < most) running += 1;
    else await new Promise<void>((go) => waiting.push(go)); // whoever leaves hands its turn on
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
