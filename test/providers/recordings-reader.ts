/** Recorded traffic as a list of what happened, whichever of the known forms its lines have. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import type { Frame } from '../../src/ports/socket.ts';
import { isObject, numberAt, objectAt, stringAt } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

export type RecordedStep =
  | { readonly kind: 'received'; readonly frame: Frame; readonly message: JsonObject | null }
  | { readonly kind: 'sent'; readonly message: JsonObject }
  /** Bare audio that was sent, PCM s16le. */
  | { readonly kind: 'audio'; readonly samples: number }
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string };

export interface Recording {
  /** Below the folder that was read, such as `gemini-live/turn.jsonl`. */
  readonly name: string;
  /** What the socket was dialled with, where that was recorded. */
  readonly query: JsonObject;
  readonly steps: readonly RecordedStep[];
  /** Lines that are nothing of these. */
  readonly otherLines: number;
}

const SENT: readonly unknown[] = ['sent', 'send', 'client', 'out', 'C>S', 'C->S'];
const RECEIVED: readonly unknown[] = ['received', 'receive', 'recv', 'server', 'in', 'S>C', 'S->C'];

export function readRecordings(folder: string): readonly Recording[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'));
  return files
    .map((file) => path.join(file.parentPath, file.name))
    .sort()
    .map((file) =>
      recordingOf(
        path.relative(folder, file).replaceAll('\\', '/'),
        readFileSync(file, 'utf8').split('\n'),
      ),
    );
}

export function recordingOf(name: string, lines: readonly string[]): Recording {
  const steps: RecordedStep[] = [];
  let query: JsonObject = {};
  let otherLines = 0;
  for (const text of lines) {
    if (text.trim() === '') continue;
    const line = parsed(text);
    const meta = objectAt(line, 'meta');
    if (meta !== null) query = objectAt(meta, 'query') ?? query;
    const step = line === null ? null : stepOf(line);
    if (step !== null) steps.push(step);
    else if (meta === null) otherLines += 1;
  }
  return { name, query, steps, otherLines };
}

function stepOf(line: JsonObject): RecordedStep | null {
  const kind = stringAt(line, 'kind') ?? stringAt(line, 'ev') ?? stringAt(line, 'event') ?? '';
  const isSent = SENT.includes(line['direction'] ?? line['dir']);
  const isReceived = RECEIVED.includes(line['direction'] ?? line['dir']);
  const payload = line['data'] ?? line['frame'] ?? line['message'] ?? line['payload'];
  if (isSent && kind === 'audio') {
    const samples = (numberAt(line, 'to') ?? 0) - (numberAt(line, 'from') ?? 0);
    return { kind: 'audio', samples: Math.max(0, Math.floor(samples)) };
  }
  if (/clos|disconnect/i.test(kind)) {
    return {
      kind: 'closed',
      code: numberAt(line, 'code') ?? numberAt(payload, 'code') ?? 1_005,
      reason: stringAt(line, 'reason') ?? stringAt(payload, 'reason') ?? '',
    };
  }
  if (payload === undefined) return /open|connect/i.test(kind) ? { kind: 'opened' } : null;
  if (isReceived) return received(payload, kind);
  return isSent ? sent(payload) : null;
}

/** As a frame on the wire; text that is no JSON is what a binary frame was written down as. */
function received(payload: unknown, kind: string): RecordedStep {
  if (isObject(payload)) {
    return { kind: 'received', frame: JSON.stringify(payload), message: payload };
  }
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const isBinary = /binary|bytes/i.test(kind);
  const frame = isBinary ? new Uint8Array(Buffer.from(text, 'base64')) : text;
  return { kind: 'received', frame, message: parsed(text) };
}

function sent(payload: unknown): RecordedStep | null {
  const message = isObject(payload) ? payload : parsed(String(payload));
  if (message !== null) return { kind: 'sent', message };
  const bytes = Buffer.from(String(payload), 'base64').length;
  return { kind: 'audio', samples: Math.floor(bytes / 2) };
}

function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
