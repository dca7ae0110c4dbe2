import { escaped } from '../domain/markup.ts';
import type { Span } from '../domain/period.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import type { Language } from '../domain/words.ts';

/** What a printed page may do: nothing but show itself in its own style. */
export const printedPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

const style = `
@page { size: A4; margin: 15mm }
body { font: 11pt/1.5 system-ui, "Noto Sans CJK SC", sans-serif; color: #111; background: #fff; max-width: 180mm; margin: 0 auto; padding: 5mm }
h1 { font-size: 18pt; margin: 0 } h2 { font-size: 13pt; margin: 7mm 0 2mm; border-bottom: .3mm solid #111 }
p { margin: 1mm 0 } .note { color: #555; font-size: 9pt }
table { border-collapse: collapse; width: 100%; font-size: 10pt } th, td { padding: 1mm 2mm; border-bottom: .2mm solid #bbb; text-align: right }
th:first-child, td:first-child { text-align: left } .alike table { table-layout: fixed } .alike th:first-child { width: 24% } thead { display: table-header-group } tr, svg, section { break-inside: avoid }
svg { width: 100%; height: auto }
@media print { body { padding: 0; max-width: none } }
`;

/** A page to print: A4, without scripts and without anything from elsewhere. `body` is markup. */
export const printed = (title: string, language: Language, body: string): string => `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style></head>
<body>
${body}
</body>
</html>
`;

export const section = (title: string, body: string): string => `<section><h2>${escaped(title)}</h2>${body}</section>`;

export const table = (heads: readonly string[], rows: readonly string[]): string =>
  `<table><thead><tr>${heads.map((head) => `<th scope="col">${escaped(head)}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;

/** Tables whose columns stand below one another. */
export const alike = (tables: readonly string[]): string => `<div class="alike">${tables.join('')}</div>`;

export const row = (cells: readonly (string | number)[]): string =>
  `<tr>${cells.map((cell) => `<td>${escaped(String(cell))}</td>`).join('')}</tr>`;

export const percentOf = (share: number): string => `${(share * 100).toFixed(1)}%`;

/** The days of a span, the last one included. */
export function daysOf({ from, to }: Span): string {
  const [first, last] = [dateOf(from), dateOf((to - 1) as Instant)];
  return first === last ? first : `${first} – ${last}`;
}
