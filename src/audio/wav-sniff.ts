/** What a file that is no WAV file looks like, so that its owner knows what to do with it. */
import { TenutoError } from '../ports/errors.ts';
import { asciiAt, conversion } from './wav-header.ts';

/** Throws WAV_INVALID unless `bytes` start as a WAV file does. */
export function checkIsWave(bytes: Uint8Array, name: string): void {
  const container = asciiAt(bytes, 0);
  const isRiff = container === 'RIFF' || container === 'RIFX' || container === 'RF64';
  if (isRiff && asciiAt(bytes, 8) === 'WAVE') return;
  if (bytes.length === 0) throw invalid(`${name} is empty.`, 'Pass a WAV file that has audio.');
  if (isRiff && bytes.length < 12) {
    throw invalid(`${name} ends inside its header.`, 'Copy or record it again.');
  }
  if (isRiff) {
    const type = asciiAt(bytes, 8).trim();
    throw invalid(`${name} is a RIFF file of type ${type}, not WAVE.`, convert(name));
  }
  const guess = guesses.find(({ matches }) => matches(bytes));
  if (guess !== undefined) {
    const remedy = guess.remedy ?? convert(name);
    throw invalid(`${name} is not a WAV file: it looks like ${guess.what}.`, remedy);
  }
  const start = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0'));
  throw invalid(
    `${name} is not a WAV file: it starts with the bytes ${start.join(' ')}.`,
    `${convert(name)} (raw samples need their format told: ffmpeg -f s16le -ar 16000 -ac 1 -i …)`,
  );
}

interface Guess {
  readonly what: string;
  /** Default: convert it. */
  readonly remedy?: string;
  readonly matches: (bytes: Uint8Array) => boolean;
}

const guesses: readonly Guess[] = [
  { what: 'MP3 audio', matches: (bytes) => asciiAt(bytes, 0).startsWith('ID3') || isMp3(bytes) },
  {
    what: 'AAC audio',
    matches: ([first, second = 0]) => first === 0xff && (second & 0xf6) === 0xf0,
  },
  { what: 'Ogg audio (Vorbis or Opus)', matches: startsWith('OggS') },
  { what: 'FLAC audio', matches: startsWith('fLaC') },
  { what: 'AIFF audio', matches: startsWith('FORM') },
  { what: 'Sun/NeXT audio (.au)', matches: startsWith('.snd') },
  { what: 'Apple Core Audio (.caf)', matches: startsWith('caff') },
  { what: 'AMR audio', matches: startsWith('#!AM') },
  { what: 'Sony Wave64 audio', matches: startsWith('riff') },
  { what: 'MP4 or M4A audio', matches: (bytes) => asciiAt(bytes, 4) === 'ftyp' },
  { what: 'WebM or Matroska', matches: startsWith('\x1a\x45\xdf\xa3') },
  { what: 'a MIDI file, which holds notes and no sound', matches: startsWith('MThd') },
  { what: 'a ZIP archive', matches: startsWith('PK\x03\x04'), remedy: 'Unpack it first.' },
  { what: 'gzip-compressed data', matches: startsWith('\x1f\x8b'), remedy: 'Run gunzip first.' },
  {
    what: 'a pointer of Git LFS, not the file itself',
    matches: (bytes) => textOf(bytes).startsWith('version https://git-lfs'),
    remedy: 'Run `git lfs pull` first.',
  },
  {
    what: 'a web page',
    matches: (bytes) => /^\s*<(!doctype|html)/i.test(textOf(bytes)),
    remedy: 'The download went to a page, not to the file: fetch the file itself.',
  },
  {
    what: 'text',
    matches: (bytes) => /^[\t\n\r\x20-\x7e]+$/.test(textOf(bytes)),
    remedy: 'Pass a WAV file.',
  },
];

function startsWith(magic: string): (bytes: Uint8Array) => boolean {
  return (bytes) => asciiAt(bytes, 0).startsWith(magic);
}

/** An MPEG frame's sync word with a layer; AAC's has none. */
function isMp3([first, second = 0]: Uint8Array): boolean {
  return first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) !== 0;
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 64));
}

function convert(name: string): string {
  return `Convert it: ${conversion(name)}`;
}

function invalid(message: string, remediation: string): TenutoError {
  return new TenutoError({ code: 'WAV_INVALID', message, remediation });
}
