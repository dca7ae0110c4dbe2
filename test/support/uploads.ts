import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import type { demo } from './city.ts';

type City = Pick<Awaited<ReturnType<typeof demo>>, 'app' | 'keys'>;
type Answer = Readonly<{ id: string; status: number; code: string; mediaType: string } & Record<string, unknown>>;

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
