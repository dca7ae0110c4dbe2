import { volumesAfter } from '../actions/hot-matters.ts';
import { hotMatterOut, volumeView } from './undertaking-shapes.ts';
import { collection } from './undertakings.ts';
import { areaRef } from './views.ts';
import type { Routes } from './zod.ts';

/** High-frequency matters (每月一题): what many ask about becomes a governance item with lead, plan and date. */
export const hotMatters: Routes = async (app, deps) => {
  collection(app, deps, {
    path: 'hot-matters',
    kind: 'governance',
    tag: 'hot matters',
    out: hotMatterOut,
    more: async (all) => {
      const after = await volumesAfter(
        deps,
        all.map(({ undertaking }) => undertaking),
      );
      const { tree } = deps.city().areasAt(deps.now());
      return all.map(({ undertaking: { about } }, i) => {
        const [{ hot }, since] = [about, after[i]];
        if (hot === undefined || since == null) throw new Error('a governance item is about a hot matter');
        const street = areaRef(hot.street, tree);
        const volumes = { before: volumeView(hot.before), after: volumeView(since) };
        return { category: hot.category, street, policy: hot.policy, ...volumes };
      });
    },
  });
};
