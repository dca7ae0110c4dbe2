import { parse } from 'csv-parse/sync';

/**
 * The rows of a sheet as comma-separated values with a first row of names; fields are trimmed and empty ones left out. Null
 * where it cannot be read.
 */
export function readSheet(text: string): readonly Readonly<Record<string, string>>[] | null {
  try {
    const rows = parse(text, { bom: true, columns: true, trim: true, skip_empty_lines: true }) as Record<
      string,
      string
    >[];
    return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')));
  } catch {
    return null;
  }
}
