import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { type PictureType, pictures } from '../../src/store/pictures.ts';
import { aPhoto, isLike, red, shownAt } from '../support/pictures.ts';

const { cleaned, covered } = pictures();
async function* whole(file: Buffer) {
  yield file;
}
const grey = { r: 96, g: 96, b: 96 };
const photo = await aPhoto({ width: 120, height: 80 });
const as = (type: 'png' | 'webp') => sharp(photo).keepMetadata().toFormat(type).toBuffer();

test('whatever is broken in a file, it is a fault of the file or a picture without a word beside it', async () => {
  const files: readonly (readonly [PictureType, Buffer])[] = [
    ['image/jpeg', photo],
    ['image/png', await as('png')],
    ['image/webp', await as('webp')],
  ];
  const broken = fc.record({
    of: fc.constantFrom(...files),
    bytes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
    cut: fc.option(fc.nat(), { freq: 4 }),
  });
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(broken, async ({ of: [type, content], bytes, cut }) => {
      const file = Buffer.from(content);
      for (const [at, byte] of bytes) file[at % file.length] = byte;
      const made = await cleaned(whole(cut === null ? file : file.subarray(0, cut % file.length)), type);
      if (typeof made === 'string') return;
      kept += 1;
      const { exif, icc, xmp, iptc, orientation } = await sharp(made).metadata();
      expect([exif, icc, xmp, iptc, orientation]).toEqual(Array.from({ length: 5 }));
      expect(made.includes('TESTPHONE')).toBe(false);
    }),
    { numRuns: 300 },
  );
  expect(kept).toBeGreaterThan(10);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'a mask lies where it was seen, also on a photo of orientation %i',
  async (orientation) => {
    const plain = sharp({ create: { width: 60, height: 40, channels: 3, background: red } });
    const file = await plain.withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    const copy = await covered(whole(file), [{ x: 0, y: 0, width: 0.5, height: 0.5 }]);
    if (typeof copy === 'string') throw new Error(copy);
    expect([copy.width, copy.height]).toEqual(orientation < 5 ? [60, 40] : [40, 60]);
    expect(isLike(await shownAt(copy.content, 0.2, 0.2), grey)).toBe(true);
    for (const [x, y] of [
      [0.8, 0.2],
      [0.2, 0.8],
      [0.8, 0.8],
    ] as const)
      expect(isLike(await shownAt(copy.content, x, y), red)).toBe(true);
  },
);

test.each([
  ['of one channel', (all: Sharp) => all.grayscale().jpeg()],
  ['for printers', (all: Sharp) => all.toColourspace('cmyk').jpeg()],
  ['of sixteen bits', (all: Sharp) => all.toColourspace('rgb16').png()],
  ['with a palette', (all: Sharp) => all.png({ palette: true })],
  ['that can be seen through', (all: Sharp) => all.ensureAlpha(0).png()],
])('a picture %s is covered like any other', async (_what, written) => {
  const file = await written(sharp({ create: { width: 60, height: 40, channels: 3, background: 'white' } })).toBuffer();
  const copy = await covered(whole(file), [{ x: 0, y: 0, width: 0.5, height: 1 }]);
  if (typeof copy === 'string') throw new Error(copy);
  expect(isLike(await shownAt(copy.content, 0.2, 0.5), grey)).toBe(true);
  expect(isLike(await shownAt(copy.content, 0.8, 0.5), grey)).toBe(false);
});
