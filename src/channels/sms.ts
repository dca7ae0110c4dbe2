import { dateOf, type Instant } from '../domain/time.ts';

/** What a short message needs to say of a survey: the request's number, where to answer, and until when. */
export type SurveyInvitation = Readonly<{ number: string; link: string; until: Instant }>;

/** The words of an invitation to answer by link (短信评价), in both languages. They name nobody and no matter. */
export function surveyWords({ number, link, until }: SurveyInvitation): Readonly<{ zh: string; en: string }> {
  const date = dateOf(until);
  const [, month, day] = date.split('-').map(Number);
  return {
    zh: `您好，请评价12345热线诉求（编号${number}）的办理情况：${link} 。链接${month}月${day}日前有效，只能使用一次，不收费，不询问个人信息。`,
    en: `Please tell us how 12345 handled your request ${number}: ${link} . The link works once, until ${date}; it is free and asks for no personal details.`,
  };
}
