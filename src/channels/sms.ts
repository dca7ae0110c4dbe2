import { dateOf, type Instant } from '../domain/time.ts';

/** The words of a short message, in both languages. They name nobody. */
export type MessageWords = Readonly<{ zh: string; en: string }>;

/** A link in a short message: the request's number, where to answer, and until when. */
export type Invitation = Readonly<{ number: string; link: string; until: Instant }>;

/** An invitation to say by link how a request was handled (短信评价). */
export function surveyWords({ number, link, until }: Invitation): MessageWords {
  return {
    zh: `您好，请评价12345热线诉求（编号${number}）的办理情况：${link} 。${once(until).zh}`,
    en: `Please tell us how 12345 handled your request ${number}: ${link} . ${once(until).en}`,
  };
}

/** News of the incident a request joined; `news` are its shift leader's words. */
export const updateWords = ({ number, news }: Readonly<{ number: string; news: string }>): MessageWords => ({
  zh: `您好，您的12345热线诉求（编号${number}）有新进展：${news}`,
  en: `News on your 12345 request ${number}: ${news}`,
});

/** The question whether it is restored (恢复了吗), after the end of an incident; `news` is the last word on it, if any. */
export const restoredWords = ({
  number,
  link,
  until,
  news,
}: Invitation & Readonly<{ news: string | null }>): MessageWords => ({
  zh: `您好，您的12345热线诉求（编号${number}）已处理${news === null ? '。' : `：${news}`} 是否已恢复？请点击回答：${link} 。${once(until).zh}`,
  en: `Your 12345 request ${number} has been dealt with${news === null ? '.' : `: ${news}`} Is it restored? Please answer: ${link} . ${once(until).en}`,
});

function once(until: Instant): MessageWords {
  const date = dateOf(until);
  const [, month, day] = date.split('-').map(Number);
  return {
    zh: `链接${month}月${day}日前有效，只能使用一次，不收费，不询问个人信息。`,
    en: `The link works once, until ${date}; it is free and asks for no personal details.`,
  };
}
