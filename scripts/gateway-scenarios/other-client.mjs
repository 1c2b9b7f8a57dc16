// A client of another program, made of frames alone: it takes a session up with a token, says the rest, and hears it to its end.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';

import { WebSocket } from 'ws';

import { pause } from './chance.mjs';

const { decodeFrame, encodeFrame } = await import('../../dist/src/protocol/frames.js');

const CHUNK_SAMPLES = 1_600;
const CHUNK_BYTES = 2 * CHUNK_SAMPLES;
const CHUNK_MS = 100;

export class OtherClient {
  finals = [];
  welcome = null;
  refused = null;
  closed = null;
  isDone = false;
  #socket;
  #maxSeq = 0;
  #received = 0;

  /** Resolves when it was answered. */
  static async open(url, identity, pcm) {
    const client = new OtherClient(url);
    await once(client.#socket, 'open');
    client.#send({
      type: 'hello',
      v: 1,
      mode: 'resume',
      ...identity,
      inst: randomBytes(16).toString('hex'),
      att: 1,
      low: 1,
      next: Math.ceil(pcm.length / CHUNK_BYTES) + 1,
      acked: 0,
      rcv: 0,
      fin: 0,
      clock: { wall: Date.now(), mono: 0 },
      audio: { encoding: 'pcm_s16le', sampleRateHz: 16_000 },
      caps: [],
      client: 'scenarios/1',
    });
    while (client.welcome === null && client.refused === null && client.closed === null) {
      await pause(10);
    }
    return client;
  }

  constructor(url) {
    this.#socket = new WebSocket(`${url}/v1/session`, 'tenuto.v1');
    this.#socket.on('message', (bytes) => this.#take(decodeFrame(new Uint8Array(bytes))));
    this.#socket.on('close', (code) => {
      this.closed = code;
    });
  }

  /** From where the log ends; then nothing follows. */
  async say(pcm, speed) {
    const chunks = Math.ceil(pcm.length / CHUNK_BYTES);
    for (let seq = this.welcome.up + 1; seq <= chunks && this.closed === null; seq += 1) {
      while (seq > this.#maxSeq && this.closed === null) await pause(5);
      this.#send(this.#chunk(seq, pcm));
      await pause(CHUNK_MS / speed);
    }
    while (!this.isDone && this.closed === null) {
      this.#send({ type: 'fin', lastSeq: chunks });
      await pause(1_000);
    }
  }

  #chunk(seq, pcm) {
    return {
      type: 'data',
      channel: 1,
      epoch: this.welcome.epoch,
      seq,
      position: (seq - 1) * CHUNK_SAMPLES,
      capturedAtMs: (seq - 1) * CHUNK_MS,
      codec: 'pcm_s16le',
      isEndOfStream: false,
      isDiscontinuity: false,
      isRetransmission: false,
      isSpeech: false,
      payload: Uint8Array.from(pcm.subarray((seq - 1) * CHUNK_BYTES, seq * CHUNK_BYTES)),
    };
  }

  #take(frame) {
    switch (frame.type) {
      case 'welcome':
        this.welcome = frame;
        this.#maxSeq = frame.maxSeq;
        return;
      case 'refused':
        this.refused = frame;
        return;
      case 'ack':
      case 'pong':
        this.#maxSeq = Math.max(this.#maxSeq, frame.maxSeq);
        return;
      case 'ping':
        this.#send({ ...frame, type: 'pong', echoMs: frame.sentAtMs, lastSent: frame.received });
        return;
      case 'data':
        this.#hear(frame);
        return;
      case 'finAck':
        this.isDone = true;
        return;
      default:
    }
  }

  #hear({ seq, payload }) {
    if (seq <= this.#received) return;
    this.#received = seq;
    const said = JSON.parse(Buffer.from(payload).toString());
    if (said.type === 'final' && said.text !== '') this.finals.push(said.text);
    const ack = { committed: seq, maxSeq: 0, ackDelayMs: 0, ranges: [] };
    this.#send({ type: 'ack', epoch: this.welcome.epoch, ...ack });
  }

  #send(frame) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encodeFrame(frame));
  }
}
