import { type Folded, fold } from './folding.ts';

/** What may stand in a free text and must not be published, and the neutral mark that replaces it. */
export const marks = {
  phone: '〔电话〕',
  id_card: '〔证件号〕',
  bank_card: '〔卡号〕',
  number: '〔号码〕',
  plate: '〔车牌〕',
  email: '〔邮箱〕',
  link: '〔链接〕',
  account: '〔账号〕',
  name: '〔姓名〕',
  address: '〔门牌〕',
} as const;
export type MarkKind = keyof typeof marks;
export const markKinds = Object.keys(marks) as readonly MarkKind[];

const firstSign = 0xe000;
/** While it is being screened a text holds one sign for each mark, which no finder takes for a word. */
export const signOf = (kind: MarkKind): string => String.fromCodePoint(firstSign + markKinds.indexOf(kind));
export const kindOf = (sign: string): MarkKind => markKinds[(sign.codePointAt(0) ?? 0) - firstSign] ?? 'number';

/** A stretch of the text, from and to as offsets, and what is in it. */
export type Found = Readonly<{ kind: MarkKind; from: number; to: number }>;

/** Looks for something in a text; `names` are those of the requesters. */
export type Finder = (folded: Folded, names: readonly string[]) => readonly Found[];

type Form = 'plain' | 'tight';

/** Every match of a pattern in one form of the text; with a group `it`, that part of the match alone. */
function matches(folded: Folded, form: Form, pattern: RegExp, kind: MarkKind | ((found: string) => MarkKind | null)) {
  const at = form === 'plain' ? folded.plainAt : folded.tightAt;
  return [...folded[form].matchAll(pattern)].flatMap((match): readonly Found[] => {
    const [from, to] = match.indices?.groups?.it ?? [match.index, match.index + match[0].length];
    const what = typeof kind === 'string' ? kind : kind(folded[form].slice(from, to));
    if (what === null || from === to) return [];
    return [{ kind: what, from: at[from] ?? 0, to: folded.endOf(at[to - 1] ?? 0) }];
  });
}

// A digit, or a letter that is taken for one; and words by which somebody reads numbers out.
const between = '(?:个|杠|横杠|空格|空|转|减号|点|然后|再|接着)?';
const digitRun = new RegExp(`(?:[ol](?=${between}\\d))?\\d(?:${between}[\\dol]){6,}x?`, 'g');
const moments = /^(?:(?:20\d\d[-/.]\d{1,2}[-/.]\d{1,2}|[012]\d:[0-5]\d(?::[0-5]\d)?)[\s,;~至到t-]*)+$/;

/** Seven digits or more in a row, whatever stands between them. Dates and times alone are none of that. */
const numbers: Finder = (folded) =>
  matches(folded, 'tight', digitRun, (run) =>
    kindOfNumber(run.replaceAll(/[^\dolx]/g, '').replaceAll('o', '0')),
  ).filter(({ from, to }) => !moments.test(plainBetween(folded, from, to)));
/** Where days and times of day stand in a folded text: digits that are nobody's. */
export const anyMoment = /20\d\d[-/.]\d{1,2}[-/.]\d{1,2}|(?<!\d)[012]\d:[0-5]\d(?!\d)/g;
const notMoments = (found: string): MarkKind | null => (moments.test(found) ? null : 'address');

const plainBetween = ({ plain, plainAt }: Folded, from: number, to: number): string =>
  plain.slice(firstAt(plainAt, from), firstAt(plainAt, to));

