/** Somebody who shows a resume token that is not his to show. */
import { Access } from './access.ts';
import { BALANCER_URL } from './harbour.ts';
import { SecondTab } from './second-tab.ts';
import type { Intrusion, Struck } from '../nemeses/nemesis.types.ts';
import { SimulatedProcess } from '../process.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { decodeFrame, encodeFrame } from '../../protocol/frames.ts';
import { SUBPROTOCOL } from '../../protocol/subprotocol.ts';

const DIAL_MS = 10_000;
const LOOKS_AFTER_MS = 8_000;

/** False where that client has no such token. */
export function intrude(
  world: Pick<Struck, 'clock' | 'harbour' | 'wire' | 'report'>,
  { client, token: which }: Intrusion,
  random: SeededRandom,
): boolean {
  const { clock, harbour, wire, report } = world;
  const known = [...wire.tokens.values()].filter(([first]) => first?.client === client).at(-1);
  const at = which === 'newest' ? known?.at(-1) : known?.at(-2);
  const newest = known?.at(-1);
  if (at === undefined || newest === undefined) return false;
  // A former token is dead with the first frame of what followed it; before, whoever lost a welcome may still need it.
  if (which === 'former' && (wire.usedEpochs.get(at.sessionId) ?? 0) < newest.epoch) return false;
  const process = new SimulatedProcess('intruder', clock);
  const access = new Access({
    clock,
    random,
    process,
    peer: harbour,
    onFrame: harbour.onFrame,
    address: `10.0.${client}.9`,
    onDial: () => undefined,
  });
  const socket = access.dial(
    { url: BALANCER_URL, protocols: [SUBPROTOCOL], timeoutMs: DIAL_MS },
    {
      onOpen: () => socket.send(helloWith(at.sessionId, at.token, client, at.epoch)),
      onFrame: (bytes) => {
        const frame = typeof bytes === 'string' ? null : decodeFrame(bytes);
        if (frame?.type === 'refused') report.sometimes(`an intruder was refused: ${frame.code}`);
        if (frame?.type !== 'welcome') return;
        report.sometimes('an intruder was let in');
        if (which === 'former') {
          report.violated(
            'I13',
            `a token of epoch ${at.epoch} was let in after one of ${newest.epoch}`,
          );
        }
      },
      onPong: () => undefined,
      onDrain: () => undefined,
      onEnd: () => undefined,
    },
  );
  report.tell('intruder', `shows the ${which} token of client ${client + 1}`);
  clock.setTimeout(() => socket.terminate(), LOOKS_AFTER_MS);
  return true;
}

/** Tabs of a client that speaks; of one with messages it is a HELLO alone. Returns what closes them; null: there was nothing stored. */
export function duplicate(
  world: Pick<Struck, 'clock' | 'harbour' | 'wire' | 'report'>,
  client: number,
  count: number,
  random: SeededRandom,
): (() => void) | null {
  const known = [...world.wire.tokens.values()]
    .filter(([first]) => first?.client === client)
    .at(-1);
  const hello = known?.at(-1)?.hello ?? null;
  if (hello === null) return null;
  if (hello.app !== undefined && hello.app !== 'speech') {
    return intrude(world, { client, token: 'newest' }, random) ? () => undefined : null;
  }
  const tabs = Array.from({ length: count }, (_, at) => {
    const name = `tab ${at + 2} of client ${client + 1}`;
    const { sampleRateHz } = hello.audio;
    return new SecondTab(world, { client, name, sampleRateHz, random: random.fork(name) });
  });
  for (const tab of tabs) tab.open();
  return () => {
    for (const tab of tabs) tab.leave();
  };
}

function helloWith(sid: string, resume: string, client: number, epoch: number): Uint8Array {
  return encodeFrame({
    type: 'hello',
    v: 1,
    mode: 'resume',
    auth: `client-${client}/9`,
    inst: 'intruderintruderintruder',
    att: 1,
    sid,
    resume,
    epoch,
    low: 1,
    next: 1,
    acked: 0,
    rcv: 0,
    fin: 0,
    clock: { wall: 0, mono: 0 },
    audio: { encoding: 'pcm_s16le', sampleRateHz: 16_000 },
    caps: [],
    client: 'intruder',
  });
}
