/** The module that an audio context loads. */
import { CAPTURE_PROCESSOR } from './capture.types.ts';
import { CaptureProcessor } from './capture-processor.browser.ts';
import { PLAYBACK_PROCESSOR } from './playback.types.ts';
import { PlaybackProcessor } from './playback-processor.browser.ts';
import { scope } from './scope.browser.ts';

scope.registerProcessor(CAPTURE_PROCESSOR, CaptureProcessor);
scope.registerProcessor(PLAYBACK_PROCESSOR, PlaybackProcessor);
