import type { Fact } from '../domain/work-order.ts';
import { announce } from './announce.ts';
import { type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const write = writer(t.facts, { without: ['id', 'xid', 'leasedUntil', 'publishedAt', 'handledAt'] });

/** A fact and what it is about. */
export type FactOf = Fact & Readonly<{ subject: string; subjectId: string }>;

/** Writes facts as they stand; who writes them tells of them. */
export const writeFacts = (tx: Queryable, facts: readonly FactOf[]): Promise<void> => write(tx, facts);

/** Records what became true of one thing that is no work order, and tells those who wait for facts once it is committed. */
export async function recordFacts(
  tx: Queryable,
  about: Readonly<{ subject: string; subjectId: string }>,
  facts: readonly Fact[],
): Promise<void> {
  await writeFacts(
    tx,
    facts.map((fact) => ({ ...fact, ...about })),
  );
  await announce(tx, [], facts.length > 0);
}
