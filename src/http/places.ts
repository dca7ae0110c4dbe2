import type { ServerResponse } from 'node:http';

/** Places for answers that take long, each taken until its answer has ended. */
export type Places = Readonly<{
  /** Whether a client gets a place for this answer. */
  take(client: string, raw: ServerResponse): boolean;
}>;

/** So many places in all, and so many for one client, that nobody can take them from everybody else. */
export function places({ inAll, each }: Readonly<{ inAll: number; each: number }>): Places {
  const taken = new Map<string, number>();
  let all = 0;
  const give = (client: string, by: 1 | -1): void => {
    all += by;
    const left = (taken.get(client) ?? 0) + by;
    if (left === 0) taken.delete(client);
    else taken.set(client, left);
  };
  return {
    take(client, raw) {
      if (all >= inAll || (taken.get(client) ?? 0) >= each || raw.closed) return false;
      give(client, 1);
      raw.once('close', () => give(client, -1));
      return true;
    },
  };
}
