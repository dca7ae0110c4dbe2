import { z } from 'zod';
import { freeze, listSnapshots, lookAtSnapshot, rowsInSnapshot, type SeenSnapshot } from '../actions/snapshots.ts';
import { counted, type Measure } from '../domain/measure.ts';
import { Refused, refuse } from '../domain/refusal.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { iso } from '../domain/time.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { itemView } from './statistics.ts';
import * as st from './statistics-shapes.ts';
import { time } from './views.ts';
import { hotlineRoles } from './who.ts';
import type { Routes } from './zod.ts';

const makers = ['centre_leader', 'inspector', 'government', 'auditor', 'publisher'] as const;
const readers = [...new Set([...hotlineRoles, ...makers])];
const tags = ['statistics'];

/** Frozen figures (快照): made once, never changed, counted again by whoever looks. */
export const snapshots: Routes = async (app, deps) => {
  const seenView = ({ snapshot, correctedBy, recounted }: SeenSnapshot) => {
    const { versions, asOf, factId, factAt, figures, by } = snapshot;
    return {
      ...briefView(snapshot),
      versions,
      asOf: iso(asOf),
      counted: { fact: factId, at: time(factAt) },
      correctedBy: [...correctedBy],
      recounted: { ...recounted, differences: [...recounted.differences] },
      all: { ...figures.all.figures, index: figures.all.index },
      items: figures.items.map((item) => itemView(item, by, deps)),
    };
  };

  app.post(
    '/statistics/snapshots',
    {
      config: { for: makers, create: true },
      schema: {
        summary: 'Freeze the figures of a span that is over, with the rows and the versions of the rules they rest on',
        tags,
        body: st.freezeIn,
        response: { 201: st.snapshotOut },
      },
    },
    async ({ body, actor }, reply) => {
      const seen = granted(await freeze(deps, body, actor));
      reply.code(201).header('location', `/v1/statistics/snapshots/${seen.snapshot.id}`);
      return seenView(seen);
    },
  );

  app.get(
    '/statistics/snapshots',
    {
      config: { for: readers },
      schema: {
        summary: 'Snapshots, newest first',
        tags,
        querystring: z.object({ limit: s.limit, cursor: s.idCursor }),
        response: { 200: s.pageOf(st.snapshotBrief) },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const found = await listSnapshots(deps, { cursor, limit: limit + 1 });
      return paged(found, limit, briefView, (last) => last.id);
    },
  );

  app.get(
    '/statistics/snapshots/:id',
    {
      config: { for: readers },
      schema: {
        summary: 'A snapshot, counted again from its rows: it says whether every figure came out to the last digit',
        tags,
        params: s.idParams,
        response: { 200: st.snapshotOut },
      },
    },
    async ({ params: { id } }) => seenView(granted(await lookAtSnapshot(deps, id))),
  );

  app.get(
    '/statistics/snapshots/:id/rows',
    {
      config: { for: ['inspector', 'auditor'] },
      schema: {
        summary: 'The rows a snapshot was counted from, for whoever counts them again elsewhere',
        tags,
        params: s.idParams,
        querystring: z.object({ limit: s.limit, cursor: s.cursor }),
        response: { 200: s.pageOf(st.rowOut) },
      },
    },
    async ({ params: { id }, query: { limit, cursor } }) => {
      const after = cursor === undefined ? null : placeOf(cursor);
      const { rows } = granted(await rowsInSnapshot(deps, id, { after, limit: limit + 1 }));
      return paged(rows, limit, rowView, cursorOf);
    },
  );
};

const briefView = ({ id, from, to, by, w, definition, madeAt, ...rest }: Snapshot) => ({
  id,
  from: iso(from),
  to: iso(to),
  by,
  w: w / 1000,
  definition,
  rowCount: rest.rowCount,
  rowsHash: rest.rowsHash,
  hash: rest.hash,
  corrects: rest.corrects,
  reason: rest.reason,
  madeBy: rest.madeBy,
  madeAt: iso(madeAt),
});

const rowView = (row: Measure) => ({
  orderId: row.orderId,
  unit: row.unit,
  dueAt: iso(row.dueAt),
  areaPath: [...row.areaPath],
  category: row.category,
  channel: row.channel,
  standing: row.standing,
  signBy: time(row.signBy),
  submitBy: time(row.submitBy),
  counts: Object.fromEntries(counted.map((name) => [name, row[name]])) as Record<(typeof counted)[number], number>,
});

const cursorOf = ({ orderId, unit }: Measure): string => Buffer.from(`${orderId} ${unit}`).toString('base64url');

/** The row a page begins behind, read back from its cursor. */
function placeOf(cursor: string): readonly [string, string] {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [orderId, unit] = [text.slice(0, 36), text.slice(37)];
  const isPlace = z.uuid().safeParse(orderId).success && s.said(64).safeParse(unit).success;
  if (!isPlace || cursorOf({ orderId, unit } as Measure) !== cursor)
    throw new Refused(refuse('invalid', { errors: [{ pointer: '/cursor', message: 'was not given by this list' }] }));
  return [orderId, unit];
}
