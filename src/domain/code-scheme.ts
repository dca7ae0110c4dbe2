/** How a kind of area code is written, and which parent it names by itself. Nothing here guesses. */
export type CodeScheme = Readonly<{
  /** Whether `code` is written as the scheme demands. */
  fits: (code: string) => boolean;
  /** The code of the parent, for a code that fits; null where the scheme does not say. */
  parentOf: (code: string) => string | null;
}>;

/**
 * The schemes a version may name.
 *
 * - `db11-15`: Beijing's unit grids (DB11): 6 digits of the district, 3 of the street, 3 of the community, 3 of the
 *   grid. Their ancestors' codes of 6, 9 and 12 digits belong to it.
 * - `cjt349-20`: grids of community management (CJ/T 349-2010): 6 digits of what is managed, 6 of the district, 3 of the
 *   street, 3 of the community, 2 of the grid. Community numbers from 601 are several communities taken together, so the
 *   parent is then the street.
 * - `free`: any text without blanks; the parent must be given.
 */
export const codeSchemes = {
  'db11-15': {
    fits: (code) => /^\d{6}(?:\d{3}){0,3}$/.test(code),
    parentOf: (code) => (code.length > 6 ? code.slice(0, -3) : null),
  },
  'cjt349-20': {
    fits: (code) => /^\d{20}$/.test(code),
    parentOf: (code) => (Number(code.slice(15, 18)) > 600 ? code.slice(6, 15) : code.slice(6, 18)),
  },
  free: {
    fits: (code) => /^\S{1,64}$/.test(code),
    parentOf: () => null,
  },
} as const satisfies Record<string, CodeScheme>;

export type CodeSchemeName = keyof typeof codeSchemes;

/** Whether `name` is a scheme known here. */
export const isCodeScheme = (name: string): name is CodeSchemeName => Object.hasOwn(codeSchemes, name);
