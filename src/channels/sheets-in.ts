import { parse } from 'csv-parse/sync';

/**
 * The rows of a sheet as comma-separated values with a first row of names; fields are trimmed and empty ones left out. Null
 * where it cannot be read, or one name stands over two columns.
 */
export function readSheet(text: string): readonly Readonly<Record<string, string>>[] | null {
  try {
    const rows = parse(text, { bom: true, columns: namesOnce, trim: true, skip_empty_lines: true }) as Record<
      string,
      string
    >[];
    return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')));
  } catch {
    return null;
  }
}

/** Columns without a name, as spreadsheets leave them at the end, are left out. */
function namesOnce(names: readonly string[]): (string | false)[] {
  const given = names.filter((name) => name !== '');
  if (new Set(given).size < given.length) throw new Error('a name stands twice');
  return names.map((name) => name !== '' && name);
}
