import { pipeline, Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';

/** A file to be packed; its content is written as it comes, so nothing of it has to fit into memory. */
export type Packed = Readonly<{ name: string; content: AsyncIterable<string> | Iterable<string> }>;

type Written = Readonly<{ name: Buffer; crc: number; packed: number; size: number; offset: number }>;

/** Packs files one after the other (ZIP, deflate). Sizes follow each file, since they are not known before it. */
export async function* zip(files: readonly Packed[]): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  let offset = 0;
  for (const { name, content } of files) {
    const entry = { name: Buffer.from(name), crc: 0, packed: 0, size: 0, offset };
    const head = Buffer.concat([header(0x04034b50, [entry.name.length, 0], entry), entry.name]);
    yield head;
    const counted = async function* () {
      for await (const text of content) {
        const bytes = Buffer.from(text);
        entry.crc = crc32(bytes, entry.crc);
        entry.size += bytes.length;
        yield bytes;
      }
    };
    const deflate = createDeflateRaw();
    // What goes wrong in the content comes out of the loop below.
    pipeline(Readable.from(counted()), deflate, () => {});
    for await (const chunk of deflate as AsyncIterable<Buffer>) {
      entry.packed += chunk.length;
      yield chunk;
    }
    const foot = numbers([0x08074b50, 4], [entry.crc, 4], [entry.packed, 4], [entry.size, 4]);
    yield foot;
    offset += head.length + entry.packed + foot.length;
    written.push(entry);
  }
  const directory = written.flatMap((entry) => [
    header(0x02014b50, [entry.name.length, 0, 0, 0, 0], entry),
    numbers([0, 4], [entry.offset, 4]),
    entry.name,
  ]);
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const count = written.length;
  yield Buffer.concat([
    ...directory,
    numbers([0x06054b50, 4], [0, 4], [count, 2], [count, 2], [size, 4], [offset, 4], [0, 2]),
  ]);
}

/** What the two headers of a file have in common: version, flags (sizes follow, names in UTF-8), deflate, a day without meaning. */
function header(
  signature: number,
  lengths: readonly number[],
  { crc, packed, size }: Omit<Written, 'name' | 'offset'>,
): Buffer {
  const isCentral = signature === 0x02014b50;
  return numbers(
    [signature, 4],
    ...(isCentral ? [[20, 2] as const] : []),
    [20, 2],
    [0x0808, 2],
    [8, 2],
    [0, 2],
    [0x21, 2],
    [isCentral ? crc : 0, 4],
    [isCentral ? packed : 0, 4],
    [isCentral ? size : 0, 4],
    ...lengths.map((length) => [length, 2] as const),
  );
}

/** Numbers in bytes, the lowest first: each with how many bytes it takes. */
function numbers(...all: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer {
  const out = Buffer.alloc(all.reduce((sum, [, bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [value, bytes] of all) {
    out.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return out;
}
