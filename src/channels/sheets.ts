import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { strToU8, Zip, ZipDeflate } from 'fflate';
import type { Cell } from '../domain/cell.ts';
import { escaped } from '../domain/markup.ts';
import { iso, shanghai } from '../domain/time.ts';

type Rows = AsyncIterable<readonly Cell[]>;

/** The forms a table can leave in. Both are written as the rows come. */
export const sheetFormats = ['csv', 'xlsx'] as const;
export type SheetFormat = (typeof sheetFormats)[number];

export const sheets: Readonly<
  Record<
    SheetFormat,
    Readonly<{ mediaType: string; write: (rows: Rows, headRows: number) => AsyncIterable<Uint8Array> }>
  >
> = {
  csv: { mediaType: 'text/csv; charset=utf-8', write: csv },
  xlsx: { mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', write: xlsx },
};

/** Comma-separated values as spreadsheets read them: UTF-8 with its mark, CRLF, and no cell that runs as a formula. */
async function* csv(rows: Rows): AsyncGenerator<Uint8Array> {
  const lines = stringify({
    bom: true,
    record_delimiter: '\r\n',
    escape_formulas: true,
    // The one beginning that `escape_formulas` leaves out: some spreadsheets skip an empty line and run the rest.
    cast: { string: (text) => (text.startsWith('\n') ? `'${text}` : text) },
  });
  // What goes wrong in the rows comes out of the lines.
  yield* pipeline(Readable.from(asText(rows)), lines, () => {});
}

async function* asText(rows: Rows): AsyncGenerator<readonly (string | number | null)[]> {
  for await (const row of rows) yield row.map(textOf);
}

function textOf(cell: Cell): string | number | null {
  if (typeof cell !== 'object' || cell === null) return cell;
  if ('at' in cell) return iso(cell.at).slice(0, 19).replace('T', ' ');
  return 'day' in cell ? cell.day : cell.share;
}

/**
 * A workbook of one sheet (Office Open XML). Text is marked as text, so nothing in it is ever a formula; moments, days and
 * shares are numbers with a format, so that they sort, filter and add up. Its head stays in sight.
 */
async function* xlsx(rows: Rows, headRows: number): AsyncGenerator<Uint8Array> {
  const sheet = async function* () {
    yield `${xmlHead}<worksheet xmlns="${main}">${frozen(headRows)}<sheetFormatPr defaultColWidth="20" defaultRowHeight="15"/><sheetData>`;
    for await (const row of rows) yield `<row>${row.map(xmlCell).join('')}</row>`;
    yield '</sheetData></worksheet>';
  };
  yield* zip({ ...parts, [sheetPart]: gathered(sheet()) });
}

const frozen = (rows: number): string =>
  `<sheetViews><sheetView workbookViewId="0"><pane ySplit="${rows}" topLeftCell="A${rows + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`;

const gatherSigns = 65_536;

/** Pieces of text gathered until they are worth packing. */
async function* gathered(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length < gatherSigns) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** Packs files by their names, one after the other, as their content comes: nothing of it has to fit into memory. */
async function* zip(files: Readonly<Record<string, string | AsyncIterable<string>>>): AsyncGenerator<Uint8Array> {
  const packed: Uint8Array[] = [];
  const archive = new Zip((error, chunk) => {
    if (error !== null) throw error;
    packed.push(chunk);
  });
  for (const [name, content] of Object.entries(files)) {
    const file = new ZipDeflate(name);
    file.mtime = '1980-01-01'; // a day without meaning, the first that a ZIP can name
    archive.add(file);
    for await (const text of typeof content === 'string' ? [content] : content) {
      file.push(strToU8(text));
      yield* packed.splice(0);
    }
    file.push(new Uint8Array(), true);
  }
  archive.end();
  yield* packed;
}

const mostSigns = 32_767; // of a cell

function xmlCell(cell: Cell): string {
  if (cell === null) return '<c/>';
  if (typeof cell === 'number') return `<c><v>${cell}</v></c>`;
  if (typeof cell === 'string')
    return `<c t="inlineStr"><is><t xml:space="preserve">${escaped(cell.slice(0, mostSigns))}</t></is></c>`;
  if ('at' in cell) return `<c s="${styles.moment}"><v>${serialOf(cell.at + shanghai.offsetMinutes * 60_000)}</v></c>`;
  if ('day' in cell) return `<c s="${styles.day}"><v>${serialOf(Date.parse(cell.day))}</v></c>`;
  return `<c s="${styles.share}"><v>${cell.share}</v></c>`;
}

/** How a spreadsheet counts time: in days since the end of 1899, by the clock on the wall. */
const serialOf = (wallMs: number): number => wallMs / 86_400_000 + 25_569;

/** Formats by their place in the styles below. */
const styles = { moment: 1, day: 2, share: 3 } as const;

const xmlHead = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packaged = 'http://schemas.openxmlformats.org/package/2006';
const kind = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const sheetPart = 'xl/worksheets/sheet1.xml';

const parts: Readonly<Record<string, string>> = {
  '[Content_Types].xml': `${xmlHead}<Types xmlns="${packaged}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${kind}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${kind}.styles+xml"/><Override PartName="/${sheetPart}" ContentType="${kind}.worksheet+xml"/></Types>`,
  '_rels/.rels': `${xmlHead}<Relationships xmlns="${packaged}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `${xmlHead}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="gridcall" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${xmlHead}<Relationships xmlns="${packaged}/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': `${xmlHead}<styleSheet xmlns="${main}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf xfId="0"/>${[164, 165, 10].map((format) => `<xf numFmtId="${format}" xfId="0" applyNumberFormat="1"/>`).join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`,
};
