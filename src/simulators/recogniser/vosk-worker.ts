/** A worker thread of the recogniser: one model, many streams, one frame of one stream at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { Segmenter } from './segmenter.ts';
import { loadVoskModel } from './vosk-engine.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './vosk-messages.ts';

if (parentPort === null) throw new Error('vosk-worker runs as a worker thread only');
const port = parentPort;
const { libraryPath, modelPath } = workerData as WorkerSetup;
const model = loadVoskModel(libraryPath, modelPath);
const streams = new Map<number, Segmenter>();
let isTurnPlanned = false;

port.on('message', receive);

function receive(message: ToWorker): void {
  if (message.kind === 'stop') {
    stop();
    return;
  }
  const { stream } = message;
  if (message.kind === 'open') open(stream, message.sampleRateHz);
  else if (message.kind === 'audio') streams.get(stream)?.write(message.bytes);
  else if (message.kind === 'flush') streams.get(stream)?.flush(message.token);
  else close(stream);
  planTurn();
}

function open(stream: number, sampleRateHz: number): void {
  const segmenter = new Segmenter({
    sampleRateHz,
    openEngine: () => model.openEngine(sampleRateHz),
    onResult: (result) => tell({ kind: 'result', stream, result }),
  });
  streams.set(stream, segmenter);
}

function close(stream: number): void {
  streams.get(stream)?.close();
  streams.delete(stream);
}

/** A turn gives each stream one frame, then lets messages in: a burst on one stream holds the others up by one frame only. */
function planTurn(): void {
  if (isTurnPlanned) return;
  isTurnPlanned = true;
  setImmediate(() => {
    isTurnPlanned = false;
    let isMoreToDo = false;
    for (const [stream, segmenter] of streams) {
      if (advance(stream, segmenter)) isMoreToDo = true;
    }
    if (isMoreToDo) planTurn();
  });
}

function advance(stream: number, segmenter: Segmenter): boolean {
  try {
    const didWork = segmenter.step();
    if (didWork) tell({ kind: 'fed', stream, bytes: segmenter.fedBytes });
    return didWork;
  } catch (error) {
    close(stream);
    tell({
      kind: 'failed',
      stream,
      detail: error instanceof Error ? error.message : String(error),
    });
    return false;
  }
}

function tell(message: FromWorker): void {
  port.postMessage(message);
}

/** Ending the thread would not give the model's memory back: it belongs to the process. */
function stop(): void {
  for (const stream of [...streams.keys()]) close(stream);
  model.free();
  port.close();
}
