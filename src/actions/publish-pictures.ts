import type { Readable } from 'node:stream';
import { type Board, type Publication, publicationLife, publicationParties } from '../domain/publication.ts';
import { type DraftPicture, isSameCopy, type PublishedPicture } from '../domain/publication-pictures.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { notAllowed } from '../domain/table.ts';
import type { Instant } from '../domain/time.ts';
import type { Actor, Evidence } from '../domain/work-order.ts';
import { shownOne } from '../reports/boards.ts';
import { attachmentsOf } from '../store/attachments.ts';
import { load } from '../store/orders.ts';
import { type Pictures, pictureTypes } from '../store/pictures.ts';
import { discardLoose, type FileDeps, keepLoose } from './files.ts';
import type { Expected } from './perform.ts';
import { actOnPublication, lookAtPublication, type SeenPublication } from './publish.ts';

export type PictureDeps = FileDeps & Readonly<{ pictures: Pictures }>;

/** A picture a publisher wants to show: a file of the order, and what of it is covered. */
export type NamedPicture = Pick<DraftPicture, 'attachmentId' | 'stage' | 'caption' | 'masks'>;

/** A file of the order that can be shown, and what it was handed in as. */
export type Photo = Readonly<{
  attachmentId: string;
  stage: Evidence['stage'] | null;
  mediaType: string;
  addedAt: Instant;
}>;

/** The pictures of a publication's order, the oldest first, for whoever sees the publication. */
export async function photosOf(deps: PictureDeps, id: string, actor: Actor): Promise<readonly Photo[] | Refusal> {
  const seen = await lookAtPublication(deps, id, actor);
  if (isRefusal(seen)) return seen;
  const { workOrderId } = seen.publication;
  const [order, files] = await Promise.all([
    load(deps.pool, workOrderId),
    attachmentsOf(deps.pool, workOrderId, pictureTypes),
  ]);
  const stages = new Map(
    order?.submissions.flatMap(({ evidence }) => evidence.map((each) => [each.attachmentId, each.stage] as const)),
  );
  return files.map(({ id: attachmentId, mediaType, addedAt }) => ({
    attachmentId,
    stage: stages.get(attachmentId) ?? null,
    mediaType,
    addedAt,
  }));
}

/**
 * Lays pictures out for a publication in place of those before. Each gets a copy of its own for the public, made now, so
 * that whoever checks it sees the very file that will be shown; one that is covered as before keeps its copy.
 */
export async function illustrate(
  deps: PictureDeps,
  id: string,
  named: readonly NamedPicture[],
  actor: Actor,
  expected: Expected,
): Promise<SeenPublication | Refusal> {
  const seen = await lookAtPublication(deps, id, actor);
  if (isRefusal(seen)) return seen;
  const { publication } = seen;
  const no = notAllowed(publicationLife, 'illustrate', publication.state, publicationParties(actor, []));
  if (no !== null) return no;
  const known = await attachmentsOf(deps.pool, publication.workOrderId, pictureTypes);
  const foreign = named.map((each) => each.attachmentId).filter((each) => !known.some((file) => file.id === each));
  if (foreign.length > 0) return refuse('evidence-missing', { attachmentIds: foreign });
  const made: string[] = [];
  const laidOut = await layOut(deps, publication, named, made);
  // Of a version seen before: a copy that somebody else has let go meanwhile is not taken up again.
  const outcome = isRefusal(laidOut)
    ? laidOut
    : await actOnPublication(
        deps,
        id,
        { action: 'illustrate', said: { pictures: laidOut } },
        actor,
        expected ?? publication.version,
      );
  if (isRefusal(outcome)) await discardLoose(deps, 'pictures', made);
  return outcome;
}

async function layOut(
  deps: PictureDeps,
  { draft }: Publication,
  named: readonly NamedPicture[],
  made: string[],
): Promise<readonly DraftPicture[] | Refusal> {
  const laidOut: DraftPicture[] = [];
  for (const each of named) {
    const before = draft.pictures.find((picture) => isSameCopy(picture, each));
    if (before !== undefined) {
      laidOut.push({ ...before, ...each });
      continue;
    }
    const original = await deps.blobs.get(each.attachmentId);
    if (original === null) return refuse('evidence-missing', { attachmentIds: [each.attachmentId] });
    const copy = await deps.pictures.covered(original, each.masks);
    if (typeof copy === 'string') return refuse('picture-unreadable', { fault: copy, attachmentId: each.attachmentId });
    const kept = await keepLoose(deps, 'pictures', [copy.content]);
    made.push(kept.id);
    laidOut.push({ ...each, ...kept, width: copy.width, height: copy.height });
  }
  return laidOut;
}

type OpenPicture = Readonly<{ picture: PublishedPicture; content: Readable }>;

async function opened(
  { pictureFiles }: PictureDeps,
  picture: PublishedPicture | undefined,
): Promise<OpenPicture | Refusal> {
  const content = picture ? await pictureFiles.get(picture.id) : null;
  return picture && content ? { picture, content } : refuse('not-found');
}

/** A picture of a publication. */
type PictureRef = Readonly<{ id: string; pictureId: string }>;

/** A picture as it is laid out or was shown, for whoever sees the publication. */
export async function openPicture(
  deps: PictureDeps,
  { id, pictureId }: PictureRef,
  actor: Actor,
): Promise<OpenPicture | Refusal> {
  const seen = await lookAtPublication(deps, id, actor);
  if (isRefusal(seen)) return seen;
  const { draft, snapshots } = seen.publication;
  const all = [...draft.pictures, ...snapshots.flatMap(({ content }) => content?.pictures ?? [])];
  return opened(
    deps,
    all.find((picture) => picture.id === pictureId),
  );
}

/** A picture that stands on this board, for everybody, and only for as long as it does. */
export async function openShownPicture(
  deps: PictureDeps,
  board: Board,
  { id, pictureId }: PictureRef,
): Promise<OpenPicture | Refusal> {
  const shown = await shownOne(deps.pool, board, id);
  return opened(
    deps,
    shown?.content.pictures.find((picture) => picture.id === pictureId),
  );
}
