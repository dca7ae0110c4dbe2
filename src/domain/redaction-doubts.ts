import { fold } from './folding.ts';
import { anyMoment, longSurnames, signOf, surnames } from './redaction-finders.ts';

/**
 * Why a person must look before a text is published: many digits close together, letters that may spell a name or a
 * number, a word for a way to reach somebody with digits behind it, what may be the name of somebody who did not ask, or
 * words of an illness, a disability, a pregnancy or whatever else of somebody is nobody's to read. A text the screen cannot bring to rest is one too.
 */
export type Doubt = 'digits' | 'letters' | 'contact' | 'person' | 'private' | 'unsettled';

/** What is doubtful in a text that has been screened, its marks as signs for private use. */
export function doubtsOf(text: string): readonly Doubt[] {
  const { tight } = fold(text.replaceAll(anyMoment, ' ').replaceAll(publicNumber, ' '));
  const { plain } = fold(text);
  const doubts: Doubt[] = [];
  if (hasManyDigits(tight)) doubts.push('digits');
  if (/[a-z]{5,}/.test(tight)) doubts.push('letters');
  if ([...tight.matchAll(reached)].some(([, after]) => /\d.{0,3}\d.{0,3}\d/.test(after ?? ''))) doubts.push('contact');
  if (people.some((pattern) => pattern.test(plain))) doubts.push('person');
  if (intimate.test(plain.replaceAll(publicPlaces, ''))) doubts.push('private');
  return doubts;
}

/** Numbers that are the city's own: its hotlines, and help. */
const publicNumber = /(?<!\d)(?:12345|123\d\d|96\d{3,4}|11[0-9]|12[0-2])(?!\d)/g;
const reached = /(?:电话|手机|号码|联系方式|联系我|微信|致电|拨打|加我|qq)(.{0,12})/g;

/** So many digits among so many signs may be a number that words pull apart. */
const windowSigns = 24;
const mostDigits = 7;

function hasManyDigits(tight: string): boolean {
  for (let at = 0; at < tight.length; at++)
    if (tight.slice(at, at + windowSigns).replaceAll(/\D/g, '').length >= mostDigits) return true;
  return false;
}

// Surnames that begin ordinary words as well (管理, 方面, 安装): nothing but a whole name between its borders counts.
const alsoWords =
  '管白钱高何马于和边解强管应方常来车安成任时水石万关包单白金江古米池花全温平易乐冷路段连明元向项查支苗毛毕柳东辛党师公经道周游雷夏宫洪凌卫施费席相房曲齐阳景薄田华黄许严武牛章季尤龙终覃位左庄祝孔顾盛危计干居步都满匡空曾沙养须丰习海岳初童多';
const plainSurnames = [...surnames].filter((sign) => !alsoWords.includes(sign)).join('');
const wordSurnames = [...surnames].filter((sign) => alsoWords.includes(sign)).join('');
const border = '(?=[\\s\\p{P}\\p{Co}]|$|说|讲|的|是|已|电话|手机|家|在|有|也|和|及|不|没)';
const given = '\\s?\\p{Script=Han}(?:\\s?\\p{Script=Han})?';
/** Words that are no names, though they begin as one could. */
const words = [
  '管理|方面|方便|安排|安装|安全|安置|任意|任何|常常|应该|应当|易受|易发|经常|时间|时候|成天|全部|全家|连续|明显|明天|白天|关门|关闭|单独|解决|解释',
  '强行|强制|高空|高层|高速|水管|车辆|车位|车库|钱款|费用|申请|申诉|申报|施工|程序|陈旧|陈列|陆续|谢谢|谢绝|郑重|郑州|韩国(?:人|料理|烤肉|菜)|韩式|胡同|胡乱|胡说|唐突',
  '孙女|杨树|林木(?:被|砍)|林荫|林地|林权|罗列|苏打|丁字|阳台|顾客|顾虑|季节|章程|舒适|舒服|辜负|桂花|熊猫|梅雨|包地|包工|汤锅|余下|余款|余额|余味|范围',
  '尤其|毛利|张贴|张挂|马路|黄牛|黄色|金融|白酒|石材|王府|田地|万元|万人|江边|湖边|贺卡|向上|向下|路边|严重|许多|甚至|毕竟|殷切|翁婿|戴着|戴口罩',
];
const noNames = `(?!${words.join('|')}|[李张王刘陈杨赵]家[沱港界湾桥巷])`;
const nameLike = `${noNames}(?:(?:${longSurnames})${given}|[${plainSurnames}]${given}|[${wordSurnames}]${given}${border})`;

