// Writes src/protocol/vectors: frames as bytes beside their values, for implementations in any language. With --check it only
// compares. The bytes are put together here by the layouts of PROTOCOL.md, not by the product.
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { closes } from './protocol-vectors/closes.mjs';
import { frames, samples, tolerated } from './protocol-vectors/frames.mjs';
import { crc32c, data, gap, hex, utf8 } from './protocol-vectors/layout.mjs';
import { malformed } from './protocol-vectors/malformed.mjs';
import { setAside } from './protocol-vectors/set-aside.mjs';
import { speech } from './protocol-vectors/speech.mjs';

const checksums = [
  ['32 zeros (RFC 3720, B.4)', Array(32).fill(0)],
  ['32 ones (RFC 3720, B.4)', Array(32).fill(255)],
  ['counting up (RFC 3720, B.4)', Array.from({ length: 32 }, (_, index) => index)],
  ['counting down (RFC 3720, B.4)', Array.from({ length: 32 }, (_, index) => 31 - index)],
  ['the digits', utf8('123456789')],
  ['nothing', []],
].map(([name, bytes]) => ({ name, hex: hex(bytes), crc32c: crc32c(bytes) }));

/** The same frame for another attachment: epoch and checksum differ, and where told the mark of what was sent before. */
const restamped = [
  {
    name: 'data',
    from: hex(data(samples.DATA)),
    epoch: 14,
    hex: hex(data({ ...samples.DATA, epoch: 14 })),
  },
  {
    name: 'data, marked as sent before',
    from: hex(data(samples.DATA)),
    epoch: 14,
    isRetransmission: true,
    hex: hex(data({ ...samples.DATA, epoch: 14, isRetransmission: true })),
  },
  {
    name: 'gap',
    from: hex(gap(samples.GAP)),
    epoch: 0xffffffff,
    hex: hex(gap({ ...samples.GAP, epoch: 0xffffffff })),
  },
];

const FILES = {
  ...{ checksums, closes, frames, malformed, restamped, speech, tolerated },
  'set-aside': setAside,
};

for (const [name, vectors] of Object.entries(FILES)) {
  const path = fileURLToPath(new URL(`../src/protocol/vectors/${name}.json`, import.meta.url));
  const text = await format(JSON.stringify(vectors), { parser: 'json', printWidth: 100 });
  if (process.argv.includes('--check')) {
    if (text !== contentOf(path)) {
      process.stderr.write(`${name}.json differs: node scripts/protocol-vectors.mjs\n`);
      process.exitCode = 1;
    }
  } else {
    writeFileSync(path, text);
    process.stdout.write(`${name}.json: ${String(vectors.length)}\n`);
  }
}

function contentOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
