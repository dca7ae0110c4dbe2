import { createHash, randomUUID } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { sweepFiles } from '../../src/actions/files.ts';
import { aLight, demo } from '../support/city.ts';
import { aPicture } from '../support/pictures.ts';
import { filesIn, uploading } from '../support/uploads.ts';

const city = await demo();
const { app, call, act, dataDir, deps, keys, pool } = city;
const lights = 'unit:510107-urban-management';
const upload = uploading(city);

const bytes = (head: string, size = 100): Buffer => Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(size, 7)]);
const pdf = bytes('%PDF-1.7\n');
const jpeg = await aPicture('jpeg');
const made = async (): Promise<string> => (await call('operator', 'POST', 'requests', aLight())).body.workOrder.id;

const files = () => filesIn(city, 'attachments');
const rows = async (): Promise<number> => (await pool.query('select from attachments')).rowCount ?? 0;

test('201 with what it is, and its bytes back, to be saved and never shown', async () => {
  const id = await made();
  const kept = await upload(lights, id, pdf, { name: '结果.pdf' });
  expect(kept.status, JSON.stringify(kept.body)).toBe(201);
  expect(kept.body).toMatchObject({
    workOrderId: id,
    mediaType: 'application/pdf',
    bytes: pdf.length,
    sha256: createHash('sha256').update(pdf).digest('hex'),
    name: '结果.pdf',
  });
  expect(kept.headers.get('location')).toBe(`/v1/attachments/${kept.body.id}`);
  const got = await app.inject({
    url: `/v1/attachments/${kept.body.id}`,
    headers: { authorization: `Bearer ${keys[lights]}` },
  });
  expect(got.statusCode).toBe(200);
  expect(got.rawPayload.equals(pdf)).toBe(true);
  expect(got.headers).toMatchObject({
    'content-type': 'application/pdf',
    'content-length': String(pdf.length),
    'content-disposition': expect.stringMatching(/^attachment; filename="[0-9a-f-]+\.pdf"/),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  const { items } = (await call('operator', 'GET', `work-orders/${id}/events?limit=200`)).body;
  expect(items.at(-1)).toMatchObject({
    type: 'attached',
    body: { attachment: kept.body.id, mediaType: 'application/pdf' },
  });
});

test('an order lists its files, the oldest first and page by page, to whoever sees it and to nobody else', async () => {
  const id = await made();
  const sent = [
    await upload(lights, id, pdf, { name: '结果.pdf' }),
    await upload('operator', id, jpeg),
    await upload(lights, id, bytes('ID3\x04\0')),
  ].map(({ body }) => body);
  await upload(lights, await made(), pdf);
  const list = (as: string, query = '') => call(as, 'GET', `work-orders/${id}/attachments${query}`);
  const all = (await list(lights)).body;
  expect(all.items).toEqual(expect.arrayContaining(sent));
  expect([all.items.length, all.nextCursor]).toEqual([3, null]);
  const first = (await list('operator', '?limit=2')).body;
  const second = (await list('operator', `?limit=2&cursor=${first.nextCursor}`)).body;
  expect([...first.items, ...second.items]).toEqual(all.items);
  expect(second.nextCursor).toBeNull();
  expect((await list('unit:510107-housing')).status).toBe(404);
  expect((await list(lights, '?cursor=x')).status).toBe(400);
});

test.each([
  ['JPEG', jpeg, 'image/jpeg'],
  ['PNG', await aPicture('png'), 'image/png'],
  ['WebP', await aPicture('webp'), 'image/webp'],
  ['MP4', bytes('\0\0\0\x20ftypisom'), 'video/mp4'],
  ['M4A', bytes('\0\0\0\x20ftypM4A '), 'audio/mp4'],
  ['MP3 with a tag', bytes('ID3\x04\0'), 'audio/mpeg'],
  ['MP3 without', bytes('\xff\xfb\x90\x64'), 'audio/mpeg'],
  ['PDF', pdf, 'application/pdf'],
])('%s is taken for what its bytes say, whatever it is called', async (_what, content, mediaType) => {
  const kept = await upload('operator', await made(), content, { name: 'x.exe' });
  expect([kept.status, kept.body.mediaType]).toEqual([201, mediaType]);
});

test.each([
  ['a page called a photo', Buffer.from('<html><script>alert(1)</script></html>'), 415],
  ['a program', bytes('MZ\x90\0'), 415],
  ['a drawing with scripts', Buffer.from('<?xml version="1.0"?><svg></svg>'), 415],
  ['a film nobody can open', bytes('\0\0\0\x20ftypqt  '), 415],
  ['nothing at all', Buffer.alloc(0), 415],
  ['more than 20 MB', bytes('%PDF-1.7\n', 20 * 1024 * 1024), 413],
  ['no file', null, 400],
])('%s is refused, and nothing of it stays', async (_what, content, status) => {
  const id = await made();
  const before = [await files(), await rows()];
  const refused = await upload(lights, id, content);
  expect(refused.status, JSON.stringify(refused.body)).toBe(status);
  expect(refused.body.status).toBe(status);
  if (status === 415) expect(refused.body.accepts).toContain('application/pdf'); // what a file may be, not what a body may
  expect([await files(), await rows()]).toEqual(before);
});

test('exactly 20 MB is taken', async () => {
  const content = bytes('%PDF-1.7\n', 20 * 1024 * 1024 - 9);
  expect((await upload(lights, await made(), content)).body).toMatchObject({ bytes: 20 * 1024 * 1024 });
});

test('404 out of sight, for whoever adds and whoever reads; 415 for what is no form; 400 without a key', async () => {
  const id = await made();
  const before = await files();
  expect((await upload('unit:510107-fire', id, jpeg)).status).toBe(404);
  expect(await files()).toEqual(before);
  const { body } = await upload(lights, id, jpeg);
  expect((await call('unit:510107-fire', 'GET', `attachments/${body.id}`)).status).toBe(404);
  expect((await call(lights, 'GET', `attachments/${randomUUID()}`)).status).toBe(404);
  expect((await call(lights, 'POST', `work-orders/${id}/attachments`, { file: 'x' })).status).toBe(415);
  expect((await upload(lights, id, jpeg, { key: '' })).body).toMatchObject({
    status: 400,
    code: 'idempotency-key-missing',
  });
});

test('the same key with the same file is one attachment; with another it is refused', async () => {
  const id = await made();
  const key = randomUUID();
  const first = await upload(lights, id, jpeg, { key });
  const before = [await files(), await rows()];
  const second = await upload(lights, id, jpeg, { key });
  expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
  expect(second.body).toEqual(first.body);
  const other = await upload(lights, id, bytes('%PDF-1.7\n'), { key });
  expect(other.body).toMatchObject({ status: 422, code: 'idempotency-mismatch' });
  expect([await files(), await rows()]).toEqual(before);
});

test('what a process that died has left goes after a day, and nothing that belongs to an order', async () => {
  const id = await made();
  const kept = [(await upload(lights, id, jpeg)).body.id, (await upload(lights, id, pdf)).body.id];
  const before = await files();
  const stray = '0199a000-0000-4000-8000-00000000dead';
  await deps.blobs.put(stray, [pdf]);
  await pool.query("insert into loose_files values ($1, 'attachments', now() + interval '1 day')", [stray]);
  await sweepFiles(deps);
  expect(await files()).toContain(stray);
  await pool.query("update loose_files set keep_until = now() - interval '1 ms'");
  expect(await sweepFiles(deps)).toBe(1);
  expect(await files()).toEqual(before);
  for (const each of kept) expect((await call(lights, 'GET', `attachments/${each}`)).status).toBe(200);
});

const opening = (id: string, more = ''): string =>
  `POST /v1/work-orders/${id}/attachments HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keys[lights]}\r\n` +
  `idempotency-key: ${randomUUID()}\r\ncontent-type: multipart/form-data; boundary=B\r\n${more}\r\n` +
  '--B\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n';

test('what a process that died has left of a file is swept away too, and its name can be written again', async () => {
  const before = await files();
  const half = '0199a000-0000-4000-8000-00000000beef';
  await pool.query("insert into loose_files values ($1, 'attachments', now() - interval '1 ms')", [half]);
  await deps.blobs.put(half, [pdf]);
  const path = join(dataDir, 'attachments', half.slice(0, 2), half);
  await rename(path, `${path}.part`);
  await sweepFiles(deps);
  expect(await files()).toEqual(before);
  await deps.blobs.put(half, [pdf]);
  await deps.blobs.remove(half);
});

test('an upload that breaks off leaves nothing behind', async () => {
  const id = await made();
  const before = [await files(), await rows()];
  const socket = connect(upload.port(), '127.0.0.1');
  socket.write(opening(id, 'content-length: 500000\r\n'));
  socket.write(Buffer.concat([jpeg, Buffer.alloc(200_000, 7)]));
  await vi.waitFor(async () => expect((await files()).some((f) => f.endsWith('.part'))).toBe(true));
  socket.destroy();
  await vi.waitFor(async () => expect(await files()).toEqual(before[0]));
  expect(await rows()).toBe(before[1]);
});

test('400 for a body that ends in the middle of its file', async () => {
  const id = await made();
  const before = [await files(), await rows()];
  const [, ...lines] = opening(id).split('\r\n');
  const payload = Buffer.concat([Buffer.from(lines.join('\r\n').slice(lines.join('\r\n').indexOf('--B'))), jpeg]);
  const cut = await app.inject({
    method: 'POST',
    url: `/v1/work-orders/${id}/attachments`,
    headers: {
      authorization: `Bearer ${keys[lights]}`,
      'idempotency-key': randomUUID(),
      'content-type': 'multipart/form-data; boundary=B',
    },
    payload,
  });
  expect([cut.statusCode, cut.json().code]).toEqual([400, 'malformed']);
  expect([await files(), await rows()]).toEqual(before);
});

test('422 for evidence that is no file of the order', async () => {
  const [one, other] = [await made(), await made()];
  await act(lights, one, 'sign');
  const submit = (attachmentId: string) =>
    act(lights, one, 'submit', { result: 'solved', evidence: [{ attachmentId, stage: 'after' }], requesterTold: true });
  const foreign = (await upload(lights, other, jpeg)).body.id;
  for (const id of [foreign, randomUUID()])
    expect((await submit(id)).body).toMatchObject({ status: 422, code: 'evidence-missing', attachmentIds: [id] });
  expect((await submit((await upload(lights, one, jpeg)).body.id)).body.state).toBe('submitted');
});
