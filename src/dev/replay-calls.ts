/** What a call came back with; `body` is null where it is not JSON. */
export type Reply = Readonly<{ status: number; headers: Headers; body: unknown }>;

/** Calls the city as one of the clients whose keys it wrote down; `headers` go along. */
export type Call = (
  as: string,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Reply>;

const tries = 8;
const mayTryAgain: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * A client of a running city at `url`. A city that is too busy, away for a moment, or still answering the same key is
 * asked again; throws when it stays away.
 */
export function calling(url: string, keys: Readonly<Record<string, string>>): Call {
  const once = async (as: string, method: string, path: string, body: unknown, headers = {}): Promise<Reply> => {
    if (keys[as] === undefined) throw new Error(`there is no key for ${as}`);
    const reply = await fetch(new URL(`/v1/${path}`, url), {
      method,
      headers: {
        authorization: `Bearer ${keys[as]}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    const json = /json/.test(reply.headers.get('content-type') ?? '') && text !== '';
    return { status: reply.status, headers: reply.headers, body: json ? (JSON.parse(text) as unknown) : null };
  };
  return async (as, method, path, body, headers) => {
    for (let attempt = 1; ; attempt++) {
      const reply = await once(as, method, path, body, headers).catch((error: unknown) => {
        if (attempt === tries)
          throw new Error(`no city answers at ${url}: start it, or name it with --url`, { cause: error });
        return null;
      });
      const running = reply !== null && codeOf(reply) === 'idempotency-running';
      if (reply !== null && ((!mayTryAgain.has(reply.status) && !running) || attempt === tries)) return reply;
      await pause(Number(reply?.headers.get('retry-after') ?? 0) * 1000 || 50 * 2 ** attempt);
    }
  };
}

/** The code of the problem a call was answered with. */
export const codeOf = ({ body }: Reply): string | null =>
  typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : null;

/** What the call brought, or an error that quotes the problem. */
export function expected<T>(reply: Reply, what: string): T {
  if (reply.status >= 400) throw new Error(`${what}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body as T;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
