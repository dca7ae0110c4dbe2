import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { mostPixels, mostSide } from '../../src/store/pictures.ts';
import { aLight, demo } from '../support/city.ts';
import { aPhoto, aPicture, blue, isLike, red, shownAt } from '../support/pictures.ts';
import { filesIn, sha256, uploading } from '../support/uploads.ts';

const city = await demo();
const { app, call, keys, pool } = city;
const upload = uploading(city);
const made = async (): Promise<string> => (await call('operator', 'POST', 'requests', aLight())).body.workOrder.id;
const kept = async (id: string): Promise<Buffer> =>
  (await app.inject({ url: `/v1/attachments/${id}`, headers: { authorization: `Bearer ${keys.operator}` } }))
    .rawPayload;
const files = () => filesIn(city, 'attachments');

/** A chunk of a PNG: length, kind, content, checksum. */
const chunk = (kind: string, content: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};
/** A PNG says its size in its first chunk, after which any other may stand. */
const afterTheHead = 33;
const zip = Buffer.from('PK\x03\x04 canary in a zip', 'latin1');

describe('a picture is kept as its pixels', () => {
  test('a photo stands upright, and place, phone, comment and the file behind it are gone', async () => {
    const photo = await aPhoto();
    const before = await sharp(photo).metadata();
    expect([before.orientation, before.exif, before.xmp, before.icc].every(Boolean)).toBe(true);
    const { status, body } = await upload('operator', await made(), Buffer.concat([photo, zip]));
    expect(status, JSON.stringify(body)).toBe(201);
    const file = await kept(body.id);
    expect(body).toMatchObject({ mediaType: 'image/jpeg', bytes: file.length, sha256: sha256(file), name: '照片.jpg' });
    const { width, height, orientation, exif, xmp, icc, iptc, comments, density } = await sharp(file).metadata();
    expect({ width, height, orientation, exif, xmp, icc, iptc, comments, density }).toEqual({
      width: 32,
      height: 64,
      density: 72,
    });
    for (const word of ['TESTPHONE', 'canary', 'PK\x03\x04', 'Exif', 'ICC_PROFILE', 'xmpmeta'])
      expect(file.includes(Buffer.from(word, 'latin1')), word).toBe(false);
    // What lay on the left of the sensor is at the top of what was seen.
    expect(isLike(await shownAt(file, 0.5, 0.25), red)).toBe(true);
    expect(isLike(await shownAt(file, 0.5, 0.75), blue)).toBe(true);
  });

  test('a PNG loses its texts and what follows its end, and no pixel', async () => {
    const plain = await aPicture('png');
    const text = chunk('tEXt', Buffer.from('Comment\0canary in a chunk', 'latin1'));
    const png = Buffer.concat([plain.subarray(0, afterTheHead), text, plain.subarray(afterTheHead), zip]);
    const { status, body } = await upload('operator', await made(), png);
    expect(status, JSON.stringify(body)).toBe(201);
    const file = await kept(body.id);
    expect([file.includes('canary'), file.includes('tEXt')]).toEqual([false, false]);
    expect((await sharp(file).raw().toBuffer()).equals(await sharp(png).raw().toBuffer())).toBe(true);
  });

  test('a WebP loses its place, too', async () => {
    const webp = await sharp(await aPhoto())
      .keepMetadata()
      .webp()
      .toBuffer();
    expect(webp.includes('TESTPHONE')).toBe(true);
    const file = await kept((await upload('operator', await made(), webp)).body.id);
    expect([file.includes('TESTPHONE'), (await sharp(file).metadata()).format]).toEqual([false, 'webp']);
  });
});

const animated = sharp(
  [
    await aPicture('png'),
    await sharp(await aPicture('png'))
      .negate()
      .png()
      .toBuffer(),
  ],
  {
    join: { animated: true },
  },
);
/** A PNG of a few hundred bytes that says it is very large. */
const side = Math.ceil(Math.sqrt(mostPixels)) + 1;
const bomb = async ([width, height]: readonly [number, number]): Promise<Buffer> => {
  const plain = Buffer.from(await aPicture('png'));
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  const head = chunk('IHDR', Buffer.concat([size, plain.subarray(24, 29)]));
  return Buffer.concat([plain.subarray(0, 8), head, plain.subarray(afterTheHead)]);
};
const jpeg = await aPicture('jpeg');
/** A JPEG may paint over what it has painted, each time at little cost to whoever made it. */
const scans = async (): Promise<Buffer> => {
  const progressive = await sharp(jpeg).jpeg({ progressive: true }).toBuffer();
  const [last, end] = [progressive.lastIndexOf(Buffer.from([0xff, 0xda])), progressive.length - 2];
  const again = Array.from({ length: 5000 }, () => progressive.subarray(last, end));
  return Buffer.concat([progressive.subarray(0, end), ...again, progressive.subarray(end)]);
};