/** What people are to each other, or do for one another: a name often follows. */
const roles = [
  '联系|联络|转告|举报|投诉|我是|找|叫|名为|司机|驾驶员|物业|经理|主管|队长|店长|师傅|老师|医生|护士|保安|保洁|房东|租客|租户|业主|住户|户主|店主|店员|员工|职工',
  '老板|老板娘|包工头|工头|负责人|责任人|当事人|受害人|嫌疑人|肇事者|被告|被告人|原告|教练|中介|会计|民警|快递员|外卖员|骑手|志愿者|网格员|楼长|村长|组长|科长|处长|局长|厂长|书记|主任|村民|居民|同事|同学|学生|朋友|亲戚|邻居|隔壁|楼上|楼下',
  '儿子|女儿|孩子|小孩|爱人|老公|老婆|丈夫|妻子|媳妇|女婿|父亲|母亲|爸爸|妈妈|我爸|我妈|爷爷|奶奶|外公|外婆|公公|婆婆|岳父|岳母|哥哥|弟弟|姐姐|妹妹|孙子|孙女|老人|家属|独居|低保户|贫困户|残疾人',
].join('|');
/** 小芳, 老罗, 阿强 and no 小学, 老人. */
const nickname = '(?:小(?![学时区孩型车店便吃组门心偷朋商])|老(?![人师板是家婆公年旧爸妈化百])|阿)\\p{Script=Han}{1,2}';
const phone = signOf('phone');
const people = [
  new RegExp(`(?:${roles})(?:名叫|叫做|叫|是|为|名字)?[\\s:：,，、“"(]{0,2}(?:${nameLike}|${nickname}${border})`, 'u'),
  // A name beside a number that was taken out.
  new RegExp(
    `(?:^|[\\s\\p{P}])(?:${nameLike}|[${plainSurnames}])[\\s\\p{P}]{0,4}(?:的?(?:电话|手机|号码))?[\\s\\p{P}]{0,2}${phone}`,
    'u',
  ),
  new RegExp(`${phone}[\\s\\p{P}]{0,4}(?:联系人|找|是|叫)?${nameLike}${border}`, 'u'),
  // 李四的店, 王五家门口
  new RegExp(
    `${noNames}[${plainSurnames}]\\p{Script=Han}{1,2}(?:的(?:店|家|车|房|铺|摊|狗|厂|公司)|家(?:的|门|里|楼|养|装|漏|窗|阳台))`,
    'u',
  ),
];

/** Illness, disability, pregnancy, states of mind, what was suffered or served: whose they are is nobody's to read. */
const intimate = new RegExp(
  [
    '艾滋|hiv|梅毒|性病|乙肝|肝炎|结核|肿瘤|癌|白血病|尿毒症|透析|化疗|糖尿病|高血压|冠心病|心脏病|心梗|脑梗|中风|偏瘫|瘫痪|癫痫|帕金森|痴呆|阿尔茨海默',
    '残疾|残障|听力障碍|视力障碍|语言障碍|失禁|致残|伤残|聋哑|失聪|失明|盲人|智障|智力障碍|自闭症|脑瘫|失能|植物人|截肢|轮椅',
    '抑郁|精神病|精神分裂|精神障碍|精神疾病|精神失常|精神异常|躁郁|焦虑症|自杀|自残|割腕|轻生|吸毒|戒毒|同性恋|坐牢|坐过牢|服刑|刑满|前科',
    '怀孕|孕妇|孕期|有孕|流产|堕胎|早产|不孕|病人|患者|患病|患有|重病|大病|病重|病危|生病|发病|确诊|癌症|住院|手术|绝症|性侵|强奸|家暴',
  ].join('|'),
);
/** Things for everybody that are called by what some people have. */
const publicPlaces =
  /残疾人(?:专用)?(?:通道|坡道|设施|车位|停车位|厕所|卫生间|补贴|联合会)|轮椅(?:通道|坡道)|住院部|精神病院|手术刀/g;
