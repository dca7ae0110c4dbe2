import { createHash } from 'node:crypto';
import { escaped } from '../domain/markup.ts';
import { type Instant, iso } from '../domain/time.ts';

/** An entry of a feed. `paragraphs` are plain text; `id` is a uuid that stays when the entry is corrected. */
export type Entry = Readonly<{
  id: string;
  title: string;
  author: string;
  category: string | null;
  publishedAt: Instant;
  updatedAt: Instant;
  link: string;
  paragraphs: readonly string[];
  /** Files that go with it; `href` is a path. */
  enclosures?: readonly Readonly<{ href: string; type: string; bytes: number; title: string }>[];
}>;

/** A feed. `name` says which one it is among all there are, and gives it its id; `self` and `alternate` are paths. */
export type Feed = Readonly<{
  name: string;
  title: string;
  self: string;
  alternate: string;
  entries: readonly Entry[];
}>;

/** A feed as an Atom document (RFC 4287). An empty one was updated when time began, so that it stays the same. */
export function atom({ name, title, self, alternate, entries }: Feed): string {
  const updated = entries.reduce((last, { updatedAt }) => (updatedAt > last ? updatedAt : last), 0 as Instant);
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">
<id>urn:uuid:${uuidOf(name)}</id>
<title>${escaped(title)}</title>
<updated>${iso(updated)}</updated>
<link rel="self" type="application/atom+xml" href="${escaped(self)}"/>
<link rel="alternate" type="application/json" href="${escaped(alternate)}"/>
<generator>gridcall</generator>
${entries.map(entryOf).join('')}</feed>
`;
}

const entryOf = ({ enclosures = [], paragraphs, ...entry }: Entry): string => {
  const { id, title, author, category, publishedAt, updatedAt, link } = entry;
  return `<entry>
<id>urn:uuid:${escaped(id)}</id>
<title>${escaped(title)}</title>
<author><name>${escaped(author)}</name></author>
${category === null ? '' : `<category term="${escaped(category)}"/>\n`}<published>${iso(publishedAt)}</published>
<updated>${iso(updatedAt)}</updated>
<link rel="alternate" type="application/json" href="${escaped(link)}"/>
${enclosures.map(enclosureOf).join('')}<content type="text">${paragraphs.map(escaped).join('\n\n')}</content>
</entry>
`;
};

const enclosureOf = ({ href, type, bytes, title }: NonNullable<Entry['enclosures']>[number]): string =>
  `<link rel="enclosure" type="${escaped(type)}" length="${bytes}" href="${escaped(href)}" title="${escaped(title)}"/>\n`;

/** The same name, the same uuid (version 8): a feed keeps its id for as long as it is called so. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}
