import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Readable } from 'node:stream';
import { uuidv7 } from 'uuidv7';
import type { Cell } from '../domain/cell.ts';
import { nameOf } from '../domain/decide.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { type Instant, iso, written } from '../domain/time.ts';
import { type Language, sayIn } from '../domain/words.ts';
import { type Actor, clientOf } from '../domain/work-order.ts';
import type { BlobStore } from '../store/blobs.ts';
import { findClient } from '../store/clients.ts';
import {
  beginExport,
  countUndone,
  type Export,
  expireExports,
  exportsOf,
  findExport,
  finishExport,
  keepExport,
  takeExport,
} from '../store/exports.ts';
import { recordFacts } from '../store/facts.ts';
import { transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';
import { type ExportListName, exportList, titleOf } from './export-lists.ts';
import type { Pages } from './export-table.ts';

export type { Export } from '../store/exports.ts';

/** How a table is written in each form; rows come page by page and never all at once. The first are its head. */
export type Forms = Readonly<
  Record<
    Export['format'],
    Readonly<{ write: (rows: AsyncIterable<readonly Cell[]>, headRows: number) => AsyncIterable<Uint8Array> }>
  >
>;
export type ExportDeps = Deps & Readonly<{ exportFiles: BlobStore; forms: Forms }>;

/** Rows that are written while the asker waits; more become a task of their own. No table has more than the most. */
const atOnceRows = 10_000;
const mostRows = 1_000_000;
const mostUndone = 3;
const mostAttempts = 3;
const keptMs = 24 * 3_600_000;

/** What somebody asks for; the filter has the members of the list's own route. */
export type AskedExport = Readonly<{
  list: ExportListName;
  format: Export['format'];
  filter: Readonly<Record<string, unknown>>;
  language: Language;
}>;

/**
 * Takes a list out as a table, with the rights of its asker and a first row that says who took it and when. Up to ten
 * thousand rows it is ready in the answer; a longer one waits for a worker. That it was asked is a fact.
 */
export async function askExport(deps: ExportDeps, asked: AskedExport, actor: Actor): Promise<Export | Refusal> {
  const client = clientOf(actor);
  const { list, format, filter, language } = asked;
  const made: Export = {
    id: uuidv7(),
    list,
    format,
    language,
    filter,
    askedBy: actor,
    client,
    askedAt: deps.now(),
    state: 'waiting',
    failure: null,
    rows: null,
    bytes: null,
    expiresAt: null,
    leasedUntil: null,
    attempts: 0,
  };
  const pages = await opened(deps, made);
  if (isRefusal(pages)) return pages;
  const begun = await transaction(deps.pool, async (tx) => {
    if ((await countUndone(tx, client)) >= mostUndone) return refuse('too-many-requests', { retryAfter: 60 });
    await beginExport(tx, made);
    const fact = { type: 'export_asked', at: made.askedAt, actor: nameOf(actor), unit: null };
    await recordFacts(tx, { subject: 'export', subjectId: made.id }, [{ ...fact, body: { list, format, filter } }]);
    return null;
  });
  if (begun !== null) return begun;
  const taken = await takeExport(deps.pool, made.id);
  const done = taken && (await produce(deps, taken, atOnceRows, async () => pages));
  return done ?? (await findExport(deps.pool, made.id)) ?? made;
}

type Opened = Pages<readonly Cell[]> | Refusal;
const opened = (deps: Deps, { list, filter, askedBy, language }: Export): Promise<Opened> =>
  exportList(list as ExportListName).open(deps, filter, askedBy, language);

/** Works on what waits, one after the other, and takes away files whose link has run out. Answers how many were made. */
export async function workExports(deps: ExportDeps): Promise<number> {
  let done = 0;
  for (let next = await takeExport(deps.pool, null); next !== null; next = await takeExport(deps.pool, null)) {
    const isRevoked = !(await stillHolds(deps, next.askedBy));
    if (isRevoked) await finishExport(deps.pool, next, { state: 'failed', failure: 'forbidden' });
    else await produce(deps, next, mostRows, () => opened(deps, next));
    done += 1;
  }
  for (const id of await expireExports(deps.pool)) await deps.exportFiles.remove(id);
  return done;
}

/** The key that asked still holds, with every right it had then. */
async function stillHolds({ pool }: Deps, { client, roles, unit }: Actor): Promise<boolean> {
  const found = await findClient(pool, client);
  if (found === null || found.revokedAt !== null || (found.expiresAt !== null && found.expiresAt <= Date.now()))
    return false;
  return found.unit === unit && roles.every((role) => found.roles.includes(role));
}

class TooMany extends Error {}

/**
 * Writes the table into its file, from pages that are opened now or have been. One that turns out too long for now goes back
 * to wait; what fails is tried again.
 */
async function produce(
  deps: ExportDeps,
  of: Export,
  most: number,
  open: () => Promise<Opened>,
): Promise<Export | null> {
  const { pool, exportFiles, forms } = deps;
  let rows = 0;
  const lines = async function* (pages: Pages<readonly Cell[]>) {
    yield* headOf(of);
    for await (const page of pages) {
      rows += page.length;
      if (rows > most) throw new TooMany();
      if (most > atOnceRows) await keepExport(pool, of.id);
      yield* page;
    }
  };
  try {
    const pages = await open();
    if (isRefusal(pages)) return await finishExport(pool, of, { state: 'failed', failure: pages.code });
    await exportFiles.remove(of.id); // what a worker that died may have left
    const head = headOf(of).length;
    const { bytes } = await exportFiles.put(of.id, forms[of.format].write(lines(pages), head));
    const expiresAt = (Date.now() + keptMs) as Instant;
    return await finishExport(pool, of, { state: 'ready', rows, bytes, expiresAt });
  } catch (error) {
    if (error instanceof TooMany)
      return finishExport(pool, of, most < mostRows ? { state: 'waiting' } : { state: 'failed', failure: 'too-large' });
    deps.log.error({ export: of.id, reason: error instanceof Error ? error.name : 'unknown' }, 'an export failed');
    const isLast = of.attempts >= mostAttempts;
    return finishExport(pool, of, isLast ? { state: 'failed', failure: 'internal' } : { state: 'waiting' });
  }
}

/** What stands above the rows: who took the table out, and the titles. */
const headOf = (of: Export): readonly (readonly Cell[])[] => {
  const { titles } = exportList(of.list as ExportListName);
  return [[watermarkOf(of)], titles.map(sayIn(of.language))];
};

/** Who took the table out, when, and what it was narrowed to: it travels with every copy (水印). */
function watermarkOf({ id, list, filter, askedBy, askedAt, language }: Export): string {
  const { name, unit } = askedBy;
  const by = `${name} (${[clientOf(askedBy), unit].filter((part) => part !== null).join(', ')})`;
  return language === 'zh'
    ? `导出人：${by}；导出时间：${iso(askedAt)}；清单：${titleOf(list as ExportListName, language)}；条件：${saidOf(filter) || '无'}；导出编号：${id}；内部资料，不得外传`
    : `Exported by ${by} at ${iso(askedAt)}; list ${titleOf(list as ExportListName, language)}; narrowed to ${saidOf(filter) || 'nothing'}; export ${id}; not to be passed on`;
}

/** A filter as its asker would write it again; weights are kept in thousandths. */
const saidOf = (filter: object): string =>
  Object.entries(written(filter) as object)
    .filter(([, value]) => value !== undefined && value !== null)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]: [string, unknown]) => `${name}=${name === 'w' ? Number(value) / 1000 : String(value)}`)
    .join(' ');