test.each([
  ['one that is cut off', jpeg.subarray(0, jpeg.length - 20), 'broken'],
  ['one with nothing behind its first bytes', Buffer.concat([jpeg.subarray(0, 20), Buffer.alloc(200, 7)]), 'broken'],
  [
    'a drawing that begins like a photo',
    Buffer.concat([Buffer.from('\xff\xd8\xff', 'latin1'), Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')]),
    'broken',
  ],
  ['one of more pixels than anybody decodes', await bomb([side, side]), 'too-large'],
  ['one that is a single thread of pixels', await bomb([1, mostSide + 1]), 'too-large'],
  ['one that says it is longer than any', await bomb([1, 2 ** 31 - 1]), 'broken'],
  ['one that is decoded over and over', await scans(), 'broken'],
  ['one that moves', await animated.webp().toBuffer(), 'moves'],
])('422 for a picture that cannot be kept: %s; nothing of it stays', async (_what, content, fault) => {
  const id = await made();
  const before = await files();
  const key = randomUUID();
  const refused = await upload('operator', id, content, { key });
  expect(refused.body, JSON.stringify(refused.body)).toMatchObject({ status: 422, code: 'picture-unreadable', fault });
  expect(await files()).toEqual(before);
  expect((await pool.query('select from attachments where order_id = $1', [id])).rowCount).toBe(0);
  // The key is free for the picture that was meant.
  expect((await upload('operator', id, jpeg, { key })).status).toBe(201);
});

test('the same picture sent again is the same attachment, although another is kept than was sent', async () => {
  const id = await made();
  const [photo, key] = [await aPhoto(), randomUUID()];
  const first = await upload('operator', id, photo, { key });
  expect(first.body.sha256).not.toBe(sha256(photo));
  const before = await files();
  const again = await upload('operator', id, photo, { key });
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
  expect(again.body).toEqual(first.body);
  const other = await upload('operator', id, jpeg, { key });
  expect(other.body).toMatchObject({ status: 422, code: 'idempotency-mismatch' });
  expect(await files()).toEqual(before);
});

describe('while pictures wait for their turn', () => {
  let gate = Promise.withResolvers<void>();
  let waiting = 0;
  const pictures: typeof city.deps.pictures = {
    ...city.deps.pictures,
    cleaned: async (...asked) => {
      waiting += 1;
      await gate.promise;
      return city.deps.pictures.cleaned(...asked);
    },
  };
  let busy: Awaited<ReturnType<typeof buildApp>>;
  beforeAll(async () => {
    busy = await buildApp({ ...city.deps, pictures });
  });
  beforeEach(() => {
    gate = Promise.withResolvers();
    waiting = 0;
  });
  afterAll(() => busy.close());
  const send = async (id: string, { key = String(randomUUID()), as = 'operator' } = {}) => {
    const form = new FormData();
    form.set('file', new File([new Uint8Array(jpeg)], '照片.jpg'));
    const encoded = new Response(form);
    const reply = await busy.inject({
      method: 'POST',
      url: `/v1/work-orders/${id}/attachments`,
      headers: {
        authorization: `Bearer ${keys[as]}`,
        'idempotency-key': key,
        'content-type': encoded.headers.get('content-type') ?? '',
      },
      payload: Buffer.from(await encoded.arrayBuffer()),
    });
    return { status: reply.statusCode, code: reply.json().code };
  };

  test('409 for whoever sends one again, however long it waits, and it is filed once', async () => {
    const id = await made();
    const key = randomUUID();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const first = send(id, { key });
      await vi.waitFor(() => expect(waiting).toBe(1));
      const held = 'select from idempotency where key = $1 and leased_until > now()';
      await pool.query("update idempotency set leased_until = now() - interval '1 s' where key = $1", [key]);
      vi.advanceTimersByTime(10_000);
      await vi.waitFor(async () => expect((await pool.query(held, [key])).rowCount).toBe(1));
      expect(await send(id, { key })).toEqual({ status: 409, code: 'idempotency-running' });
      gate.resolve();
      expect((await first).status).toBe(201);
    } finally {
      vi.useRealTimers();
    }
    expect((await pool.query('select from attachments where order_id = $1', [id])).rowCount).toBe(1);
  });

  test('503 for the fifty-first of one client, and nobody else waits for that', async () => {
    const id = await made();
    const all = Array.from({ length: 50 }, () => send(id));
    await vi.waitFor(() => expect(waiting).toBe(50));
    expect(await send(id)).toEqual({ status: 503, code: 'unavailable' });
    const another = send(id, { as: 'shiftLeader' });
    gate.resolve();
    expect((await Promise.all([...all, another])).map(({ status }) => status)).toEqual(
      all.concat(another).map(() => 201),
    );
    expect((await send(id)).status).toBe(201);
  });
});

test('twenty pictures sent at once are all kept, and no other file', async () => {
  const id = await made();
  const before = await files();
  const photo = await aPhoto({ width: 400, height: 300 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => upload('operator', id, photo)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
  expect(await files()).toEqual([...before, ...answers.map(({ body }) => body.id)].toSorted());
});
