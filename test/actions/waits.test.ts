import { expect, test } from 'vitest';
import { queueWaits } from '../../src/actions/waits.ts';
import { isRefusal } from '../../src/domain/refusal.ts';

const forever = new AbortController().signal;
const never = async () => null;

/** A queue in memory: what is put in goes to whoever tries first. */
function shelf() {
  const things: string[] = [];
  let tries = 0;
  return {
    things,
    tries: () => tries,
    attempt: async (): Promise<string | null> => {
      tries++;
      return things.shift() ?? null;
    },
  };
}

test('whoever waited first gets what comes first, and one thing costs at most two tries', async () => {
  const waits = queueWaits(never);
  const { things, attempt, tries } = shelf();
  const first = waits.wait({ queue: 'q', attempt, ms: 5000, signal: forever });
  const second = waits.wait({ queue: 'q', attempt, ms: 5000, signal: forever });
  await expect.poll(tries).toBeGreaterThan(0);
  await new Promise(setImmediate);
  const before = tries();
  things.push('one');
  waits.heard('q');
  expect(await first).toBe('one');
  await new Promise(setImmediate);
  expect(tries() - before).toBeLessThanOrEqual(2);
  things.push('two');
  waits.heard('');
  expect(await second).toBe('two');
  expect(waits.waiting()).toBe(0);
});

test('what is heard during a try is not missed', async () => {
  const waits = queueWaits(never);
  const { promise: tried, resolve: look } = Promise.withResolvers<void>();
  let there = false;
  let n = 0;
  const attempt = async () => {
    const seen = there;
    if (n++ === 0) await tried;
    return seen ? 'it' : null;
  };
  const waiting = waits.wait({ queue: 'q', attempt, ms: 5000, signal: forever });
  there = true;
  waits.heard('q');
  look();
  expect(await waiting).toBe('it');
});

test('more than may wait are refused at once', async () => {
  const waits = queueWaits(never, { atMost: 1 });
  const one = waits.wait({ queue: 'q', attempt: never, ms: 5000, signal: forever });
  const other = await waits.wait({ queue: 'r', attempt: never, ms: 5000, signal: forever });
  expect(isRefusal(other) && other.code).toBe('unavailable');
  waits.close();
  expect(await one).toBeNull();
});

test('a try that fails is told to its waiter and to nobody else', async () => {
  const waits = queueWaits(never);
  const fails = waits.wait({ queue: 'q', attempt: () => Promise.reject(new Error('away')), ms: 5000, signal: forever });
  const other = waits.wait({ queue: 'q', attempt: async () => 'fine', ms: 5000, signal: forever });
  await expect(fails).rejects.toThrow('away');
  expect(await other).toBe('fine');
});

test('what a try under way still gets goes to its waiter although the time is over', async () => {
  const waits = queueWaits(never);
  const { promise, resolve } = Promise.withResolvers<string>();
  const gone = new AbortController();
  const waiting = waits.wait({ queue: 'q', attempt: () => promise, ms: 5000, signal: gone.signal });
  gone.abort();
  resolve('late');
  expect(await waiting).toBe('late');
});
