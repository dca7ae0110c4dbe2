import { escaped } from '../domain/markup.ts';

/** A bar and the mark it is held against; `before` null draws none. */
export type Bar = Readonly<{ label: string; value: number; before: number | null }>;

const rowHeight = 22;
const labelWidth = 150;
const barWidth = 360;
const mostSigns = 12;

/** Horizontal bars, the longest as wide as the chart, as SVG. `id` keeps its title apart from others on the page. */
export function bars(id: string, title: string, items: readonly Bar[]): string {
  const most = Math.max(1, ...items.map(({ value, before }) => Math.max(value, before ?? 0)));
  const x = (value: number): string => ((value / most) * barWidth).toFixed(1);
  const rows = items.map(({ label, value, before }, i) => {
    const short = [...label].length > mostSigns ? `${[...label].slice(0, mostSigns - 1).join('')}…` : label;
    const mark =
      before === null
        ? ''
        : `<line x1="${x(before)}" x2="${x(before)}" y1="1" y2="17" stroke="#111" stroke-width="2"/>`;
    return `<g transform="translate(${labelWidth} ${i * rowHeight})"><title>${escaped(label)}: ${value}${before === null ? '' : ` (${before})`}</title><text x="-6" y="14" text-anchor="end">${escaped(short)}</text><rect y="3" width="${x(value)}" height="12" fill="#2b6cb0"/>${mark}<text x="${barWidth + 8}" y="14">${value}</text></g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${labelWidth + barWidth + 70} ${Math.max(1, items.length) * rowHeight}" role="img" aria-labelledby="${id}" font-family="sans-serif" font-size="12">
<title id="${id}">${escaped(title)}</title>
${rows.join('\n')}
</svg>`;
}
