/** What the screen does with a spelling: replaces it, holds the text for a person, or does not see it. */
export type Fate = 'replaced' | 'held' | 'missed';

/** A way to write a number or a name, and what is known to come of it. A spelling is never left out because it is missed. */
export type Spelling = Readonly<{ name: string; write: (it: string) => string; fate: Fate }>;

const each = (signs: string) => (number: string) => [...number].map((d) => [...signs][Number(d)]).join('');
const grouped = (sign: string) => (phone: string) =>
  `${phone.slice(0, 3)}${sign}${phone.slice(3, 7)}${sign}${phone.slice(7)}`;
const english = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** Mobile numbers as people write them. */
export const phoneSpellings: readonly Spelling[] = [
  { name: 'plain', write: (p) => p, fate: 'replaced' },
  { name: 'spaces', write: grouped(' '), fate: 'replaced' },
  { name: 'dashes', write: grouped('-'), fate: 'replaced' },
  { name: 'dots', write: grouped('.'), fate: 'replaced' },
  { name: 'every digit apart', write: (p) => [...p].join(' · '), fate: 'replaced' },
  { name: 'full width', write: each('０１２３４５６７８９'), fate: 'replaced' },
  { name: 'Chinese numerals', write: each('零一二三四五六七八九'), fate: 'replaced' },
  { name: 'radio numerals', write: each('洞幺两三四五六拐八勾'), fate: 'replaced' },
  { name: 'capital numerals', write: each('零壹贰叁肆伍陆柒捌玖'), fate: 'replaced' },
  { name: 'over lines', write: grouped('\n'), fate: 'replaced' },
  { name: 'country code', write: (p) => `+86 (${p.slice(0, 3)})${p.slice(3)}`, fate: 'replaced' },
  { name: 'letters for digits', write: (p) => p.replaceAll('0', 'o').replace('1', 'l'), fate: 'replaced' },
  { name: 'circled', write: each('⓪①②③④⑤⑥⑦⑧⑨'), fate: 'replaced' },
  { name: 'Arabic-Indic', write: each('٠١٢٣٤٥٦٧٨٩'), fate: 'replaced' },
  { name: 'unseen signs between', write: (p) => [...p].join('\u200b'), fate: 'replaced' },
  { name: 'read out with words', write: (p) => grouped('然后')(p), fate: 'replaced' },
  { name: 'a word after every digit', write: (p) => [...p].join('呀'), fate: 'held' },
  { name: 'English words', write: (p) => [...p].map((d) => english[Number(d)]).join(' '), fate: 'held' },
  { name: 'signs that only sound alike', write: each('林衣儿伞寺舞溜其吧酒'), fate: 'missed' },
];

/** Names of three signs as people write them. */
export const nameSpellings: readonly Spelling[] = [
  { name: 'plain', write: (n) => n, fate: 'replaced' },
  { name: 'spaced out', write: (n) => [...n].join(' '), fate: 'replaced' },
  { name: 'dotted', write: (n) => [...n].join('·'), fate: 'replaced' },
  { name: 'over lines', write: (n) => [...n].join('\n'), fate: 'replaced' },
  { name: 'inside other words', write: (n) => `业主${n}家的`, fate: 'replaced' },
  { name: 'surname and 先生', write: (n) => `${n.slice(0, 1)}先生`, fate: 'replaced' },
  { name: 'surname and 女士', write: (n) => `${n.slice(0, 1)} 女士`, fate: 'replaced' },
  { name: 'name and 师傅', write: (n) => `${n}师傅`, fate: 'replaced' },
  { name: 'given name alone', write: (n) => n.slice(1), fate: 'replaced' },
  { name: '老 and surname', write: (n) => `老${n.slice(0, 1)}`, fate: 'replaced' },
  { name: 'unseen signs between', write: (n) => [...n].join('\u200d'), fate: 'replaced' },
  { name: 'other words between', write: (n) => [...n].join('呀'), fate: 'missed' },
  {
    name: 'signs that only sound alike',
    write: (n) => [...n].map((sign) => alike.get(sign) ?? sign).join(''),
    fate: 'missed',
  },
  { name: 'letters', write: (n) => [...n].map((sign) => letters.get(sign) ?? 'xu').join(''), fate: 'held' },
];

/** Names of people who did not ask, whom the screen knows nothing of: found by what stands around them alone. */
export const strangerSpellings: readonly Spelling[] = [
  { name: 'with a title', write: (n) => `王${n.slice(1)}先生`, fate: 'replaced' },
  { name: 'introduced', write: (n) => `联系人：${n}`, fate: 'replaced' },
  { name: 'in letters', write: () => 'wangxiaoming', fate: 'held' },
  { name: 'behind what somebody is', write: () => '司机张三', fate: 'held' },
  { name: 'behind what somebody is to others', write: () => '我儿子李小龙', fate: 'held' },
  { name: 'before what somebody has', write: () => '李四的店', fate: 'held' },
  { name: 'a common surname alone in the text', write: () => '昨天张三', fate: 'missed' },
  { name: 'bare', write: (n) => `隔壁${n}家`, fate: 'missed' },
];

const given = '昶烨琛翀霁骁瑜珩恺睿';
const alike = new Map([...`郜${given}`].map((sign, i) => [sign, [...'告唱叶陈充季消于横开锐'][i] ?? sign]));
const letters = new Map(
  [...`郜${given}`].map((sign, i) => [
    sign,
    ['gao', 'chang', 'ye', 'chen', 'chong', 'ji', 'xiao', 'yu', 'heng', 'kai', 'rui'][i] ?? 'xu',
  ]),
);

/** The n-th phone number of nobody. */
export const phoneNumber = (n: number): string =>
  `139${String(70_000_000 + n * 9973)
    .padStart(8, '0')
    .slice(0, 8)}`;

/** The n-th name of nobody: a hundred different ones. */
export const personName = (n: number): string => `郜${[...given][n % 10]}${[...given][Math.floor(n / 10) % 10]}`;
