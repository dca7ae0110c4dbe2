/** Something waiting to be written together with its neighbours. */
type Waiting<I, R> = Readonly<{ item: I; done: (result: R) => void; failed: (error: unknown) => void }>;

/**
 * Collects what arrives while earlier items are being written, and writes it together. `write` answers each item in
 * order; if it throws, each item is written again by itself, so that one bad item drops out alone.
 */
export function batching<I, R>(
  write: (items: readonly I[]) => Promise<readonly R[]>,
  { atMost = 64, atOnce = 2 } = {},
): (item: I) => Promise<R> {
  const queue: Waiting<I, R>[] = [];
  let running = 0;

  const next = (): void => {
    while (running < atOnce && queue.length > 0) {
      const taken = queue.splice(0, atMost);
      running += 1;
      void writeTaken(taken).finally(() => {
        running -= 1;
        next();
      });
    }
  };

  const writeTaken = async (taken: readonly Waiting<I, R>[]): Promise<void> => {
    try {
      const results = await write(taken.map(({ item }) => item));
      taken.forEach(({ done }, i) => done(results[i] as R));
    } catch (error) {
      if (taken.length === 1) taken[0]?.failed(error);
      else for (const one of taken) await writeTaken([one]);
    }
  };

  return (item) =>
    new Promise<R>((done, failed) => {
      queue.push({ item, done, failed });
      // Neighbours of the same tick go together.
      if (queue.length === 1) setImmediate(next);
    });
}