/** An export, for the client that asked for it. */
export async function lookAtExport({ pool }: Deps, id: string, actor: Actor): Promise<Export | Refusal> {
  const found = await findExport(pool, id);
  return found === null || found.client !== clientOf(actor) ? refuse('not-found') : found;
}

/** The exports of the actor's client, newest first. */
export const listExports = (
  { pool }: Deps,
  page: Readonly<{ cursor?: string | undefined; limit: number }>,
  actor: Actor,
): Promise<readonly Export[]> => exportsOf(pool, clientOf(actor), page);

/** The path of an export's file with a signature that holds until the file goes; null where there is none. */
export const linkOf = ({ codeKey }: Pick<Deps, 'codeKey'>, { id, state, expiresAt }: Export): string | null =>
  state === 'ready' && expiresAt !== null && expiresAt > Date.now()
    ? `/v1/exports/${id}/file?expires=${expiresAt}&signature=${sign(codeKey, id, expiresAt)}`
    : null;

const sign = (key: Buffer, id: string, expires: number): string =>
  createHmac('sha256', key).update(`export ${id} ${expires}`).digest('base64url');

/** The file behind a link, for whoever holds it; a wrong, old or spent one is told from nothing. */
export async function openExport(
  { pool, codeKey, exportFiles }: ExportDeps,
  { id, expires, signature }: Readonly<{ id: string; expires: number; signature: string }>,
): Promise<Readonly<{ export: Export; content: Readable }> | Refusal> {
  const [given, right] = [Buffer.from(signature), Buffer.from(sign(codeKey, id, expires))];
  if (given.length !== right.length || !timingSafeEqual(given, right) || expires <= Date.now())
    return refuse('not-found');
  const found = await findExport(pool, id);
  if (found?.state !== 'ready' || found.expiresAt !== expires) return refuse('not-found');
  const content = await exportFiles.get(id);
  return content === null ? refuse('not-found') : { export: found, content };
}
