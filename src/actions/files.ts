import { randomUUID } from 'node:crypto';
import type { BlobStore, Kept } from '../store/blobs.ts';
import { bindFiles, type FileStore, loosenFiles, overdueFiles } from '../store/loose-files.ts';
import type { Deps } from './deps.ts';

/** Where files are: those of orders, and the copies of pictures that the public sees. */
export type FileDeps = Deps & Readonly<{ blobs: BlobStore; pictureFiles: BlobStore }>;

const dayMs = 24 * 3_600_000;
const atOnce = 500;

const storeOf = ({ blobs, pictureFiles }: FileDeps, store: FileStore): BlobStore =>
  store === 'attachments' ? blobs : pictureFiles;

/**
 * Keeps a file under a new random name. It belongs to nothing until a transaction binds it, and is swept away after a day
 * where none does, whatever happens to this process. Whatever the source throws comes out again, and nothing stays.
 */
export async function keepLoose(
  deps: FileDeps,
  store: FileStore,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Kept & Readonly<{ id: string }>> {
  const id = randomUUID();
  await loosenFiles(deps.pool, store, [id], dayMs);
  try {
    return { id, ...(await storeOf(deps, store).put(id, source)) };
  } catch (error) {
    await bindFiles(deps.pool, [id]);
    throw error;
  }
}

/** Throws files away that belong to nothing. */
export async function discardLoose(deps: FileDeps, store: FileStore, ids: readonly string[]): Promise<void> {
  for (const id of ids) await storeOf(deps, store).remove(id);
  await bindFiles(deps.pool, ids);
}

/** Throws away what nothing has bound in its time, or what it was for has let go. Answers how many files that were. */
export async function sweepFiles(deps: FileDeps): Promise<number> {
  let swept = 0;
  for (let found = await overdueFiles(deps.pool, atOnce); found.length > 0; ) {
    for (const { id, store } of found) await discardLoose(deps, store, [id]);
    swept += found.length;
    found = await overdueFiles(deps.pool, atOnce);
  }
  return swept;
}
