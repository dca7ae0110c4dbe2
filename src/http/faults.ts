import { z } from 'zod';
import type { Language } from '../domain/words.ts';

/** What is wrong with one member of what was sent. */
export type Fault = Readonly<{ pointer: string; message: string }>;

/** zod's own words, which stand wherever a shape says nothing of its own. */
const zods = { zh: z.locales.zhCN().localeError, en: z.locales.en().localeError } as const;
/** Kinds of values that zod names in English in every language. */
const kinds: Readonly<Record<string, string>> = {
  string: '文本',
  boolean: '真或假',
  int: '整数',
  object: '对象',
  record: '对象',
  array: '列表',
  number: '数字',
  undefined: '空值',
};
const inChinese = (words: string): string =>
  words.replaceAll(/(期望|实际接收) ([a-z]+)/g, (_all, verb: string, kind: string) => `${verb} ${kinds[kind] ?? kind}`);

const aMoment = '2026-03-02T09:00:00+08:00';
const ours = {
  zh: {
    missing: '缺少此项',
    moment: `须为带时区的时刻，如 ${aMoment}（在网址中 + 写作 %2B）`,
  },
  en: {
    missing: 'is missing',
    moment: `must be a moment with its offset, such as ${aMoment} (in a URL + is written %2B)`,
  },
} as const;

/** What the shapes that stand in almost every body say themselves. */
const saidByShapes: Readonly<Record<string, string>> = {
  'must not be empty': '不能为空',
  'must not hold NUL': '不能含有空字符（NUL）',
  'must be well-formed Unicode': '须为完整的 Unicode 文本',
  'must be a moment between 1970 and 2100': '须为 1970 年至 2100 年之间的时刻',
};

const isOfMoment = ({ code, ...issue }: Readonly<{ code: string }>): boolean =>
  code === 'invalid_format' && 'format' in issue && issue.format === 'datetime';

/** How zod names a fault in a language, where the shape has no words of its own. */
const saying =
  (language: Language): z.core.$ZodErrorMap =>
  (issue) => {
    const { missing, moment } = ours[language];
    if (issue.code === 'invalid_type' && issue.input === undefined) return missing;
    if (isOfMoment(issue)) return moment;
    if (issue.code === 'invalid_union' && issue.errors.flat().some(isOfMoment)) return moment;
    const said = zods[language](issue);
    return language === 'zh' && typeof said === 'string' ? inChinese(said) : said;
  };
const words = { zh: saying('zh'), en: saying('en') } as const;

/** Everything that is wrong with what was sent, in the client's language. Empty: it has the shape. */
export function faultsOf(shape: z.ZodType, sent: unknown, language: Language): readonly Fault[] {
  const read = shape.safeParse(sent, { error: words[language] });
  return read.success ? [] : faultsIn(read.error, language);
}

const faultsIn = ({ issues }: z.ZodError, language: Language): readonly Fault[] =>
  issues.map(({ path, message }) => ({
    pointer: `/${path.join('/')}`,
    message: language === 'zh' ? (saidByShapes[message] ?? message) : message,
  }));
