/** Lines of two columns under each other. */
export function table(lines: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

/** A line for each value that occurs, the most frequent first. */
export const counted = <T>(what: string, items: readonly T[], of: (item: T) => string): [string, string][] =>
  [...Map.groupBy(items, of)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([value, found]) => [`${what} ${value}`, `${found.length}`]);
