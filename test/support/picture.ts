import { readFileSync, writeFileSync } from 'node:fs';
import { type Action, lifecycle } from '../../src/domain/lifecycle.ts';
import { endsOf, type Table } from '../../src/domain/table.ts';
import type { State } from '../../src/domain/work-order.ts';

const readme = new URL('../../README.md', import.meta.url);
const marks = ['<!-- lifecycle:begin -->', '<!-- lifecycle:end -->'] as const;

type Arrow<S> = Readonly<{ from: S; to: S; actions: readonly string[] }>;

/** Every arrow of a table: from where, to where, and the actions that lead there. */
export function arrowsOf<A extends string, S extends string>(table: Table<A, S, string, string>): readonly Arrow<S>[] {
  const found = new Map<string, { from: S; to: S; actions: string[] }>();
  for (const action of Object.keys(table) as A[])
    for (const from of table[action].from)
      for (const to of endsOf(table[action], from)) {
        if (to === 'unchanged') continue;
        const arrow = found.get(`${from} ${to}`) ?? { from, to, actions: [] };
        arrow.actions.push(action);
        found.set(`${from} ${to}`, arrow);
      }
  return [...found.values()];
}

/** The arrows of the life of a work order. */
export const arrows = (): readonly Arrow<State>[] => arrowsOf<Action, State>(lifecycle);

/** A table as the lines of a Mermaid state diagram, from what begins it to the states nothing leaves. */
export function diagramOf<A extends string, S extends string>(
  table: Table<A, S, string, string>,
  [first, begin]: readonly [S, string],
): string {
  const all = arrowsOf(table);
  const last = [...new Set(all.map((arrow) => arrow.to))].filter((to) => !all.some((arrow) => arrow.from === to));
  return [
    'stateDiagram-v2',
    `  [*] --> ${first} : ${begin}`,
    ...all.map(({ from, to, actions }) => `  ${from} --> ${to} : ${actions.join(', ')}`),
    ...last.map((state) => `  ${state} --> [*]`),
  ].join('\n');
}

/** The table as a Mermaid state diagram. */
export const picture = (): string => diagramOf<Action, State>(lifecycle, ['registered', 'register']);

const section = (): string => `${marks[0]}\n\n\`\`\`mermaid\n${picture()}\n\`\`\`\n\n${marks[1]}`;

/** What the README shows between its marks; null where it has none. */
export function shown(): string | null {
  const text = readFileSync(readme, 'utf8').replaceAll('\r\n', '\n');
  const [from, to] = marks.map((mark) => text.indexOf(mark));
  return from === undefined || to === undefined || from < 0 || to < from
    ? null
    : text.slice(from, to + marks[1].length);
}

/** What it should show. */
export const wanted = section;

if (import.meta.main) {
  const text = readFileSync(readme, 'utf8');
  const old = shown();
  writeFileSync(
    readme,
    old === null
      ? `${text.trimEnd()}\n\n## The life of a work order\n\n${section()}\n`
      : text.replace(old, () => section()),
  );
}
