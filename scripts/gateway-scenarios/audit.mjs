// Reads what a gateway wrote, straight from the files of its store, and compares it with what was said.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const { scanSegment } = await import('../../dist/src/gateway/stores/file/segment-scan.js');
const { decodeRecord } = await import('../../dist/src/gateway/records.js');
const { decodeFrame } = await import('../../dist/src/protocol/frames.js');

const BYTES_PER_SAMPLE = 2;

/** Every record that was ever committed, by session: what was let go of still stands in files that are not full. */
export function sessionsIn(directory) {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.log'))
    .sort();
  const sessions = new Map();
  for (const name of names) {
    const { entries } = scanSegment(
      name,
      readFileSync(join(directory, name)),
      name === names.at(-1),
    );
    for (const { kind, sessionId, position, bytes } of entries) {
      if (kind !== 'record') continue;
      const records = sessions.get(sessionId) ?? new Map();
      const record = decodeRecord(Uint8Array.from(bytes));
      if (record === null) throw new Error(`${name}: a record that is none`);
      if (!records.has(position)) records.set(position, record); // else the cleaner's copy
      sessions.set(sessionId, records);
    }
  }
  return sessions;
}

/**
 * What is wrong with one session's log: of records, of the client's frames, of the gateway's.
 *
 * @param pcm what was said; null where not all of it has to be there.
 */
export function auditSession(records, pcm) {
  const problems = [];
  const check = (isSo, what) => {
    if (!isSo && problems.length < 20) problems.push(what);
  };
  const placed = [...records].sort(([one], [other]) => one - other);
  const frames = [];
  let before = { position: 0, epoch: 0, up: 0, down: 0, downAcked: 0, fin: 0, done: 0 };
  for (const [position, record] of placed) {
    check(record.previous === before.position, `record ${position} follows ${record.previous}`);
    for (const count of ['up', 'down', 'downAcked', 'fin', 'done', 'epoch']) {
      check(record[count] >= before[count], `record ${position}: ${count} went back`);
    }
    frames.push(...record.frames);
    before = { ...record, position };
  }
  const ups = framesOf(frames, false);
  const downs = framesOf(frames, true);
  const heard = checkUp(ups, check);
  const finals = checkDown(downs, check);
  if (pcm !== null) check(Buffer.compare(heard, pcm) === 0, whatDiffers(heard, pcm));
  return {
    problems,
    up: ups.length,
    heard,
    records: placed.length,
    epochs: before.epoch,
    isEnded: placed.at(-1)?.[1].kind === 'end',
    transcript: finals
      .map(({ text }) => text)
      .filter((text) => text !== '')
      .join(' '),
    finSamples: before.fin,
  };
}

function framesOf(frames, isDown) {
  return frames.filter((frame) => frame.isDown === isDown).map(({ bytes }) => decodeFrame(bytes));
}

/** Each number once and in order, and what the frames hold is one piece of audio. */
function checkUp(frames, check) {
  const parts = [];
  let next = 1;
  let position = 0;
  for (const frame of frames) {
    check(frame.type === 'data', `frame ${next} is ${frame.type}`);
    if (frame.type !== 'data') continue;
    check(frame.seq === next, `frame ${frame.seq} stands where ${next} belongs`);
    check(frame.position === position, `frame ${frame.seq} begins at ${frame.position}`);
    parts.push(frame.payload);
    next = frame.seq + 1;
    position = frame.position + frame.payload.length / BYTES_PER_SAMPLE;
  }
  return Buffer.concat(parts);
}

/** Each number once and in order, and finals cover the audio once, without a hole. */
function checkDown(frames, check) {
  const finals = [];
  let next = 1;
  let fin = 0;
  for (const frame of frames) {
    check(frame.type === 'data', `down ${next} is ${frame.type}`);
    if (frame.type !== 'data') continue;
    check(frame.seq === next, `down ${frame.seq} stands where ${next} belongs`);
    next = frame.seq + 1;
    const said = frame.codec === 'json' ? JSON.parse(Buffer.from(frame.payload).toString()) : {};
    if (said.type !== 'final') continue;
    check(said.from === fin, `a final from ${said.from} follows one to ${fin}`);
    fin = said.to;
    finals.push(said);
  }
  return finals;
}

function whatDiffers(heard, pcm) {
  const at = heard.findIndex((byte, index) => byte !== pcm[index]);
  const where = at === -1 ? 'nowhere' : `at byte ${at}`;
  return `the log holds ${heard.length} bytes of audio, ${pcm.length} were said; they differ ${where}`;
}

/**
 * Of a run with one session: all that was said is in the log, and all that came of it.
 *
 * @param isEnded whether the log has to say that the session is over: the client's last word may be lost on its way.
 */
export function auditRun(directory, pcm, transcript, isEnded = true) {
  const sessions = [...sessionsIn(directory)];
  if (sessions.length !== 1) return { problems: [`${sessions.length} sessions in the log`] };
  const audit = auditSession(sessions[0][1], pcm);
  if (audit.transcript !== transcript) audit.problems.push(`the log says: ${audit.transcript}`);
  if (isEnded && !audit.isEnded)
    audit.problems.push('the log does not say that the session is over');
  return audit;
}

/** What is wrong with how a client ended: it has to have said, and understood, everything. */
export function problemsOf(client, { status }, calm) {
  const { summary } = client;
  if (summary === null)
    return [`the client told nothing (exit ${status}): ${client.text.slice(-800)}`];
  const { capturedMs, deliveredMs, gapMs, bufferedMs } = summary.ledger;
  return [
    status === 0 ? null : `the client ended with ${status}`,
    summary.transcript === calm ? null : `understood: ${summary.transcript}`,
    gapMs === 0 && bufferedMs === 0 ? null : `gap ${gapMs} ms, buffered ${bufferedMs} ms`,
    capturedMs === deliveredMs ? null : `captured ${capturedMs} ms, delivered ${deliveredMs} ms`,
  ].filter((problem) => problem !== null);
}

/** What a reader wants to know of a run. */
export function notesOf({ summary }) {
  if (summary === null) return [];
  const { reconnects, longestOutageMs, ledger } = summary;
  return [
    `${reconnects} reconnections`,
    `${ledger.replayedChunks} chunks sent again`,
    `longest outage ${(longestOutageMs / 1_000).toFixed(1)} s`,
  ];
}
