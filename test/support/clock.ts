import { after, type Instant, instant, type Minutes } from '../../src/domain/time.ts';

/**
 * Time that moves only when told to. `pass` takes milliseconds; a length in `Minutes` does not compile there and goes to
 * `elapse`.
 */
export function stoppedClock(iso = '2030-03-01T09:00:00Z') {
  let time = instant(iso);
  return {
    now: (): Instant => time,
    set: (to: string): void => {
      time = instant(to);
    },
    pass: <N extends number>(ms: N extends Minutes ? never : N): void => {
      time = (time + ms) as Instant;
    },
    elapse: (wait: Minutes): void => {
      time = after(time, wait);
    },
  };
}
