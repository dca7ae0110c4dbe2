import sharp from 'sharp';

type Pixel = Readonly<{ r: number; g: number; b: number }>;
export const [red, green, blue]: readonly [Pixel, Pixel, Pixel] = [
  { r: 255, g: 0, b: 0 },
  { r: 0, g: 255, b: 0 },
  { r: 0, g: 0, b: 255 },
];

/** A picture whose left half is red and whose right half is blue. */
const halves = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: red } }).composite([
    {
      input: { create: { width: Math.floor(width / 2), height, channels: 3, background: blue } },
      gravity: 'east',
    },
  ]);

/** A small real picture of that kind, red on the left and blue on the right. */
export const aPicture = (kind: 'jpeg' | 'png' | 'webp', { width = 64, height = 32 } = {}): Promise<Buffer> =>
  halves(width, height).toFormat(kind).toBuffer();

/** A photo as a phone writes it: lying on its side (turned right by its orientation), with maker, place and profile. */
export const aPhoto = (size = { width: 64, height: 32 }): Promise<Buffer> =>
  halves(size.width, size.height)
    .withIccProfile('p3')
    .withExif({
      IFD0: { Make: 'TESTPHONE', ImageDescription: 'canary in a comment' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '30/1 34/1 18/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '104/1 2/1 14/1',
      },
    })
    .withXmp(
      '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>',
    )
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 95 })
    .toBuffer();

/** What a picture shows at a place, given in fractions of its width and height. */
export async function shownAt(file: Buffer, x: number, y: number): Promise<Pixel> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
  return { r: data[at] ?? 0, g: data[at + 1] ?? 0, b: data[at + 2] ?? 0 };
}

/** Whether it is that colour, but for what an encoder does to it. */
export const isLike = (seen: Pixel, wanted: Pixel): boolean =>
  (['r', 'g', 'b'] as const).every((part) => Math.abs(seen[part] - wanted[part]) < 40);
