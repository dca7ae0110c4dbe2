/** What an attachment may be, and how its file ends. */
export const mediaTypes = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'video/mp4': 'mp4',
  'audio/mp4': 'm4a',
  'audio/mpeg': 'mp3',
  'application/pdf': 'pdf',
} as const;
export type MediaType = keyof typeof mediaTypes;

/** As many bytes as it takes to tell. */
export const headBytes = 16;

/**
 * What a file is by its first bytes, whatever it is called; null for what is not accepted. Signatures: ISO 10918 (JPEG),
 * ISO 15948 (PNG), RFC 9649 (WebP), ISO 14496-12 (brands of MP4), ISO 11172-3 and ID3v2 (MP3), ISO 32000 (PDF).
 */
export function mediaTypeOf(head: Uint8Array): MediaType | null {
  const text = String.fromCharCode(...head.subarray(0, headBytes));
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  if (text.startsWith('%PDF-')) return 'application/pdf';
  if (text.slice(4, 8) === 'ftyp') {
    const brand = text.slice(8, 12);
    if (brand === 'M4A ' || brand === 'M4B ') return 'audio/mp4';
    return /^(isom|iso[2-9]|mp4[12]|avc1|dash|M4V |MSNV|f4v |3gp[4-7])$/.test(brand) ? 'video/mp4' : null;
  }
  const [first = 0, second = 0] = head;
  // A frame of layer III begins with eleven ones; what is left of the version must not be the reserved one.
  const isFrame = first === 0xff && (second & 0xe6) === 0xe2 && (second & 0x18) !== 0x08;
  return text.startsWith('ID3') || isFrame ? 'audio/mpeg' : null;
}
