import type { KeptDossier } from '../domain/dossier.ts';
import { type Queryable, readingOne, writer } from './rows.ts';
import * as t from './tables.ts';

const write = writer(t.dossiers);
const read = readingOne(t.dossiers);

/** Keeps a dossier as it is; from then on it stands. */
export const keepDossier = (tx: Queryable, { id, dossier, hash }: KeptDossier): Promise<void> =>
  write(tx, [{ id, unit: dossier.unit, dossier, hash, madeAt: dossier.madeAt }]);

/** A kept dossier, or null. */
export async function keptDossier(from: Queryable, id: string): Promise<KeptDossier | null> {
  const found = await read(from, id);
  return found === null ? null : { id: found.id, dossier: found.dossier, hash: found.hash };
}
