/** A worker thread of the second recogniser: one decoder, which words one segment of one stream at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadPocketSphinx } from './pocketsphinx-engine.ts';
import { Segmenter } from './segmenter.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './vosk-messages.ts';

if (parentPort === null) throw new Error('pocketsphinx-worker runs as a worker thread only');
const port = parentPort;
const { libraryPath, modelPath } = workerData as WorkerSetup;
const model = loadPocketSphinx(libraryPath, modelPath);
const streams = new Map<number, Segmenter>();

port.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') {
    stop();
    return;
  }
  const { stream } = message;
  if (message.kind === 'open') open(stream, message.sampleRateHz);
  else if (message.kind === 'audio') streams.get(stream)?.write(message.bytes);
  else if (message.kind === 'flush') streams.get(stream)?.flush(message.token);
  else close(stream);
  work(stream);
});

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

/** To the end of what there is: only the last frame of a segment takes long. */
function work(stream: number): void {
  const segmenter = streams.get(stream);
  if (segmenter === undefined) return;
  try {
    while (segmenter.step()) tell({ kind: 'fed', stream, bytes: segmenter.fedBytes });
  } catch (error) {
    close(stream);
    tell({
      kind: 'failed',
      stream,
      detail: error instanceof Error ? error.message : String(error),
    });
  }
}

function tell(message: FromWorker): void {
  port.postMessage(message);
}

function stop(): void {
  for (const stream of [...streams.keys()]) close(stream);
  model.free();
  port.close();
}
