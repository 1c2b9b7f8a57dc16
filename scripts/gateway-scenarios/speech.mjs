// What is said: recordings of people, and what is understood of them when nothing fails; or tones, as long as they are needed.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chanceOf } from './chance.mjs';
import { Client, Gateways } from './processes.mjs';

const { asHeard, speak } = await import('../../dist/src/simulators/persona/voice.js');

const HEADER_BYTES = 44;
const RATE_HZ = 16_000;
const BYTES_PER_MS = (RATE_HZ * 2) / 1_000;

const WORDS = 'amber basil cedar delta ember fjord grove harbor island jungle kettle lemon'.split(
  ' ',
);
const PAUSE = Buffer.alloc(RATE_HZ * 2);

/** A fixture; its `transcript` is what `calmTranscript` says. */
export function recordingOf(name) {
  const file = fixture(name);
  const pcm = readFileSync(file).subarray(HEADER_BYTES);
  return { hears: 'speech', file, pcm, lengthMs: pcm.length / BYTES_PER_MS };
}

/** Sentences that a seed draws, each with its number and a second of silence behind it, as a file in `folder`. */
export function tonesOf({ seed, lengthMs, folder }) {
  const chance = chanceOf(seed);
  const texts = [];
  const parts = [];
  for (let bytes = 0; bytes < lengthMs * BYTES_PER_MS;) {
    const words = Array.from({ length: 3 + Math.floor(chance.unit() * 6) }, () => chance.of(WORDS));
    texts.push(asHeard(`${words.join(' ')} ${texts.length}`));
    parts.push(speak(texts.at(-1), RATE_HZ), PAUSE);
    bytes += parts.at(-2).length + PAUSE.length;
  }
  const pcm = Buffer.concat(parts);
  const header = Buffer.from(readFileSync(fixture('sentence')).subarray(0, HEADER_BYTES));
  header.writeUInt32LE(HEADER_BYTES - 8 + pcm.length, 4);
  header.writeUInt32LE(pcm.length, 40);
  const file = join(folder, 'tones.wav');
  writeFileSync(file, Buffer.concat([header, pcm]));
  const transcript = texts.join(' ');
  return { hears: 'tones', file, pcm, lengthMs: pcm.length / BYTES_PER_MS, transcript };
}

function fixture(name) {
  return fileURLToPath(new URL(`../../test/fixtures/speech/${name}.wav`, import.meta.url));
}

/** The faultless transcript: by a gateway and a client to which nothing happens. */
export async function calmTranscript({ file, hears }, { directory, speed }) {
  const gateways = new Gateways({ directory, hears, speed });
  await gateways.start();
  const client = new Client(file, gateways.url, { speed });
  const { status } = await client.over();
  await gateways.end();
  if (status !== 0) throw new Error(`the faultless run failed: ${client.text.slice(-800)}`);
  return client.summary.transcript;
}
