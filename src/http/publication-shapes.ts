import { z } from 'zod';
import type { SeenPublication } from '../actions/publish.ts';
import { type Board, boards, publicationCauses, publicationLife, publicationStates } from '../domain/publication.ts';
import { iso } from '../domain/time.ts';
import * as s from './shapes.ts';
import { time, unitRef, type Viewing } from './views.ts';

const fraction = z.number().min(0).max(1);
/** A rectangle that is covered, in fractions of the upright picture; one that begins off the picture covers nothing. */
export const mask = z.object({
  x: fraction.lt(1),
  y: fraction.lt(1),
  width: fraction.positive(),
  height: fraction.positive(),
});

/** What the boards are called in public paths. */
export const boardPaths = { problem: 'problems', result: 'results' } as const satisfies Record<Board, string>;

/** What is told of a picture, to publishers and to the public. */
export const pictureOut = {
  id: z.string(),
  stage: z.enum(['before', 'after']),
  caption: z.string(),
  width: z.number(),
  height: z.number(),
  bytes: z.number(),
  sha256: z.string(),
};

const signed = z.object({ name: z.string(), unit: z.string().nullable() });
/** A publication with its trail. */
export const publicationOut = z
  .object({
    id: z.string(),
    version: z.number(),
    board: z.enum(boards),
    round: z.number(),
    workOrderId: z.string(),
    unit: s.unitRef,
    category: z.string().nullable(),
    cause: z.enum(publicationCauses),
    state: z.enum(publicationStates),
    draft: z.object({
      title: z.string(),
      text: z.string(),
      result: z.string().nullable(),
      evidence: z.array(z.object({ stage: z.enum(['before', 'after']).nullable(), text: z.string() })),
      pictures: z.array(
        z.object({
          ...pictureOut,
          href: z.string().describe('the very file that will be shown'),
          attachmentId: z.string(),
          masks: z.array(mask),
        }),
      ),
      marked: z.record(z.string(), z.number()).describe('how many marks of each kind stand for what was taken out'),
      doubts: z.array(z.string()).describe('why a person must look before it is published'),
    }),
    proposedBy: signed,
    proposedAt: s.momentOut,
    holdUntil: s.momentOut,
    hold: signed.extend({ role: z.string(), reason: z.string(), at: s.momentOut }).nullable(),
    approvedBy: signed.nullable(),
    publishedAt: s.momentOut.nullable(),
    endedAt: s.momentOut.nullable(),
    problemId: z.string().nullable(),
    trail: z.array(
      z.object({
        id: z.string(),
        kind: z.string(),
        at: s.momentOut,
        by: signed,
        reason: z.string().nullable(),
        title: z.string().nullable(),
        pictures: z.array(z.string()),
      }),
    ),
    allowedActions: z.array(z.enum(Object.keys(publicationLife) as [string, ...string[]])),
  })
  .meta({ id: 'Publication' });

const signature = ({ name, unit }: Readonly<{ name: string; unit: string | null }>) => ({ name, unit });

/** A publication as its publishers see it. */
export const publicationView = (
  { publication: p, allowedActions }: SeenPublication,
  city: Pick<Viewing, 'city'>,
): z.input<typeof publicationOut> => ({
  id: p.id,
  version: p.version,
  board: p.board,
  round: p.round,
  workOrderId: p.workOrderId,
  unit: unitRef(p.unit, city),
  category: p.category,
  cause: p.cause,
  state: p.state,
  draft: {
    ...p.draft,
    evidence: [...p.draft.evidence],
    pictures: p.draft.pictures.map((picture) => ({
      ...picture,
      masks: [...picture.masks],
      href: `/v1/publications/${p.id}/pictures/${picture.id}`,
    })),
    marked: { ...p.draft.marked },
    doubts: [...p.draft.doubts],
  },
  proposedBy: signature(p.proposedBy),
  proposedAt: iso(p.proposedAt),
  holdUntil: iso(p.holdUntil),
  hold: p.hold && { ...signature(p.hold.by), role: p.hold.role, reason: p.hold.reason, at: iso(p.hold.at) },
  approvedBy: p.approvedBy && signature(p.approvedBy),
  publishedAt: time(p.publishedAt),
  endedAt: time(p.endedAt),
  problemId: p.problemId,
  trail: p.snapshots.map(({ id, kind, at, actor, reason, content }) => ({
    id,
    kind,
    at: iso(at),
    by: signature(actor),
    reason,
    title: content?.title ?? null,
    pictures: content?.pictures.map((picture) => picture.id) ?? [],
  })),
  allowedActions: [...allowedActions],
});
