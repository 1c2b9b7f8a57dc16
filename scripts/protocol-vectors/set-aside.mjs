// What a gateway tells of a frame that its application failed on again and again (PROTOCOL.md, P24.4): as bytes, and what a client
// takes of it. Null: it passes it over.
import { data, hex, utf8 } from './layout.mjs';

const MESSAGE = { type: 'tenuto.setAside', seq: 8, bytes: 512 };
const AUDIO = { type: 'tenuto.setAside', seq: 8, bytes: 0, from: 12_800, to: 14_400 };

const said = [
  ['a message', MESSAGE],
  ['an empty message', { ...MESSAGE, bytes: 0 }],
  ['audio', AUDIO],
  ['audio at the end of all numbers', { ...AUDIO, seq: 0x7fffffff, to: 0xffffffff }],
];

const passedOver = [
  ['another type of the gateway', { ...AUDIO, type: 'tenuto.other' }],
  ['without its frame', { type: MESSAGE.type, bytes: 512 }],
  ['seq 0', { ...MESSAGE, seq: 0 }],
  ['seq 2^31', { ...MESSAGE, seq: 0x80000000 }],
  ['without its bytes', { type: MESSAGE.type, seq: 8 }],
  ['bytes below zero', { ...MESSAGE, bytes: -1 }],
  ['samples that are null', { ...AUDIO, from: null }],
  ['samples beyond all', { ...AUDIO, to: 0x100000000 }],
  ['samples without their end', { ...MESSAGE, from: 12_800 }],
  ['samples that run backwards', { ...AUDIO, from: 14_401 }],
];

function vector(name, written, event) {
  const frame = { channel: 0, epoch: 13, seq: 89, position: 0, capturedAtMs: 0, codec: 'json' };
  const payload = utf8(JSON.stringify(written));
  return { name, hex: hex(data({ ...frame, payload })), event };
}

export const setAside = [
  ...said.map(([name, event]) => vector(name, event, event)),
  vector('members that are not known', { ...MESSAGE, since: 2 }, MESSAGE),
  ...passedOver.map(([name, written]) => vector(name, written, null)),
];
