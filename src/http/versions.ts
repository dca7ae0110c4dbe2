import { z } from 'zod';
import { activate, type Version, type VersionKind, versions } from '../actions/versions.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import type { App, HttpDeps } from './zod.ts';

export const versionOut = z
  .object({
    id: z.string(),
    name: z.string(),
    validFrom: s.momentOut,
    state: z.enum(['draft', 'active']),
    acceptedWarnings: z.string().nullable(),
    changedBy: z.string(),
    activatedAt: s.momentOut.nullable(),
    findings: z.object({ blocking: z.number(), warnings: z.number() }),
  })
  .meta({ id: 'Version' });

export const versionView = (v: Version) => ({
  id: v.id,
  name: v.name,
  validFrom: time(v.validFrom) ?? '',
  state: v.state,
  acceptedWarnings: v.acceptedWarnings,
  changedBy: v.changedBy,
  activatedAt: time(v.activatedAt),
  findings: { blocking: v.report.blocking.length, warnings: v.report.warnings.length },
});

/** Activating: the acceptance is written, and is kept with the version. */
const activation = z.object({ acceptWarnings: s.said(2000).optional() }).nullish();

/** What comes in versions is drafted, looked at and activated: the routes that are the same for all of it. */
export function versionsOf(
  app: App,
  deps: HttpDeps,
  kind: VersionKind,
  { path, tags, ...summary }: Readonly<{ path: string; tags: string[]; list: string; activate: string }>,
): void {
  app.get(
    path,
    {
      config: { for: 'anyone' },
      schema: {
        summary: summary.list,
        tags,
        querystring: z.object({ limit: s.limit, cursor: s.idCursor }),
        response: { 200: s.pageOf(versionOut) },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const found = await versions(deps, kind, { limit: limit + 1, before: cursor ?? null });
      return paged(found, limit, versionView, (last) => last.id);
    },
  );

  app.post(
    `${path}/:id/activate`,
    {
      config: { for: ['admin'] },
      schema: {
        summary: summary.activate,
        tags,
        params: s.idParams,
        body: activation,
        response: { 200: versionOut },
      },
    },
    async ({ params: { id }, body, actor }) =>
      versionView(granted(await activate(deps, actor, { kind, id, accepted: body?.acceptWarnings ?? null }))),
  );
}
