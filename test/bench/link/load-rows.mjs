// The goals of a single connection's load: CPU flat out, and calls and frames at the cadence of speech. Rows as in rows.mjs.
import { median, spread } from './analysis.mjs';
import { OURS, groups, isOurs, of, text } from './rows.mjs';

/** G7: ratios to bare ws without native masks, round by round. @param checksumUs what one checksum of so many bytes takes. */
export function flatOutRows(results, checksumUs) {
  const rows = [];
  const batched = results.filter(({ chunksPerTurn }) => chunksPerTurn > 1);
  for (const [sizeBytes, its] of groups(batched, (one) => one.sizeBytes)) {
    const bareUs = median(its.filter(isBare).map(cpuOf));
    const checksums = (2 * checksumUs(sizeBytes)) / bareUs;
    const why = `each chunk is checked by CRC-32C at both ends, in JavaScript (P4): that alone is ${checksums.toFixed(2)} of what bare ws takes; the rest is its copies into retention and into the log's record, and what garbage comes of it`;
    for (const isNative of [true, false]) {
      const what = `flat out, ${sizeBytes} B: CPU of both sides, x bare ws`;
      rows.push(...cpuRows('G7', what, 0.65, its, isNative, why));
    }
    const rate = spread(flatRatios(its, OURS, true, ({ perS }) => perS));
    rows.push({
      goal: 'G7',
      what: `flat out, ${sizeBytes} B: chunks a second, x bare ws, with bufferutil`,
      measured: text(rate, 2),
      bar: '≥ 1.6',
      isMet: rate.median >= 1.6,
      best: '–',
      why: 'a sender is granted 512 KiB at a time (P13.4), so it waits for acknowledgements where bare ws fills its socket',
    });
  }
  return rows;
}

/** G7b: each chunk in a turn of its own, so that none leaves in the write of another. */
export function oneWriteRows(results) {
  const its = results.filter(({ chunksPerTurn }) => chunksPerTurn === 1);
  const what = 'flat out, 640 B, one write for each chunk: CPU of both sides, x bare ws';
  const why = 'as in G7, beside a write for each chunk';
  return [true, false].flatMap((isNative) => cpuRows('G7b', what, 1.15, its, isNative, why));
}

const isBare = ({ peer, isNative }) => peer === 'ws' && !isNative;
const cpuOf = ({ clientUs, serverUs }) => clientUs + serverUs;

function cpuRows(goal, what, bar, its, isNative, why) {
  const all = spread(flatRatios(its, OURS, isNative, cpuOf));
  if (Number.isNaN(all.median)) return [];
  const others = its.filter(({ peer }) => !isOurs(peer) && peer !== 'ws');
  const [best] = [...groups(others, ({ peer }) => peer).keys()]
    .map((peer) => ({ peer, ratio: median(flatRatios(its, peer, false, cpuOf)) }))
    .sort((a, b) => a.ratio - b.ratio);
  const native = median(flatRatios(its, 'ws', true, cpuOf));
  return [
    {
      goal,
      what: `${what}${isNative ? ', with bufferutil' : ''}`,
      measured: text(all, 2),
      bar: `≤ ${bar}`,
      isMet: all.median <= bar,
      best: `${best === undefined ? '' : `${best.peer} ${best.ratio.toFixed(2)}; `}ws with bufferutil ${native.toFixed(2)}`,
      why,
    },
  ];
}

/** To bare ws without native masks of the same round. */
function flatRatios(its, peer, isNative, valueOf) {
  const bare = its.filter(isBare);
  return its
    .filter((one) => one.peer === peer && one.isNative === isNative)
    .map((one) => valueOf(one) / valueOf(bare.find(({ round }) => round === one.round)));
}

/** G9: for one chunk at the cadence of speech. @param headerBytes what goes before a chunk in its frame. */
export function callRows(results, headerBytes) {
  const row = (what, bar, valueOf, why) => {
    const all = spread(of(results, OURS).map(valueOf));
    return {
      goal: 'G9',
      what: `live, ${what} for each chunk`,
      measured: text(all, 3),
      bar: `≤ ${bar}`,
      isMet: all.median <= bar,
      best: bestCalls(results, valueOf),
      why,
    };
  };
  const asked = 'each 5 s, and where an acknowledgement is late, a prompt gateway is asked for a sign of life (P15.4): a write here and a read there'; // prettier-ignore
  return [
    row('writes of the client', 1, ({ client }) => client.writes, asked),
    row('reads of the client', 1, ({ client }) => client.reads, asked),
    row('writes of the server', 1, ({ server }) => server.writes, asked),
    row('reads of the server', 1, ({ server }) => server.reads, asked),
    row('acknowledgements', 0.12, ({ acks }) => acks, 'P13.2: one each 170 ms, while chunks come each 20 ms'), // prettier-ignore
    {
      goal: 'G9',
      what: 'header of a chunk, bytes',
      measured: String(headerBytes),
      bar: '≤ 8',
      isMet: headerBytes <= 8,
      best: '–',
      why: 'tenuto.v1 says of each chunk its attachment, channel, number, position and moment, and has a checksum (P4): 24 bytes, 3.75 % of 640',
    },
  ];
}

function bestCalls(results, valueOf) {
  const [best] = [...groups(results.filter(({ peer }) => !isOurs(peer)), ({ peer }) => peer)] // prettier-ignore
    .map(([peer, its]) => ({ peer, value: median(its.map(valueOf)) }))
    .sort((a, b) => a.value - b.value);
  return best === undefined ? '–' : `${best.peer} ${best.value.toFixed(2)}`;
}
