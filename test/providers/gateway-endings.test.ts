/** How often a gateway may turn its client away before that is more than bad luck (PROTOCOL.md, P16). */
import { describe, expect, it } from 'vitest';

import { GatewayClient, welcomeFrame } from './gateway-client.ts';
import { encodeFrame } from '../../src/protocol/frames.ts';

class Client extends GatewayClient {
  #epoch = 0;
  stream = this.dial();

  /** Another socket: it says HELLO and is welcomed. */
  attach(): this {
    this.stream = this.dial();
    this.#epoch += 1;
    const resumed = this.mode === 'resume';
    this.stream.decode(encodeFrame(welcomeFrame({ epoch: this.#epoch, resumed })));
    return this;
  }

  /** What an end with this code means. */
  ended(code: number): { kind: string; warnings: number } {
    const end = { kind: 'closed', code, reason: '' } as const;
    const warnings = this.stream.decodeEnd(end).length;
    return { kind: this.stream.classifyEnd(end).kind, warnings };
  }

  commits(): void {
    this.stream.encodeAudio(new Uint8Array(640));
    const ack = { epoch: this.#epoch, committed: 1, maxSeq: 100, ackDelayMs: 0, ranges: [] };
    this.stream.decode(encodeFrame({ type: 'ack', ...ack }));
  }
}

function turnedAway(client: Client, codes: readonly number[], everyMs = 1_000): readonly string[] {
  return codes.map((code) => {
    client.attach();
    client.nowMs += everyMs;
    return `${client.mode} ${client.ended(code).kind}`;
  });
}

const AGAIN = 'resume planned';

describe('protocol errors in a row', () => {
  it.each([[[4400, 4400, 4400]], [[1002, 1007, 4400]]])(
    'three within a minute lead to a new session, and three more to the end: %j (P16.3)',
    (codes) => {
      const client = new Client().attach();

      const ends = turnedAway(client, [...codes, ...codes]);

      expect(ends).toEqual([AGAIN, AGAIN, AGAIN, 'new planned', AGAIN, 'resume config']);
    },
  );

  it('that are more than a minute apart are bad luck', () => {
    const client = new Client().attach();

    const ends = turnedAway(client, [4400, 4400, 4400, 4400], 30_000);

    expect(ends).toEqual([AGAIN, AGAIN, AGAIN, AGAIN]);
  });

  it('are counted anew when something was committed', () => {
    const client = new Client().attach();
    turnedAway(client, [4400, 4400]);

    client.attach().commits();
    const ends = turnedAway(client, [4400, 4400]);

    expect(ends).toEqual([AGAIN, AGAIN]);
  });
});

describe('a session that is over when it is asked for', () => {
  it.each([
    ['everything said, and here', { up: 1, lastSeq: 0 }, true],
    ['something said that is not here', { up: 1, lastSeq: 1 }, false],
    ['something missing of ours', { up: 0, lastSeq: 0 }, false],
    ['not everything said', { up: 1 }, false],
  ])('with %s: FIN was answered is %s', (_what, facts, isFinished) => {
    const client = new Client().attach();
    client.commits();
    client.stream.encodeGoodbye();

    client.attach();
    const refused = { type: 'refused', code: 4411, reason: 'grace-expired', ...facts } as const;
    const kinds = client.stream.decode(encodeFrame(refused)).map(({ kind }) => kind);

    expect(kinds).toEqual([isFinished ? 'finished' : 'failed']);
    expect(client.ended(4411).kind).toBe(isFinished ? 'planned' : 'staleHandle');
  });

  it('without FIN is lost, whatever it says', () => {
    const client = new Client().attach();
    client.commits();

    client.attach();
    const refused = { code: 4411, reason: 'grace-expired', up: 1, lastSeq: 0 } as const;
    const events = client.stream.decode(encodeFrame({ type: 'refused', ...refused }));

    expect(events).toMatchObject([{ kind: 'failed' }]);
  });
});

describe('a token that is refused', () => {
  it('leads to a new session, and is told where that happens twice in a row (P16.1)', () => {
    const client = new Client().attach().attach();

    expect(client.ended(4403)).toEqual({ kind: 'staleHandle', warnings: 0 });
    client.attach();
    expect(client.mode).toBe('new');
    expect(client.ended(4403)).toEqual({ kind: 'staleHandle', warnings: 1 });
  });

  it('once, after the session had been taken up again in between, is no alarm', () => {
    const client = new Client().attach().attach();
    client.ended(4403);

    client.attach().attach();

    expect(client.mode).toBe('resume');
    expect(client.ended(4403)).toMatchObject({ warnings: 0 });
  });
});
