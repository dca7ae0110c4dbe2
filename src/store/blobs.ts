import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What was kept: how many bytes, and their SHA-256 in hexadecimal. */
export type Kept = Readonly<{ bytes: number; sha256: string }>;

/** Where files are kept. Names are random ids; nothing of what a client called a file reaches a path. */
export type BlobStore = Readonly<{
  /** Keeps what the source yields, whole and durable, or nothing: whatever the source throws comes out again. */
  put(id: string, source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Kept>;
  /** The content of a file; null where there is none. */
  get(id: string): Promise<Readable | null>;
  /** Takes a file away, and what a process that died before it was whole has left of it. */
  remove(id: string): Promise<void>;
}>;

const unfinishedOf = (path: string): string => `${path}.part`;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Keeps files below a directory, which is made with the first of them. */
export function blobsIn(directory: string): BlobStore {
  const pathOf = (id: string): string => {
    if (!uuid.test(id)) throw new Error(`no file is called ${id}`);
    return join(directory, id.slice(0, 2), id);
  };
  return {
    async put(id, source) {
      const path = pathOf(id);
      const folder = dirname(path);
      const unfinished = unfinishedOf(path);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const hash = createHash('sha256');
      let bytes = 0;
      const counted = async function* () {
        for await (const chunk of source) {
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
      };
      try {
        // Opened here: a stream that opens it by itself may do so after the file was to be gone again.
        const file = await open(unfinished, 'wx', 0o600);
        // `flush` syncs the content; the folder is synced after the new name stands in it.
        await pipeline(counted, file.createWriteStream({ flush: true }));
        await rename(unfinished, path);
        await sync(folder);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
      return { bytes, sha256: hash.digest('hex') };
    },
    async get(id) {
      try {
        const file = await open(pathOf(id));
        return file.createReadStream();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    async remove(id) {
      const path = pathOf(id);
      for (const each of [unfinishedOf(path), path]) await rm(each, { force: true });
    },
  };
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
