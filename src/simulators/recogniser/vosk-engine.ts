/** The binding to libvosk. Its calls block, up to a few hundred milliseconds: they belong on a worker thread. */
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import type { EngineWord, SegmentEngine, SegmentText } from './segmenter.ts';

type Handle = object;

interface VoskLibrary {
  modelNew(path: string): Handle | null;
  modelFree(model: Handle): void;
  recogniserNew(model: Handle, sampleRateHz: number): Handle | null;
  recogniserFree(recogniser: Handle): void;
  setWords(recogniser: Handle, on: number): void;
  accept(recogniser: Handle, bytes: Uint8Array, length: number): number;
  partialResult(recogniser: Handle): string;
  finalResult(recogniser: Handle): string;
}

export interface VoskModel {
  openEngine(sampleRateHz: number): SegmentEngine;
  free(): void;
}

const ACCEPT_ENDED = 1;
const ACCEPT_FAILED = -1;

export function loadVoskModel(libraryPath: string, modelPath: string): VoskModel {
  const library = bind(libraryPath);
  const model = loadModel(library, modelPath);
  return {
    openEngine: (sampleRateHz) => openEngine(library, model, sampleRateHz),
    free: () => library.modelFree(model),
  };
}

function bind(libraryPath: string): VoskLibrary {
  const library = koffi.load(libraryPath);
  const silence = library.func('void vosk_set_log_level(int)') as (level: number) => void;
  silence(-1);
  return {
    modelNew: library.func('void* vosk_model_new(const char*)'),
    modelFree: library.func('void vosk_model_free(void*)'),
    recogniserNew: library.func('void* vosk_recognizer_new(void*, float)'),
    recogniserFree: library.func('void vosk_recognizer_free(void*)'),
    setWords: library.func('void vosk_recognizer_set_words(void*, int)'),
    accept: library.func('int vosk_recognizer_accept_waveform(void*, const uint8_t*, int)'),
    partialResult: library.func('const char* vosk_recognizer_partial_result(void*)'),
    finalResult: library.func('const char* vosk_recognizer_final_result(void*)'),
  };
}

/**
 * Loads the model with two lines added to its features' configuration. Kaldi dithers by default, and two runs over the
 * same audio then differ; and it refuses audio below the model's 16 kHz. Only the configuration is copied, for the load.
 */
function loadModel(library: VoskLibrary, modelPath: string): Handle {
  const folder = mkdtempSync(join(tmpdir(), 'tenuto-model-'));
  try {
    for (const part of ['am', 'graph', 'ivector']) {
      symlinkSync(join(modelPath, part), join(folder, part), 'junction');
    }
    mkdirSync(join(folder, 'conf'));
    for (const file of ['model.conf', 'mfcc.conf']) {
      copyFileSync(join(modelPath, 'conf', file), join(folder, 'conf', file));
    }
    appendFileSync(join(folder, 'conf', 'mfcc.conf'), '\n--dither=0\n--allow-upsample=true\n');
    const model = library.modelNew(folder);
    if (model === null) throw new Error(`libvosk could not load the model in ${modelPath}`);
    return model;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openEngine(library: VoskLibrary, model: Handle, sampleRateHz: number): SegmentEngine {
  const recogniser = library.recogniserNew(model, sampleRateHz);
  if (recogniser === null) throw new Error('libvosk could not make a recogniser');
  library.setWords(recogniser, 1);
  return {
    accept: (frame) => {
      const outcome = library.accept(recogniser, frame, frame.length);
      if (outcome === ACCEPT_FAILED) throw new Error('libvosk could not read a frame');
      return outcome === ACCEPT_ENDED;
    },
    interimText: () => readPartial(library.partialResult(recogniser)),
    finish: () => readFinal(library.finalResult(recogniser)),
    free: () => library.recogniserFree(recogniser),
  };
}

function readPartial(json: string): string {
  return (JSON.parse(json) as { readonly partial?: string }).partial ?? '';
}

interface VoskFinal {
  readonly text?: string;
  readonly result?: readonly {
    readonly word: string;
    readonly start: number;
    readonly end: number;
    readonly conf: number;
  }[];
}

function readFinal(json: string): SegmentText {
  const { text = '', result = [] } = JSON.parse(json) as VoskFinal;
  const words: readonly EngineWord[] = result.map((word) => ({
    text: word.word,
    startSeconds: word.start,
    endSeconds: word.end,
    confidence: word.conf,
  }));
  return { text, words };
}
