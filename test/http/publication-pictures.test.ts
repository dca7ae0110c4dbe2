import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { sweepFiles } from '../../src/actions/files.ts';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { longestSide } from '../../src/store/pictures.ts';
import { aLight, demo, monday } from '../support/city.ts';
import { aPhoto, aPicture, blue, isLike, red, shownAt } from '../support/pictures.ts';
import { filesIn, sha256, uploading } from '../support/uploads.ts';

const city = await demo();
const { app, act, call, clock, deps, keys, pool } = city;
const upload = uploading(city);
const owner = '510107-urban-management';
const unit = `unit:${owner}`;
const [large, small] = [await aPhoto({ width: 2000, height: 1000 }), await aPicture('png')];
const grey = { r: 96, g: 96, b: 96 };
/** On the photo as it is seen, upright: the middle of its upper quarter. */
const face = { x: 0.25, y: 0, width: 0.5, height: 0.25 };

const done = async (as: string, id: string, action: string, body: object = {}): Promise<void> => {
  const { status, text } = await act(as, id, action, body);
  expect(status, `${action}: ${text}`).toBe(200);
};
const attach = async (id: string, content: Buffer): Promise<string> => {
  const { status, body } = await upload(unit, id, content);
  expect(status, JSON.stringify(body)).toBe(201);
  return body.id;
};
/** An order that ended well, with a photo before and one after, and its result proposed for the board. */
const proposed = async () => {
  clock.set(monday);
  const made = (await call('operator', 'POST', 'requests', aLight())).body;
  const id: string = made.workOrder.id;
  const [before, after, paper] = [
    await attach(id, large),
    await attach(id, small),
    await attach(id, Buffer.from('%PDF-1.7\n0123456789')),
  ];
  await finished(id, before, after);
  const publication = await call('publisher', 'POST', 'publications', { workOrderId: id, board: 'result' });
  expect(publication.status, publication.text).toBe(201);
  const proof = { number: made.request.number, code: made.request.queryCode };
  return { id, before, after, paper, proof, publication: publication.body.id as string };
};
const finished = async (id: string, before: string, after: string): Promise<void> => {
  await done(unit, id, 'sign');
  await done(unit, id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
  const evidence = [
    { attachmentId: before, stage: 'before' },
    { attachmentId: after, stage: 'after', text: '已亮' },
  ];
  await done(unit, id, 'submit', { result: 'solved', text: '路灯已更换', evidence, requesterTold: true });
  await done('operator', id, 'review', { passed: true });
  await done('gridWorker', id, 'verify', { passed: true });
  await call('followUp', 'POST', 'follow-ups/claims', { max: 50, lease: 60 });
  const { followUps } = (await call('operator', 'GET', `work-orders/${id}`)).body;
  const asked = followUps.find(({ state }: { state: string }) => state === 'open').id;
  const answer = { contacted: true, solved: 'yes', satisfaction: 'satisfied' };
  expect((await call('followUp', 'POST', `follow-ups/${asked}/answer`, answer)).status).toBe(200);
};
type Proposed = Awaited<ReturnType<typeof proposed>>;
const layOut = (publication: string, pictures: readonly object[], as = 'publisher', headers = {}) =>
  call(as, 'PUT', `publications/${publication}/pictures`, { pictures }, headers);
const idsOf = (laidOut: Awaited<ReturnType<typeof layOut>>): string[] =>
  laidOut.body.draft.pictures.map(({ id }: { id: string }) => id);
const approve = (publication: string, picturesChecked: readonly string[]) =>
  call('publisher', 'POST', `publications/${publication}/approve`, { picturesChecked });
const both = ({ before, after }: Proposed) => [
  { attachmentId: before, stage: 'before', caption: '测试甲家门口，13800001234', masks: [face] },
  { attachmentId: after, stage: 'after' },
];
const holdOver = async (publication: string): Promise<void> => {
  clock.set((await call('publisher', 'GET', `publications/${publication}`)).body.holdUntil);
  await fireDue(deps);
};
/** The same, laid out, looked at and on the board. */
const shown = async () => {
  const made = await proposed();
  const laidOut = await layOut(made.publication, both(made));
  expect(laidOut.status, laidOut.text).toBe(200);
  const approved = await approve(made.publication, idsOf(laidOut));
  expect(approved.body, approved.text).toMatchObject({ state: 'waiting' });
  await holdOver(made.publication);
  const { pictures } = (await call(null, 'GET', `public/results/${made.publication}`)).body;
  return { ...made, pictures: pictures as { id: string; href: string; sha256: string }[] };
};
const fetched = (url: string, as: string | null = null, headers = {}) =>
  app.inject({ url, headers: { ...(as === null ? {} : { authorization: `Bearer ${keys[as]}` }), ...headers } });
const copies = () => filesIn(city, 'pictures');

describe('G36 a result is shown with pictures before and after', () => {
  test('laid out, covered, looked at by a person, and then the very same file by everybody', async () => {
    const made = await proposed();
    const { publication, before, after } = made;
    const photos = await call('publisher', 'GET', `publications/${publication}/photos`);
    // Added in the same moment, so in no order that could be told.
    const byStage = (one: { stage: string }, other: { stage: string }) => other.stage.localeCompare(one.stage);
    expect(photos.body.items.toSorted(byStage)).toMatchObject([
      { attachmentId: before, stage: 'before', mediaType: 'image/jpeg' },
      { attachmentId: after, stage: 'after', mediaType: 'image/png' },
    ]);
    const laidOut = await layOut(publication, both(made));
    expect(laidOut.body, laidOut.text).toMatchObject({
      state: 'doubtful',
      draft: {
        doubts: ['pictures'],
        pictures: [
          { attachmentId: before, caption: '〔姓名〕家门口，〔电话〕', width: longestSide / 2, height: longestSide },
          { attachmentId: after, caption: '', width: 64, height: 32, masks: [] },
        ],
      },
    });
    const [first] = laidOut.body.draft.pictures;
    const preview = await fetched(first.href, 'legalOffice');
    expect(preview.headers).toMatchObject({ 'content-type': 'image/jpeg', 'cache-control': 'no-store' });
    // Nobody has looked: it does not appear, however long it waits, and is not there for the public.
    await holdOver(publication);
    expect((await call(null, 'GET', 'public/results')).body.items).toEqual([]);
    expect((await fetched(`/v1/public/results/${publication}/pictures/${first.id}`)).statusCode).toBe(404);
    const blind = await call('publisher', 'POST', `publications/${publication}/approve`, {});
    expect(blind.body).toMatchObject({ status: 422, code: 'pictures-unchecked' });
    expect((await approve(publication, [first.id])).body.code).toBe('pictures-unchecked');
    const checked = await approve(publication, idsOf(laidOut));
    expect(checked.body, checked.text).toMatchObject({ state: 'waiting' });
    await fireDue(deps);

    const [result] = (await call(null, 'GET', 'public/results')).body.items;
    expect(result.pictures).toMatchObject([
      {
        id: first.id,
        href: `/v1/public/results/${publication}/pictures/${first.id}`,
        stage: 'before',
        caption: '〔姓名〕家门口，〔电话〕',
      },
      { stage: 'after', width: 64, height: 32 },
    ]);
    expect(JSON.stringify(result)).not.toContain(before);
    const got = await fetched(result.pictures[0].href);
    expect(got.statusCode).toBe(200);
    expect(got.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(result.pictures[0].bytes),
      'cache-control': 'public, max-age=60',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
      etag: `"${result.pictures[0].sha256}"`,
    });
    expect((await fetched(result.pictures[0].href.replace('results', 'problems'))).statusCode).toBe(404);
    expect(got.rawPayload.equals(preview.rawPayload)).toBe(true);
    expect(sha256(got.rawPayload)).toBe(result.pictures[0].sha256);
    const file = got.rawPayload;
    expect(isLike(await shownAt(file, 0.5, 0.1), grey)).toBe(true);
    expect(isLike(await shownAt(file, 0.26, 0.01), grey)).toBe(true);
    expect(isLike(await shownAt(file, 0.1, 0.1), red)).toBe(true);
    expect(isLike(await shownAt(file, 0.5, 0.3), red)).toBe(true);
    expect(isLike(await shownAt(file, 0.5, 0.75), blue)).toBe(true);
    const { exif, xmp, icc, orientation } = await sharp(file).metadata();
    expect([exif, xmp, icc, orientation]).toEqual([undefined, undefined, undefined, undefined]);
    const again = await fetched(result.pictures[0].href, null, { 'if-none-match': got.headers.etag });
    expect([again.statusCode, again.payload]).toEqual([304, '']);
    const feed = (await call(null, 'GET', 'public/results.atom')).text;
    expect(feed).toContain(
      `<link rel="enclosure" type="image/jpeg" length="${result.pictures[0].bytes}" href="/v1/public/results/${publication}/pictures/${first.id}" title="办理前：〔姓名〕家门口，〔电话〕"/>`,
    );
  });

  test('taken down, its pictures are gone at once, also for whoever kept one; the trail still has them', async () => {
    for (const [as, what] of [
      ['legalOffice', 'withdraw'],
      ['resident', 'opt out'],
      ['resident', 'reopen'],
    ] as const) {
      const { proof, publication, pictures } = await shown();
      const [picture] = pictures;
      expect((await fetched(picture?.href ?? '')).statusCode).toBe(200);
      const gone =
        what === 'withdraw'
          ? await call(as, 'POST', `publications/${publication}/withdraw`, { reason: '误发' })
          : what === 'opt out'
            ? await call(null, 'POST', 'lookup/publication', { ...proof, publish: false })
            : await call(null, 'POST', 'lookup/reopen', { ...proof, reason: '仍不亮' });
      expect(gone.status, `${what}: ${gone.text}`).toBe(200);
      for (const { href, sha256: tag } of pictures) {
        expect((await fetched(href)).statusCode, what).toBe(404);
        expect((await fetched(href, null, { 'if-none-match': `"${tag}"` })).statusCode, what).toBe(404);
      }
      await sweepFiles(deps);
      const kept = await fetched(`/v1/publications/${publication}/pictures/${picture?.id}`, 'legalOffice');
      expect(kept.statusCode).toBe(200);
    }
  });

  test('a correction shows other copies, appended; what it replaces is not public any more', async () => {
    const made = await shown();
    const { publication, pictures } = made;
    const tag = (await call(null, 'GET', 'public/results')).headers.etag;
    const [first, second] = both(made);
    const relaid = await layOut(publication, [
      { ...first, masks: [{ x: 0, y: 0, width: 1, height: 0.5 }] },
      second ?? {},
    ]);
    expect(relaid.body, relaid.text).toMatchObject({ state: 'published' });
    // Laid out is not shown.
    const [next] = relaid.body.draft.pictures;
    expect((await fetched(`/v1/public/results/${publication}/pictures/${next.id}`)).statusCode).toBe(404);
    expect((await fetched(pictures[0]?.href ?? '')).statusCode).toBe(200);
    const unchecked = await call('publisher', 'POST', `publications/${publication}/corrections`, { note: '补打码' });
    expect(unchecked.body).toMatchObject({ status: 422, code: 'pictures-unchecked' });
    const corrected = await call('publisher', 'POST', `publications/${publication}/corrections`, {
      note: '补打码',
      picturesChecked: [next.id],
    });
    expect(corrected.body, corrected.text).toMatchObject({
      trail: [
        { kind: 'published', pictures: [pictures[0]?.id, pictures[1]?.id] },
        { kind: 'corrected', pictures: [next.id, pictures[1]?.id] },
      ],
    });
    expect((await fetched(pictures[0]?.href ?? '')).statusCode).toBe(404);
    expect((await fetched(pictures[1]?.href ?? '')).statusCode).toBe(200);
    const file = (await fetched(`/v1/public/results/${publication}/pictures/${next.id}`)).rawPayload;
    expect(isLike(await shownAt(file, 0.02, 0.02), grey)).toBe(true);
    expect((await call(null, 'GET', 'public/results')).headers.etag).not.toBe(tag);
  });

  test('on the board of problems too, and gone with it when the result takes its place', async () => {
    clock.set(monday);
    const id: string = (await call('operator', 'POST', 'requests', aLight())).body.workOrder.id;
    const [before, after] = [await attach(id, small), await attach(id, large)];
    const made = await call('publisher', 'POST', 'publications', { workOrderId: id, board: 'problem' });
    const publication: string = made.body.id;
    await approve(publication, idsOf(await layOut(publication, [{ attachmentId: before, stage: 'before' }])));
    await pool.query('update publications set hold_until = $2 where id = $1', [publication, monday]);
    await fireDue(deps);
    const { pictures } = (await call(null, 'GET', `public/problems/${publication}`)).body;
    await finished(id, before, after);
    expect((await fetched(pictures[0].href)).statusCode).toBe(200);
    const [result] = (await call('publisher', 'GET', `publications?workOrderId=${id}&board=result`)).body.items;
    await holdOver(result.id);
    expect((await call(null, 'GET', `public/results/${result.id}`)).body.problemId).toBe(publication);
    expect((await fetched(pictures[0].href)).statusCode).toBe(404);
  });
});