/** Where in rising offsets the first stands that is not before this one. */
function firstAt(offsets: readonly number[], offset: number): number {
  let [low, high] = [0, offsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

const kindOfNumber = (digits: string): MarkKind => {
  if (/^[1-9]\d{5}(?:18|19|20)\d{9}[\dx]$/.test(digits) || /^[1-9]\d{5}\d{2}[01]\d[0-3]\d{4}$/.test(digits))
    return 'id_card';
  if (/1[3-9]\d{9}/.test(digits) && digits.length <= 15) return 'phone';
  if (/^\d{16,19}$/.test(digits)) return 'bank_card';
  return /^(?:0\d{9,11}|[2-8]\d{6,7}|[48]00\d{7})$/.test(digits) ? 'phone' : 'number';
};

const provinces = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领';
const plate = new RegExp(`[${provinces}][a-z](?:[a-z0-9]{5,6}|[a-z0-9]{4,5}[学警港澳挂领使试超])`, 'g');
const plateSaid = /(?:车牌|牌照|牌号|号牌)(?:号码|号)?(?:是|为|叫)?(?<it>[a-z0-9]{5,8})/dg;

const email =
  /(?<![\w.+-])[a-z0-9][\w.+-]*\s*(?:@|[([【]?\s*(?:\bat\b|艾特|圈a)\s*[)\]】]?)\s*[a-z0-9][\w-]*(?:\s*(?:\.|。|点|\bdot\b)\s*[a-z0-9][\w-]*)*/g;
const link = /(?:https?:\/\/|www\.)[^\s，。；、\p{Co}]+/gu;
const account =
  /(?:微\s*信|v\s*信|威\s*信|薇\s*信|卫星号|we\s*chat|wei\s*xin|wx|vx|q\s*q|扣\s*扣|企\s*鹅|支付宝|抖音|快手|微博|小红书|telegram|whats\s*app|[账帐]号)\s*(?:号码|号|[账帐]号|id|名)?\s*(?:就是|是|为|叫|同|:|=|,|“|")*\s*(?<it>[a-z0-9][\w.\s-]{2,30}\w)/dg;
/** Letters and digits together look like somebody's account, and are like no word. */
const token = /(?<![a-z0-9_-])(?=[a-z_-]*\d)(?=[\d_-]*[a-z])[a-z0-9_-]{6,}/g;

// A number of a house, a flat or a floor, however it is written.
const one = '(?:[a-z]?\\d{1,5}[a-z]?|[a-z]|[零〇一二三四五六七八九十百廿壹贰叁肆伍陆柒捌玖拾佰两]{1,6})';
const part =
  '(?:号楼|号院|号门|号房|号铺|栋|幢|棟|单元|單元|座|室|楼(?!道|梯|盘|宇|市)|层|弄|房|铺|门(?!口|前|外|卫|店)|号(?!线|文|令|台风)|#)';
const dash = '[-–—―~·/#杠]';
const address = new RegExp(
  `(?<![\\da-z]|月\\s*)${one}\\s*${dash}?\\s*${part}(?:\\s*[,，、]?\\s*${one}\\s*${dash}?\\s*${part})*(?:\\s*${dash}?\\s*${one}(?![\\d年月日天人户个次米元点时分名条盏处]))?`,
  'g',
);
const dashed = new RegExp(
  `(?<![\\da-z.:])${one}\\s*${dash}\\s*${one}\\s*${dash}\\s*${one}(?![\\d:])|(?<![\\d.:])\\d{1,3}\\s*${dash}\\s*\\d{3,4}(?![\\d:])(?!\\s*(?:元|米|人|户|年|天|度|点))`,
  'g',
);
const addressSaid = /门牌(?:号码|号)?(?:是|为|:)?\s*(?<it>[^\s，。；、,.;:\p{Co}]{1,8})/dgu;
const hamlet = new RegExp(`村\\s*(?<it>${one}\\s*(?:组|社|队))`, 'dg');

/** What many people are called by, one sign each. */
export const surnames =
  '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕佟晋苑邬臧畅宫来苟褚应';
export const longSurnames = '欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|夏侯|端木';
const titles =
  '先生|女士|小姐|太太|夫人|老师|师傅|医生|大夫|护士|律师|阿姨|叔叔|大爷|大妈|大叔|大哥|大姐|大嫂|婆婆|爷爷|奶奶|老板|老板娘|主任|经理|队长|书记|院长|校长|警官|同志|某某|某';
// Of 健身房老板 and 检查护士 the second half is no surname.
const titled = new RegExp(
  `(?<!健身(?=房)|[厨药库](?=房)|[检审调复巡](?=查)|[订工](?=单))(?:${longSurnames}|[${surnames}])\\p{Script=Han}{0,2}?(?:${titles})`,
  'gu',
);
const introduced = new RegExp(
  `(?:我叫|名叫|叫做|姓名|联系人|户主|申请人|诉求人|反映人|投诉人)(?:是|为|叫)?(?<it>(?:${longSurnames})\\p{Script=Han}{1,2}|(?![了过他她它人不来救车])\\p{Script=Han}{2,3}|[a-z]{2,20})`,
  'dgu',
);

/** The requesters' own names: whole, by the given name, by the surname with a title or 老 and 小 before it. */
const own: Finder = (folded, names) =>
  names.flatMap((name) => formsOf(name).flatMap((form) => everywhere(folded, form)));

function everywhere(folded: Folded, form: string): readonly Found[] {
  const found: Found[] = [];
  const { tight, tightAt, endOf } = folded;
  for (let at = tight.indexOf(form); at >= 0; at = tight.indexOf(form, at + 1))
    found.push({ kind: 'name', from: tightAt[at] ?? 0, to: endOf(tightAt[at + form.length - 1] ?? 0) });
  return found;
}

function formsOf(name: string): readonly string[] {
  const tight = fold(name).tight;
  const signs = [...name.normalize('NFKC')].filter((sign) => /\p{Script=Han}/u.test(sign));
  if (signs.length < 2) return tight.length >= 3 ? [tight] : [];
  const long = new RegExp(`^(?:${longSurnames})`).test(signs.join('')) ? 2 : 1;
  const family = signs.slice(0, long).join('');
  // Of "母亲王秀英" the last signs are the name.
  const tails = [signs.slice(-3), signs.slice(-2)].filter((tail) => tail.length < signs.length).map((t) => t.join(''));
  const called = [`老${family}`, `小${family}`, ...titles.split('|').map((title) => family + title)];
  return [name, ...tails, ...called].map((form) => fold(form).tight).filter((form) => [...form].length >= 2);
}

/** Everything that is looked for; what stands first wins where two meet. */
export const finders: readonly Finder[] = [
  own,
  (f) => matches(f, 'plain', link, 'link'),
  (f) => matches(f, 'plain', email, (found) => (/@|at|艾特|圈a/.test(found) ? 'email' : null)),
  (f) => matches(f, 'tight', plate, 'plate'),
  (f) => matches(f, 'tight', plateSaid, 'plate'),
  numbers,
  (f) => matches(f, 'plain', account, 'account'),
  (f) => matches(f, 'plain', token, 'account'),
  (f) => matches(f, 'plain', /尾号(?:是|为|:)?\s*(?<it>\d{3,6})/dg, 'phone'),
  (f) => matches(f, 'plain', address, 'address'),
  (f) => matches(f, 'plain', dashed, notMoments),
  (f) => matches(f, 'plain', addressSaid, 'address'),
  (f) => matches(f, 'plain', hamlet, 'address'),
  (f) => matches(f, 'tight', titled, 'name'),
  (f) => matches(f, 'tight', introduced, 'name'),
];
