import type pg from 'pg';
import type { Queryable } from './rows.ts';

/** What is called out to every process: queues that have grown, and whether facts were committed. */
type News = { queues: Set<string>; facts: boolean };

/** What new requests may meet has changed: every process reads it again once the transaction commits. */
export const announceSurge = (tx: Queryable): Promise<unknown> => tx.query("select pg_notify('surge', '')");

const ofTransactions = new WeakMap<object, News>();
const ofPools = new WeakMap<pg.Pool, { news: News; isTelling: boolean }>();
const nothing = (): News => ({ queues: new Set(), facts: false });

/**
 * Calls out what a transaction has to tell once it is committed. NOTIFY within it would make its commit wait for every
 * other commit that notifies, each with a write to disk of its own; after it they share one. A process that dies in
 * between tells nobody: whoever listens looks by itself from time to time.
 */
export async function announce(tx: Queryable, queues: readonly string[], facts: boolean): Promise<void> {
  if (queues.length === 0 && !facts) return;
  const kept = ofTransactions.get(tx);
  if (kept) merge(kept, { queues: new Set(queues), facts });
  else await tell(tx, { queues: new Set(queues), facts });
}

/** From now on what is announced on this connection is kept. */
export const keepNews = (tx: Queryable): unknown => ofTransactions.set(tx, nothing());

/** The transaction is over: tells what was kept if it was committed. Nobody waits for it. */
export function endNews(pool: pg.Pool, tx: Queryable, isCommitted: boolean): void {
  const news = ofTransactions.get(tx);
  ofTransactions.delete(tx);
  if (!isCommitted || news === undefined || (news.queues.size === 0 && !news.facts)) return;
  const teller = ofPools.get(pool) ?? { news: nothing(), isTelling: false };
  ofPools.set(pool, teller);
  merge(teller.news, news);
  if (!teller.isTelling) void tellAll(pool, teller);
}

/** One statement at a time; what comes meanwhile goes together into the next. */
async function tellAll(pool: pg.Pool, teller: { news: News; isTelling: boolean }): Promise<void> {
  teller.isTelling = true;
  while (teller.news.facts || teller.news.queues.size > 0) {
    const { news } = teller;
    teller.news = nothing();
    await tell(pool, news).catch(() => {}); // a lost notice costs time and nothing else
  }
  teller.isTelling = false;
}

function merge(into: News, { queues, facts }: News): void {
  for (const queue of queues) into.queues.add(queue);
  into.facts ||= facts;
}

async function tell(to: Queryable, { queues, facts }: News): Promise<void> {
  await to.query({
    name: 'announce',
    text: "select pg_notify('queue', queue) from unnest($1::text[]) queue union all select pg_notify('facts', '') where $2",
    values: [[...queues], facts],
  });
}
