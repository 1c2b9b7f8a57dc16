/**
 * What of an event or a context may be seen by who watches: numbers, booleans, and the words that charts are written in.
 *
 * It is a list of what may be seen. A text is seen only in a field that is known to hold a word of ours, and only if it
 * looks like one; of any other nothing is told but its length. So what a service says back, what was spoken, a key, an
 * address and a header stay where they are, in whatever field they turn up.
 */

/** Fields that hold one of a few words, or a name that whoever runs the system gave. */
const WORDS: ReadonlySet<string> = new Set([
  ...['type', 'kind', 'code', 'outcome', 'component', 'reason', 'why', 'mode', 'status', 'says'],
  ...['role', 'purpose', 'dialReason', 'ending', 'jitter', 'encoding', 'source', 'offlineSources'],
  ...['faculties', 'faculty', 'facultiesLost', 'missing', 'provider', 'region', 'preset'],
  ...['actorId', 'phase', 'state', 'remedy'],
]);
const WORD = /^[A-Za-z][A-Za-z_-]*(?:[.:][A-Za-z][A-Za-z_-]*)*(?:-\d{1,3})?$/;
const LONGEST_WORD = 40;
/** `1011`, `http 503`, `0.connection.active`, `x:12`. */
const NUMBERED = /^(?:http )?\d{1,4}$|^(?:\d{1,4}\.)[A-Za-z.]{1,60}$|^x:\d{1,9}$/;
const FIELD = /^[A-Za-z][A-Za-z0-9]{0,39}$/;
const EVENT_TYPE = /^[A-Za-z*][\w.*:()#@-]{0,119}$/;
const NAME = /^[\w.:()#@ -]{1,80}$/;
/** A run of letters and digits without a word in it is a key or a token, wherever it stands. */
const KEY_LIKE =
  /(?=[^\d]*\d)[A-Za-z0-9+/_=-]{28,}|[A-Za-z0-9+/_=-]{48,}|(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{16,}|^(?:sk|pk|tok|eyJ)[-_A-Za-z0-9]{8,}/;

const MOST_ENTRIES = 60;
const DEEPEST = 7;

/** What may be seen of a value that stands in a field of that name. */
export function shown(value: unknown, field = '', depth = 0): unknown {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      return value;
    case 'string':
      return shownText(value, field);
    case 'bigint':
      return Number(value);
    case 'object':
      return value === null ? null : shownObject(value, field, depth);
    default:
      return undefined;
  }
}

/** An event by its type and by what may be seen of the rest. */
export function shownEvent(event: object): { readonly type: string } {
  const type = 'type' in event && typeof event.type === 'string' ? event.type : '';
  const rest = Object.fromEntries(entriesOf(event, 0).filter(([name]) => name !== 'type'));
  return { type: shownType(type), ...rest };
}

/** Authors make the types of events; what comes from outside has no place in one. */
function shownType(type: string): string {
  return type === '' || (EVENT_TYPE.test(type) && !KEY_LIKE.test(longestRun(type)))
    ? type
    : '(hidden)';
}

/** The name of an actor. */
export function shownName(name: string): string {
  return NAME.test(name) && !KEY_LIKE.test(longestRun(name)) ? name : '(hidden)';
}

/** Of a failure its kind only: what it says may be anything. */
export function shownError(error: unknown): unknown {
  if (!(error instanceof Error)) return shown(error, 'error');
  const code = 'code' in error ? shown(error.code, 'code') : undefined;
  return { name: shownName(error.name), ...(code === undefined ? {} : { code }) };
}

function shownText(text: string, field: string): string {
  if (text === '') return text;
  const isWord = text.length <= LONGEST_WORD && WORD.test(text) && !KEY_LIKE.test(longestRun(text));
  if (WORDS.has(field) && (isWord || NUMBERED.test(text))) return text;
  return `[text of ${text.length}]`;
}

/** Words are parted by dots, colons and blanks; a key is not. */
function longestRun(text: string): string {
  const runs = text.split(/[.:() #@]/);
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '');
}

function shownObject(value: object, field: string, depth: number): unknown {
  const byteCount = byteCountOf(value);
  if (byteCount !== null) return `[${byteCount} bytes]`;
  if (depth >= DEEPEST) return '[deeper]';
  if (Array.isArray(value)) {
    const all: readonly unknown[] = value;
    const items = all.slice(0, MOST_ENTRIES).map((item) => shown(item, field, depth + 1) ?? null);
    return all.length > MOST_ENTRIES ? [...items, `[${all.length - MOST_ENTRIES} more]`] : items;
  }
  if (value instanceof Error) return shownError(value);
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
  if (isActor(value)) return `[actor ${shownName(value.id)}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return '[object]';
  return Object.fromEntries(entriesOf(value, depth));
}

function entriesOf(value: object, depth: number): [string, unknown][] {
  const entries: [string, unknown][] = [];
  let count = 0;
  for (const name of Object.keys(value)) {
    if (count >= MOST_ENTRIES) break;
    count += 1;
    // The name of a field is a word of a chart's author, or it is not told.
    if (!FIELD.test(name) || KEY_LIKE.test(name)) continue;
    const seen = shown((value as Readonly<Record<string, unknown>>)[name], name, depth + 1);
    if (seen !== undefined) entries.push([name, seen]);
  }
  return entries;
}

function byteCountOf(value: object): number | null {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  if (typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer) {
    return value.byteLength;
  }
  // A Blob, which not every platform has.
  const tag = Object.prototype.toString.call(value);
  const isBlob = tag === '[object Blob]' || tag === '[object File]';
  return isBlob && 'size' in value && typeof value.size === 'number' ? value.size : null;
}

function isActor(value: object): value is { readonly id: string } {
  return 'sessionId' in value && 'send' in value && 'id' in value && typeof value.id === 'string';
}
