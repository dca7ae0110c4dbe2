import { type Logger, pino } from 'pino';

/** What may stand in a log line beside its message: ids, counts, codes. A member that is not named here is left out. */
const allowed: ReadonlySet<string> = new Set([
  'attempt',
  'clock',
  'code',
  'consumer',
  'count',
  'engine',
  'errors',
  'facts',
  'kind',
  'ms',
  'queue',
  'reason',
  'signal',
  'stack',
  'status',
  'unit',
]);
const mostCharacters = 500;

/** The program's log: lines of JSON on stderr, without personal data. Stdout is for the one line that says it is ready. */
export const openLog = (level: string): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: onlyAllowed },
      hooks: {
        // The message of an error may quote what a resident said; its code and its place do not.
        logMethod(said, method) {
          const [first, second] = said as unknown[];
          if (first instanceof Error) method.call(this, placeOf(first), typeof second === 'string' ? second : 'error');
          else method.apply(this, said);
        },
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );

/** Where an error happened, without its words. */
export const placeOf = (error: Error): { code: unknown; stack: string } => ({
  code: 'code' in error ? error.code : error.name,
  stack: (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 8)
    .join('\n'),
});

const isAllowed = (name: string): boolean => allowed.has(name) || /(^id|Id)$/.test(name);

const onlyAllowed = (what: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(what)
      .filter(([name, value]) => isAllowed(name) && ['string', 'number', 'boolean'].includes(typeof value))
      .map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, mostCharacters) : value]),
  );
