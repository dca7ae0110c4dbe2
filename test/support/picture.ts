import { readFileSync, writeFileSync } from 'node:fs';
import { actions, endsOf, lifecycle, type Row } from '../../src/domain/lifecycle.ts';
import type { State } from '../../src/domain/work-order.ts';

const readme = new URL('../../README.md', import.meta.url);
const marks = ['<!-- lifecycle:begin -->', '<!-- lifecycle:end -->'] as const;

/** Every arrow of the table: from where, to where, and the actions that lead there. */
export function arrows(): readonly Readonly<{ from: State; to: State; actions: readonly string[] }>[] {
  const found = new Map<string, { from: State; to: State; actions: string[] }>();
  for (const action of actions) {
    const row: Row = lifecycle[action];
    for (const from of row.from)
      for (const to of endsOf(row, from)) {
        if (to === 'unchanged') continue;
        const arrow = found.get(`${from} ${to}`) ?? { from, to, actions: [] };
        arrow.actions.push(action);
        found.set(`${from} ${to}`, arrow);
      }
  }
  return [...found.values()];
}

/** The table as a Mermaid state diagram. */
export const picture = (): string =>
  [
    'stateDiagram-v2',
    '  [*] --> registered : register',
    ...arrows().map(({ from, to, actions: labels }) => `  ${from} --> ${to} : ${labels.join(', ')}`),
    '  archived --> [*]',
  ].join('\n');

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
