/** Reads a form with a file in it (RFC 7578), whoever wrote it and however badly. */

export interface FormFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface ParsedForm {
  /** The values of each field, of whatever is not `file`; those of `name[]` and `name` are one field's. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly file: FormFile | null;
}

const MAX_PARTS = 64;
const MAX_HEADER_BYTES = 8_192;
const MAX_BOUNDARY_CHARS = 200;
const HEADERS_END = Buffer.from('\r\n\r\n');

/** Null where it is no form. */
export function parseForm(contentType: string | undefined, body: Buffer): ParsedForm | null {
  const boundary = boundaryOf(contentType);
  if (boundary === null) return null;
  const delimiter = Buffer.from(`--${boundary}`);
  const fields = new Map<string, string[]>();
  let file: FormFile | null = null;
  let at = body.indexOf(delimiter);
  if (at < 0) return null;

  for (let parts = 0; parts < MAX_PARTS; parts += 1) {
    const start = at + delimiter.length;
    if (body.subarray(start, start + 2).toString('latin1') === '--') return { fields, file };
    const end = body.indexOf(`\r\n--${boundary}`, start);
    if (end < 0) return null; // cut off
    const part = partOf(body.subarray(start, end));
    if (part?.name === 'file' && part.fileName !== undefined) {
      file ??= { name: part.fileName, type: part.type, bytes: part.bytes };
    } else if (part !== null) {
      fields.set(part.name, [...(fields.get(part.name) ?? []), part.text()]);
    }
    at = end + 2;
  }
  return null;
}

function boundaryOf(contentType = ''): string | null {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) return null;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain ?? '';
  return boundary === '' || boundary.length > MAX_BOUNDARY_CHARS ? null : boundary;
}

interface Part {
  readonly name: string;
  readonly fileName?: string;
  readonly type: string;
  readonly bytes: Buffer;
  text(): string;
}

/** From the end of its delimiter on. */
function partOf(raw: Buffer): Part | null {
  const headersEnd = raw.indexOf(HEADERS_END);
  if (headersEnd < 0 || headersEnd > MAX_HEADER_BYTES) return null;
  const headers = raw.subarray(0, headersEnd).toString('utf8');
  const bytes = raw.subarray(headersEnd + HEADERS_END.length);
  const disposition = /^content-disposition:(.*)$/im.exec(headers)?.[1] ?? '';
  const name = parameterOf(disposition, 'name');
  if (name === undefined) return null;
  const fileName = parameterOf(disposition, 'filename');
  const type = /^content-type:\s*([^\r\n]*)/im.exec(headers)?.[1] ?? 'text/plain';
  return {
    name: name.replace(/\[\]$/, ''),
    ...(fileName === undefined ? {} : { fileName }),
    type,
    bytes,
    text: () => bytes.toString('utf8'),
  };
}

function parameterOf(disposition: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(disposition);
  return found?.[1] ?? found?.[2];
}
