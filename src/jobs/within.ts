/** The promise, or a rejection naming `what` after `ms`; what the promise was doing goes on unheard. */
export function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`queue engine did not answer: ${what}, ${ms} ms`)), ms);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
