import { createHash, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { demo } from './city.ts';

type Demo = Awaited<ReturnType<typeof demo>>;
type City = Pick<Demo, 'app' | 'keys'>;
type Answer = Readonly<{ id: string; status: number; code: string; mediaType: string } & Record<string, unknown>>;

/** The names of the files a city keeps in one of its folders. */
export const filesIn = async (
  { dataDir }: Pick<Demo, 'dataDir'>,
  folder: 'attachments' | 'pictures',
): Promise<string[]> =>
  (await readdir(join(dataDir, folder), { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted();

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** Sends files to an order as browsers and apps do, over a socket of its own. Null sends a form without a file. */
export function uploading({ app, keys }: City) {
  let port = 0;
  beforeAll(async () => {
    await app.listen({ host: '127.0.0.1', port: 0 });
    port = (app.server.address() as AddressInfo).port;
  });
  afterAll(() => app.server.closeAllConnections());
  const upload = async (
    as: string,
    id: string,
    content: Buffer | null,
    { name = '照片.jpg', key = String(randomUUID()) } = {},
  ) => {
    const form = new FormData();
    if (content === null) form.set('note', 'no file');
    else form.set('file', new File([new Uint8Array(content)], name, { type: 'text/html' }));
    const reply = await fetch(`http://127.0.0.1:${port}/v1/work-orders/${id}/attachments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys[as]}`, 'idempotency-key': key },
      body: form,
    });
    return { status: reply.status, headers: reply.headers, body: (await reply.json()) as Answer };
  };
  return Object.assign(upload, { port: () => port });
}
