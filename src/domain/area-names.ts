import type { Area, AreaTree } from './area.ts';

/** How areas may be written in a text, longest first under their first character. */
export type NameTable = Readonly<{
  tree: AreaTree;
  byFirst: ReadonlyMap<string, readonly Form[]>;
}>;
type Form = Readonly<{ text: string; bare: boolean; areas: readonly Area[] }>;
/** A `sure` one can place; a `full` one can at least contradict. */
type Mention = Readonly<{ areas: readonly Area[]; sure: boolean; full: boolean }>;

/** What a text says about the place: one area, or those it may have meant. */
export type Reading = Readonly<{ area: Area | null; candidates: readonly Area[] }>;

const suffixes: readonly (readonly [ending: RegExp, written: readonly string[]])[] = [
  [/(?:社区居民委员会|社区居委会|社区)$/, ['社区居民委员会', '社区居委会', '社区', '居委会']],
  [/(?:街道办事处|街道)$/, ['街道办事处', '街道办', '街道']],
];

/** The names of the areas of `levels` in `tree`: a grid's name (第1微网格) says nothing without its community. */
export function nameTable(tree: AreaTree, levels: readonly string[] = ['street', 'community']): NameTable {
  const forms = new Map<string, { bare: boolean; areas: Area[] }>();
  for (const area of tree.areas.filter(({ level }) => levels.includes(level))) {
    for (const [text, bare] of written(area.name)) {
      const form = forms.get(text) ?? { bare, areas: [] };
      forms.set(text, { bare: form.bare && bare, areas: [...form.areas, area] });
    }
  }
  const longestFirst = [...forms]
    .map(([text, form]) => ({ text, ...form }))
    .toSorted((a, b) => b.text.length - a.text.length);
  return { tree, byFirst: Map.groupBy(longestFirst, ({ text }) => text[0] ?? '') };
}

/** The ways to write a name, each with whether the suffix that makes it a name is left out. */
function written(name: string): ReadonlyMap<string, boolean> {
  const forms = new Map([[plain(name), false]]);
  for (const [ending, endings] of suffixes) {
    if (!ending.test(name)) continue;
    const stem = name.replace(ending, '');
    for (const suffix of endings) forms.set(plain(stem + suffix), false);
    if (stem.length >= 2) forms.set(plain(stem), true);
    break;
  }
  return forms;
}

/** What a field that should hold nothing but an area's name says; what it holds besides is read as an address. */
export function readName(text: string, table: NameTable): Reading {
  const whole = plain(text);
  const form = table.byFirst.get(whole[0] ?? '')?.find((f) => f.text === whole);
  return form ? resolve([{ areas: form.areas, sure: true, full: true }], table.tree) : readAddress(text, table);
}

/**
 * What an address says. Only a full name counts, and only if everything named lies on one path of the tree: 锦城社区 of
 * two streets is nobody's until the street is named too. A name without its suffix counts when it stands alone.
 */
export function readAddress(text: string, table: NameTable): Reading {
  const address = plain(text);
  const mentions: Mention[] = [];
  let free = true; // whether a name may begin here
  for (let i = 0; i < address.length; ) {
    const form = table.byFirst.get(address[i]!)?.find((f) => address.startsWith(f.text, i));
    const end = i + (form?.text.length ?? 1);
    if (form) mentions.push({ areas: form.areas, sure: free && endsWell(form, address, end, table), full: !form.bare });
    free = form !== undefined || mayPrecede.test(address[i]!);
    i = end;
  }
  return resolve(mentions, table.tree);
}

const mayPrecede = /[^\p{L}]|[省市区县镇乡村路街巷号在是到于的近住来往从与和及跟]/u;
const road = /[路街巷道]$/; // the road of that name may lie elsewhere

function endsWell(form: Form, address: string, end: number, table: NameTable): boolean {
  const rest = address.slice(end);
  if (/[\p{Script=Latin}\d]$/u.test(form.text) && /^[\p{Script=Latin}\d]/u.test(rest)) return false;
  if (!form.bare) return true;
  if (road.test(form.text)) return false;
  if (/^(?:$|附近|[^\p{L}\d])/u.test(rest)) return true;
  return table.byFirst.get(rest[0]!)?.some((f) => rest.startsWith(f.text)) ?? false;
}

/** The deepest area whose path explains every sure mention, if there is exactly one; else all that may have been meant. */
function resolve(mentions: readonly Mention[], tree: AreaTree): Reading {
  const sure = mentions.filter((mention) => mention.sure);
  const named = [...new Set(sure.flatMap(({ areas }) => areas))];
  const explain = named.filter((area) => sure.every((m) => m.areas.some((on) => tree.isWithin(area.code, on.code))));
  const deepest = explain.filter(
    (area) => !explain.some((other) => other !== area && tree.isWithin(other.code, area.code)),
  );
  const [area] = deepest;
  const agrees = ({ areas }: Mention): boolean =>
    areas.some((on) => area && (tree.isWithin(on.code, area.code) || tree.isWithin(area.code, on.code)));
  if (area && deepest.length === 1 && mentions.every((mention) => !mention.full || agrees(mention)))
    return { area, candidates: [] };
  return {
    area: null,
    candidates: deepest.length > 1 ? deepest : [...new Set(mentions.flatMap(({ areas }) => areas))],
  };
}

const plain = (text: string): string => text.normalize('NFKC').trim().toLowerCase();