describe('what is no picture to be shown is refused, and no copy of it stays', () => {
  test('422 for a file of another order, a PDF and what is no file; 400 for masks off the picture; 412, 404, 403', async () => {
    const [made, other] = [await proposed(), await proposed()];
    const before = await copies();
    for (const attachmentId of [other.before, made.paper, '0199a000-0000-7000-8000-000000000001']) {
      const refused = await layOut(made.publication, [...both(made), { attachmentId, stage: 'after' }]);
      expect(refused.body).toMatchObject({ status: 422, code: 'evidence-missing', attachmentIds: [attachmentId] });
    }
    const picture = { attachmentId: made.before, stage: 'before' };
    for (const wrong of [
      [{ ...picture, masks: [{ x: -1, y: 0, width: 1, height: 1 }] }],
      [{ ...picture, masks: [{ x: 0, y: 0, width: 0, height: 1 }] }],
      [{ ...picture, masks: [{ x: 1, y: 0, width: 1, height: 1 }] }],
      [{ ...picture, stage: 'during' }],
      [picture, picture],
      Array.from({ length: 13 }, () => picture),
    ])
      expect((await layOut(made.publication, wrong)).status).toBe(400);
    expect((await layOut(made.publication, [picture], 'publisher', { 'if-match': '"v9"' })).status).toBe(412);
    expect((await layOut(made.publication, [picture], 'legalOffice')).status).toBe(403);
    expect((await layOut(made.publication, [picture], unit)).status).toBe(403);
    expect((await layOut('0199a000-0000-7000-8000-000000000001', [picture])).status).toBe(404);
    expect(await copies()).toEqual(before);
    for (const path of ['photos', 'pictures/0199a000-0000-7000-8000-000000000001'])
      expect((await call('unit:510107-water', 'GET', `publications/${made.publication}/${path}`)).status).toBe(404);
    expect((await call(unit, 'GET', `publications/${made.publication}/photos`)).status).toBe(200);
    await call('publisher', 'POST', `publications/${made.publication}/withdraw`, { reason: '不发' });
    const late = await layOut(made.publication, [picture]);
    expect(late.body).toMatchObject({ status: 409, code: 'wrong-state', action: 'illustrate' });
  });

  test('422 where somebody has covered a picture otherwise since it was looked at', async () => {
    const made = await proposed();
    const seen = idsOf(await layOut(made.publication, both(made)));
    await layOut(made.publication, [{ attachmentId: made.before, stage: 'before' }]);
    expect((await approve(made.publication, seen)).body).toMatchObject({ status: 422, code: 'pictures-unchecked' });
  });

  test('403 for a publisher of the handling unit who would check its own pictures', async () => {
    const made = await proposed();
    const client = { name: 'own publisher', roles: ['publisher'], unit: owner };
    const { key } = (await call('admin', 'POST', 'clients', client)).body;
    const picturesChecked = idsOf(await layOut(made.publication, both(made)));
    const path = `publications/${made.publication}/approve`;
    const own = await call(null, 'POST', path, { picturesChecked }, { authorization: `Bearer ${key}` });
    expect(own.body, own.text).toMatchObject({ status: 403, code: 'handling-unit-checks' });
  });
});

test('copies that were replaced or never shown are swept away, and no other', async () => {
  const made = await proposed();
  const aDayLater = async (): Promise<void> => {
    await pool.query("update loose_files set keep_until = now() - interval '1 ms'");
    await sweepFiles(deps);
  };
  await aDayLater();
  const before = await copies();
  const laidOut = (await layOut(made.publication, both(made))).body.draft.pictures.map((p: { id: string }) => p.id);
  const same = (await layOut(made.publication, both(made))).body.draft.pictures.map((p: { id: string }) => p.id);
  expect(same).toEqual(laidOut);
  await aDayLater();
  expect(await copies()).toHaveLength(before.length + 2);
  await layOut(made.publication, [{ attachmentId: made.before, stage: 'before' }]);
  await aDayLater();
  expect(await copies()).toHaveLength(before.length + 1);
  await call('publisher', 'POST', `publications/${made.publication}/withdraw`, { reason: '不发' });
  await aDayLater();
  expect(await copies()).toEqual(before);
});
