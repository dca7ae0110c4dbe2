import type { Readable } from 'node:stream';
import { nameOf } from '../domain/decide.ts';
import { headBytes, type MediaType, mediaTypeOf, mediaTypes } from '../domain/media.ts';
import { isRefusal, type Refusal, Refused, refuse } from '../domain/refusal.ts';
import { canSee } from '../domain/visibility.ts';
import type { Actor, Evidence, WorkOrder } from '../domain/work-order.ts';
import {
  type Attachment,
  findAttachment,
  listAttachments,
  notAttached,
  writeAttachment,
} from '../store/attachments.ts';
import { bindFiles } from '../store/loose-files.ts';
import { load } from '../store/orders.ts';
import { isPicture, type Pictures } from '../store/pictures.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';
import { discardLoose, type FileDeps, keepLoose } from './files.ts';
import { changeIn } from './perform.ts';

export type { Attachment } from '../store/attachments.ts';

export type BlobDeps = FileDeps & Readonly<{ pictures: Pictures }>;

/** A file as it comes in. `tooLarge` is asked once the content has ended, or was cut at the limit. */
export type Upload = Readonly<{ name: string; content: AsyncIterable<Uint8Array>; tooLarge: () => boolean }>;

/** A file as it came, that belongs to nothing yet: it is filed or thrown away. */
export type Received = Omit<Attachment, 'orderId' | 'addedBy' | 'addedAt'>;

/** A file of no kind that is kept, and the kinds that are. */
const unknownKind = refuse('unsupported-media-type', { accepts: Object.keys(mediaTypes) });

/** Whether the actor may add to the order and read its files: whoever sees it. */
export async function mayAttach(deps: Deps, orderId: string, actor: Actor): Promise<WorkOrder | Refusal> {
  const order = await load(deps.pool, orderId);
  return order === null || !canSee(actor, order, deps.city().city) ? refuse('not-found') : order;
}

/** Keeps a file of an accepted type and size; of anything else nothing stays. */
export async function receive(deps: BlobDeps, { name, content, tooLarge }: Upload): Promise<Received | Refusal> {
  let mediaType: MediaType | null = null;
  const checked = async function* () {
    let head: Uint8Array | null = new Uint8Array();
    for await (const chunk of content) {
      if (head === null) {
        yield chunk;
        continue;
      }
      head = Buffer.concat([head, chunk]);
      if (head.length < headBytes) continue;
      mediaType = mediaTypeOf(head);
      if (mediaType === null) throw new Refused(unknownKind);
      yield head;
      head = null;
    }
    // A file shorter than its own signature is none that we take.
    if (head !== null) throw new Refused(unknownKind);
    if (tooLarge()) throw new Refused(refuse('too-large'));
  };
  try {
    const kept = await keepLoose(deps, 'attachments', checked());
    if (mediaType === null) throw new Error('a file that was kept has a type');
    return { name, mediaType, ...kept };
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

/** Files what is kept of what was received with its order, as a fact; where that is refused the file goes too. */
export async function file(
  deps: BlobDeps,
  orderId: string,
  received: Received,
  actor: Actor,
): Promise<Attachment | Refusal> {
  const kept = await whatIsKept(deps, received);
  if (isRefusal(kept)) return kept;
  const attachment = {
    ...kept,
    orderId: orderId as Attachment['orderId'],
    addedBy: actor.name,
    addedAt: deps.now(),
  };
  // Where it fails otherwise than by a refusal nobody knows whether it was committed: then the sweep finds out.
  const refused = await transaction(deps.pool, async (tx) => {
    const { id, mediaType, bytes } = attachment;
    const fact = {
      type: 'attached',
      at: attachment.addedAt,
      actor: nameOf(actor),
      body: { attachment: id, mediaType, bytes },
    };
    const changed = await changeIn(tx, deps, orderId, actor, null, (order) => ({
      kind: 'decided',
      order,
      facts: [{ ...fact, unit: order.owner }],
    }));
    if (isRefusal(changed)) return changed;
    await writeAttachment(tx, attachment);
    await bindFiles(tx, [id]);
    return null;
  });
  if (refused !== null) {
    await discard(deps, kept);
    return refused;
  }
  return attachment;
}

/** A picture is kept encoded anew, as a file of its own; what came goes, whatever happens. Other files stay as they came. */
async function whatIsKept(deps: BlobDeps, received: Received): Promise<Received | Refusal> {
  const { blobs, pictures } = deps;
  const { mediaType } = received;
  if (!isPicture(mediaType)) return received;
  try {
    const came = await blobs.get(received.id);
    if (came === null) throw new Error('a file that was received is there');
    const anew = await pictures.cleaned(came, mediaType);
    if (typeof anew === 'string') return refuse('picture-unreadable', { fault: anew });
    return { ...received, ...(await keepLoose(deps, 'attachments', [anew])) };
  } finally {
    await discard(deps, received);
  }
}

export const discard = (deps: BlobDeps, { id }: Pick<Received, 'id'>): Promise<void> =>
  discardLoose(deps, 'attachments', [id]);

/** The files of an order, for whoever sees it. */
export async function filesOf(
  deps: Deps,
  orderId: string,
  page: Parameters<typeof listAttachments>[2],
  actor: Actor,
): Promise<readonly Attachment[] | Refusal> {
  const seen = await mayAttach(deps, orderId, actor);
  return isRefusal(seen) ? seen : listAttachments(deps.pool, orderId, page);
}

/** An attachment with its content, for whoever sees its order. */
export async function openAttachment(
  deps: BlobDeps,
  id: string,
  actor: Actor,
): Promise<Readonly<{ attachment: Attachment; content: Readable }> | Refusal> {
  const attachment = await findAttachment(deps.pool, id);
  if (attachment === null) return refuse('not-found');
  const seen = await mayAttach(deps, attachment.orderId, actor);
  if (isRefusal(seen)) return seen;
  const content = await deps.blobs.get(id);
  return content === null ? refuse('not-found') : { attachment, content };
}

/** Evidence that points at files points at files of what it is about. */
export async function evidenceFault(
  from: Queryable,
  orders: readonly string[],
  evidence: readonly Evidence[],
): Promise<Refusal | null> {
  const ids = evidence.flatMap((e) => e.attachmentId ?? []);
  const missing = ids.length === 0 ? [] : await notAttached(from, orders, ids);
  return missing.length === 0 ? null : refuse('evidence-missing', { attachmentIds: missing });
}
