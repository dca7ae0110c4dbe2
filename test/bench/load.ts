import { Agent, request } from 'node:http';

/** A client of one server that keeps its connections, `connections` of them at most. */
export function keepAliveClient(url: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' });
  const { hostname, port } = new URL(url);
  const post = (path: string, key: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const payload = Buffer.from(JSON.stringify(body));
      const sent = request(
        {
          agent,
          hostname,
          port,
          path,
          method: 'POST',
          headers: {
            authorization: `Bearer ${key}`,
            'content-type': 'application/json',
            'content-length': payload.length,
            ...headers,
          },
        },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on('data', (chunk: Buffer) => chunks.push(chunk));
          reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
          reply.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(payload);
    });
  return { post, close: () => agent.destroy() };
}

/** What was done in a stretch of time: how often, how fast, and how long each took. */
export type Measured = Readonly<{ done: number; perSecond: number; p50Ms: number; p99Ms: number }>;

/** Lets `atOnce` workers each do one thing after the other for `seconds`; false from `work` means there is nothing left. */
export async function drive(
  work: (worker: number) => Promise<boolean>,
  { atOnce, seconds }: Readonly<{ atOnce: number; seconds: number }>,
): Promise<Measured> {
  const began = performance.now();
  const until = began + seconds * 1000;
  const took: number[] = [];
  await Promise.all(
    Array.from({ length: atOnce }, async (_, worker) => {
      for (let start = performance.now(); start < until; start = performance.now()) {
        if (!(await work(worker))) return;
        took.push(performance.now() - start);
      }
    }),
  );
  took.sort((a, b) => a - b);
  const rank = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  const elapsed = (performance.now() - began) / 1000;
  return { done: took.length, perSecond: took.length / elapsed, p50Ms: rank(0.5), p99Ms: rank(0.99) };
}
