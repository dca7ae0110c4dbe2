import { inject } from 'vitest';

let told = false;

/** The Redis of this test run, or null where there is none; then it says once per file why tests are left out. */
export function redisUrl(): string | null {
  const url = inject('redisUrl');
  if (url === null && !told) {
    told = true;
    console.warn('left out: what needs Redis. Set REDIS_URL, start Docker, or put redis-server on the PATH.');
  }
  return url;
}
