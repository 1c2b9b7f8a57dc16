/** Which conversations there are, and what happens in each. `closes.ts` beside it has those that a close code ends. */
import { closeScenes } from './closes.ts';
import { rareScenes } from './rare.ts';
import { refusalScenes } from './refusals.ts';
import { Stage } from './stage.ts';
import type { StageOptions } from './stage.ts';
import type { Conversation } from './steps.ts';
import { spooledScene } from './spooled.ts';
import { keepOnly } from '../../gateway/lost-tail.ts';
import { fromHex } from '../hex.ts';

export interface Scene {
  readonly name: string;
  readonly clauses: readonly string[];
  readonly says: string;
  readonly options?: StageOptions;
  /** What is made of each recording anew: a spool, say. */
  readonly prepare?: () => Promise<StageOptions>;
  /** On a stage whose client is connected. */
  readonly run: (stage: Stage) => Promise<void>;
}

const SCENES: readonly Scene[] = [
  {
    name: 'a session from its beginning to its end',
    clauses: ['P2.4', 'P12.10', 'P13.2', 'P13.3', 'P17.5'],
    says: 'Audio goes out, is acknowledged, and comes back as finals; FIN names its last number, FIN_ACK says that all of it was handled, and 1000 is no loss then.',
    run: async (stage) => {
      await stage.speak(9);
      await stage.finish();
    },
  },
  {
    name: 'silence, and the pings in it',
    clauses: ['P7.2', 'P15.3'],
    says: 'Nobody speaks. Whoever has sent nothing for 5 s sends PING, and the other answers at once with the same nonce.',
    run: async (stage) => {
      await stage.speak(2);
      await stage.pass(11_000);
      await stage.speak(2);
      await stage.finish();
    },
  },
  {
    name: 'a cut, and the session taken up again',
    clauses: ['P3.7', 'P12.8', 'P14.1', 'P14.5', 'P17.3'],
    says: 'The socket breaks with frames on their way. Of those that had got through WELCOME.up tells: they are not sent again, and the rest is, with the numbers that it had, before anything new.',
    run: async (stage) => {
      await stage.speak(6);
      await stage.pass(10); // the sixth is on its way, and gets no further
      stage.lose();
      await stage.pass(1_000);
      await stage.speak(4);
      await stage.finish();
    },
  },
  {
    name: 'audio is captured while nothing stands',
    clauses: ['P13.6', 'P12.8', 'P17.3'],
    says: 'Nobody answers for a while. The microphone goes on; all of it is sent, in order, once somebody does.',
    run: async (stage) => {
      await stage.speak(3);
      await stage.pass(50);
      await stage.offline(1_500, () => stage.speak(12));
      await stage.pass(3_000);
      await stage.finish();
    },
  },
  {
    name: 'a ring that was too small for an outage',
    clauses: ['P1.7', 'P5.1', 'P14.3', 'P14.4'],
    says: 'What the ring let go of before it was ever sent is one GAP with one number, in its place: before the audio that is still held. The user is told which samples.',
    options: { ringMs: 10_000 },
    run: async (stage) => {
      await stage.speak(3);
      await stage.pass(50);
      await stage.offline(11_500, () => stage.speak(108));
      await stage.pass(3_000);
      await stage.finish();
    },
  },
  {
    name: 'no credit for a while',
    clauses: ['P6.1', 'P13.4', 'P13.6'],
    says: 'The gateway grants less than is captured. Nothing beyond maxSeq is sent; it waits in the ring, and goes out as maxSeq grows. Nothing is lost.',
    options: { house: { limits: { framesPerS: 4, bytesPerS: Infinity } } },
    run: async (stage) => {
      await stage.speak(16);
      await stage.pass(3_000);
      await stage.finish();
    },
  },
  {
    name: 'a link that is up here and dead there',
    clauses: ['P15.4', 'P12.4', 'P17.3'],
    says: 'Nothing comes any more, and nobody says why. A PING stays unanswered; a second socket is dialled, HELLO goes out there, and what the first one swallowed is sent again.',
    run: async (stage) => {
      await stage.speak(9);
      await stage.pass(60);
      stage.tape.silence();
      stage.network.memory.last.forget();
      stage.tape.due.set('dial', [100, 1_600]);
      await stage.pass(40);
      await stage.speak(8);
      await stage.pass(1_000);
      await stage.finish();
    },
  },
  {
    name: 'FIN, and the socket lost before its answer',
    clauses: ['P17.5', 'P12.10'],
    says: 'FIN is sent again on the next attachment, behind what is sent again there, until it is answered.',
    run: async (stage) => {
      await stage.speak(5);
      stage.storeMs = 400;
      await stage.finish(50);
      stage.lose();
      stage.storeMs = 0;
      await stage.pass(4_000);
    },
  },
  {
    name: 'FIN_ACK is lost, and the session is over',
    clauses: ['P17.7'],
    says: 'Everything was said and acknowledged, and only FIN_ACK was lost with the socket. Who asks for the session is refused with 4411, `up` and `lastSeq`: that is the answer to FIN, and no loss.',
    run: async (stage) => {
      await stage.speak(4);
      await stage.pass(600);
      await stage.finish(30);
      stage.lose();
      await stage.pass(4_000);
    },
  },
  {
    name: 'a frame of the gateway that comes twice',
    clauses: ['P14.1', 'P14.5'],
    says: 'A gateway that keeps to P12.10 does not send what was received. Where it does, the number has been there: nothing is told twice.',
    run: async (stage) => {
      await stage.speak(5);
      await stage.pass(300);
      stage.tape.plant(
        fromHex(stage.tape.heard.filter((hex) => hex.startsWith('01')).at(-1) ?? ''),
      );
      await stage.speak(4);
      await stage.finish();
    },
  },
  {
    name: 'a frame of an unknown type',
    clauses: ['P3.3'],
    says: 'With bit 7 set it is of a newer version, and passed over.',
    run: async (stage) => {
      await stage.speak(2);
      stage.tape.plant(Uint8Array.of(0x91, 1, 2, 3));
      await stage.speak(2);
      await stage.finish();
    },
  },
  {
    name: 'a frame that is broken on its way to the gateway',
    clauses: ['P3.6', 'P16.1', 'P16.3'],
    says: 'The checksum is wrong: the gateway closes with 4400, and nothing of the frame takes effect. The client attaches again at once and sends it again.',
    run: async (stage) => {
      await stage.speak(3);
      stage.tape.spoilNext((frame) => {
        frame[30] = 0xee;
        return frame;
      });
      await stage.speak(1);
      await stage.pass(1_000);
      await stage.speak(2);
      await stage.finish();
    },
  },
  {
    name: 'a frame that is broken on its way to the client',
    clauses: ['P3.5', 'P3.6', 'P12.10'],
    says: 'The client closes with 4400, attaches again at once, and is sent the frame again from `rcv` + 1 on.',
    run: async (stage) => {
      await stage.speak(3);
      stage.tape.plant(Uint8Array.from([0x05, ...Array<number>(27).fill(0)]));
      await stage.pass(1_000);
      await stage.speak(3);
      await stage.finish();
    },
  },
  {
    name: 'a new bearer before the old one expires',
    clauses: ['P11.6', 'P12.11'],
    says: 'AUTH_OK tells how long the bearer is good for. When half of that is over the client asks its user for another one, and brings it by AUTH on the link that stands.',
    options: {
      bearers: ['1', '2'],
      house: {
        verify: (bearer) =>
          Promise.resolve({
            subject: 'ann',
            expiresAtMs: 1_800_000_001_000 + Number(bearer) * 6_000,
          }),
      },
    },
    run: async (stage) => {
      await stage.speak(2);
      stage.tape.due.set('auth', [2_000, 4_000]);
      await stage.pass(5_000);
      await stage.speak(2);
      await stage.finish();
    },
  },
  {
    name: 'a gateway that sends its clients elsewhere',
    clauses: ['P11.2', 'P11.5', 'P17.1', 'P17.2', 'P17.3'],
    says: 'GOAWAY names an address that the client trusts. Within the first half of the time, or a pause of speech soon after, it dials there, resumes, and lets the old socket go once it is welcomed. Nobody is told of an outage.',
    options: { mayMove: true },
    run: async (stage) => {
      await stage.speak(5);
      await stage.pass(100);
      stage.tape.due.set('dial', [0, 3_000]);
      void stage.gateway.drain({ deadlineMs: 4_000, to: [stage.elsewhereUrl] });
      await stage.pass(4_500);
      await stage.speak(3);
      await stage.finish();
    },
  },
  {
    name: 'a gateway that has lost the session',
    clauses: ['P12.1', 'P12.10', 'P16.1'],
    says: 'Nobody knows the session any more: 4403. A new one is begun at once, and begins with the audio behind the last final, as far as it is held, with numbers from 1 on.',
    run: async (stage) => {
      await stage.speak(6);
      await stage.pass(300);
      await stage.forget();
      stage.lose();
      await stage.pass(1_500);
      await stage.speak(3);
      await stage.finish();
    },
  },
  {
    name: 'a client that comes too late',
    clauses: ['P12.7', 'P16.1', 'P12.10'],
    says: 'The grace is over: 4411, with `up`. What is behind the last final is sent in a new session, from the ring.',
    options: { house: { graceMs: 3_000 } },
    run: async (stage) => {
      await stage.speak(6);
      await stage.pass(50);
      await stage.offline(5_000);
      await stage.pass(1_000);
      await stage.speak(3);
      await stage.finish();
    },
  },
  {
    name: 'a store that has lost its newest records',
    clauses: ['P12.8', 'P14.4'],
    says: 'WELCOME.up is less than what was acknowledged: the store has lost the rest, and it is sent again from the ring, acknowledged or not.',
    options: { final: 100 * 800 },
    run: async (stage) => {
      await stage.speak(8);
      await stage.pass(400);
      const [session] = stage.gateway.sessions;
      await keepOnly(stage.store, session?.id ?? '', (records) => records.slice(0, -2));
      stage.restart();
      stage.lose();
      await stage.pass(1_000);
      await stage.speak(2);
      await stage.finish();
    },
  },
];

export async function recorded(scene: Scene): Promise<Conversation> {
  const stage = new Stage({ ...scene.options, ...(await scene.prepare?.()) });
  await stage.connect();
  await scene.run(stage);
  const { name, clauses, says } = scene;
  return { name, clauses, says, client: stage.client, steps: await stage.end() };
}

export const scenes: readonly Scene[] = [
  ...[...SCENES, ...rareScenes, ...refusalScenes],
  ...[spooledScene, ...closeScenes],
];
