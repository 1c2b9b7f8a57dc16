/** Conversations of what happens seldom: a log in the place of another, a session that is lost again, a gateway that ends. */
import type { Scene } from './scenes.ts';
import { CLOSE } from '../../../src/protocol/close-codes.ts';
import { decodeFrame, encodeFrame } from '../../../src/protocol/frames.ts';
import type { WelcomeFrame } from '../../../src/protocol/types.ts';
import { fromHex } from '../hex.ts';

/** The same, of another log of the session, in which the gateway has said nothing yet. */
function ofAnotherLog(bytes: Uint8Array): Uint8Array {
  const welcome = decodeFrame(bytes) as WelcomeFrame;
  return encodeFrame({ ...welcome, lin: 'another-log', downFrom: 1 });
}

/** What the gateway said in an epoch, as it says it in the next. */
function anew(hex: string, seq: number): Uint8Array {
  const frame = decodeFrame(fromHex(hex));
  if (frame.type !== 'data') throw new Error('only of data');
  return encodeFrame({ ...frame, seq, epoch: frame.epoch + 1 });
}

/** A gateway that others keep busy until its end. Ours ends at once where nobody is there. */
function drainingTo(to: readonly string[]): Uint8Array {
  return encodeFrame({ type: 'refused', code: CLOSE.draining, reason: 'draining', to });
}

export const rareScenes: readonly Scene[] = [
  {
    name: 'a log in the place of another',
    clauses: ['P12.10', 'P14.5'],
    says: 'The session stands, and WELCOME names another `lin`: what the gateway says has numbers from 1 on again, whatever the client had received. Finals that come again are told apart by their samples, and told once.',
    run: async (stage) => {
      const { tape } = stage;
      await stage.speak(9);
      await stage.pass(200);
      const said = tape.heard.filter((hex) => hex.startsWith('01'));
      tape.welcomeNext(ofAnotherLog);
      stage.lose();
      await stage.pass(300);
      said.forEach((hex, at) => {
        tape.plant(anew(hex, at + 1));
      });
      await stage.speak(4);
      await stage.finish();
    },
  },
  {
    name: 'a session that is lost twice',
    clauses: ['P12.10', 'P16.1', 'P25.4'],
    says: 'The session is gone (4403), and so is the one that was begun in its place, before it was ever taken up again. Another is begun each time; the second time the user is told, for somebody else may use the token.',
    run: async (stage) => {
      await stage.speak(6);
      await stage.pass(300);
      await stage.forget();
      stage.lose();
      await stage.pass(1_500);
      await stage.speak(3);
      await stage.pass(300);
      await stage.forget();
      stage.lose();
      await stage.pass(1_500);
      await stage.speak(3);
      await stage.finish();
    },
  },
  {
    name: 'a gateway that ends while its client is away',
    clauses: ['P11.2', 'P16.1', 'P17.1'],
    says: 'The socket breaks, and who comes back is told 4430 with the addresses of a GOAWAY that it never saw. It dials the one that it trusts at once, and takes its session up there.',
    options: { mayMove: true },
    run: async (stage) => {
      const { tape, elsewhereUrl } = stage;
      await stage.speak(5);
      await stage.pass(100);
      tape.welcomeNext(() => drainingTo(['wss://not-trusted.example', elsewhereUrl]));
      stage.lose();
      await stage.pass(1_500);
      await stage.speak(3);
      await stage.finish();
    },
  },
];
