import type { Refusal } from '../domain/refusal.ts';
import { refuse } from '../domain/refusal.ts';
import { sightOf } from '../domain/visibility.ts';
import type { Actor } from '../domain/work-order.ts';
import {
  beginning,
  type Change,
  endOfFeed,
  isAfter,
  type Page,
  type Position,
  readFeed,
  readPosition,
} from '../store/feed.ts';
import { maySeeQueue } from './claim.ts';
import type { Deps } from './deps.ts';

export type { Change, Page } from '../store/feed.ts';
export { writePosition } from '../store/feed.ts';

/** Hears what comes into the feed, in its order. */
export type Follower = (changes: readonly Change[]) => void;

/** The one reader of the feed in this process, for everybody who follows it. */
export type Feed = Readonly<{
  /** Whatever comes into the feed once this has resolved is brought to the follower, until it is stopped; `ended` tells that the feed has. */
  follow(follower: Follower, ended?: () => void): Promise<() => void>;
  /** Facts may have been committed. */
  heard(): void;
  close(): void;
}>;

const batch = 500;

/**
 * Reads while anybody follows: when facts are announced, and every `pollMs`, because a fact may become visible only when
 * an older transaction ends, which nobody announces.
 */
export function feedReader({ pool, log }: Pick<Deps, 'pool' | 'log'>, { pollMs = 250 } = {}): Feed {
  const followers = new Map<Follower, () => void>();
  let position: Position | null = null;
  let reading: Promise<void> | null = null;
  let isHeard = false;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const look = (): Promise<void> => {
    isHeard = true;
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  };
  async function read(): Promise<void> {
    try {
      while (isHeard && followers.size > 0) {
        isHeard = false;
        position ??= await endOfFeed(pool);
        const { changes, upTo, isEnd } = await readFeed(pool, position, 'all', batch);
        position = upTo;
        if (!isEnd) isHeard = true;
        if (changes.length > 0) for (const each of followers.keys()) each(changes);
      }
    } catch (error) {
      log.warn({ code: (error as { code?: string }).code }, 'the feed of facts could not be read');
    }
  }

  return {
    async follow(follower, ended = () => {}) {
      if (isClosed) {
        ended();
        return () => {};
      }
      // Before anything is read for the others, so that what they get this one gets too.
      followers.set(follower, ended);
      if (followers.size === 1) {
        position = null;
        timer = setInterval(() => void look(), pollMs);
        timer.unref();
      }
      const stop = (): void => {
        followers.delete(follower);
        if (followers.size === 0) clearInterval(timer);
      };
      try {
        const end = position ?? (await endOfFeed(pool));
        position ??= end;
        return stop;
      } catch (error) {
        stop();
        throw error;
      }
    },
    heard: () => void look(),
    close() {
      isClosed = true;
      const all = [...followers.values()];
      followers.clear();
      clearInterval(timer);
      for (const ended of all) ended();
    },
  };
}

/** What a field app or mirror asks for: changes after a cursor, waiting up to `wait` seconds for one. */
export type Asked = Readonly<{ since?: string | undefined; limit: number; wait: number }>;

/** The changes an actor may see, none skipped and none twice, however transactions overlap. */
export async function changes(
  deps: Deps & Readonly<{ feed: Feed }>,
  { since, limit, wait }: Asked,
  actor: Actor,
  signal: AbortSignal,
): Promise<Page | Refusal> {
  const after = since === undefined ? beginning : readPosition(since);
  if (after === null) return refuse('invalid', { since });
  const sight = sightOf(actor, deps.city().city);
  const read = async (from: Position): Promise<Page> => {
    for (let page = await readFeed(deps.pool, from, { sight }, limit); ; ) {
      if (page.changes.length > 0 || page.isEnd || signal.aborted) return page;
      page = await readFeed(deps.pool, page.upTo, { sight }, limit);
    }
  };
  const first = await read(after);
  if (first.changes.length > 0 || wait === 0) return first;

  let bell = Promise.withResolvers<void>();
  let isOver = false;
  const ring = (): void => bell.resolve();
  const over = (): void => {
    isOver = true;
    ring();
  };
  const stop = await deps.feed.follow(ring, over);
  const timer = setTimeout(over, wait * 1000);
  signal.addEventListener('abort', over);
  try {
    for (let page = await read(first.upTo); ; page = await read(page.upTo)) {
      if (page.changes.length > 0 || isOver) return page;
      await bell.promise;
      bell = Promise.withResolvers<void>();
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', over);
    stop();
  }
}

/**
 * Brings a unit its facts as they come; after `lastId` also those it missed. Resolves with how to stop. `send` says false
 * for one that cannot keep up: nothing more is brought then.
 */
export async function followUnit(
  deps: Deps & Readonly<{ feed: Feed }>,
  unit: string,
  lastId: string | undefined,
  actor: Actor,
  send: (changes: readonly Change[]) => boolean | Promise<boolean>,
): Promise<(() => void) | Refusal> {
  const missedFrom = lastId === undefined ? null : readPosition(lastId);
  if (!maySeeQueue(deps, unit, actor)) return refuse('not-found');
  let pending: Change[] | null = [];
  let sent = beginning;
  const deliver = async (all: readonly Change[]): Promise<boolean> => {
    const fresh = all.filter((c) => c.unit === unit && isAfter(c.at, sent));
    const last = fresh.at(-1);
    if (last === undefined) return true;
    sent = last.at;
    return send(fresh);
  };
  const stop = await deps.feed.follow((all) => {
    if (pending === null) void deliver(all);
    else pending.push(...all.filter((c) => c.unit === unit));
  });
  try {
    for (let at = missedFrom; at !== null; ) {
      const page = await readFeed(deps.pool, at, { unit }, batch);
      if (!(await deliver(page.changes))) break;
      at = page.isEnd ? null : page.upTo;
    }
    const kept: readonly Change[] = pending;
    pending = null;
    void deliver(kept);
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}
