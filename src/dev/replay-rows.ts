/** A line of somebody else's table: text by column, or whatever its JSON held. */
export type Row = Readonly<Record<string, unknown>>;

/** How rows of a table become requests, as data. Members of a request are named by their path, such as `location.lat`. */
export type RowMapping = Readonly<{
  /** Column to member; empty cells are left out. */
  fields: Readonly<Record<string, string>>;
  /** Column, then value, to members; `*` is any other value. */
  values: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  /** Members every request gets unless a column says otherwise. */
  always?: Readonly<Record<string, unknown>> | undefined;
  /** How the table writes moments that carry no offset: groups year, month, day, hour, minute, second, half (AM or PM). */
  moment?: Readonly<{ pattern: string; zone: string }> | undefined;
  /** Where the table itself says in which area a row lies: the named groups, put together as `code` says. */
  answer?:
    | Readonly<{ column: string; pattern: string; rename: Readonly<Record<string, string>>; code: string }>
    | undefined;
}>;

const numeric: ReadonlySet<string> = new Set(['location.lat', 'location.lon']);
const moments: ReadonlySet<string> = new Set(['receivedAt', 'externalDueAt']);

/** The body of a create that a row stands for. */
export function bodyOf(row: Row, { fields, values, always = {}, moment }: RowMapping): Record<string, unknown> {
  const members = { ...always };
  for (const [column, known] of Object.entries(values))
    Object.assign(members, known[String(row[column])] ?? known['*']);
  for (const [column, member] of Object.entries(fields)) {
    const value = row[column];
    if (value === null || value === undefined || value === '') continue;
    if (numeric.has(member)) members[member] = Number(value);
    else if (typeof value !== 'string') members[member] = value;
    else members[member] = moments.has(member) && moment ? momentOf(value, moment) : value.trim();
  }
  return nested(members);
}

/** The area a row lies in by the table's own account, or null where it does not say. */
export function answerOf(row: Row, { answer }: RowMapping): string | null {
  const groups = answer && new RegExp(answer.pattern).exec(String(row[answer.column]))?.groups;
  if (!groups) return null;
  return answer.code.replace(
    /\{(\w+)\}/g,
    (_all, name: string) => answer.rename[groups[name] ?? ''] ?? groups[name] ?? '',
  );
}

function nested(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(members)) {
    const [head = path, tail] = path.split('.');
    if (tail === undefined) body[head] = value;
    else body[head] = { ...(body[head] as object | undefined), [tail]: value };
  }
  return body;
}

/** A local time of a zone as RFC 3339 with its offset then. */
export function momentOf(text: string, { pattern, zone }: Readonly<{ pattern: string; zone: string }>): string {
  const groups = new RegExp(pattern).exec(text)?.groups;
  if (!groups) throw new Error(`not a moment: ${text}`);
  const { year = '', month = '', day = '', hour = '', minute = '00', second = '00', half } = groups;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (/^p/i.test(half) ? 12 : 0);
  const local = `${year}-${month}-${day}T${String(hours).padStart(2, '0')}:${minute}:${second}`;
  // The offset a few hours off is the right one except in the night the clocks change; once more settles that too.
  const near = offsetAt(new Date(`${local}Z`), zone);
  return local + offsetAt(new Date(`${local}${near}`), zone);
}

function offsetAt(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value.slice(3) || '+00:00';
}
