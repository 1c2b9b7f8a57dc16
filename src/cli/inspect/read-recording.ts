/** A flight recording, read into what pages are shown. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import type { Shown } from './viewers.ts';
import { RecordingReader } from '../../observability/recording.ts';
import { WireHistory } from '../../observability/wire-history.ts';
import { TenutoError } from '../../ports/errors.ts';

/** It has as many events as it has, within this. */
const RECORDING_CAPACITY = 1_000_000;
/** As text. */
const RECORDING_CHARS = 512 * 1_024 * 1_024;

export interface ReadRecording {
  readonly history: WireHistory;
  readonly shown: Shown;
  readonly count: number;
  readonly badCount: number;
  readonly leftOut: number;
}

/** @throws TenutoError OPTION_INVALID, RECORDING_INVALID. */
export async function readRecording(
  file: string,
  note: (line: string) => void,
): Promise<ReadRecording> {
  const history = new WireHistory({
    capacity: RECORDING_CAPACITY,
    capacityChars: RECORDING_CHARS,
  });
  const reader = new RecordingReader({ events: RECORDING_CAPACITY });
  try {
    const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
    for await (const line of lines) {
      const event = reader.read(line);
      if (event !== null) history.add(event, line.length);
    }
    if (reader.header === null) reader.read(''); // an empty file has no header either
  } catch (error) {
    throw TenutoError.is(error) ? named(file, error) : unreadable(file, error);
  }
  const { count, badCount, badLines, leftOut, header } = reader;
  for (const { line, why } of badLines.slice(0, 10))
    note(`${file}, line ${line} ${why}; it is left out.`);
  if (badCount > 10) note(`${badCount - 10} more lines are left out.`);
  if (leftOut > 0) note(`${leftOut} events after the first ${count} are left out.`);
  const bad = badCount === 0 ? '' : `${badCount} lines could not be read.`;
  const more = leftOut === 0 ? '' : `${leftOut} events are left out.`;
  const early =
    history.first === 0 ? '' : `It is long: its first ${history.first} events are left out.`;
  const told = [bad, early, more].filter((part) => part !== '').join(' ');
  const title = header?.title ?? '';
  const shown = { title: title === '' ? file : title, note: told };
  return { history, shown, count, badCount, leftOut };
}

function named(file: string, cause: TenutoError): TenutoError {
  const { code, message, remediation } = cause;
  return new TenutoError({ code, message: `${file}: ${message}`, remediation, cause });
}

function unreadable(file: string, error: unknown): TenutoError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new TenutoError({
    code: 'OPTION_INVALID',
    message: code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${code}).`,
    remediation: 'Give the path of a flight recording, or the address of a gateway (ws://…).',
    cause: error,
  });
}
